import msgspec
import pytest

from protocol.codes import CloseCode
from servicehost.domain.errors import Conflict, Forbidden, Invalid, NotFound
from tests.builders.office import Office, unit_name

ONE, TWO = "nxe000000001", "nxe000000002"


async def test_the_unit_is_told_to_dial_again_whatever_its_epoch(office: Office) -> None:
    await office.adapter(ONE)
    unit = await office.unit()
    binding = await office.catalogue.bind_unit(office.dispatcher, ONE, unit.distribution_id, "new site")
    assert (binding.unit_id, binding.service_code) == (unit.unit_id, ONE)
    assert office.line.ended == [(unit.unit_id, 2**53, CloseCode.UNBOUND)]
    assert office.sub_types()[-1] == "unit_bound"


async def test_binding_the_same_pair_again_changes_nothing(office: Office) -> None:
    unit = await office.bound(ONE)
    before = office.shelf.copy()
    binding = await office.catalogue.bind_unit(office.dispatcher, ONE, unit.distribution_id, "")
    assert binding.number == 1
    assert (office.shelf, office.line.ended) == (before, [])


async def test_an_adapter_has_one_unit_and_a_unit_one_adapter(office: Office) -> None:
    first = await office.bound(ONE)
    second = await office.unit(2)
    await office.adapter(TWO)
    with pytest.raises(Conflict) as taken:
        await office.catalogue.bind_unit(office.dispatcher, ONE, second.distribution_id, "")
    with pytest.raises(Conflict) as elsewhere:
        await office.catalogue.bind_unit(office.dispatcher, TWO, first.distribution_id, "")
    assert (taken.value.code, elsewhere.value.code) == ("adapter_bound", "unit_bound")
    assert office.line.ended == []


async def test_both_must_exist(office: Office) -> None:
    unit = await office.unit()
    with pytest.raises(NotFound) as no_adapter:
        await office.catalogue.bind_unit(office.dispatcher, ONE, unit.distribution_id, "")
    await office.adapter(ONE)
    with pytest.raises(NotFound) as no_unit:
        await office.catalogue.bind_unit(office.dispatcher, ONE, unit_name(9), "")
    with pytest.raises(Invalid):
        await office.catalogue.bind_unit(office.dispatcher, ONE, "9", "")
    assert (no_adapter.value.code, no_unit.value.code) == ("adapter_not_found", "unit_not_found")


async def test_a_customer_binds_nothing(office: Office) -> None:
    unit = await office.bound(ONE)
    with pytest.raises(Forbidden):
        await office.catalogue.bind_unit(office.anna, ONE, unit.distribution_id, "")


async def test_a_unit_that_is_brought_in_is_bound_by_its_model_and_serial_number(office: Office) -> None:
    right, wrong = await office.unit(1), await office.unit(2)
    await office.adapter(ONE)
    printed = f"{right.model}-{right.serial}"
    office.shelf.adapters[ONE] = msgspec.structs.replace(office.shelf.adapters[ONE], brought_in=printed)
    bind = office.catalogue.bind_unit
    with pytest.raises(Conflict) as other:
        await bind(office.dispatcher, ONE, wrong.distribution_id, "it came by post")
    with pytest.raises(Invalid) as unsaid:
        await bind(office.dispatcher, ONE, wrong.distribution_id, " ", override=True)
    assert (other.value.code, unsaid.value.code) == ("other_unit_brought_in", "no_reason")
    assert printed in other.value.text
    assert (await bind(office.dispatcher, ONE, right.distribution_id, "")).unit_id == right.unit_id


async def test_another_unit_than_the_one_brought_in_is_bound_with_a_reason(office: Office) -> None:
    wrong = await office.unit(2)
    await office.adapter(ONE)
    office.shelf.adapters[ONE] = msgspec.structs.replace(office.shelf.adapters[ONE], brought_in="SA-W9-000000")
    bind = office.catalogue.bind_unit
    bound = await bind(office.dispatcher, ONE, wrong.distribution_id, "the customer has changed it", override=True)
    assert (bound.unit_id, bound.reason) == (wrong.unit_id, "the customer has changed it")
