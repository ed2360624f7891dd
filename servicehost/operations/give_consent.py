"""An operation manager gives a consent, or support records the one they gave in a call."""

from collections.abc import Sequence

import msgspec

from servicehost.domain.audit import Action
from servicehost.domain.consent import Consent, ConsentPolicy, check_span
from servicehost.domain.contract import check_management_code
from servicehost.domain.errors import Conflict, Invalid, NotFound
from servicehost.domain.event import EventClass, Severity
from servicehost.domain.people import CONSENTABLE, Actor, Right, Role, demand
from servicehost.domain.phone_call import CallOutcome, conclude
from servicehost.operations.casework import tell
from servicehost.operations.deed import deed, recorded
from servicehost.ports.clock import Clock
from servicehost.ports.store import Batch, Store

__all__ = ["ConsentDraft", "give_consent"]


class ConsentDraft(msgspec.Struct, frozen=True, kw_only=True):
    """What is allowed to whom. Exactly one of `to_role` and `to_person`; no `service_codes`: the whole contract.

    `begins_at` None: now. `ends_at` None: after the usual time. `call` is the call it was given in, when somebody of
    the provider records it: the manager is the one whom that call was matched to.
    """

    management_code: str
    rights: Sequence[Right]
    reason: str
    to_role: Role | None = None
    to_person: str | None = None
    service_codes: Sequence[str] = ()
    begins_at: int | None = None
    ends_at: int | None = None
    call: int | None = None


async def give_consent(
    actor: Actor, draft: ConsentDraft, *, store: Store, clock: Clock, policy: ConsentPolicy
) -> Consent:
    """The consent with its number; the contract's managers see it from then on and can withdraw it.

    Raises Forbidden `no_right`; Invalid `bad_management_code`, `no_reason`, `right_not_consentable`, `one_grantee`;
    NotFound `contract_not_found`, `adapter_not_found`, `person_not_found`, `call_not_found`; Conflict `call_missing`,
    `call_not_yours`, `caller_not_registered`, `not_of_the_provider`, or what is wrong with the span.
    """
    demand(actor, Right.CONSENT if actor.role is Role.OPERATION_MANAGER else Right.ANSWER_CALLS)
    _check(actor, draft)
    now = clock.wall()
    begins_at = now if draft.begins_at is None else draft.begins_at
    ends_at = begins_at + policy.usual_ms if draft.ends_at is None else draft.ends_at
    check_span(begins_at, ends_at, now, policy)

    def work(batch: Batch) -> Consent:
        _check_grantee(batch, draft)
        consent = Consent(
            number=0,
            management_code=draft.management_code,
            given_by=_giver(batch, actor, draft),
            recorded_by=actor.master_id,
            rights=tuple(sorted(set(draft.rights))),
            given_at=now,
            begins_at=begins_at,
            ends_at=ends_at,
            to_role=draft.to_role,
            to_person=draft.to_person,
            service_codes=tuple(sorted(set(draft.service_codes))),
            reason=draft.reason[:255],
            call=draft.call,
        )
        added = batch.add_consent(consent)
        _tell(batch, actor, added)
        _conclude_call(batch, actor, added)
        return added

    return await store.batch(actor.scope, work)


def _check(actor: Actor, draft: ConsentDraft) -> None:
    check_management_code(draft.management_code)
    if not draft.reason.strip():
        raise Invalid("no_reason", "Say why the consent is given")
    if not draft.rights or not CONSENTABLE.issuperset(draft.rights):
        named = ", ".join(sorted(CONSENTABLE))
        raise Invalid("right_not_consentable", f"A consent allows one or more of {named}")
    if (draft.to_role is None) == (draft.to_person is None):
        raise Invalid("one_grantee", "Name either `to_role` or `to_person`")
    if draft.to_role is Role.OPERATION_MANAGER:
        raise Conflict(
            "not_of_the_provider", "A consent is given to support or dispatchers: operation managers need none"
        )
    if actor.role is Role.OPERATION_MANAGER and draft.call is not None:
        raise Conflict("call_not_yours", "Only who takes a call records what was said in it; leave `call` out")
    if actor.role is not Role.OPERATION_MANAGER and draft.call is None:
        text = "A consent is an operation manager's: record the call in which it was given (POST /api/v1/calls), then"
        raise Conflict("call_missing", f"{text} name it here")


def _check_grantee(batch: Batch, draft: ConsentDraft) -> None:
    if draft.to_person is None:
        return
    # A customer sees only their own people, and gives consents to the provider's.
    person = batch.providers_person(draft.to_person)
    if person is None:
        raise NotFound("person_not_found", f"There is nobody of the provider with the Master ID {draft.to_person}")


def _giver(batch: Batch, actor: Actor, draft: ConsentDraft) -> str:
    if not actor.scope.sees(draft.management_code) or not batch.has_contract(draft.management_code):
        raise NotFound("contract_not_found", f"There is no management contract {draft.management_code}")
    if draft.call is None:
        return actor.master_id
    call = batch.call(draft.call)
    if call is None or call.management_code != draft.management_code:
        raise NotFound("call_not_found", f"There is no call {draft.call} of {draft.management_code}")
    if call.manager is None:
        text = f"The caller of call {call.call} is {call.match}: only a registered operation manager gives a consent"
        raise Conflict("caller_not_registered", text)
    if all(one.master_id != call.manager for one in batch.operation_managers(draft.management_code)):
        raise Conflict("caller_not_registered", f"{call.manager} is no operation manager of the contract any more")
    return call.manager


def _tell(batch: Batch, actor: Actor, consent: Consent) -> None:
    told = deed(
        actor,
        consent.given_at,
        "consent_given",
        class_=EventClass.OPERATION,
        severity=Severity.NOTICE,
        management_code=consent.management_code,
        service_code=consent.service_codes[0] if len(consent.service_codes) == 1 else None,
        consent=consent.number,
        given_by=consent.given_by,
        ends_at=consent.ends_at,
    )
    tell(batch, [told])
    after = {
        "given_by": consent.given_by,
        "rights": list(consent.rights),
        "to": consent.to_person or consent.to_role,
        "service_codes": list(consent.service_codes[:10]),
        "adapters": len(consent.service_codes),
        "begins_at": consent.begins_at,
        "ends_at": consent.ends_at,
        "call": consent.call,
    }
    subject = f"consent {consent.number}"
    entry = recorded(
        actor,
        consent.given_at,
        Action.GIVE_CONSENT,
        subject,
        management_code=consent.management_code,
        after=after,
        note=consent.reason,
    )
    batch.append_audit([entry])


def _conclude_call(batch: Batch, actor: Actor, consent: Consent) -> None:
    """A call that has led to nothing yet has led to the consent."""
    call = None if consent.call is None else batch.call(consent.call)
    if call is not None and call.outcome is None:
        led_to = conclude(call, CallOutcome.CONSENT, consent.number, "", by=actor.master_id, at=consent.given_at)
        batch.save_call(led_to)
