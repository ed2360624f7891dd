"""Tasks for later: on whoever is meant then, once each time, as a batch that is counted; refused, late, taken back."""

from collections.abc import AsyncIterator
from datetime import date, time
from pathlib import Path
from typing import Any

import msgspec
import pytest

from servicehost.domain.contract import EVERYTHING
from servicehost.domain.errors import Conflict, Forbidden, Invalid, NotFound
from servicehost.domain.people import Actor, Person, Role
from servicehost.domain.schedule import Every, Recurrence, Schedule
from servicehost.domain.scheduled_order import Late, OccurrenceEnd, ScheduledOrder, ScheduleState, TaskPlan
from servicehost.domain.selection import Selection
from servicehost.domain.task import Task
from servicehost.domain.task_work import Command, Ping, Reboot, TaskWork
from servicehost.operations import fire_schedules
from servicehost.operations.schedule_task import TaskDraft
from servicehost.ports.tasks import TaskFilter
from tests.builders.audited import Audited, open_audited
from tests.builders.databases import dump
from tests.builders.world import CODE, DISPATCHER, MANAGER, OTHER_CODE, SUPPORT, TENANT

T0, DAY = 1_800_000_000_000, 86_400_000
DAILY = Schedule(recurrence=Recurrence(every=Every.DAY, at_time=time(0), starts_on=date(2026, 1, 1)))
ONCE = Schedule(at=T0 + DAY)
PING = Ping(address="192.0.2.1")
LISTED = Selection(service_codes=(CODE,))
GROUPED = Selection(group=1)


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
        yield opened


async def later(
    office: Audited,
    schedule: Schedule = ONCE,
    *,
    adapters: Selection = LISTED,
    work: TaskWork = PING,
    actor: Actor = MANAGER,
    **fields: Any,
) -> ScheduledOrder:
    named = fields.pop("name", "")
    plan = TaskPlan(adapters=adapters, work=work, name=named, life_s=600)
    draft = TaskDraft(plan=plan, schedule=schedule, **fields)
    return await office.catalogue.schedules.schedule_task(actor, draft)


async def at(office: Audited, instant: int) -> None:
    """That time has come, and the host looks."""
    office.world.clock.now_ms = instant
    await office.catalogue.schedules.fire_schedules()


async def tasks(office: Audited) -> list[Task]:
    return await office.reads.tasks(EVERYTHING, TaskFilter())


async def state(office: Audited) -> ScheduledOrder:
    found = await office.reads.scheduled_order_numbered(EVERYTHING, 1)
    assert found is not None
    return found


async def outcomes(office: Audited) -> list[tuple[str, str | None]]:
    return [(one.outcome.value, one.reason) for one in await office.reads.occurrences(EVERYTHING, 1)]


async def sub_types(office: Audited) -> list[str]:
    return [event.sub_type for event in await office.reads.events(EVERYTHING, limit=1_000)]


async def test_at_its_time_it_is_a_batch_of_ordinary_tasks_and_happens_once(office: Audited) -> None:
    await later(office, name="nightly", note="why")
    await at(office, T0 + DAY - 1)
    assert await tasks(office) == []
    await at(office, T0 + DAY)
    await at(office, T0 + 2 * DAY)
    (task,) = await tasks(office)
    assert (task.work, task.ordered_by, task.note) == (PING, MANAGER.master_id, "why")
    assert task.expires_at == T0 + DAY + 600_000
    (once,) = await office.reads.occurrences(EVERYTHING, 1)
    assert (once.outcome, once.tasks, once.batch, once.pushes) == (OccurrenceEnd.FIRED, 1, task.batch, 0)
    (progress,) = (await office.reads.progress_of_batches(EVERYTHING, [1])).values()
    assert (progress.batch.name, progress.batch.adapters, progress.ended) == ("nightly", 1, 0)
    done = await state(office)
    assert (done.state, done.due_at, done.fired) == (ScheduleState.DONE, None, 1)
    assert {"schedule_ordered", "schedule_fired", "task_ordered"} <= set(await sub_types(office))


async def test_without_a_name_its_batches_are_called_as_the_kind(office: Audited) -> None:
    assert isinstance((plan := (await later(office)).plan), TaskPlan)
    assert plan.name == "ping"


async def test_who_is_meant_is_looked_up_when_the_time_has_come(office: Audited) -> None:
    await office.catalogue.groups.make_group(MANAGER, TENANT, "g", "")
    await office.catalogue.groups.change_members(MANAGER, 1, LISTED, ())
    await later(office, DAILY, adapters=GROUPED)
    first = (await state(office)).due_at
    assert first is not None
    await office.catalogue.groups.change_members(MANAGER, 1, None, (CODE,))
    await at(office, first)
    await office.catalogue.groups.change_members(MANAGER, 1, LISTED, ())
    await at(office, first + DAY)
    await office.catalogue.groups.drop_group(MANAGER, 1)
    await at(office, first + 2 * DAY)
    assert await outcomes(office) == [
        ("refused", "group_not_found"),
        ("fired", None),
        ("refused", "selection_empty"),
    ]
    # Whom nobody is meant by one day, somebody may be by the next.
    assert (await state(office)).state is ScheduleState.WAITING


@pytest.mark.parametrize(("late", "count", "latest"), [(Late.RUN, 1, "late"), (Late.SKIP, 0, "missed")])
async def test_what_was_missed_while_the_host_was_down_follows_the_order(
    office: Audited, late: Late, count: int, latest: str
) -> None:
    first = (await later(office, DAILY, late=late)).due_at
    assert first is not None
    await at(office, first + 2 * DAY + 3_600_000)
    assert len(await tasks(office)) == count
    assert [outcome for outcome, _ in await outcomes(office)] == [latest, "missed", "missed"]


async def test_a_host_killed_before_the_commit_has_done_nothing_and_the_next_one_does_it_once(
    office: Audited, monkeypatch: pytest.MonkeyPatch
) -> None:
    await later(office)
    office.world.clock.now_ms = T0 + DAY
    before = dump(office.world.database)

    async def dies(*_: object) -> None:
        raise SystemError("killed")

    with monkeypatch.context() as killed:
        killed.setattr(fire_schedules, "_move_on", dies)  # the last that is written, all else stands
        with pytest.raises(SystemError):
            await office.catalogue.schedules.fire_schedules()
    assert dump(office.world.database) == before
    await at(office, T0 + DAY)
    assert (len(await tasks(office)), await outcomes(office)) == (1, [("fired", None)])


async def test_two_that_look_at_the_same_time_carry_it_out_once(office: Audited) -> None:
    await later(office)
    before = await state(office)
    await at(office, T0 + DAY)
    async with office.world.store.transaction(EVERYTHING) as tx:
        await tx.save_scheduled_order(before)  # as the other one has read it
    await at(office, T0 + DAY)
    assert (len(await tasks(office)), await outcomes(office)) == (1, [("fired", None)])
    assert len(await office.reads.named_batches(EVERYTHING)) == 1


async def test_who_has_lost_the_right_is_refused_by_name_and_that_ends_it(office: Audited) -> None:
    await later(office, DAILY)
    await office.catalogue.erase_person(DISPATCHER, MANAGER.master_id, "gone")
    await at(office, T0 + 2 * DAY)
    assert await tasks(office) == []
    ended = await state(office)
    assert (ended.state, ended.reason, ended.due_at) == (ScheduleState.REFUSED, "no_right", None)
    assert any(b"refuse_schedule" in bytes(line.record) for line in await office.lines(TENANT))


async def test_it_is_given_another_time_and_taken_back_until_its_last_time_begins(office: Audited) -> None:
    schedules = office.catalogue.schedules
    await later(office)
    assert (await schedules.retime_schedule(MANAGER, 1, Schedule(at=T0 + 2 * DAY), "")).due_at == T0 + 2 * DAY
    await at(office, T0 + DAY)
    assert (await schedules.cancel_schedule(MANAGER, 1, "")).state is ScheduleState.CANCELLED
    await at(office, T0 + 3 * DAY)
    assert await tasks(office) == []
    with pytest.raises(Conflict) as refused:
        await schedules.retime_schedule(MANAGER, 1, Schedule(at=T0 + 9 * DAY), "")
    assert refused.value.code == "schedule_ended"


async def test_provider_s_people_may_order_looks_and_of_what_changes_something_nothing(office: Audited) -> None:
    assert (await later(office, actor=SUPPORT)).state is ScheduleState.WAITING
    with pytest.raises(Forbidden) as refused:
        await later(office, actor=SUPPORT, work=Reboot())
    assert refused.value.code == "consent_needed"
    await later(office, work=Reboot())
    with pytest.raises(Forbidden) as refused:
        await office.catalogue.schedules.cancel_schedule(SUPPORT, 2, "")
    assert refused.value.code == "consent_needed"


TWICE = Command(lines=("show",), modules=(0, 0))


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"schedule": Schedule(at=T0)}, "time_passed"),
        ({"schedule": Schedule()}, "time_passed"),
        ({"adapters": Selection(service_codes=(OTHER_CODE,))}, "adapter_not_found"),
        ({"adapters": Selection(query="memo:nowhere")}, "selection_empty"),
        ({"adapters": Selection()}, "selection_unclear"),
        ({"adapters": GROUPED}, "group_not_found"),
        ({"adapters": Selection(query="code:nxe"), "actor": DISPATCHER}, "several_contracts"),
        ({"work": TWICE}, "module_twice"),
    ],
)
async def test_what_cannot_be_is_refused_when_it_is_ordered(office: Audited, fields: dict[str, Any], code: str) -> None:
    before = dump(office.world.database)
    manager = msgspec.structs.replace(MANAGER, management_code=TENANT)
    with pytest.raises((Conflict, NotFound, Invalid)) as refused:
        await later(office, **({"actor": manager} | fields))
    assert refused.value.code == code
    assert dump(office.world.database) == before
