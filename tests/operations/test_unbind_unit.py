import pytest

from protocol.codes import CloseCode
from servicehost.domain.errors import Forbidden, NotFound
from servicehost.domain.push import Phase
from tests.builders.office import Office

ONE = "nxe000000001"


async def test_the_unit_is_told_to_dial_again_and_orders_wait(office: Office) -> None:
    unit = await office.bound(ONE)
    push = await office.push(ONE, "hostname osaka\n")
    await office.catalogue.unbind_unit(office.dispatcher, ONE, "taken down")
    assert office.line.ended == [(unit.unit_id, 2**53, CloseCode.UNBOUND)]
    assert office.shelf.bindings[1].unbound_at == office.clock.wall()
    assert office.shelf.pushes[push.push].phase is Phase.QUEUED
    assert office.shelf.events[max(office.shelf.events)].detail["note"] == "taken down"


async def test_a_later_binding_has_a_greater_number(office: Office) -> None:
    unit = await office.bound(ONE)
    await office.catalogue.unbind_unit(office.dispatcher, ONE, "")
    again = await office.catalogue.bind_unit(office.dispatcher, ONE, unit.distribution_id, "")
    assert again.number == 2


async def test_there_must_be_something_to_unbind(office: Office) -> None:
    with pytest.raises(NotFound) as no_adapter:
        await office.catalogue.unbind_unit(office.dispatcher, ONE, "")
    await office.adapter(ONE)
    with pytest.raises(NotFound) as no_unit:
        await office.catalogue.unbind_unit(office.dispatcher, ONE, "")
    assert (no_adapter.value.code, no_unit.value.code) == ("adapter_not_found", "no_unit_bound")


async def test_a_customer_unbinds_nothing(office: Office) -> None:
    await office.bound(ONE)
    with pytest.raises(Forbidden):
        await office.catalogue.unbind_unit(office.anna, ONE, "")
