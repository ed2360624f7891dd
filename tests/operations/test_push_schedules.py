"""Pushes for later: ordered, given other times, cancelled, carried out once, late, missed, refused."""

from collections.abc import AsyncIterator
from datetime import date, time
from pathlib import Path
from typing import Any

import msgspec
import pytest

from servicehost.domain.contract import EVERYTHING
from servicehost.domain.errors import Conflict, NotFound
from servicehost.domain.people import Person, Role
from servicehost.domain.push import Push, Target
from servicehost.domain.schedule import Every, Recurrence, Schedule
from servicehost.domain.scheduled_order import Late, Occurrence, OccurrenceEnd, ScheduledOrder, ScheduleState
from servicehost.operations.choose_revisions import PushOrder
from servicehost.operations.save_config import ConfigDraft
from servicehost.operations.schedule_push import ScheduleDraft
from tests.builders.audited import Audited, open_audited
from tests.builders.world import CODE, DISPATCHER, MANAGER, OTHER_CODE, TENANT

T0 = 1_800_000_000_000

DAY = 86_400_000
HOUR = 3_600_000
DAILY = Schedule(recurrence=Recurrence(every=Every.DAY, at_time=time(0), starts_on=date(2026, 1, 1)))


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Audited]:
    async with open_audited(tmp_path) as opened:
        async with opened.world.store.transaction(EVERYTHING) as tx:
            await tx.add_person(
                Person(
                    person_id=0,
                    master_id=MANAGER.master_id,
                    name="Anna",
                    role=Role.OPERATION_MANAGER,
                    management_code=TENANT,
                    password_hash="x",
                    password_one_time=False,
                )
            )
        await save(opened, "one\n")
        yield opened


async def save(office: Audited, text: str) -> int:
    saved = await office.catalogue.save_config(MANAGER, ConfigDraft(service_code=CODE, body=text))
    return saved.revision


async def later(office: Audited, schedule: Schedule, *, fixed: bool = False, **fields: Any) -> ScheduledOrder:
    late = fields.pop("late", Late.RUN)
    order = PushOrder(service_codes=[CODE], **fields)
    draft = ScheduleDraft(order=order, schedule=schedule, fixed=fixed, late=late)
    return await office.catalogue.schedules.schedule_push(MANAGER, draft)


async def at(office: Audited, instant: int) -> None:
    """That time has come, and the host looks."""
    office.world.clock.now_ms = instant
    await office.catalogue.schedules.fire_schedules()


async def pushes(office: Audited) -> list[Push]:
    return await office.reads.pushes(EVERYTHING, service_code=CODE)


async def told(office: Audited, number: int = 1) -> list[Occurrence]:
    return await office.reads.occurrences(EVERYTHING, number)


async def state(office: Audited, number: int = 1) -> ScheduledOrder:
    found = await office.reads.scheduled_order_numbered(EVERYTHING, number)
    assert found is not None
    return found


async def sub_types(office: Audited) -> list[str]:
    return [event.sub_type for event in await office.reads.events(EVERYTHING, limit=1_000)]


async def test_at_its_time_it_is_an_ordinary_push_and_happens_once(office: Audited) -> None:
    made = await later(office, Schedule(at=T0 + DAY), target=Target.RUNNING, reason="at night")
    await at(office, T0 + DAY - 1)
    assert await pushes(office) == []
    await at(office, T0 + DAY)
    await at(office, T0 + 2 * DAY)
    (push,) = await pushes(office)
    assert (push.kind, push.target, push.ordered_by) == ("operator", Target.RUNNING, MANAGER.master_id)
    (once,) = await told(office)
    assert (once.outcome, once.pushes, once.first_push) == (OccurrenceEnd.FIRED, 1, push.push)
    done = await state(office, made.number)
    assert (done.state, done.due_at, done.fired) == (ScheduleState.DONE, None, 1)
    assert {"schedule_ordered", "schedule_fired", "push_ordered"} <= set(await sub_types(office))


@pytest.mark.parametrize(("fixed", "revision"), [(True, 1), (False, 2)])
async def test_the_order_says_whether_the_revision_is_fixed(office: Audited, fixed: bool, revision: int) -> None:
    await later(office, Schedule(at=T0 + DAY), fixed=fixed)
    await save(office, "two\n")
    await at(office, T0 + DAY)
    (push,) = await pushes(office)
    assert push.revision == revision


async def test_one_that_comes_again_goes_on_until_its_end(office: Audited) -> None:
    three = Recurrence(every=Every.DAY, at_time=time(0), starts_on=date(2027, 1, 16), count=3)
    made = await later(office, Schedule(recurrence=three))
    assert made.due_at is not None
    for day in range(5):
        await at(office, made.due_at + day * DAY)
    assert len(await pushes(office)) == 3
    assert (await state(office)).state is ScheduleState.DONE


@pytest.mark.parametrize(("late", "count", "outcome"), [(Late.RUN, 1, "late"), (Late.SKIP, 0, "missed")])
async def test_what_was_missed_while_the_host_was_down_follows_the_order(
    office: Audited, late: Late, count: int, outcome: str
) -> None:
    made = await later(office, DAILY, late=late)
    assert made.due_at is not None
    await at(office, made.due_at + 2 * DAY + HOUR)
    assert len(await pushes(office)) == count
    latest, *earlier = await told(office)
    assert latest.outcome.value == outcome
    assert [one.outcome.value for one in earlier] == ["missed", "missed"]
    assert (await state(office)).due_at == made.due_at + 3 * DAY
    assert "schedule_missed" in await sub_types(office)


async def test_two_that_look_at_the_same_time_carry_it_out_once(office: Audited) -> None:
    await later(office, Schedule(at=T0 + DAY))
    before = await state(office)
    await at(office, T0 + DAY)
    async with office.world.store.transaction(EVERYTHING) as tx:
        await tx.save_scheduled_order(before)  # as the other one has read it
    await at(office, T0 + DAY)
    assert len(await pushes(office)) == 1
    assert len(await told(office)) == 1


async def test_it_is_given_other_times_and_cancelled_until_its_last_time_begins(office: Audited) -> None:
    schedules = office.catalogue.schedules
    await later(office, Schedule(at=T0 + DAY))
    moved = await schedules.retime_schedule(MANAGER, 1, Schedule(at=T0 + 2 * DAY), "")
    assert moved.due_at == T0 + 2 * DAY
    await at(office, T0 + DAY)
    assert await pushes(office) == []
    await at(office, T0 + 2 * DAY)
    for ended in (
        schedules.retime_schedule(MANAGER, 1, Schedule(at=T0 + 3 * DAY), ""),
        schedules.cancel_schedule(MANAGER, 1, ""),
    ):
        with pytest.raises(Conflict) as refused:
            await ended
        assert refused.value.code == "schedule_ended"
    await later(office, DAILY)
    assert (await schedules.cancel_schedule(MANAGER, 2, "")).state is ScheduleState.CANCELLED
    await schedules.cancel_schedule(MANAGER, 2, "")  # again: as it stands
    await at(office, T0 + 9 * DAY)
    assert len(await pushes(office)) == 1


async def test_who_has_lost_the_right_is_refused_by_name_and_that_ends_it(office: Audited) -> None:
    await later(office, DAILY)
    await office.catalogue.erase_person(DISPATCHER, MANAGER.master_id, "gone")
    await at(office, T0 + 2 * DAY)
    assert await pushes(office) == []
    ended = await state(office)
    assert (ended.state, ended.reason, ended.due_at) == (ScheduleState.REFUSED, "no_right", None)
    assert (await told(office))[0].outcome is OccurrenceEnd.REFUSED
    assert "schedule_refused" in await sub_types(office)
    assert any(b"refuse_schedule" in bytes(line.record) for line in await office.lines(TENANT))


@pytest.mark.parametrize(
    ("order", "schedule", "code"),
    [
        (PushOrder(service_codes=[CODE]), Schedule(at=T0), "time_passed"),
        (PushOrder(service_codes=[CODE]), Schedule(), "time_passed"),
        (PushOrder(service_codes=[CODE], revision=9), Schedule(at=T0 + DAY), "no_such_revision"),
        (PushOrder(service_codes=[OTHER_CODE]), Schedule(at=T0 + DAY), "adapter_not_found"),
    ],
)
async def test_what_cannot_be_is_refused_when_it_is_ordered(
    office: Audited, order: PushOrder, schedule: Schedule, code: str
) -> None:
    with pytest.raises((Conflict, NotFound)) as refused:
        await office.catalogue.schedules.schedule_push(
            msgspec.structs.replace(MANAGER, management_code=TENANT),
            ScheduleDraft(order=order, schedule=schedule, fixed=True),
        )
    assert refused.value.code == code
