"""Support records a call while it lasts: who called, whether they are registered, what was said."""

import msgspec

from servicehost.domain.audit import Action, AuditEntry, Personal, Whose
from servicehost.domain.contract import check_service_code
from servicehost.domain.errors import Conflict, Invalid, NotFound
from servicehost.domain.people import Actor, Right, demand
from servicehost.domain.phone_call import (
    MAX_SAID,
    REFUSAL_JA,
    Caller,
    CallerMatch,
    CallOutcome,
    PhoneCall,
    match_caller,
)
from servicehost.operations.casework import tell
from servicehost.operations.deed import deed, recorded
from servicehost.ports.clock import Clock
from servicehost.ports.store import Batch, Store

__all__ = ["CallReport", "record_call"]


class CallReport(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of the call. `at` None: now. `service_code` is the key that support asks for."""

    caller: Caller
    service_code: str | None = None
    at: int | None = None
    said: str = ""
    answered: str = ""


async def record_call(actor: Actor, report: CallReport, *, store: Store, clock: Clock) -> PhoneCall:
    """The call with its number and with whom the caller was matched to. It is concluded later, when it is known what it
    led to; one of a caller who is not registered is concluded at once, as refused.

    Raises Forbidden `no_right`; Invalid `bad_service_code`, `caller_unnamed`, `words_too_long`; NotFound
    `adapter_not_found`; Conflict `call_in_the_future`.
    """
    demand(actor, Right.ANSWER_CALLS)
    now = clock.wall()
    _check(report, now)

    def work(batch: Batch) -> PhoneCall:
        code = _contract(batch, report)
        found: tuple[CallerMatch, str | None] = (CallerMatch.NO_CONTRACT, None)
        if code is not None:
            found = match_caller(report.caller, batch.operation_managers(code))
        call = batch.add_call(_call(actor, report, code, found, now))
        _tell(batch, actor, call)
        return call

    return await store.batch(actor.scope, work)


def _check(report: CallReport, now: int) -> None:
    if report.service_code is not None:
        check_service_code(report.service_code)
    if not (report.caller.name.strip() or report.caller.master_id.strip()):
        raise Invalid("caller_unnamed", "Record who the caller says they are: a name, a Master ID, or both")
    if max(len(report.said), len(report.answered)) > MAX_SAID:
        raise Invalid("words_too_long", f"What was said and what was answered have {MAX_SAID} characters each at most")
    if report.at is not None and report.at > now:
        raise Conflict("call_in_the_future", "A call is recorded while it lasts or afterwards: without `at`, now")


def _contract(batch: Batch, report: CallReport) -> str | None:
    if report.service_code is not None:
        adapter = next(iter(batch.adapters([report.service_code])), None)
        if adapter is None:
            raise NotFound("adapter_not_found", f"There is no adapter {report.service_code}")
        return adapter.management_code
    person = batch.known_person(report.caller.master_id) if report.caller.master_id else None
    return None if person is None else person.management_code


def _call(
    actor: Actor, report: CallReport, code: str | None, found: tuple[CallerMatch, str | None], now: int
) -> PhoneCall:
    match, manager = found
    refused = match is not CallerMatch.REGISTERED
    # Of a caller whom nothing leads to a contract nothing personal is kept: nobody could ever ask for its erasure.
    known = code is not None
    return PhoneCall(
        call=0,
        management_code=code,
        service_code=report.service_code,
        at=now if report.at is None else report.at,
        recorded_at=now,
        recorded_by=actor.master_id,
        caller_name=report.caller.name.strip()[:100] if known else "",
        calling_number=report.caller.number.strip()[:32] if known else "",
        match=match,
        manager=manager,
        said=report.said if known else "",
        answered=report.answered or (REFUSAL_JA if refused else ""),
        outcome=CallOutcome.REFUSED if refused else None,
        concluded_at=now if refused else None,
        concluded_by=actor.master_id if refused else None,
    )


def _tell(batch: Batch, actor: Actor, call: PhoneCall) -> None:
    told = deed(
        actor,
        call.recorded_at,
        "call_recorded",
        management_code=call.management_code,
        service_code=call.service_code,
        reason=call.match.value,
        call=call.call,
    )
    tell(batch, [told])
    batch.append_audit([_record(actor, call)])


def _record(actor: Actor, call: PhoneCall) -> AuditEntry:
    after = {
        "at": call.at,
        "match": call.match,
        "manager": call.manager,
        "service_code": call.service_code,
        "outcome": call.outcome,
        "caller": _of_caller(call, call.caller_name),
        "calling_number": _of_caller(call, call.calling_number),
        "said": _of_caller(call, call.said),
        "answered": _of_caller(call, call.answered if call.answered != REFUSAL_JA else ""),
    }
    subject, code = f"call {call.call}", call.management_code
    return recorded(actor, call.recorded_at, Action.RECORD_CALL, subject, management_code=code, after=after)


def _of_caller(call: PhoneCall, text: str) -> Personal | None:
    """Kept under the caller's own key: the manager's, or that of whoever gave this name."""
    if not text or call.management_code is None:
        return None
    if call.manager is not None:
        return Personal(whose=Whose.person(call.manager, call.management_code), text=text)
    return Personal(whose=Whose.named(call.caller_name or f"call {call.call}", call.management_code), text=text)
