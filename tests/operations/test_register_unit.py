import pytest

from servicehost.domain.errors import Conflict, Forbidden, Invalid
from tests.builders.office import Office

ID = "0001-0000-0000-000b-02e0-4dff-fe10-0128"


async def test_a_distribution_id_is_kept_in_its_one_spelling(office: Office) -> None:
    unit = await office.catalogue.register_unit(office.dispatcher, ID, "SA-W2", "0123AB")
    assert unit.distribution_id == ID.upper()
    assert office.sub_types()[-1] == "unit_registered"


async def test_a_unit_is_registered_once(office: Office) -> None:
    await office.catalogue.register_unit(office.dispatcher, ID, "SA-W2", "0123AB")
    with pytest.raises(Conflict) as refused:
        await office.catalogue.register_unit(office.dispatcher, ID.upper(), "SA-W2", "9999")
    assert refused.value.code == "unit_exists"


@pytest.mark.parametrize(
    ("distribution_id", "model", "serial", "code"),
    [
        ("0001-0000", "SA-W2", "0123AB", "distribution_id_malformed"),
        (ID, "", "0123AB", "model_serial_malformed"),
        (ID, "SA", "W2-0123AB", "model_serial_malformed"),
        (ID, "SA-W2", "01 23", "model_serial_malformed"),
    ],
)
async def test_what_no_box_bears_is_refused(
    office: Office, distribution_id: str, model: str, serial: str, code: str
) -> None:
    with pytest.raises(Invalid) as refused:
        await office.catalogue.register_unit(office.dispatcher, distribution_id, model, serial)
    assert refused.value.code == code
    assert office.shelf.units == {}


async def test_a_customer_registers_no_unit(office: Office) -> None:
    with pytest.raises(Forbidden):
        await office.catalogue.register_unit(office.anna, ID, "SA-W2", "0123AB")
