"""An exchange after which it was not well: the same case again, or, too late, a new one that refers to it."""

import pytest

from servicehost.backends.sql.reads import open_reads
from servicehost.domain.contract import EVERYTHING
from servicehost.domain.errors import Conflict, Forbidden, Invalid, NotFound, Refused
from servicehost.domain.exchange import ExchangeState, Failure
from servicehost.domain.fault import FaultEnd, FaultPhase
from servicehost.domain.people import Actor
from servicehost.domain.reaction import Operation
from servicehost.domain.unit_return import ReturnState
from servicehost.operations.order_exchange import order_id, ordered_exchange, ordered_round
from servicehost.operations.request_exchange import ExchangeRequest
from tests.builders.stories import SENDBACK, tell, until
from tests.builders.world import CODE, DISPATCHER, MANAGER, NEW, NEW_2, OLD, STRANGER, SUPPORT, World

S = ExchangeState
DAY = 86_400
SAW = "the new unit restarts again and again"


async def _second_round(world: World) -> None:
    """From the reopening to the end."""
    await world.workers()
    await world.passes(60)
    await world.hello(NEW_2)
    await world.workers()
    await world.ops.swap_unit(MANAGER, 1, "")
    await world.workers()
    await world.passes(1)
    await world.hello(NEW_2)
    await world.reports(NEW_2)
    await world.workers()
    await world.ops.confirm_recovery(MANAGER, 1)
    await world.workers()


async def test_a_closed_exchange_that_was_not_well_goes_round_again_in_the_same_case(case_world: World) -> None:
    await tell(case_world, SENDBACK)
    reopened = await case_world.ops.swaps.reopen_exchange(MANAGER, 1, SAW)
    assert (reopened.state, reopened.round, reopened.old_unit_id) == (S.REQUESTED, 2, NEW)
    await _second_round(case_world)

    exchange = await case_world.exchange()
    reads = open_reads(case_world.database)
    view, fault = await reads.exchange(EVERYTHING, 1), await reads.fault(EVERYTHING, 1)
    custody = await reads.custody_of_exchange(EVERYTHING, 1)
    await reads.close()
    assert (exchange.state, exchange.new_unit_id) == (S.CLOSED, NEW_2)
    assert await case_world.bound() == NEW_2
    assert view is not None
    assert [step.state for step in view.steps].count(S.CLOSED) == 2
    assert (S.REQUESTED, MANAGER.master_id, SAW) in [(step.state, step.by, step.reason) for step in view.steps]
    assert len(view.reservations) == 2
    assert fault is not None
    assert (fault.fault.phase, fault.fault.reason) == (FaultPhase.CLOSED, FaultEnd.EXCHANGED)
    assert custody is not None
    owed = {one.unit_id: one.state for one in custody.returns}
    assert owed == {OLD: ReturnState.DUE, NEW: ReturnState.DUE}


async def test_each_time_round_is_an_errand_of_its_own_for_the_carrier(case_world: World) -> None:
    assert (order_id(5), order_id(5, 2)) == ("exchange-5", "exchange-5-2")
    assert (ordered_exchange("exchange-5-2"), ordered_round("exchange-5-2")) == (5, 2)
    assert (ordered_exchange("exchange-5"), ordered_round("exchange-5")) == (5, 1)
    assert [ordered_exchange(name) for name in ("exchange-", "exchange-x", "return-5", "exchange-5-2-3")] == [None] * 4


async def test_a_dead_replacement_is_followed_by_the_next_in_the_same_case(case_world: World) -> None:
    await until(case_world, SENDBACK, S.SWAPPED)
    await case_world.ops.fail_exchange(MANAGER, 1, Failure.DEAD_ON_ARRIVAL)
    await case_world.workers()
    assert await case_world.bound() == OLD
    again = await case_world.ops.swaps.reopen_exchange(MANAGER, 1, "send the next one")
    assert (again.state, again.old_unit_id, again.reason) == (S.REQUESTED, OLD, None)
    await case_world.hello(OLD)
    await _second_round(case_world)
    assert (await case_world.exchange()).state is S.CLOSED
    assert await case_world.bound() == NEW_2


async def test_what_still_follows_from_the_end_is_waited_for_by_name(case_world: World) -> None:
    await until(case_world, SENDBACK, S.SWAPPED)
    await case_world.ops.fail_exchange(MANAGER, 1, Failure.DEAD_ON_ARRIVAL)
    with pytest.raises(Conflict) as refused:
        await case_world.ops.swaps.reopen_exchange(MANAGER, 1, SAW)
    assert refused.value.code == "exchange_settling"
    kinds = [Operation.KEEP_CUSTODY, Operation.CALL_OFF_ORDER]
    assert await case_world.store.batch(EVERYTHING, lambda batch: batch.unsettled(1, kinds))
    assert not await case_world.store.batch(EVERYTHING, lambda batch: batch.unsettled(11, kinds))
    await case_world.workers()
    assert (await case_world.ops.swaps.reopen_exchange(MANAGER, 1, SAW)).state is S.REQUESTED


async def test_a_fault_that_was_opened_since_ends_as_the_earlier_one_once_more(case_world: World) -> None:
    await tell(case_world, SENDBACK)
    await case_world.says(NEW, "self_test_failed", "self_test")
    await case_world.ops.swaps.reopen_exchange(MANAGER, 1, SAW)
    first = await case_world.store.batch(EVERYTHING, lambda batch: batch.fault(1))
    second = await case_world.store.batch(EVERYTHING, lambda batch: batch.fault(2))
    assert first is not None
    assert first.phase is FaultPhase.TRIAGED
    assert second is not None
    assert (second.phase, second.reason) == (FaultPhase.CLOSED, FaultEnd.CONTINUES_EARLIER)


async def test_too_late_it_is_a_new_case_that_refers_to_the_former(case_world: World) -> None:
    await tell(case_world, SENDBACK)
    await case_world.passes(15 * DAY)
    with pytest.raises(Conflict) as refused:
        await case_world.ops.swaps.reopen_exchange(MANAGER, 1, SAW)
    assert refused.value.code == "reopen_too_late"
    fresh = await case_world.ops.request_exchange(MANAGER, ExchangeRequest(service_code=CODE, former=1))
    assert (fresh.exchange, fresh.former, fresh.fault) == (2, 1, 2)
    with pytest.raises(Conflict) as refused:
        await case_world.ops.request_exchange(STRANGER, ExchangeRequest(service_code="nxe000000002", former=1))
    assert refused.value.code == "not_a_former_exchange"


@pytest.mark.parametrize(
    ("actor", "number", "saw", "kind", "code"),
    [
        (SUPPORT, 1, SAW, Forbidden, "no_right"),
        (STRANGER, 1, SAW, NotFound, "exchange_not_found"),
        (DISPATCHER, 9, SAW, NotFound, "exchange_not_found"),
        (DISPATCHER, 1, " ", Invalid, "no_reason"),
        (DISPATCHER, 1, SAW, Conflict, "not_closed"),
    ],
)
async def test_a_reopening_that_cannot_be_is_refused_by_name(  # noqa: PLR0917 - one column each
    case_world: World, actor: Actor, number: int, saw: str, kind: type[Refused], code: str
) -> None:
    await until(case_world, SENDBACK, S.ARRIVED)
    with pytest.raises(kind) as refused:
        await case_world.ops.swaps.reopen_exchange(actor, number, saw)
    assert refused.value.code == code


async def test_another_exchange_under_way_keeps_the_former_closed(case_world: World) -> None:
    await tell(case_world, SENDBACK)
    await case_world.ops.request_exchange(MANAGER, ExchangeRequest(service_code=CODE))
    with pytest.raises(Conflict) as refused:
        await case_world.ops.swaps.reopen_exchange(DISPATCHER, 1, SAW)
    assert refused.value.code == "exchange_open"
