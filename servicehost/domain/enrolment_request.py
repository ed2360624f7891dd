"""A unit that must wait for a person before it gets a certificate, and how it may prove itself.

One request is one key of one unit. A dispatcher says yes or no to it, and may think again until it is used.
"""

from enum import StrEnum
from typing import Final

import msgspec

from servicehost.domain.enrolment import EnrolmentRefusal
from servicehost.domain.errors import Conflict
from servicehost.domain.unit import Life

__all__ = ["BARRED", "EnrolmentRequest", "RequestState", "Waiting", "Way", "approved", "asked_again", "denied"]


class Way(StrEnum):
    """How a unit proved itself for a certificate."""

    TOKEN = "token"  # noqa: S105 - the name of a way
    BIRTH = "birth"
    """By its maker's certificate."""
    RENEWAL = "renewal"
    """By the certificate in force."""
    PERMISSION = "permission"
    """By a certificate that had expired, and a person's yes."""


class RequestState(StrEnum):
    """Where a request stands."""

    PENDING = "pending"
    APPROVED = "approved"
    """The unit's next try with this key gets a certificate, once."""
    DENIED = "denied"
    USED = "used"
    """The certificate was issued."""


BARRED: Final = {
    Life.LOST: EnrolmentRefusal.UNIT_LOST,
    Life.STOLEN: EnrolmentRefusal.UNIT_STOLEN,
    Life.RETURNED: EnrolmentRefusal.UNIT_RETURNED,
    Life.RETIRED: EnrolmentRefusal.UNIT_RETIRED,
}
"""Lives in which a unit gets no certificate whatever it shows, and the name of that. One that was replaced is not among
them: until it is returned it may be bound again."""


class EnrolmentRequest(msgspec.Struct, frozen=True, kw_only=True):
    """`way` is birth or permission; `request` is its number, 0 before the store has given it one."""

    request: int = 0
    unit_id: int
    distribution_id: str
    model: str
    serial: str
    key_fingerprint: str
    """SHA-256 of the key's SubjectPublicKeyInfo, 64 lower-case hex digits."""
    way: Way
    state: RequestState
    asked_at: int
    last_asked_at: int
    remote_address: str
    decided_at: int | None = None
    decided_by: str | None = None
    reason: str | None = None


class Waiting(msgspec.Struct, frozen=True, kw_only=True):
    """Instead of a certificate: the request that waits for a person, and when to ask again."""

    request: int
    retry_after_s: int


def asked_again(request: EnrolmentRequest, way: Way, remote_address: str, now: int) -> EnrolmentRequest:
    """The request after one more try. One that was used, or was about another way, waits for a new decision."""
    if request.state is RequestState.USED or request.way is not way:
        return msgspec.structs.replace(
            request,
            way=way,
            state=RequestState.PENDING,
            asked_at=now,
            last_asked_at=now,
            remote_address=remote_address,
            decided_at=None,
            decided_by=None,
            reason=None,
        )
    return msgspec.structs.replace(request, last_asked_at=now, remote_address=remote_address)


def approved(request: EnrolmentRequest, by: str, now: int) -> EnrolmentRequest:
    """Raises Conflict `request_decided` unless it waits or was denied."""
    if request.state not in (RequestState.PENDING, RequestState.DENIED):
        raise Conflict("request_decided", f"Request {request.request} is {request.state.value}; nothing is left to say")
    return msgspec.structs.replace(request, state=RequestState.APPROVED, decided_at=now, decided_by=by, reason=None)


def denied(request: EnrolmentRequest, by: str, reason: str, now: int) -> EnrolmentRequest:
    """Raises Conflict `request_decided` unless it waits or was approved and not used yet."""
    if request.state not in (RequestState.PENDING, RequestState.APPROVED):
        raise Conflict("request_decided", f"Request {request.request} is {request.state.value}; nothing is left to say")
    return msgspec.structs.replace(request, state=RequestState.DENIED, decided_at=now, decided_by=by, reason=reason)
