"""Somebody who may pauses a rollout, or lets it go on."""

from typing import Any

from servicehost.domain.people import Actor, Right
from servicehost.domain.rollout import MemberState, Rollout, RolloutDeed, RolloutState, Tally
from servicehost.domain.rollout_rules import GATE_REASONS
from servicehost.operations.steering import Said, acting, begun, found, reached, rights_of, steered
from servicehost.ports.clock import Clock
from servicehost.ports.store import Batch, Store

__all__ = ["pause_rollout", "resume_rollout"]

_M = MemberState


async def pause_rollout(actor: Actor, number: int, note: str, *, store: Store, clock: Clock) -> Rollout:
    """Nothing new begins; what is under way comes to its end. One that is paused already stays as it is.

    Raises Forbidden `no_right` or `consent_needed`; NotFound `rollout_not_found`; Conflict `rollout_state`.
    """
    now = clock.wall()

    def work(batch: Batch) -> Rollout:
        rollout = found(batch, number)
        acts = acting(batch, actor, [Right.PUSH_CONFIG], lambda: reached(batch, rollout, now), now)
        if rollout.state is RolloutState.PAUSED:
            return rollout
        return steered(batch, acts, rollout, Said(deed=RolloutDeed.PAUSE, at=now, note=note), state=RolloutState.PAUSED)

    return await store.batch(actor.scope, work)


async def resume_rollout(actor: Actor, number: int, note: str, *, store: Store, clock: Clock) -> Rollout:
    """It goes on where it stood, under the consent of who resumes it if they need one. What has failed so far has been
    seen: the stop criteria count from here, and a wave that had not met its gate is passed by.

    Raises Forbidden `no_right` or `consent_needed`; NotFound `rollout_not_found`; Conflict `rollout_state`.
    """
    now = clock.wall()

    def work(batch: Batch) -> Rollout:
        rollout = found(batch, number)
        acts = acting(batch, actor, rights_of(rollout.plan), lambda: reached(batch, rollout, now), now)
        changes = _forgiven(rollout, Tally.sum_of(list(batch.tallies(number).values())))
        changes["consent"] = None if acts.warrant is None else acts.warrant.consent
        if rollout.reason in GATE_REASONS:
            changes["gate_waived"] = rollout.wave
        if rollout.undoing:
            changes["state"] = RolloutState.ROLLING_BACK
        elif rollout.started_at is None:
            changes |= begun(rollout, now)
        else:
            changes["state"] = RolloutState.RUNNING
        return steered(batch, acts, rollout, Said(deed=RolloutDeed.RESUME, at=now, note=note), **changes)

    return await store.batch(actor.scope, work)


def _forgiven(rollout: Rollout, total: Tally) -> dict[str, Any]:
    if rollout.undoing:
        return {"forgiven_failed": total.of(_M.KEPT), "forgiven_tried": total.of(_M.KEPT, _M.UNDONE)}
    return {"forgiven_failed": total.failed, "forgiven_tried": total.tried}
