"""A dispatcher says yes or no to a unit that waits for a certificate."""

from servicehost.domain.audit import Action
from servicehost.domain.enrolment_request import EnrolmentRequest, approved, denied
from servicehost.domain.errors import Conflict, NotFound
from servicehost.domain.event import Severity
from servicehost.domain.people import Actor, Right, demand
from servicehost.operations.deed import deed, recorded
from servicehost.operations.enrolling import why_barred
from servicehost.ports.clock import Clock
from servicehost.ports.store import Store, Transaction

__all__ = ["approve_enrolment", "deny_enrolment"]


async def approve_enrolment(actor: Actor, request: int, *, store: Store, clock: Clock) -> EnrolmentRequest:
    """The unit's next try with the request's key gets a certificate, once.

    A request that was denied may still be approved. Raises Forbidden `no_right`, NotFound `request_not_found`, Conflict
    `request_decided`, and Conflict with the refusal's name for a unit that gets none whatever people say, or that is
    held: release it first.
    """
    demand(actor, Right.REGISTER)
    now = clock.wall()
    async with store.transaction(actor.scope) as tx:
        waiting = await _request(tx, request)
        unit = await tx.unit(waiting.distribution_id)
        barred = None if unit is None else await why_barred(tx, unit)
        if barred is not None:
            raise Conflict(barred.value, f"Unit {waiting.distribution_id} gets no certificate: {barred.value}")
        decided = await tx.put_enrolment_request(approved(waiting, actor.master_id, now))
        await _note(tx, actor, Action.APPROVE_ENROLMENT, waiting=waiting, decided=decided, now=now)
    return decided


async def deny_enrolment(actor: Actor, request: int, reason: str, *, store: Store, clock: Clock) -> EnrolmentRequest:
    """The unit's next try with the request's key is refused with `reason`, which the unit is told.

    A request that was approved and not used may still be denied. Raises Forbidden `no_right`, NotFound
    `request_not_found`, Conflict `request_decided`.
    """
    demand(actor, Right.REGISTER)
    now = clock.wall()
    async with store.transaction(actor.scope) as tx:
        waiting = await _request(tx, request)
        decided = await tx.put_enrolment_request(denied(waiting, actor.master_id, reason, now))
        await _note(tx, actor, Action.DENY_ENROLMENT, waiting=waiting, decided=decided, now=now)
    return decided


async def _request(tx: Transaction, request: int) -> EnrolmentRequest:
    found = await tx.enrolment_request_by_number(request)
    if found is None:
        raise NotFound("request_not_found", f"There is no enrolment request {request}")
    return found


async def _note(
    tx: Transaction, actor: Actor, action: Action, *, waiting: EnrolmentRequest, decided: EnrolmentRequest, now: int
) -> None:
    binding = await tx.binding_of_unit(decided.unit_id)
    sub_type = "enrolment_approved" if action is Action.APPROVE_ENROLMENT else "enrolment_denied"
    event = deed(
        actor,
        now,
        sub_type,
        severity=Severity.NOTICE,
        unit_id=decided.unit_id,
        note=decided.reason or "",
        request=decided.request,
        way=decided.way.value,
        distribution_id=decided.distribution_id,
    )
    await tx.add_events([event])
    entry = recorded(
        actor,
        now,
        action,
        decided.distribution_id,
        management_code=None if binding is None else binding.management_code,
        before={"state": waiting.state.value},
        after={
            "state": decided.state.value,
            "unit": decided.unit_id,
            "request": decided.request,
            "way": decided.way.value,
            "key": decided.key_fingerprint,
        },
        note=decided.reason or "",
    )
    await tx.append_audit([entry])
