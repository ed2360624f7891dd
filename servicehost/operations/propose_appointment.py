"""Windows are proposed for a visit on site; what stood before is changed, with a reason once it was agreed."""

from collections.abc import Sequence
from typing import Final

import msgspec

from servicehost.domain.appointment import Window, check_visit, check_windows, propose, standing
from servicehost.domain.audit import Action
from servicehost.domain.contract import EVERYTHING
from servicehost.domain.errand import Errand, ErrandPolicy
from servicehost.domain.errors import Forbidden
from servicehost.domain.people import Actor, Role
from servicehost.operations.casework import Word, the_exchange
from servicehost.operations.errands import keep, retarget, said_window, the_errand
from servicehost.ports.clock import Clock
from servicehost.ports.store import Batch, Store

__all__ = ["demand_appointments", "propose_appointment"]

_MAY_APPOINT: Final = frozenset({Role.OPERATION_MANAGER, Role.DISPATCHER})


def demand_appointments(actor: Actor) -> None:
    """Raises Forbidden `no_right` unless they may speak of appointments."""
    if actor.role not in _MAY_APPOINT:
        raise Forbidden("no_right", f"{actor.master_id} ({actor.role}) has no right to make appointments")


async def propose_appointment(
    actor: Actor,
    exchange: int,
    windows: Sequence[Window],
    reason: str,
    *,
    store: Store,
    clock: Clock,
    policy: ErrandPolicy,
) -> Errand:
    """The errand with a new proposal, by the customer's operation manager or a dispatcher.

    Raises Forbidden `no_right`; NotFound `exchange_not_found`; Conflict with a code of `APPOINTMENT_CODES`.
    """
    demand_appointments(actor)
    now = clock.wall()

    def work(batch: Batch) -> Errand:
        standing_exchange = the_exchange(batch, exchange, actor.scope)
        check_visit(standing_exchange)
        before = the_errand(batch, standing_exchange)
        old = standing(before.appointments)
        proposed = propose(before.appointments, check_windows(windows, now), actor.master_id, now, reason)
        if proposed == before.appointments:
            return before
        after = msgspec.structs.replace(before, appointments=proposed, changed_at=now)
        after = retarget(after, standing_exchange, policy)
        keep(
            batch,
            standing_exchange,
            after,
            Word(by=actor.master_id, at=now, reason=reason[:200] or None, actor=actor, own_words=True),
            told="appointment_proposed" if old is None or old.window is None else "appointment_changed",
            action=Action.PROPOSE_APPOINTMENT,
            before={"window": said_window(None if old is None else old.window), "windows": None},
            after={"window": None, "windows": [said_window(one) for one in proposed[-1].windows]},
            detail={"appointment": proposed[-1].number, "windows": len(proposed[-1].windows)},
        )
        return after

    return await store.batch(EVERYTHING, work)
