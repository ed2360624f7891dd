"""One of the proposed windows is agreed with who attends: the operation manager, or a delegate."""

import msgspec

from servicehost.domain.appointment import Agreement, Attendee, agree, check_visit
from servicehost.domain.audit import Action
from servicehost.domain.contract import EVERYTHING
from servicehost.domain.errand import Errand, ErrandPolicy
from servicehost.domain.exchange import Exchange
from servicehost.domain.people import Actor
from servicehost.operations.attendee_of import delegate_for
from servicehost.operations.casework import Word, the_exchange
from servicehost.operations.errands import keep, personal_attendee, retarget, said_window, the_errand
from servicehost.operations.propose_appointment import demand_appointments
from servicehost.ports.clock import Clock
from servicehost.ports.store import Batch, Store

__all__ = ["agree_appointment"]


async def agree_appointment(
    actor: Actor, exchange: int, agreement: Agreement, *, store: Store, clock: Clock, policy: ErrandPolicy
) -> Errand:
    """The errand, whose target is now the end of the window; the very same again changes nothing.

    Who attends is from now on whose word "swap now" is. The carrier is told, at once or with the order. A dispatcher
    says it for who has agreed on the telephone. A delegate's name and telephone are copied from the record as it is
    now. Raises Forbidden `no_right`; NotFound `exchange_not_found`, `delegate_not_found`; Conflict
    `delegate_may_not_attend` unless the delegate may attend there all through the window, or a code of
    `APPOINTMENT_CODES`.
    """
    demand_appointments(actor)
    now = clock.wall()

    def work(batch: Batch) -> Errand:
        standing = the_exchange(batch, exchange, actor.scope)
        check_visit(standing)
        before = the_errand(batch, standing)
        attendee = _attendee(batch, standing, agreement)
        agreed = agree(before.appointments, agreement, attendee, actor.master_id, now)
        if agreed == before.appointments:
            return before
        after = msgspec.structs.replace(before, appointments=agreed, changed_at=now)
        after = retarget(after, standing, policy)
        code = standing.management_code
        batch.save_exchange(msgspec.structs.replace(standing, attendee=attendee.name), None)
        keep(
            batch,
            standing,
            after,
            Word(by=actor.master_id, at=now, actor=actor),
            told="appointment_agreed",
            action=Action.AGREE_APPOINTMENT,
            before={"window": None, **personal_attendee(None, code)},
            after={"window": said_window(agreement.window), **personal_attendee(attendee, code)},
            detail={"appointment": agreed[-1].number, **(said_window(agreement.window) or {})},
        )
        return after

    return await store.batch(EVERYTHING, work)


def _attendee(batch: Batch, exchange: Exchange, agreement: Agreement) -> Attendee:
    if isinstance(agreement.attendee, Attendee):
        return agreement.attendee
    return delegate_for(batch, exchange.management_code, exchange.service_code, agreement.attendee, agreement.window)
