"""Rollouts from the draft to the last member's end, on a real store: waves, gates, stops, absence, and the way back."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from datetime import time
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
import pytest

from servicehost.domain.contract import EVERYTHING
from servicehost.domain.errors import Conflict, Forbidden, NotFound
from servicehost.domain.maintenance import MaintenanceWindows, Window
from servicehost.domain.people import Role
from servicehost.domain.push import Phase
from servicehost.domain.rollout import Gate, Pace, RolloutPlan, RolloutPolicy, RolloutState, Stop, Wave
from servicehost.domain.schedule import Weekday
from servicehost.domain.selection import Selection
from servicehost.operations.create_rollout import RolloutOrder
from servicehost.operations.revising import ModuleDraft
from tests.builders.yard import ANNA, BERT, Yard, code_of, opened_yard

S = RolloutState
AT_ONCE = Gate(soak_s=0)
NEVER = Stop(failed_percent=None)
Open = Callable[..., AbstractAsyncContextManager[Yard]]


@pytest.fixture
def yard_of(tmp_path: Path) -> Open:
    return partial(opened_yard, tmp_path)


@pytest.fixture
async def yard(tmp_path: Path) -> AsyncIterator[Yard]:
    async with opened_yard(tmp_path, 4) as opened:
        yield opened


async def state(yard: Yard) -> tuple[str, str | None]:
    rollout = await yard.rollout()
    return rollout.state, rollout.reason


async def confirmed(yard: Yard, *numbers: int) -> None:
    for number in numbers:
        await yard.end(number)
    await yard.step()


async def test_a_canary_goes_first_and_the_rest_follows_once_it_is_proved(yard: Yard) -> None:
    await yard.start([1, 2, 3, 4], waves=(Wave(count=1),), gate=Gate(soak_s=60))
    await yard.step()
    assert await yard.states() == ["pushed", "waiting", "waiting", "waiting"]
    await confirmed(yard, 1)
    assert await yard.states() == ["soaking", "waiting", "waiting", "waiting"]
    await yard.step(59)
    assert (await yard.rollout()).wave == 1
    await yard.step(1)
    assert await yard.states() == ["confirmed", "pushed", "pushed", "pushed"]
    await confirmed(yard, 2, 3, 4)
    await yard.step(60)
    assert await state(yard) == ("finished", None)
    assert (await yard.rollout()).due_at is None
    assert len({(await yard.members())[n].push for n in range(4)}) == 4


async def test_the_units_that_begin_are_nudged_after_the_commit(yard: Yard) -> None:
    await yard.start([2, 3], gate=AT_ONCE)
    await yard.step()
    assert yard.line.nudged == [2, 3]


async def test_a_canary_that_reverts_pauses_the_rollout_and_nobody_else_gets_anything(yard: Yard) -> None:
    await yard.start([1, 2, 3, 4], waves=(Wave(count=1),), gate=AT_ONCE)
    await yard.step()
    await yard.end(1, Phase.REVERTED)
    await yard.step()
    assert await state(yard) == ("paused", "gate_unmet")
    assert await yard.states() == ["failed: reverted", "waiting", "waiting", "waiting"]
    await yard.step(10_000)
    assert await yard.push_of(2) is None


async def test_whoever_resumes_has_seen_what_failed(yard: Yard) -> None:
    await yard.start([1, 2, 3, 4], waves=(Wave(count=1),), gate=AT_ONCE, stop=Stop(failed=1))
    await yard.step()
    await yard.end(1, Phase.REFUSED)
    await yard.step()
    assert await state(yard) == ("paused", "too_many_failed")
    await yard.ops.resume_rollout(ANNA, 1, "it was its own fault")
    await yard.step()
    # The gate of that wave was not what stopped it, and stands.
    assert await state(yard) == ("paused", "gate_unmet")
    await yard.ops.resume_rollout(ANNA, 1, "")
    await yard.step()
    assert await yard.states() == ["failed: refused", "pushed", "pushed", "pushed"]
    await yard.end(2, Phase.REVERTED)
    await yard.step()
    assert (await yard.rollout()).state is S.PAUSED


async def test_a_lost_session_counts_as_failure_although_nothing_was_reported(yard: Yard) -> None:
    await yard.start([1, 2], waves=(Wave(count=1),), gate=Gate(soak_s=600))
    await yard.step()
    await confirmed(yard, 1)
    await yard.go(1)
    await yard.step(59)
    assert (await yard.states())[0] == "soaking"
    await yard.step(6)
    assert (await yard.states())[0] == "failed: session_lost"
    assert await state(yard) == ("paused", "gate_unmet")


async def test_a_session_that_comes_back_in_time_is_not_lost(yard: Yard) -> None:
    await yard.start([1, 2], waves=(Wave(count=1),), gate=Gate(soak_s=100))
    await yard.step()
    await yard.go(1)
    await yard.step(30)
    await yard.come(1)
    await confirmed(yard, 1)
    await yard.step(100)
    assert await yard.states() == ["confirmed", "pushed"]


async def test_a_session_that_ended_because_of_us_is_not_lost(yard: Yard) -> None:
    await yard.start([1, 2], waves=(Wave(count=1),), gate=Gate(soak_s=100))
    await yard.step()
    await confirmed(yard, 1)
    await yard.go(1, "draining")
    await yard.step(61)
    assert (await yard.states())[0] == "soaking"


async def test_a_new_fault_counts_as_failure(yard: Yard) -> None:
    await yard.start([1, 2], waves=(Wave(count=1),), gate=Gate(soak_s=600))
    await yard.step()
    await confirmed(yard, 1)
    await yard.fault(1)
    await yard.step(5)
    assert (await yard.states())[0] == "failed: new_fault"


async def test_a_fault_from_before_does_not(yard: Yard) -> None:
    await yard.fault(1)
    yard.clock.go_on(1)
    await yard.start([1, 2], waves=(Wave(count=1),), gate=Gate(soak_s=600))
    await yard.step()
    await yard.step(5)
    assert (await yard.states())[0] == "pushed"


async def test_a_trial_without_an_end_times_out_and_its_push_is_taken_back(yard: Yard) -> None:
    await yard.start([1, 2], waves=(Wave(count=1),), confirm_timeout_s=30)
    await yard.step()
    await yard.step(90)
    assert (await yard.states())[0] == "failed: timed_out"
    assert await yard.push_of(1) is None


async def test_a_trial_that_is_under_way_is_left_to_its_unit_when_its_time_is_over(yard: Yard) -> None:
    await yard.start([1, 2], waves=(Wave(count=1),), confirm_timeout_s=30)
    await yard.step()
    await yard.end(1, Phase.STORED)
    await yard.step(90)
    push = await yard.push_of(1)
    assert (await yard.states())[0] == "failed: timed_out"
    assert push is not None
    assert push.phase is Phase.STORED


async def test_somebody_elses_push_is_no_failure(yard: Yard) -> None:
    await yard.start([1, 2], waves=(Wave(count=1),), gate=AT_ONCE)
    await yard.step()
    await yard.end(1, Phase.SUPERSEDED)
    await yard.step()
    assert await yard.states() == ["skipped: superseded", "pushed"]


async def test_who_is_away_follows_when_it_comes(yard: Yard) -> None:
    await yard.go(2)
    await yard.start([1, 2, 3], waves=(Wave(count=2),), gate=AT_ONCE)
    await yard.step()
    assert await yard.states() == ["pushed", "away: not_in_session", "waiting"]
    await confirmed(yard, 1)
    assert await yard.states() == ["confirmed", "away: not_in_session", "pushed"]
    await confirmed(yard, 3)
    assert (await yard.rollout()).state is S.RUNNING
    await yard.step(3_600)
    await yard.come(2)
    await yard.step(5)
    await confirmed(yard, 2)
    assert await state(yard) == ("finished", None)


async def test_who_does_not_come_in_time_is_absent_by_name(yard: Yard) -> None:
    await yard.go(2)
    await yard.start([1, 2], gate=AT_ONCE, absent_for_s=3_600)
    await yard.step()
    await confirmed(yard, 1)
    await yard.step(3_600)
    assert await yard.states() == ["confirmed", "absent: not_there_in_time"]
    assert await state(yard) == ("finished", None)


async def test_a_canary_of_which_nobody_came_proves_nothing(yard: Yard) -> None:
    await yard.go(1)
    await yard.start([1, 2], waves=(Wave(count=1),), gate=AT_ONCE, absent_for_s=3_600)
    await yard.step()
    await yard.step(3_599)
    assert await yard.states() == ["away: not_in_session", "waiting"]
    await yard.step(1)
    assert await state(yard) == ("paused", "wave_unproved")
    await yard.ops.resume_rollout(ANNA, 1, "go on without it")
    await yard.step()
    assert await yard.states() == ["absent: not_there_in_time", "pushed"]


async def test_of_a_unit_that_a_new_host_has_not_heard_nothing_is_said(yard: Yard) -> None:
    await yard.start([1, 2], waves=(Wave(count=1),))
    await yard.crash()
    await yard.step()
    assert await yard.states() == ["waiting", "waiting"]
    await yard.come(1)
    await yard.step(5)
    assert await yard.states() == ["pushed", "waiting"]


async def test_two_adapters_of_one_site_are_never_under_way_together(yard_of: Open) -> None:
    async with yard_of(4, sites=["Chiyoda", " chiyoda ", "Minato"]) as yard:
        await yard.start([1, 2, 3, 4], gate=Gate(soak_s=60))
        await yard.step()
        assert await yard.states() == ["pushed", "waiting", "pushed", "pushed"]
        await confirmed(yard, 1)
        assert (await yard.states())[1] == "waiting"
        await yard.step(60)
        assert (await yard.states())[:2] == ["confirmed", "pushed"]


async def test_concurrency_and_rate_bound_who_begins(yard_of: Open) -> None:
    async with yard_of(6) as yard:
        await yard.start([1, 2, 3, 4, 5, 6], gate=AT_ONCE, pace=Pace(concurrency=2, per_minute=6))
        await yard.step()
        assert (await yard.states()).count("pushed") == 1
        assert (await yard.rollout()).due_at == yard.clock.wall() + 5_000
        await yard.step(10)
        assert (await yard.states()).count("pushed") == 2
        await yard.step(60)
        assert (await yard.states()).count("pushed") == 2
        await confirmed(yard, 1, 2)
        # A minute that was not used is not made up for.
        assert (await yard.states()).count("pushed") == 1


async def test_an_adapter_that_tries_another_push_is_waited_for(yard: Yard) -> None:
    await yard.start([1], gate=AT_ONCE)
    await yard.step()
    await yard.end(1, Phase.STORED)
    await yard.ops.halt_rollout(ANNA, 1, "")
    await yard.end(1, Phase.RUNNING)
    await yard.step(3_600)
    await yard.start([1, 2], gate=AT_ONCE)
    await yard.step()
    assert await yard.states(2) == ["waiting", "pushed"]
    await yard.end(1, Phase.REVERTED)
    await yard.step(5)
    assert (await yard.states(2))[0] == "pushed"


async def test_adapters_are_begun_while_a_window_is_open(yard: Yard) -> None:
    # The yard's clock stands at 22:13:20 UTC on a Monday.
    windows = MaintenanceWindows(windows=(Window(days=tuple(Weekday), opens=time(23), closes=time(1)),))
    await yard.start([1, 2], waves=(Wave(count=1),), gate=AT_ONCE, windows=windows)
    await yard.step()
    assert await yard.states() == ["waiting", "waiting"]
    due = (await yard.rollout()).due_at
    assert due is not None
    await yard.step((due - yard.clock.wall()) / 1000)
    assert await yard.states() == ["pushed", "waiting"]


async def test_a_scheduled_rollout_begins_at_its_hour(yard: Yard) -> None:
    at = yard.clock.wall() + 60_000
    assert (await yard.start([1], start_at=at)).state is S.SCHEDULED
    stepped = await yard.step(59)
    assert stepped.next_at == at
    assert await yard.states() == ["waiting"]
    await yard.step(1)
    assert await yard.states() == ["pushed"]


async def test_a_paused_rollout_begins_nothing_and_goes_on_where_it_stood(yard: Yard) -> None:
    await yard.start([1, 2], waves=(Wave(count=1),), gate=AT_ONCE)
    await yard.step()
    paused = await yard.ops.pause_rollout(ANNA, 1, "lunch")
    assert (paused.state, paused.state_by, paused.reason) == (S.PAUSED, ANNA.master_id, "lunch")
    await confirmed(yard, 1)
    assert await yard.states() == ["confirmed", "waiting"]
    await yard.ops.resume_rollout(ANNA, 1, "")
    await yard.step()
    assert await yard.states() == ["confirmed", "pushed"]


async def test_a_halted_rollout_takes_back_what_no_unit_tries(yard: Yard) -> None:
    await yard.start([1, 2, 3], gate=AT_ONCE, pace=Pace(concurrency=2))
    await yard.step()
    await yard.end(1, Phase.STORED)
    await yard.ops.halt_rollout(ANNA, 1, "wrong file")
    assert await yard.states() == ["pushed", "skipped: halted", "skipped: halted"]
    assert await yard.push_of(2) is None
    await confirmed(yard, 1)
    assert await yard.states() == ["confirmed", "skipped: halted", "skipped: halted"]
    rollout = await yard.rollout()
    assert (rollout.state, rollout.due_at, rollout.in_flight) == (S.HALTED, None, 0)


async def test_rolling_back_gives_each_its_former_config_the_last_first(yard: Yard) -> None:
    await yard.start([1, 2, 3], gate=AT_ONCE, pace=Pace(concurrency=1), stop=NEVER)
    await yard.step()
    await confirmed(yard, 1)
    await confirmed(yard, 2)
    await yard.end(3, Phase.REVERTED)
    await yard.step()
    await yard.ops.roll_back_rollout(ANNA, 1, "phones are silent")
    await yard.step()
    assert await yard.states() == ["to_undo", "undoing", "failed: reverted"]
    push = await yard.push_of(2)
    assert push is not None
    assert push.revision == 1
    await confirmed(yard, 2)
    await confirmed(yard, 1)
    assert await yard.states() == ["undone", "undone", "failed: reverted"]
    assert await state(yard) == ("rolled_back", None)


async def test_rolling_back_leaves_alone_what_somebody_has_done_since(yard: Yard) -> None:
    await yard.start([1, 2], gate=AT_ONCE)
    await yard.step()
    await confirmed(yard, 1, 2)
    member = (await yard.members())[0]
    await yard.batch(lambda batch: batch.set_startup([(member.service_code, 3, "sha256:other")]))
    await yard.ops.roll_back_rollout(ANNA, 1, "")
    await yard.step()
    assert await yard.states() == ["kept: changed_since", "undoing"]


async def test_a_member_that_confirms_while_it_is_rolled_back_goes_back_too(yard: Yard) -> None:
    await yard.start([1], gate=AT_ONCE)
    await yard.step()
    await yard.end(1, Phase.STORED)
    await yard.ops.roll_back_rollout(ANNA, 1, "")
    await yard.step()
    assert await yard.states() == ["pushed"]
    await confirmed(yard, 1)
    assert await yard.states() == ["undoing"]
    await confirmed(yard, 1)
    assert await yard.states() == ["undone"]


async def test_who_is_away_while_it_is_rolled_back_goes_back_when_it_comes_or_is_kept(yard: Yard) -> None:
    await yard.start([1, 2], gate=AT_ONCE, absent_for_s=3_600)
    await yard.step()
    await confirmed(yard, 1, 2)
    await yard.go(1)
    await yard.go(2)
    await yard.ops.roll_back_rollout(ANNA, 1, "")
    await yard.step(60)
    await yard.come(1)
    await yard.step(5)
    await confirmed(yard, 1)
    await yard.step(3_600)
    assert await yard.states() == ["undone", "kept: absent"]
    assert (await yard.rollout()).state is S.ROLLED_BACK


async def test_an_adapter_is_in_one_unfinished_rollout(yard: Yard) -> None:
    await yard.start([1, 2])
    made = await yard.create([2, 3])
    with pytest.raises(Conflict, match="nxe000000002 \\(rollout 1\\)") as refused:
        await yard.ops.start_rollout(ANNA, made.rollout, None, False)
    assert refused.value.code == "adapter_in_rollout"
    await yard.ops.halt_rollout(ANNA, 1, "")
    assert (await yard.ops.start_rollout(ANNA, made.rollout, None, False)).state is S.RUNNING


async def test_what_goes_out_is_frozen_at_the_start(yard: Yard) -> None:
    await yard.start([1], start_at=yard.clock.wall() + 1_000)
    member = (await yard.members())[0]
    await yard.batch(
        lambda batch: batch.add_revisions(
            [msgspec.structs.replace(batch.main_revisions_at([(code_of(1), 2)])[code_of(1)], revision=3)]
        )
    )
    await yard.step(1)
    push = await yard.push_of(1)
    assert push is not None
    assert (push.revision, member.revision) == (2, 2)


async def test_who_has_nothing_to_get_is_skipped_by_name_and_fills_no_wave(yard: Yard) -> None:
    await yard.start([1], gate=AT_ONCE)
    await yard.step()
    await confirmed(yard, 1)
    await yard.start([1, 2, 3], waves=(Wave(count=1),), gate=AT_ONCE)
    await yard.step()
    assert await yard.states(2) == ["skipped: up_to_date", "pushed", "waiting"]


async def test_nothing_to_roll_out_is_no_rollout(yard: Yard) -> None:
    await yard.start([1], gate=AT_ONCE)
    await yard.step()
    await confirmed(yard, 1)
    with pytest.raises(Conflict, match="up_to_date"):
        await yard.start([1])


async def test_a_module_is_set_in_each_and_the_rest_of_each_stays(yard: Yard) -> None:
    plan = RolloutPlan(targets=Selection(service_codes=(code_of(1), code_of(2))), gate=AT_ONCE)
    draft = ModuleDraft(module=3, raw=b"filter on\n", kind="text", name="filter")
    made = await yard.ops.create_rollout(ANNA, RolloutOrder(name="filters", plan=plan, draft=draft))
    preview = await yard.ops.preview_rollout(BERT, made.rollout)
    assert (preview.revisions_saved, list(preview.sizes)) == (2, [2])
    assert {one.revision for one in preview.members} == {3}
    await yard.ops.start_rollout(ANNA, made.rollout, None, False)
    await yard.step()
    push = await yard.push_of(1)
    assert push is not None
    assert [(one.module, one.revision) for one in push.modules] == [(0, 3), (3, 3)]


async def test_a_second_person_approves_what_was_frozen(yard: Yard) -> None:
    started = await yard.start([1, 2], approval=True)
    assert started.state is S.WAITING_APPROVAL
    await yard.step(10)
    assert await yard.states() == ["waiting", "waiting"]
    with pytest.raises(Conflict) as refused:
        await yard.ops.approve_rollout(ANNA, 1, None, "")
    assert refused.value.code == "approver_is_author"
    with pytest.raises(Conflict) as refused:
        await yard.ops.approve_rollout(BERT, 1, started.version - 1, "")
    assert refused.value.code == "rollout_changed"
    approved = await yard.ops.approve_rollout(BERT, 1, started.version, "seen")
    assert (approved.state, approved.approved_by) == (S.RUNNING, BERT.master_id)


async def test_the_host_can_ask_for_approval_of_every_rollout(yard_of: Open) -> None:
    async with yard_of(1, policy=RolloutPolicy(approval_required=True)) as yard:
        assert (await yard.start([1])).state is S.WAITING_APPROVAL


async def test_nobody_cuts_the_branch_they_sit_on_without_knowing(yard: Yard) -> None:
    made = await yard.create([1, 2])
    there = msgspec.structs.replace(ANNA, source="192.0.2.2")
    with pytest.raises(Conflict, match="nxe000000002") as refused:
        await yard.ops.start_rollout(there, made.rollout, None, False)
    assert refused.value.code == "operating_through_adapter"
    assert (await yard.ops.start_rollout(there, made.rollout, None, True)).state is S.RUNNING


async def test_the_providers_people_need_a_consent_and_another_customer_sees_nothing(yard: Yard) -> None:
    made = await yard.create([1])
    support = msgspec.structs.replace(ANNA, role=Role.SUPPORT, management_code=None)
    other = msgspec.structs.replace(ANNA, management_code="nxm000000002")
    for verb in (yard.ops.pause_rollout, yard.ops.resume_rollout, yard.ops.halt_rollout, yard.ops.roll_back_rollout):
        with pytest.raises(Forbidden):
            await verb(support, made.rollout, "")
        with pytest.raises(NotFound):
            await verb(other, made.rollout, "")


@pytest.mark.parametrize(
    ("verb", "wrong"),
    [("pause_rollout", "draft"), ("resume_rollout", "draft"), ("roll_back_rollout", "draft")],
)
async def test_a_deed_out_of_its_time_is_refused_by_name(yard: Yard, verb: str, wrong: str) -> None:
    await yard.create([1])
    with pytest.raises(Conflict, match=wrong) as refused:
        await getattr(yard.ops, verb)(ANNA, 1, "")
    assert refused.value.code == "rollout_state"


@pytest.mark.parametrize("commits", range(1, 12))
async def test_a_crash_after_any_commit_leaves_nobody_out_and_gives_nobody_two(yard: Yard, commits: int) -> None:
    """After so many transactions everything in memory is dropped; what is written must be enough."""
    await yard.start([1, 2, 3, 4], waves=(Wave(count=1), Wave(count=1)), gate=AT_ONCE, pace=Pace(concurrency=1))
    crash = _Crash(commits)
    yard.store.batch = crash.around(yard.store.batch)  # type: ignore[method-assign]  # the seam where a host dies
    for _ in range(40):
        await yard.live()
        try:
            with crash:
                await yard.ops.step_rollouts()
        except _Killed:
            await yard.crash()
            for number in range(1, 5):
                await yard.come(number)
        for number in range(1, 5):
            if await yard.push_of(number):
                await yard.end(number)
        yard.clock.go_on(5)
    assert await yard.states() == ["confirmed"] * 4
    assert (await yard.rollout()).state is S.FINISHED
    pushes = await yard.reads.pushes(EVERYTHING, limit=100)
    assert sorted(push.service_code for push in pushes) == [code_of(number) for number in range(1, 5)]


class _Killed(Exception):
    pass


class _Crash:
    def __init__(self, after: int) -> None:
        self.left = after
        self.armed = False

    def __enter__(self) -> None:
        self.armed = True

    def __exit__(self, *error: object) -> None:
        self.armed = False

    def around(self, batch: Callable[..., Any]) -> Callable[..., Any]:
        async def counted(*arguments: Any) -> Any:
            answer = await batch(*arguments)
            self.left -= self.armed
            if self.armed and self.left == 0:
                raise _Killed
            return answer

        return counted
