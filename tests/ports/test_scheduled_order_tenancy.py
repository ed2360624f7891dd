"""Orders for later are read and written within a scope, on the real store."""

from contextlib import suppress

import msgspec

from servicehost.domain.contract import EVERYTHING
from servicehost.domain.errors import NotFound
from servicehost.domain.schedule import Schedule
from servicehost.domain.scheduled_order import (
    Late,
    Occurrence,
    OccurrenceEnd,
    PlanKind,
    PushPlan,
    ScheduledOrder,
    ScheduleState,
    TaskPlan,
    without_words,
)
from servicehost.domain.selection import Selection
from servicehost.domain.task_work import Ping
from servicehost.ports.scheduled_orders import ScheduledOrderBatch, ScheduledOrderReads, ScheduledOrderWrites
from tests.builders.estate import Estate, build_estate
from tests.ports.conftest import Backend
from tests.ports.test_module_tenancy import verbs_of


def schedule_of(estate: Estate) -> ScheduledOrder:
    return ScheduledOrder(
        number=0,
        management_code=estate.management_code,
        schedule=Schedule(at=9),
        plan=PushPlan(service_codes=(estate.service_code,), revisions={estate.service_code: 1}),
        late=Late.SKIP,
        note="why",
        master_id=estate.person.master_id,
        ordered_by=estate.person.master_id,
        ordered_at=1,
        state=ScheduleState.WAITING,
        changed_at=1,
        due_at=9,
    )


def occurrence_of(estate: Estate, schedule: int) -> Occurrence:
    return Occurrence(
        management_code=estate.management_code, schedule=schedule, due_at=9, at=10, outcome=OccurrenceEnd.FIRED
    )


def test_the_walk_knows_every_public_method() -> None:
    assert verbs_of(ScheduledOrderWrites) == {
        *("scheduled_order", "add_scheduled_order", "save_scheduled_order", "waiting_scheduled_orders"),
        *("due_scheduled_orders", "add_occurrences"),
    }
    assert verbs_of(ScheduledOrderBatch) == {
        *("cancel_scheduled_orders", "orders_naming", "save_scheduled_order", "erase_schedule_notes_of")
    }
    assert verbs_of(ScheduledOrderReads) == {
        *("scheduled_orders", "scheduled_order_numbered", "occurrences", "next_due_order")
    }


async def test_what_is_kept_comes_back_the_same_and_a_time_is_written_once(real: Backend) -> None:
    mine = await build_estate(real.store, 1)
    async with real.store.transaction(mine.scope) as tx:
        made = await tx.add_scheduled_order(schedule_of(mine))
        assert await tx.scheduled_order(made.number) == made
        assert await tx.due_scheduled_orders(9, 5) == [made]
        assert await tx.due_scheduled_orders(8, 5) == []
        assert await tx.waiting_scheduled_orders(mine.management_code) == 1
        assert [await tx.add_occurrences([occurrence_of(mine, made.number)]) for _ in range(2)] == [1, 0]
    assert await real.reads.scheduled_orders(mine.scope, waiting=True) == [made]
    assert await real.reads.occurrences(mine.scope, made.number) == [occurrence_of(mine, made.number)]
    assert await real.reads.next_due_order() == 9
    ended = msgspec.structs.replace(made, state=ScheduleState.DONE, due_at=None, fired=1, reason="x")
    async with real.store.transaction(mine.scope) as tx:
        await tx.save_scheduled_order(ended)
    assert await real.reads.scheduled_order_numbered(mine.scope, made.number) == ended
    assert await real.reads.scheduled_orders(mine.scope, waiting=True) == []
    assert await real.reads.next_due_order() is None
    assert await real.store.batch(EVERYTHING, lambda b: b.erase_schedule_notes_of(mine.management_code)) == 1


async def test_a_batch_finds_by_adapter_and_cancels_what_waits(real: Backend) -> None:
    mine = await build_estate(real.store, 1)
    async with real.store.transaction(mine.scope) as tx:
        made = await tx.add_scheduled_order(schedule_of(mine))
    tenant = mine.management_code
    found = await real.store.batch(mine.scope, lambda b: b.orders_naming(tenant, mine.service_code))
    assert found == [made]
    assert await real.store.batch(mine.scope, lambda b: b.orders_naming(tenant, "nxe999999999")) == []
    for count in (1, 0):
        ended = await real.store.batch(mine.scope, lambda b: b.cancel_scheduled_orders(tenant, "x", 7))
        assert [one.number for one in ended] == [made.number][:count]
    standing = await real.reads.scheduled_order_numbered(mine.scope, made.number)
    assert standing is not None
    assert (standing.state, standing.reason, standing.due_at) == (ScheduleState.CANCELLED, "x", None)


async def test_of_another_customer_nothing_is_read_or_written(real: Backend) -> None:
    theirs, mine = await build_estate(real.store, 1), await build_estate(real.store, 2)
    async with real.store.transaction(EVERYTHING) as tx:
        made = await tx.add_scheduled_order(schedule_of(theirs))
        await tx.add_occurrences([occurrence_of(theirs, made.number)])
    before = real.dump()
    async with real.store.transaction(mine.scope) as tx:
        assert await tx.scheduled_order(made.number) is None
        assert await tx.due_scheduled_orders(99, 5) == []
        assert await tx.waiting_scheduled_orders(theirs.management_code) == 0
        await tx.save_scheduled_order(msgspec.structs.replace(made, due_at=None))
    for write in ("add_scheduled_order", "add_occurrences"):
        with suppress(NotFound):
            async with real.store.transaction(mine.scope) as tx:
                said = schedule_of(theirs) if write == "add_scheduled_order" else [occurrence_of(theirs, 99)]
                await getattr(tx, write)(said)
    assert await real.store.batch(mine.scope, lambda b: b.erase_schedule_notes_of(theirs.management_code)) == 0
    tenant = theirs.management_code
    assert await real.store.batch(mine.scope, lambda b: b.cancel_scheduled_orders(tenant, "x", 9)) == []
    assert await real.store.batch(mine.scope, lambda b: b.orders_naming(tenant, theirs.service_code)) == []
    assert await real.reads.scheduled_orders(mine.scope) == []
    assert await real.reads.scheduled_order_numbered(mine.scope, made.number) is None
    assert await real.reads.occurrences(mine.scope, made.number) == []
    assert real.dump() == before


async def test_orders_of_pushes_and_of_tasks_are_kept_side_by_side(real: Backend) -> None:
    mine = await build_estate(real.store, 1)
    plan = TaskPlan(adapters=Selection(query="tag:x"), work=Ping(address="192.0.2.1"), name="n", life_s=600)
    async with real.store.transaction(mine.scope) as tx:
        push = await tx.add_scheduled_order(schedule_of(mine))
        task = await tx.add_scheduled_order(msgspec.structs.replace(schedule_of(mine), plan=plan))
        times = msgspec.structs.replace(occurrence_of(mine, task.number), tasks=3, batch=7)
        assert await tx.add_occurrences([times]) == 1
    assert await real.reads.scheduled_orders(mine.scope) == [push, task]
    assert await real.reads.scheduled_orders(mine.scope, kind=PlanKind.PUSH) == [push]
    assert await real.reads.scheduled_orders(mine.scope, kind=PlanKind.TASK) == [task]
    assert await real.reads.occurrences(mine.scope, task.number) == [times]
    await real.store.batch(mine.scope, lambda b: b.erase_schedule_notes_of(mine.management_code))
    assert [one.plan for one in await real.reads.scheduled_orders(mine.scope)] == [push.plan, without_words(plan)]


async def test_what_is_done_on_the_batch_of_a_transaction_is_part_of_it(real: Backend) -> None:
    mine = await build_estate(real.store, 1)
    before = real.dump()
    with suppress(SystemError):
        async with real.store.transaction(mine.scope) as tx:
            made = await tx.add_scheduled_order(schedule_of(mine))
            assert await tx.on_batch(lambda batch: batch.erase_schedule_notes_of(mine.management_code)) == 1
            assert (await tx.scheduled_order(made.number) or made).note == ""
            raise SystemError("killed")
    assert real.dump() == before
