"""Somebody who may takes a rollout back: every adapter that got it gets its former startup config again."""

from servicehost.domain.people import Actor, Right
from servicehost.domain.rollout import MemberState, Rollout, RolloutDeed, RolloutState, check_deed
from servicehost.operations.halting import AT_ONCE, recall
from servicehost.operations.steering import Said, acting, found, reached, steered
from servicehost.ports.clock import Clock
from servicehost.ports.line import Line
from servicehost.ports.store import Batch, Store

__all__ = ["roll_back_rollout"]

_UNTOLD = ("timed_out", "session_lost", "new_fault")
"""Failures after which the adapter may run the rollout's revision all the same."""
_M = MemberState


async def roll_back_rollout(actor: Actor, number: int, note: str, *, store: Store, clock: Clock, line: Line) -> Rollout:
    """By ordinary pushes, the last to begin first, at the same pace and under the same stop criteria; maintenance
    windows are not waited for. Where something else has been done since, the adapter is kept as it is.

    Raises Forbidden `no_right` or `consent_needed`; NotFound `rollout_not_found`; Conflict `rollout_state`,
    `contract_ended`.
    """
    now = clock.wall()

    def work(batch: Batch) -> tuple[Rollout, list[int]]:
        rollout = found(batch, number)
        acts = acting(batch, actor, [Right.PUSH_CONFIG], lambda: reached(batch, rollout, now), now)
        if rollout.state in (RolloutState.ROLLING_BACK, RolloutState.ROLLED_BACK):
            return rollout, []
        check_deed(rollout, RolloutDeed.ROLL_BACK)
        batch.end_members(number, [_M.WAITING, _M.AWAY], _M.SKIPPED, "rolled_back", now)
        recalled = recall(batch, batch.recallable_members(number, AT_ONCE), _M.SKIPPED, "rolled_back", now)
        batch.mark_to_undo(number, _UNTOLD, now)
        changes = {
            "state": RolloutState.ROLLING_BACK,
            "undoing": True,
            "forgiven_failed": 0,
            "forgiven_tried": 0,
            "deadline_at": now + rollout.plan.absent_for_s * 1000,
            "consent": None if acts.warrant is None else acts.warrant.consent,
        }
        return steered(batch, acts, rollout, Said(deed=RolloutDeed.ROLL_BACK, at=now, note=note), **changes), recalled

    rolling, units = await store.batch(actor.scope, work)
    line.nudge(units)
    return rolling
