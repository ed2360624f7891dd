"""Somebody who may takes back a push that no unit tries yet."""

import msgspec

from servicehost.domain.audit import Action
from servicehost.domain.errors import Conflict, NotFound
from servicehost.domain.people import Actor, Right
from servicehost.domain.push import Phase, Push
from servicehost.operations.deed import of_push, recorded
from servicehost.operations.grounds import grounds
from servicehost.ports.clock import Clock
from servicehost.ports.line import Line
from servicehost.ports.store import Store, Transaction

__all__ = ["cancel_push"]


async def cancel_push(actor: Actor, push: int, *, store: Store, clock: Clock, line: Line) -> Push:
    """The push, cancelled; asked again, as it stands. A unit that took it meanwhile restores what it ran before.

    Raises Forbidden `consent_needed`; NotFound `push_not_found`; Conflict `push_on_trial` or `push_ended`.
    """
    async with store.transaction(actor.scope) as tx:
        standing = await _push(tx, push)
        now = clock.wall()
        adapters = await tx.adapters([standing.service_code])
        actor = (await grounds(tx, actor, [Right.PUSH_CONFIG], adapters, now))[standing.service_code]
        _check_recallable(standing)
        if standing.phase is Phase.CANCELLED:
            return standing
        cancelled = msgspec.structs.replace(
            standing, phase=Phase.CANCELLED, reason="cancelled_by_operator", changed_at=now
        )
        await tx.save_pushes([cancelled])
        await tx.add_events([of_push(actor, cancelled, "push_cancelled", reason=cancelled.reason)])
        entry = recorded(
            actor,
            cancelled.changed_at,
            Action.CANCEL_PUSH,
            cancelled.service_code,
            management_code=cancelled.management_code,
            before={"push": push, "phase": standing.phase.value},
            after={"push": push, "phase": cancelled.phase.value},
        )
        await tx.append_audit([entry])
        units = await tx.units_of([cancelled.service_code])
    line.nudge(units.values())
    return cancelled


async def _push(tx: Transaction, number: int) -> Push:
    push = await tx.push(number)
    if push is None:
        raise NotFound("push_not_found", f"There is no push {number}")
    return push


def _check_recallable(push: Push) -> None:
    if push.phase in (Phase.STORED, Phase.RUNNING):
        raise Conflict("push_on_trial", f"A unit tries push {push.push} already; wait for its end, then push another")
    if push.phase.ended and push.phase is not Phase.CANCELLED:
        raise Conflict("push_ended", f"Push {push.push} has ended: {push.phase.value}")
