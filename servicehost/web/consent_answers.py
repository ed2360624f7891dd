"""Answers of the API about consents, config proposals and calls. Times are RFC 3339, UTC."""

from collections.abc import Sequence

import msgspec

from servicehost.domain.config_proposal import ConfigProposal, DraftState
from servicehost.domain.consent import Consent, ConsentState
from servicehost.domain.instant import rfc3339
from servicehost.domain.people import Right, Role
from servicehost.domain.phone_call import CallerMatch, CallOutcome, PhoneCall
from servicehost.web.answers import Time, time_or_none

__all__ = [
    "CallAnswer",
    "Calls",
    "ConfigProposalAnswer",
    "ConfigProposals",
    "ConsentAnswer",
    "Consents",
    "ProposedConfig",
]


class ConsentAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A consent and how it stands now. `given_by` is the operation manager; no `service_codes`: the whole contract."""

    consent: int
    management_code: str
    state: ConsentState
    given_by: str
    recorded_by: str
    rights: list[Right]
    to_role: Role | None
    to_person: str | None
    service_codes: list[str]
    given_at: Time
    begins_at: Time
    ends_at: Time
    reason: str
    call: int | None
    withdrawn_at: Time | None
    withdrawn_by: str | None

    @classmethod
    def of(cls, one: Consent, now: int) -> "ConsentAnswer":
        return cls(
            consent=one.number,
            management_code=one.management_code,
            state=one.state(now),
            given_by=one.given_by,
            recorded_by=one.recorded_by,
            rights=list(one.rights),
            to_role=one.to_role,
            to_person=one.to_person,
            service_codes=list(one.service_codes),
            given_at=rfc3339(one.given_at),
            begins_at=rfc3339(one.begins_at),
            ends_at=rfc3339(one.ends_at),
            reason=one.reason,
            call=one.call,
            withdrawn_at=time_or_none(one.withdrawn_at),
            withdrawn_by=one.withdrawn_by,
        )


class Consents(msgspec.Struct, frozen=True, kw_only=True):
    """`next` is the `after` of the part that follows; null: there is none."""

    items: list[ConsentAnswer]
    next: int | None

    @classmethod
    def of(cls, found: Sequence[Consent], limit: int, now: int) -> "Consents":
        """`found` holds one more than `limit` when there are more."""
        following = found[limit - 1].number if len(found) > limit else None
        return cls(items=[ConsentAnswer.of(one, now) for one in found[:limit]], next=following)


class ConfigProposalAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A proposed config, without its text. `base_revision` is what stood when it was written (0: nothing), `revision`
    what it became; `answer` is what the manager, or who took it back, said."""

    proposal: int
    service_code: str
    state: DraftState
    digest: str
    size_bytes: int
    base_revision: int
    proposed_by: str
    proposed_at: Time
    reason: str
    decided_at: Time | None
    decided_by: str | None
    answer: str
    revision: int | None

    @classmethod
    def of(cls, one: ConfigProposal) -> "ConfigProposalAnswer":
        return cls(
            proposal=one.number,
            service_code=one.service_code,
            state=one.state,
            digest=one.digest,
            size_bytes=one.size_bytes,
            base_revision=one.base_revision,
            proposed_by=one.proposed_by,
            proposed_at=rfc3339(one.proposed_at),
            reason=one.reason,
            decided_at=time_or_none(one.decided_at),
            decided_by=one.decided_by,
            answer=one.answer,
            revision=one.revision,
        )


class ProposedConfig(msgspec.Struct, frozen=True, kw_only=True):
    """A proposal with its text. `masked`: how many secret values in it are not shown to the caller."""

    proposal: ConfigProposalAnswer
    body: str
    masked: int


class ConfigProposals(msgspec.Struct, frozen=True, kw_only=True):
    """`next` is the `after` of the part that follows; null: there is none."""

    items: list[ConfigProposalAnswer]
    next: int | None

    @classmethod
    def of(cls, found: Sequence[ConfigProposal], limit: int) -> "ConfigProposals":
        """`found` holds one more than `limit` when there are more."""
        following = found[limit - 1].number if len(found) > limit else None
        return cls(items=[ConfigProposalAnswer.of(one) for one in found[:limit]], next=following)


class CallAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A call. `served`: the caller is the registered operation manager `manager`; `outcome` null: it is open yet.

    `erased_at`: when what it said of a person was erased.
    """

    call: int
    management_code: str | None
    service_code: str | None
    at: Time
    recorded_at: Time
    recorded_by: str
    caller_name: str
    calling_number: str
    match: CallerMatch
    served: bool
    manager: str | None
    said: str
    answered: str
    outcome: CallOutcome | None
    reference: int | None
    concluded_at: Time | None
    concluded_by: str | None
    erased_at: Time | None

    @classmethod
    def of(cls, one: PhoneCall) -> "CallAnswer":
        return cls(
            call=one.call,
            management_code=one.management_code,
            service_code=one.service_code,
            at=rfc3339(one.at),
            recorded_at=rfc3339(one.recorded_at),
            recorded_by=one.recorded_by,
            caller_name=one.caller_name,
            calling_number=one.calling_number,
            match=one.match,
            served=one.served,
            manager=one.manager,
            said=one.said,
            answered=one.answered,
            outcome=one.outcome,
            reference=one.reference,
            concluded_at=time_or_none(one.concluded_at),
            concluded_by=one.concluded_by,
            erased_at=time_or_none(one.erased_at),
        )


class Calls(msgspec.Struct, frozen=True, kw_only=True):
    """`next` is the `after` of the part that follows; null: there is none."""

    items: list[CallAnswer]
    next: int | None

    @classmethod
    def of(cls, found: Sequence[PhoneCall], limit: int) -> "Calls":
        """`found` holds one more than `limit` when there are more."""
        following = found[limit - 1].call if len(found) > limit else None
        return cls(items=[CallAnswer.of(one) for one in found[:limit]], next=following)
