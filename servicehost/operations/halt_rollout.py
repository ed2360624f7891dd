"""Somebody who may halts a rollout for good: who has had no turn is skipped, what no unit tries is taken back."""

from servicehost.domain.people import Actor, Right
from servicehost.domain.rollout import Rollout, RolloutDeed, RolloutState, check_deed
from servicehost.operations.halting import stop_members
from servicehost.operations.steering import Said, acting, found, reached, steered
from servicehost.ports.clock import Clock
from servicehost.ports.line import Line
from servicehost.ports.store import Batch, Store

__all__ = ["halt_rollout"]


async def halt_rollout(actor: Actor, number: int, note: str, *, store: Store, clock: Clock, line: Line) -> Rollout:
    """The rollout, halted; one that is halted already stays as it is. What a unit tries already comes to its end.

    Raises Forbidden `no_right` or `consent_needed`; NotFound `rollout_not_found`; Conflict `rollout_state`.
    """
    now = clock.wall()

    def work(batch: Batch) -> tuple[Rollout, list[int]]:
        rollout = found(batch, number)
        acts = acting(batch, actor, [Right.PUSH_CONFIG], lambda: reached(batch, rollout, now), now)
        if rollout.state is RolloutState.HALTED:
            return rollout, []
        check_deed(rollout, RolloutDeed.HALT)
        recalled = stop_members(batch, number, "halted", now)
        halted = steered(
            batch, acts, rollout, Said(deed=RolloutDeed.HALT, at=now, note=note), state=RolloutState.HALTED
        )
        return halted, recalled

    halted, units = await store.batch(actor.scope, work)
    line.nudge(units)
    return halted
