"""Nothing is sent to a place that nobody said: it is held by name, and goes on at once when somebody says it."""

import msgspec
import pytest

from servicehost.domain.address import WrittenAddress
from servicehost.domain.contract import EVERYTHING
from servicehost.domain.destination import DestinationKind
from servicehost.domain.errors import Conflict, Forbidden, Refused
from servicehost.domain.exchange import ExchangeState
from servicehost.domain.fact_kind import Coverage
from servicehost.domain.hold import Hold
from servicehost.domain.rules import Verdict
from servicehost.domain.unit_return import ReturnState
from servicehost.operations.choose_destination import DestinationChoice
from servicehost.operations.set_terms import Terms
from tests.builders.area_orders import CHIYODA, on_site_order
from tests.builders.stories import SENDBACK, tell, until
from tests.builders.world import CODE, DISPATCHER, MANAGER, SUPPORT, TENANT, World

OFFICE = msgspec.structs.replace(CHIYODA, rest="1-1", addressee="鈴木", telephone="03-1111-2222")
DECLARED = DestinationChoice(kind=DestinationKind.DECLARED_LOCATION, reason="Sato asked for it by telephone")
STAND_IN = DestinationChoice(kind=DestinationKind.STAND_IN, reason="the office is closed", stand_in=OFFICE)


async def nothing_said(world: World) -> None:
    """The address of the world is gone, as if it had never been said."""
    await world.store.batch(EVERYTHING, lambda batch: batch.erase_shipping_addresses(TENANT))


async def told(world: World) -> list[str]:
    return [one.sub_type for one in await world.reads.events(EVERYTHING, limit=1_000)]


async def orders(world: World) -> dict[str, tuple[str, str, str]]:
    """Where the carrier was sent, and to whom."""
    errands = world.carrier._book.errands
    known = {name: one.delivery or one.collection for name, one in errands.items()}
    return {
        name: (order.address, order.addressee, order.addressee_telephone)
        for name, order in known.items()
        if order is not None
    }


async def held(world: World) -> None:
    await nothing_said(world)
    await until(world, SENDBACK, ExchangeState.RESERVED)


async def test_a_sendback_without_a_shipping_address_is_held_once_and_shown(case_world: World) -> None:
    await held(case_world)
    await case_world.ops.run_reactions()
    exchange = await case_world.exchange()
    assert (exchange.state, exchange.held) == (ExchangeState.RESERVED, Hold.NO_SHIPPING_ADDRESS)
    assert await orders(case_world) == {}
    assert (await told(case_world)).count("exchange_held") == 1
    view = await case_world.reads.exchange(EVERYTHING, 1)
    assert view is not None
    assert view.whereabouts is not None


async def test_the_address_lifts_the_hold_at_once_and_the_carrier_hears_who_receives_it(case_world: World) -> None:
    await held(case_world)
    await case_world.ops.areas.set_shipping_address(MANAGER, CODE, OFFICE, "")
    await case_world.ops.run_reactions()
    exchange = await case_world.exchange()
    assert (exchange.state, exchange.held) == (ExchangeState.ORDERED, None)
    assert await orders(case_world) == {"exchange-1": ("〒102-0071 東京都千代田区1-1", "鈴木", "0311112222")}
    assert exchange.destination is not None
    assert exchange.destination.kind is DestinationKind.SHIPPING_ADDRESS


@pytest.mark.parametrize(
    ("choice", "there"),
    [(DECLARED, ("大阪 2-2", "", "")), (STAND_IN, ("〒102-0071 東京都千代田区1-1", "鈴木", "0311112222"))],
)
async def test_a_dispatcher_knowingly_sends_it_elsewhere_and_the_case_keeps_why(
    case_world: World, choice: DestinationChoice, there: tuple[str, str, str]
) -> None:
    await case_world.ops.set_terms(DISPATCHER, CODE, Terms(declared_location="大阪 2-2", coverage=Coverage.COVERED))
    await held(case_world)
    first = await case_world.ops.areas.choose_destination(DISPATCHER, 1, choice)
    assert await case_world.ops.areas.choose_destination(DISPATCHER, 1, choice) == first
    await case_world.ops.run_reactions()
    assert await orders(case_world) == {"exchange-1": there}
    exchange = await case_world.exchange()
    assert exchange.destination is not None
    assert (exchange.destination.kind, exchange.destination.reason) == (choice.kind, choice.reason)
    with pytest.raises(Conflict, match="on its way"):
        await case_world.ops.areas.choose_destination(DISPATCHER, 1, DECLARED if choice is STAND_IN else STAND_IN)


async def test_where_it_went_stays_when_the_address_changes_under_way(case_world: World) -> None:
    await until(case_world, SENDBACK, ExchangeState.ORDERED)
    sent = await case_world.exchange()
    await case_world.ops.areas.set_shipping_address(MANAGER, CODE, OFFICE, "")
    await case_world.ops.run_reactions()
    assert await case_world.exchange() == sent
    assert len(await orders(case_world)) == 1


async def test_what_is_due_is_fetched_from_the_same_place_or_held(case_world: World) -> None:
    await until(case_world, SENDBACK, ExchangeState.ORDERED)
    await nothing_said(case_world)
    await tell(case_world, SENDBACK[5:9])
    await case_world.ops.run_reactions()
    (due,) = await case_world.store.batch(EVERYTHING, lambda batch: batch.returns_of_exchange(1))
    assert (due.state, due.held) == (ReturnState.DUE, Hold.NO_SHIPPING_ADDRESS)
    assert (await told(case_world)).count("return_held") == 1
    assert "return-1" not in await orders(case_world)
    await case_world.ops.areas.set_shipping_address(MANAGER, CODE, OFFICE, "")
    await case_world.ops.run_reactions()
    (due,) = await case_world.store.batch(EVERYTHING, lambda batch: batch.returns_of_exchange(1))
    assert due.held is None
    assert (await orders(case_world))["return-1"] == ("〒102-0071 東京都千代田区1-1", "鈴木", "0311112222")


async def test_an_override_to_an_on_site_swap_ends_the_want_of_a_shipping_address(case_world: World) -> None:
    await case_world.ops.set_terms(DISPATCHER, CODE, Terms(declared_location="大阪 2-2", coverage=Coverage.COVERED))
    await held(case_world)
    await case_world.ops.swaps.override_verdict(DISPATCHER, 1, Verdict.ONSITE_SWAP, "a driver is near")
    await case_world.ops.run_reactions()
    assert (await case_world.exchange()).state is ExchangeState.ORDERED
    assert await orders(case_world) == {"exchange-1": ("大阪 2-2", "", "")}


async def test_a_driver_is_sent_nowhere_while_no_location_is_declared_and_at_once_when_one_is(
    case_world: World,
) -> None:
    await held(case_world)
    await case_world.ops.swaps.override_verdict(DISPATCHER, 1, Verdict.ONSITE_SWAP, "a driver is near")
    await case_world.ops.run_reactions()
    assert (await case_world.exchange()).held is Hold.NO_DECLARED_LOCATION
    await case_world.ops.set_terms(DISPATCHER, CODE, Terms(declared_location="大阪 2-2", coverage=Coverage.COVERED))
    await case_world.ops.run_reactions()
    assert (await case_world.exchange()).state is ExchangeState.ORDERED


async def test_who_may_not_decide_and_what_is_no_decision_is_refused_by_name(case_world: World) -> None:
    await held(case_world)
    choose = case_world.ops.areas.choose_destination
    for actor in (MANAGER, SUPPORT):
        with pytest.raises(Forbidden, match="no right"):
            await choose(actor, 1, STAND_IN)
    replace = msgspec.structs.replace
    for choice, code in (
        (replace(STAND_IN, reason=" "), "no_reason"),
        (replace(STAND_IN, stand_in=None), "bad_destination"),
        (replace(DECLARED, stand_in=OFFICE), "bad_destination"),
        (replace(DECLARED, kind=DestinationKind.SHIPPING_ADDRESS), "bad_destination"),
    ):
        with pytest.raises(Refused) as invalid:
            await choose(DISPATCHER, 1, choice)
        assert invalid.value.code == code
    nowhere = WrittenAddress(postal_code="1", prefecture="東京都", municipality="千代田区")
    for choice, code in (
        (DECLARED, "no_declared_location"),
        (replace(STAND_IN, stand_in=nowhere), "postal_code_malformed"),
    ):
        with pytest.raises(Conflict) as refused:
            await choose(DISPATCHER, 1, choice)
        assert refused.value.code == code


async def test_an_on_site_swap_goes_nowhere_else(case_world: World) -> None:
    await on_site_order(case_world)
    with pytest.raises(Conflict, match="declared location"):
        await case_world.ops.areas.choose_destination(DISPATCHER, 1, STAND_IN)
