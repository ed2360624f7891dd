"""Calls: who called, whether they are registered, what was said and answered, and what came of it.

Only registered operation managers are served. Whether a caller is one is found out from what they say of themselves
and the contract's own list; the finding is recorded, and so is the refusal.
"""

import enum
import unicodedata
from collections.abc import Sequence
from typing import Final

import msgspec

from servicehost.domain.errors import Conflict

__all__ = [
    "MAX_SAID",
    "REFUSAL_JA",
    "CallOutcome",
    "Caller",
    "CallerMatch",
    "Manager",
    "PhoneCall",
    "check_outcome",
    "conclude",
    "match_caller",
    "plain_name",
]

MAX_SAID: Final = 2_000
REFUSAL_JA: Final = (
    "恐れ入りますが、お問い合わせは、ご契約にご登録いただいている運用管理担当者様からのみ承っております。"
    "お手数ですが、ご登録の運用管理担当者様よりご連絡くださいますようお願いいたします。"
)
"""What an unregistered caller is told, unless something else is recorded."""


class CallerMatch(enum.StrEnum):
    """Whether the caller is a registered operation manager of the contract."""

    REGISTERED = "registered"
    AMBIGUOUS = "ambiguous"
    """Several bear the name: the Master ID tells which."""
    CONTRADICTED = "contradicted"
    """The Master ID is somebody else's."""
    UNREGISTERED = "unregistered"
    NO_CONTRACT = "no_contract"
    """Neither a service code nor a Master ID leads to a contract."""


class CallOutcome(enum.StrEnum):
    """What a call led to."""

    NOTHING = "nothing"
    FAULT = "fault"
    EXCHANGE = "exchange"
    CONSENT = "consent"
    REFUSED = "refused"
    """The caller was not served, because they are not registered."""


class Manager(msgspec.Struct, frozen=True, kw_only=True):
    """An operation manager of a contract, as it has them registered."""

    master_id: str
    name: str


class Caller(msgspec.Struct, frozen=True, kw_only=True):
    """Who somebody says they are, and the number they call from; what is not known is empty."""

    name: str
    master_id: str = ""
    number: str = ""


class PhoneCall(msgspec.Struct, frozen=True, kw_only=True):
    """One call. `manager` is the Master ID that the caller was found under; `outcome` None: it is not concluded yet.

    `reference` is the number of the fault, the exchange or the consent it led to. Of a caller whom nothing leads to a
    contract, neither name nor number nor words are kept.
    """

    call: int
    management_code: str | None
    service_code: str | None
    at: int
    recorded_at: int
    recorded_by: str
    caller_name: str
    calling_number: str
    match: CallerMatch
    manager: str | None
    said: str
    answered: str
    outcome: CallOutcome | None = None
    reference: int | None = None
    concluded_at: int | None = None
    concluded_by: str | None = None
    erased_at: int | None = None

    @property
    def served(self) -> bool:
        """Whether the caller may be served."""
        return self.match is CallerMatch.REGISTERED


def plain_name(name: str) -> str:
    """A name as it is compared: without width, case and blanks, so that 山田 花子 and 山田花子 are one."""
    return "".join(unicodedata.normalize("NFKC", name).casefold().split())


def match_caller(caller: Caller, managers: Sequence[Manager]) -> tuple[CallerMatch, str | None]:
    """The finding, and the Master ID of the manager it is when there is just one who it can be.

    A Master ID alone is enough; one that goes with another name is not, for numbers are easily overheard.
    """
    name = plain_name(caller.name)
    if caller.master_id:
        owner = next((one for one in managers if one.master_id == caller.master_id), None)
        if owner is None:
            return CallerMatch.UNREGISTERED, None
        if name and name != plain_name(owner.name):
            return CallerMatch.CONTRADICTED, None
        return CallerMatch.REGISTERED, owner.master_id
    named = [one for one in managers if name and plain_name(one.name) == name]
    if len(named) == 1:
        return CallerMatch.REGISTERED, named[0].master_id
    return (CallerMatch.AMBIGUOUS if named else CallerMatch.UNREGISTERED), None


def check_outcome(call: PhoneCall, outcome: CallOutcome, reference: int | None) -> None:
    """Raises Conflict `caller_not_registered`, `caller_registered`, `reference_missing` or `reference_meaningless`."""
    led_somewhere = outcome in (CallOutcome.FAULT, CallOutcome.EXCHANGE, CallOutcome.CONSENT)
    if led_somewhere and not call.served:
        text = "Only registered operation managers are served: this call can lead to nothing but a refusal"
        raise Conflict("caller_not_registered", text)
    if outcome is CallOutcome.REFUSED and call.served:
        raise Conflict("caller_registered", f"The caller is registered as {call.manager} and is served")
    if led_somewhere and reference is None:
        raise Conflict("reference_missing", f"Give the number of the {outcome} that the call led to")
    if not led_somewhere and reference is not None:
        raise Conflict("reference_meaningless", f"A call that led to {outcome} has no number to give")


def conclude(
    call: PhoneCall, outcome: CallOutcome, reference: int | None, answered: str, *, by: str, at: int
) -> PhoneCall:
    """The call with what it led to; concluded the same way again, as it stands.

    Raises Conflict `call_concluded`, or what `check_outcome` raises.
    """
    if call.outcome is not None:
        if (call.outcome, call.reference) == (outcome, reference):
            return call
        raise Conflict("call_concluded", f"Call {call.call} has led to {call.outcome} already; record a new call")
    check_outcome(call, outcome, reference)
    return msgspec.structs.replace(
        call,
        outcome=outcome,
        reference=reference,
        answered=answered or call.answered,
        concluded_at=at,
        concluded_by=by,
    )
