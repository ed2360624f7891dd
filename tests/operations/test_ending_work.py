"""What the end of a contract stops: rollouts wherever they stand, members, and orders for a later time."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from pathlib import Path

import pytest

from servicehost.domain.charge_proposal import ReturnPolicy
from servicehost.domain.contract import EVERYTHING
from servicehost.domain.errors import Conflict
from servicehost.domain.event import Event
from servicehost.domain.push import Phase
from servicehost.domain.rollout import Gate, RolloutState, Stop, Wave
from servicehost.domain.schedule import Schedule
from servicehost.domain.scheduled_order import Late, Plan, PushPlan, ScheduledOrder, ScheduleState, TaskPlan
from servicehost.domain.selection import Selection
from servicehost.operations.carry_out_ends import carry_out_ends
from servicehost.operations.choose_revisions import PushOrder
from servicehost.operations.order_task import TaskOrder, TaskPolicy, place_tasks
from servicehost.operations.ordering import PushTerms
from servicehost.operations.push_config import push_config
from servicehost.ports.store import Batch
from tests.builders.audited import record_in
from tests.builders.tasks import PING
from tests.builders.yard import ANNA, BERT, TENANT, Yard, code_of, opened_yard

ENDED = "contract_ended"
NEVER = Stop(failed_percent=None)


@pytest.fixture
async def yard(tmp_path: Path) -> AsyncIterator[Yard]:
    async with opened_yard(tmp_path, 4) as opened:
        yield opened


async def contract_ends(yard: Yard, *, carried: bool = True) -> None:
    now = yard.clock.wall()
    await yard.batch(lambda batch: batch.set_contract_end(TENANT, now, "moves away"))
    if carried:
        await ends(yard)


async def adapter_ends(yard: Yard, *numbers: int) -> None:
    now = yard.clock.wall()

    def work(batch: Batch) -> None:
        for number in numbers:
            batch.set_out_of_service(code_of(number), now)

    await yard.batch(work)
    await ends(yard)


async def ends(yard: Yard) -> None:
    while await carry_out_ends(9, store=yard.store, clock=yard.clock, policy=ReturnPolicy()):
        pass


async def told(yard: Yard, sub_type: str) -> Sequence[Event]:
    events = await yard.reads.events(EVERYTHING, limit=1_000)
    return [one for one in events if one.sub_type == sub_type]


async def later(yard: Yard, *numbers: int, plan: Plan | None = None) -> ScheduledOrder:
    order = plan or PushPlan(service_codes=tuple(code_of(number) for number in numbers))
    made = ScheduledOrder(
        number=0,
        management_code=TENANT,
        schedule=Schedule(at=yard.clock.wall() + 1_000),
        plan=order,
        late=Late.RUN,
        note="",
        master_id=ANNA.master_id,
        ordered_by=ANNA.master_id,
        ordered_at=1,
        state=ScheduleState.WAITING,
        changed_at=1,
        due_at=yard.clock.wall() + 1_000,
    )
    async with yard.store.transaction(EVERYTHING) as tx:
        return await tx.add_scheduled_order(made)


async def schedules(yard: Yard) -> list[tuple[str, str | None, bool]]:
    found = await yard.reads.scheduled_orders(EVERYTHING)
    return [(one.state.value, one.reason, one.due_at is None) for one in found]


async def test_a_rollout_halts_wherever_it_stands_and_says_why(yard: Yard) -> None:
    await yard.create([1])
    await yard.start([2], approval=True)
    await yard.start([3], start_at=yard.clock.wall() + 60_000)
    await yard.start([4], gate=Gate(soak_s=600))
    paused = await yard.create([1])
    await yard.ops.start_rollout(ANNA, paused.rollout, None, False)
    await yard.ops.pause_rollout(ANNA, paused.rollout, "wait")
    await yard.step()
    await contract_ends(yard)
    standing = [await yard.rollout(number) for number in (1, 2, 3, 4, 5)]
    assert {(one.state, one.reason, one.state_by) for one in standing} == {(RolloutState.HALTED, ENDED, "host")}
    assert [await yard.states(number) for number in (2, 3, 4, 5)] == [[f"skipped: {ENDED}"]] * 4
    halted = await told(yard, "rollout_halted")
    assert sorted(one.detail["rollout"] for one in halted) == [1, 2, 3, 4, 5]
    assert {one.reason for one in halted} == {ENDED}


async def test_one_that_has_ended_already_stays_as_it_is(yard: Yard) -> None:
    await yard.start([1], gate=Gate(soak_s=0))
    await yard.step()
    await yard.end(1)
    await yard.step()
    await contract_ends(yard)
    assert (await yard.rollout()).state is RolloutState.FINISHED
    assert await told(yard, "rollout_halted") == []


async def test_what_a_unit_tries_ends_with_its_adapter_and_counts_as_no_failure(yard: Yard) -> None:
    await yard.start([1, 2, 3], waves=(Wave(count=2),), gate=Gate(soak_s=600))
    await yard.step()
    await yard.end(1, Phase.STORED)
    await yard.end(2)
    await yard.step()
    await contract_ends(yard)
    assert await yard.states() == [f"skipped: {ENDED}"] * 3
    assert await yard.push_of(1) is None


async def test_nothing_goes_out_after_the_very_instant(yard: Yard) -> None:
    """Before the rest of the end is carried out the engine looks itself."""
    await yard.start([1, 2], waves=(Wave(count=1),), gate=Gate(soak_s=0))
    await contract_ends(yard, carried=False)
    await yard.step()
    assert (await yard.rollout()).reason == ENDED
    assert await yard.push_of(1) is None
    await ends(yard)
    assert len(await told(yard, "rollout_halted")) == 1


@pytest.mark.parametrize("deed", ["create", "start", "resume", "approve", "roll back"])
async def test_nobody_sends_out_more_for_a_contract_that_has_ended(yard: Yard, deed: str) -> None:
    made = await yard.create([1], approval=deed == "approve")
    if deed in ("resume", "approve", "roll back"):
        await yard.ops.start_rollout(ANNA, made.rollout, None, False)
    if deed == "resume":
        await yard.ops.pause_rollout(ANNA, made.rollout, "")
    await contract_ends(yard, carried=False)
    deeds: dict[str, Callable[[], Awaitable[object]]] = {
        "create": lambda: yard.create([2]),
        "start": lambda: yard.ops.start_rollout(ANNA, made.rollout, None, False),
        "resume": lambda: yard.ops.resume_rollout(ANNA, made.rollout, ""),
        "approve": lambda: yard.ops.approve_rollout(BERT, made.rollout, None, ""),
        "roll back": lambda: yard.ops.roll_back_rollout(ANNA, made.rollout, ""),
    }
    with pytest.raises(Conflict) as refused:
        await deeds[deed]()
    assert refused.value.code == ENDED


async def test_a_member_whose_adapter_ends_is_skipped_and_the_others_go_on(yard: Yard) -> None:
    await yard.start([1, 2, 3, 4], waves=(Wave(count=3),), gate=Gate(soak_s=60), stop=Stop(failed=1))
    await yard.step()
    await yard.end(2)
    await yard.step()
    await adapter_ends(yard, 1, 2, 4)  # one is tried, one is watched, one waits
    await yard.end(3)
    await yard.step()
    await yard.step(60)
    assert await yard.states() == [f"skipped: {ENDED}"] * 2 + ["confirmed", f"skipped: {ENDED}"]
    assert (await yard.rollout()).state is RolloutState.FINISHED
    assert [one.service_code for one in await told(yard, "rollout_member_skipped")] == [code_of(n) for n in (1, 2, 4)]


async def test_a_session_that_a_contract_has_ended_is_no_lost_one(yard: Yard) -> None:
    """However long it takes until the end is carried out."""
    await yard.start([1, 2], waves=(Wave(count=1),), gate=Gate(soak_s=600), stop=Stop(failed=1))
    await yard.step()
    await yard.end(1)
    await yard.step()
    now = yard.clock.wall()
    await yard.batch(lambda batch: batch.set_out_of_service(code_of(1), now))
    await yard.go(1, "out_of_service")
    await yard.step(120)
    assert (await yard.states())[0] == f"skipped: {ENDED}"
    assert (await yard.rollout()).state is RolloutState.RUNNING


async def test_one_that_was_to_be_undone_is_kept(yard: Yard) -> None:
    await yard.start([1, 2], gate=Gate(soak_s=0), stop=NEVER)
    await yard.step()
    await yard.end(1)
    await yard.step()
    await yard.go(1)
    await yard.ops.roll_back_rollout(ANNA, 1, "")
    await adapter_ends(yard, 1)
    assert (await yard.states())[0] == f"kept: {ENDED}"


async def test_orders_for_later_end_with_the_contract(yard: Yard) -> None:
    await later(yard, 1)
    await later(yard, 2, 3)
    await contract_ends(yard)
    assert await schedules(yard) == [("cancelled", ENDED, True)] * 2
    assert [one.detail for one in await told(yard, "schedule_cancelled")] == [{"schedule": 1}, {"schedule": 2}]


async def test_an_order_for_later_ends_with_the_last_adapter_that_it_names(yard: Yard) -> None:
    await later(yard, 1)
    await later(yard, 1, 2)
    await later(yard, 3)
    await adapter_ends(yard, 1)
    assert [one[0] for one in await schedules(yard)] == ["cancelled", "waiting", "waiting"]
    await adapter_ends(yard, 2)
    assert [one[0] for one in await schedules(yard)] == ["cancelled", "cancelled", "waiting"]


async def test_a_task_for_later_ends_with_the_adapters_that_it_names_and_one_on_a_tag_goes_on(yard: Yard) -> None:
    for meant in (Selection(service_codes=(code_of(1),)), Selection(tag=code_of(1)), Selection(query=code_of(1))):
        await later(yard, plan=TaskPlan(adapters=meant, work=PING, name="n"))
    await adapter_ends(yard, 1)
    assert [one[0] for one in await schedules(yard)] == ["cancelled", "waiting", "waiting"]
    assert [one.class_.value for one in await told(yard, "schedule_cancelled")] == ["operation"]


async def test_no_task_is_ordered_on_an_adapter_that_has_ended(yard: Yard) -> None:
    await adapter_ends(yard, 1)
    order = TaskOrder(service_codes=[code_of(1), code_of(2), "nxe000000099"], work=PING)
    now = yard.clock.wall()
    answers, _ = await yard.store.batch(EVERYTHING, lambda batch: place_tasks(batch, ANNA, order, now, TaskPolicy()))
    assert [one.code for one in answers] == ["adapter_ended", None, "adapter_not_found"]


async def test_the_record_says_what_ended(yard: Yard) -> None:
    await yard.start([1, 2], waves=(Wave(count=1),))
    await later(yard, 1)
    await contract_ends(yard)
    records = [record_in(line) for line in await yard.reads.audit(EVERYTHING, TENANT, limit=1_000)]
    (end,) = [one for one in records if one["action"] == "carry_out_contract_end"]
    named = {name: end["after"][name] for name in ("rollouts_halted", "rollouts", "schedules_cancelled", "schedules")}
    assert named == {"rollouts_halted": 1, "rollouts": [1], "schedules_cancelled": 1, "schedules": [1]}
    assert [one["subject"] for one in records if one["action"] == "halt_rollout"] == ["rollout 1"]


async def test_a_push_to_an_adapter_that_has_ended_is_refused_by_name_and_holds_up_no_other(yard: Yard) -> None:
    await adapter_ends(yard, 1)
    order = PushOrder(service_codes=[code_of(1), code_of(2)])
    answers = await push_config(ANNA, order, store=yard.store, clock=yard.clock, line=yard.line, terms=PushTerms())
    assert [(one.code, one.push is None) for one in answers] == [("adapter_ended", True), (None, False)]
