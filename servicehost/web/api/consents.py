"""Consents: the customer allows the provider's people, for a while, what is the customer's."""

from typing import Final

from msgspec import UNSET, UnsetType

from servicehost.domain.errors import Invalid, NotFound
from servicehost.domain.instant import from_rfc3339
from servicehost.domain.people import Right, Role
from servicehost.operations.give_consent import ConsentDraft
from servicehost.web.call import Call, Reply
from servicehost.web.consent_answers import ConsentAnswer, Consents
from servicehost.web.consent_orders import ConsentOrder, ConsentsQuery, WithdrawalOrder
from servicehost.web.route import Route

__all__ = ["ROUTES"]


async def _give(call: Call) -> Reply:
    order = call.body(ConsentOrder)
    draft = ConsentDraft(
        management_code=call.text("management_code"),
        rights=[Right(right) for right in order.rights],
        reason=order.reason,
        to_role=None if order.to_role is UNSET else Role(order.to_role),
        to_person=None if order.to_person is UNSET else order.to_person,
        service_codes=order.service_codes,
        begins_at=_instant("begins_at", order.begins_at),
        ends_at=_instant("ends_at", order.ends_at),
        call=None if order.call is UNSET else order.call,
    )
    given = await call.door.catalogue.consents.give_consent(call.actor, draft)
    answer = ConsentAnswer.of(given, call.door.clock.wall())
    return Reply(value=answer, location=f"/api/v1/consents/{given.number}")


def _instant(name: str, text: str | UnsetType) -> int | None:
    if isinstance(text, UnsetType):
        return None
    try:
        return from_rfc3339(text)
    except (ValueError, OverflowError) as error:
        raise Invalid("time_malformed", f"{name}: {error}; write it like 2026-11-23T04:05:06Z") from error


async def _consents(call: Call) -> Reply:
    query, now = call.query(ConsentsQuery), call.door.clock.wall()
    found = await call.door.reads.consents(
        call.scope,
        now,
        management_code=None if query.management_code is UNSET else query.management_code,
        service_code=None if query.service_code is UNSET else query.service_code,
        state=None if query.state is UNSET else query.state,
        after=query.after,
        limit=query.limit + 1,
    )
    return Reply(value=Consents.of(found, query.limit, now))


async def _consent(call: Call) -> Reply:
    number = call.number("consent")
    found = await call.door.reads.consent_numbered(call.scope, number)
    if found is None:
        raise NotFound("consent_not_found", f"There is no consent {number}")
    return Reply(value=ConsentAnswer.of(found, call.door.clock.wall()))


async def _withdraw(call: Call) -> Reply:
    reason = call.body(WithdrawalOrder).reason
    withdrawn = await call.door.catalogue.consents.withdraw_consent(call.actor, call.number("consent"), reason)
    return Reply(value=ConsentAnswer.of(withdrawn, call.door.clock.wall()))


ROUTES: Final = (
    Route(
        method="POST",
        path="/api/v1/contracts/{management_code}/consents",
        handler=_give,
        name="giveConsent",
        summary="Allow the provider's people what is the customer's: given by a manager, or recorded from their call",
        tag="consents",
        body=ConsentOrder,
        example={"rights": ["edit_config", "push_config"], "to_role": "support", "reason": "電話での設定変更のご依頼"},
        answer=ConsentAnswer,
        status=201,
        problems=(
            "contract_not_found",
            "adapter_not_found",
            "person_not_found",
            "call_not_found",
            "call_missing",
            "call_not_yours",
            "caller_not_registered",
            "not_of_the_provider",
            "no_reason",
            "one_grantee",
            "right_not_consentable",
            "consent_ends_too_early",
            "consent_too_long",
            "consent_too_far_ahead",
            "time_malformed",
        ),
    ),
    Route(
        method="GET",
        path="/api/v1/consents",
        handler=_consents,
        name="listConsents",
        summary="Consents and how they stand, of one contract, one adapter or all, oldest first",
        tag="consents",
        query=ConsentsQuery,
        answer=Consents,
    ),
    Route(
        method="GET",
        path="/api/v1/consents/{consent}",
        handler=_consent,
        name="readConsent",
        summary="One consent",
        tag="consents",
        answer=ConsentAnswer,
        problems=("consent_not_found",),
    ),
    Route(
        method="POST",
        path="/api/v1/consents/{consent}/withdrawal",
        handler=_withdraw,
        name="withdrawConsent",
        summary="Withdraw a consent, or give it back; what was done under it stays done",
        tag="consents",
        body=WithdrawalOrder,
        answer=ConsentAnswer,
        problems=("consent_not_found", "consent_expired"),
    ),
)
