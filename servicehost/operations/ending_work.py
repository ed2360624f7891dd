"""What of the work that is under way or planned stops with an adapter's contract, or with a whole contract.

All of it by name: no push waits for a unit that will not be let in, no task, no rollout, and no order for a later time.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec

from servicehost.domain.audit import Action, AuditEntry
from servicehost.domain.event import Event, Severity
from servicehost.domain.push import Phase, Push
from servicehost.domain.rollout import DEEDS, Member, MemberState, Rollout, RolloutDeed, RolloutState
from servicehost.domain.scheduled_order import ScheduledOrder, ScheduleState, named_by
from servicehost.domain.task import Fact, Task, after, changed
from servicehost.domain.unit import Adapter
from servicehost.operations.casework import HOST
from servicehost.operations.halting import stop_members
from servicehost.operations.push_events import told as push_told
from servicehost.operations.scheduling import class_of
from servicehost.operations.steering import told
from servicehost.operations.task_events import told as task_told
from servicehost.ports.rollouts import Move
from servicehost.ports.store import Batch

__all__ = ["CONTRACT_ENDED", "end_work_of_adapter", "end_work_of_contract", "halt_ended"]

CONTRACT_ENDED: Final = "contract_ended"
NAMED: Final = 100
"""As many rollouts and schedules the record names; how many there were it says in any case."""
_M = MemberState


def end_work_of_contract(batch: Batch, management_code: str, now: int) -> Mapping[str, Any]:
    """Its rollouts halt, whatever they wait for, and its orders for later are cancelled: what the record says of it.

    What a unit has already ends with its adapter.
    """
    rollouts = batch.rollouts_of(management_code, DEEDS[RolloutDeed.HALT])
    for number in rollouts:
        if (rollout := batch.rollout(number)) is not None:
            halt_ended(batch, rollout, now)
    schedules = batch.cancel_scheduled_orders(management_code, CONTRACT_ENDED, now)
    batch.add_events([_schedule_ended(one, now) for one in schedules])
    return {
        "rollouts_halted": len(rollouts),
        "rollouts": rollouts[:NAMED],
        "schedules_cancelled": len(schedules),
        "schedules": [one.number for one in schedules[:NAMED]],
    }


def halt_ended(batch: Batch, rollout: Rollout, now: int) -> tuple[Rollout, Sequence[int]]:
    """The rollout, halted because its contract has ended, and the units that may hold an offer of it.

    Whose config a unit tries already is left to the end of its adapter.
    """
    units = stop_members(batch, rollout.rollout, CONTRACT_ENDED, now)
    halted = msgspec.structs.replace(
        rollout,
        state=RolloutState.HALTED,
        state_since=now,
        state_by=HOST,
        reason=CONTRACT_ENDED,
        due_at=now,
        version=rollout.version + 1,
    )
    batch.save_rollout(halted)
    state = halted.state.value
    batch.add_events(
        [told(halted, "rollout_halted", now, severity=Severity.NOTICE, reason=CONTRACT_ENDED, state=state)]
    )
    record = AuditEntry(
        management_code=rollout.management_code,
        at=now,
        action=Action.HALT_ROLLOUT,
        subject=f"rollout {rollout.rollout}",
        actor=HOST,
        reason=CONTRACT_ENDED,
        before={"state": rollout.state.value, "wave": rollout.wave},
        after={"state": state, "members": halted.members, "waves": halted.waves},
    )
    batch.append_audit([record])
    return halted, units


def end_work_of_adapter(batch: Batch, adapter: Adapter, now: int) -> Mapping[str, Any]:
    """Its pushes, tasks, its turn in a rollout, and orders for later that are for nobody else: what the record says."""
    members = _end_members(batch, adapter.service_code, now)
    pushes = _cancel_pushes(batch, adapter.service_code, now)
    tasks = _end_tasks(batch, adapter.service_code, now)
    schedules = _cancel_schedules(batch, adapter, now)
    return {
        "pushes_cancelled": [push.push for push in pushes],
        "tasks_ended": len(tasks),
        "rollouts_left": [one.rollout for one in members],
        "schedules": schedules,
    }


def _end_members(batch: Batch, service_code: str, now: int) -> Sequence[Member]:
    """A contract that ends is no failure of the config, and proves none: whoever is tried or watched is skipped."""
    members = batch.unfinished_members_of([service_code])
    moves = [Move(before=one, after=_left(one, now)) for one in members]
    batch.move_members(moves)
    for one in moves:
        rollout = batch.rollout(one.after.rollout)
        if rollout is not None:
            batch.add_events([_told_left(rollout, one.after, now)])
    return members


def _left(member: Member, now: int) -> Member:
    state = _M.KEPT if member.state in (_M.TO_UNDO, _M.UNDOING) else _M.SKIPPED
    return msgspec.structs.replace(member, state=state, reason=CONTRACT_ENDED, changed_at=now, due_at=None)


def _told_left(rollout: Rollout, member: Member, now: int) -> Event:
    sub_type = "rollout_member_kept" if member.state is _M.KEPT else "rollout_member_skipped"
    return told(rollout, sub_type, now, service_code=member.service_code, reason=CONTRACT_ENDED, wave=member.wave)


def _end_tasks(batch: Batch, service_code: str, now: int) -> list[Task]:
    """What waits is cancelled; what a unit has is interrupted: nobody will hear how it ended."""
    changes = [(task, after(task, Fact.CONTRACT_ENDED)) for task in batch.open_tasks(service_code)]
    ended = [changed(task, change, now, 0) for task, change in changes if change is not None]
    batch.save_tasks(ended)
    batch.add_events([event for task in ended if (event := task_told(task)) is not None])
    return ended


def _cancel_pushes(batch: Batch, service_code: str, now: int) -> list[Push]:
    """Also one on trial: the unit cannot end it any more, and is told to revert should it ever come back."""
    cancelled = [
        msgspec.structs.replace(push, phase=Phase.CANCELLED, reason=CONTRACT_ENDED, changed_at=now)
        for push in batch.open_pushes([service_code]).get(service_code, ())
    ]
    batch.save_pushes(cancelled)
    batch.add_events([event for push in cancelled if (event := push_told(push, actor=HOST)) is not None])
    return cancelled


def _cancel_schedules(batch: Batch, adapter: Adapter, now: int) -> Sequence[int]:
    """Those that name the adapter and nobody whose contract goes on; of the others it is left out at their time."""
    over = []
    for one in batch.orders_naming(adapter.management_code, adapter.service_code):
        named = batch.adapters(named_by(one.plan))
        if named and all(other.service_code == adapter.service_code or other.has_ended(now) for other in named):
            over.append(one)
    for one in over:
        batch.save_scheduled_order(
            msgspec.structs.replace(
                one, state=ScheduleState.CANCELLED, reason=CONTRACT_ENDED, due_at=None, changed_at=now
            )
        )
    batch.add_events([_schedule_ended(one, now) for one in over])
    return [one.number for one in over]


def _schedule_ended(one: ScheduledOrder, now: int) -> Event:
    return Event(
        at=now,
        class_=class_of(one.plan),
        sub_type="schedule_cancelled",
        severity=Severity.NOTICE,
        management_code=one.management_code,
        actor=HOST,
        reason=CONTRACT_ENDED,
        detail={"schedule": one.number},
    )
