import re

import pytest

from servicehost.domain.errors import Conflict, Forbidden, Invalid, NotFound
from tests.builders.office import ANNA_S, BEN_S, Office


async def test_an_adapter_without_a_code_is_given_a_free_one(office: Office) -> None:
    adapter = await office.catalogue.add_adapter(office.dispatcher, ANNA_S, None, "Osaka")
    assert re.fullmatch(r"nxe\d{9}", adapter.service_code)
    event = office.shelf.events[max(office.shelf.events)]
    assert (event.sub_type, event.management_code, event.service_code) == (
        "adapter_added",
        ANNA_S,
        adapter.service_code,
    )


async def test_a_service_code_is_given_once_whoever_has_it(office: Office) -> None:
    await office.adapter("nxe000000001", BEN_S)
    with pytest.raises(Conflict) as refused:
        await office.adapter("nxe000000001", ANNA_S)
    assert refused.value.code == "adapter_exists"


@pytest.mark.parametrize(
    ("management_code", "service_code", "kind", "code"),
    [
        ("nxm999999999", None, NotFound, "contract_not_found"),
        ("contract", None, Invalid, "bad_management_code"),
        (ANNA_S, "nxm000000001", Invalid, "bad_service_code"),
    ],
)
async def test_what_does_not_fit_is_refused(
    office: Office, management_code: str, service_code: str | None, kind: type[NotFound | Invalid], code: str
) -> None:
    with pytest.raises(kind) as refused:
        await office.catalogue.add_adapter(office.dispatcher, management_code, service_code, "")
    assert refused.value.code == code


async def test_a_customer_takes_up_no_adapter(office: Office) -> None:
    with pytest.raises(Forbidden):
        await office.catalogue.add_adapter(office.anna, ANNA_S, None, "")
