"""Support says what a call led to, once that is known."""

from servicehost.domain.audit import Action, Personal, Whose
from servicehost.domain.errors import Invalid, NotFound
from servicehost.domain.people import Actor, Right, demand
from servicehost.domain.phone_call import MAX_SAID, CallOutcome, PhoneCall, conclude
from servicehost.operations.casework import tell
from servicehost.operations.deed import deed, recorded
from servicehost.ports.clock import Clock
from servicehost.ports.store import Batch, Store

__all__ = ["conclude_call"]


async def conclude_call(
    actor: Actor,
    call: int,
    outcome: CallOutcome,
    reference: int | None,
    answered: str,
    *,
    store: Store,
    clock: Clock,
) -> PhoneCall:
    """The call, concluded; the same way again, as it stands. `answered` takes the place of what was recorded before.

    Raises Forbidden `no_right`; Invalid `words_too_long`; NotFound `call_not_found`, `fault_not_found`,
    `exchange_not_found`, `consent_not_found`; Conflict `call_concluded` or what does not fit the outcome.
    """
    demand(actor, Right.ANSWER_CALLS)
    if len(answered) > MAX_SAID:
        raise Invalid("words_too_long", f"What was answered has {MAX_SAID} characters at most")
    now = clock.wall()

    def work(batch: Batch) -> PhoneCall:
        standing = batch.call(call)
        if standing is None:
            raise NotFound("call_not_found", f"There is no call {call}")
        concluded = conclude(standing, outcome, reference, answered, by=actor.master_id, at=now)
        if concluded == standing:
            return standing
        _check_reference(batch, concluded)
        batch.save_call(concluded)
        _tell(batch, actor, standing, concluded, now)
        return concluded

    return await store.batch(actor.scope, work)


def _check_reference(batch: Batch, call: PhoneCall) -> None:
    """What it led to is there, and is of the same contract."""
    if call.reference is None or call.outcome is None:
        return
    look = {CallOutcome.FAULT: batch.fault, CallOutcome.EXCHANGE: batch.exchange, CallOutcome.CONSENT: batch.consent}
    found = look[call.outcome](call.reference)
    if found is None or found.management_code != call.management_code:
        raise NotFound(f"{call.outcome}_not_found", f"The contract has no {call.outcome} {call.reference}")


def _tell(batch: Batch, actor: Actor, before: PhoneCall, after: PhoneCall, now: int) -> None:
    code = after.management_code
    told = deed(
        actor,
        now,
        "call_concluded",
        management_code=code,
        service_code=after.service_code,
        reason=None if after.outcome is None else after.outcome.value,
        call=after.call,
    )
    tell(batch, [told])
    said = None
    if after.answered != before.answered and after.manager is not None:
        said = Personal(whose=Whose.person(after.manager, code), text=after.answered)
    entry = recorded(
        actor,
        now,
        Action.CONCLUDE_CALL,
        f"call {after.call}",
        management_code=code,
        before={"outcome": before.outcome},
        after={"outcome": after.outcome, "reference": after.reference, "answered": said},
    )
    batch.append_audit([entry])
