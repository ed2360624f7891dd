"""Scheduled pushes are read and written within a scope, on the real store."""

from contextlib import suppress

import msgspec

from servicehost.domain.contract import EVERYTHING
from servicehost.domain.errors import NotFound
from servicehost.domain.push_schedule import (
    Late,
    Occurrence,
    OccurrenceEnd,
    PushSchedule,
    ScheduledOrder,
    ScheduleState,
)
from servicehost.domain.schedule import Schedule
from servicehost.ports.push_schedules import PushScheduleBatch, PushScheduleReads, PushScheduleWrites
from tests.builders.estate import Estate, build_estate
from tests.ports.conftest import Backend
from tests.ports.test_module_tenancy import verbs_of


def schedule_of(estate: Estate) -> PushSchedule:
    return PushSchedule(
        number=0,
        management_code=estate.management_code,
        schedule=Schedule(at=9),
        push_order=ScheduledOrder(service_codes=(estate.service_code,), revisions={estate.service_code: 1}),
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
    assert verbs_of(PushScheduleWrites) == {
        *("push_schedule", "add_push_schedule", "save_push_schedule", "waiting_push_schedules"),
        *("due_push_schedules", "add_occurrences"),
    }
    assert verbs_of(PushScheduleBatch) == {
        *("cancel_push_schedules", "push_schedules_naming", "save_push_schedule", "erase_schedule_notes_of")
    }
    assert verbs_of(PushScheduleReads) == {"push_schedules", "push_schedule_numbered", "occurrences", "next_due_push"}


async def test_what_is_kept_comes_back_the_same_and_a_time_is_written_once(real: Backend) -> None:
    mine = await build_estate(real.store, 1)
    async with real.store.transaction(mine.scope) as tx:
        made = await tx.add_push_schedule(schedule_of(mine))
        assert await tx.push_schedule(made.number) == made
        assert await tx.due_push_schedules(9, 5) == [made]
        assert await tx.due_push_schedules(8, 5) == []
        assert await tx.waiting_push_schedules(mine.management_code) == 1
        assert [await tx.add_occurrences([occurrence_of(mine, made.number)]) for _ in range(2)] == [1, 0]
    assert await real.reads.push_schedules(mine.scope, waiting=True) == [made]
    assert await real.reads.occurrences(mine.scope, made.number) == [occurrence_of(mine, made.number)]
    assert await real.reads.next_due_push() == 9
    ended = msgspec.structs.replace(made, state=ScheduleState.DONE, due_at=None, fired=1, reason="x")
    async with real.store.transaction(mine.scope) as tx:
        await tx.save_push_schedule(ended)
    assert await real.reads.push_schedule_numbered(mine.scope, made.number) == ended
    assert await real.reads.push_schedules(mine.scope, waiting=True) == []
    assert await real.reads.next_due_push() is None
    assert await real.store.batch(EVERYTHING, lambda b: b.erase_schedule_notes_of(mine.management_code)) == 1


async def test_a_batch_finds_by_adapter_and_cancels_what_waits(real: Backend) -> None:
    mine = await build_estate(real.store, 1)
    async with real.store.transaction(mine.scope) as tx:
        made = await tx.add_push_schedule(schedule_of(mine))
    tenant = mine.management_code
    found = await real.store.batch(mine.scope, lambda b: b.push_schedules_naming(tenant, mine.service_code))
    assert found == [made]
    assert await real.store.batch(mine.scope, lambda b: b.push_schedules_naming(tenant, "nxe999999999")) == []
    for cancelled in ([made.number], []):
        assert await real.store.batch(mine.scope, lambda b: b.cancel_push_schedules(tenant, "x", 7)) == cancelled
    standing = await real.reads.push_schedule_numbered(mine.scope, made.number)
    assert standing is not None
    assert (standing.state, standing.reason, standing.due_at) == (ScheduleState.CANCELLED, "x", None)


async def test_of_another_customer_nothing_is_read_or_written(real: Backend) -> None:
    theirs, mine = await build_estate(real.store, 1), await build_estate(real.store, 2)
    async with real.store.transaction(EVERYTHING) as tx:
        made = await tx.add_push_schedule(schedule_of(theirs))
        await tx.add_occurrences([occurrence_of(theirs, made.number)])
    before = real.dump()
    async with real.store.transaction(mine.scope) as tx:
        assert await tx.push_schedule(made.number) is None
        assert await tx.due_push_schedules(99, 5) == []
        assert await tx.waiting_push_schedules(theirs.management_code) == 0
        await tx.save_push_schedule(msgspec.structs.replace(made, due_at=None))
    for write in ("add_push_schedule", "add_occurrences"):
        with suppress(NotFound):
            async with real.store.transaction(mine.scope) as tx:
                said = schedule_of(theirs) if write == "add_push_schedule" else [occurrence_of(theirs, 99)]
                await getattr(tx, write)(said)
    assert await real.store.batch(mine.scope, lambda b: b.erase_schedule_notes_of(theirs.management_code)) == 0
    tenant = theirs.management_code
    assert await real.store.batch(mine.scope, lambda b: b.cancel_push_schedules(tenant, "x", 9)) == []
    assert await real.store.batch(mine.scope, lambda b: b.push_schedules_naming(tenant, theirs.service_code)) == []
    assert await real.reads.push_schedules(mine.scope) == []
    assert await real.reads.push_schedule_numbered(mine.scope, made.number) is None
    assert await real.reads.occurrences(mine.scope, made.number) == []
    assert real.dump() == before
