"""Requests and answers of the API about units that wait for a certificate. Times are RFC 3339, UTC."""

import msgspec
from msgspec import UNSET, UnsetType

from servicehost.domain.enrolment_request import EnrolmentRequest, RequestState, Way
from servicehost.domain.instant import rfc3339
from servicehost.web.answers import Time, time_or_none
from servicehost.web.case_orders import After
from servicehost.web.orders import Limit, Words

__all__ = ["DenialOrder", "EnrolmentRequestAnswer", "EnrolmentRequests", "EnrolmentRequestsQuery"]


class EnrolmentRequestsQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Requests in the order of their numbers, of one state or all."""

    state: RequestState | UnsetType = UNSET
    after: After = 0
    limit: Limit = 100


class DenialOrder(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why not: people read it, and the unit is told."""

    reason: Words


class EnrolmentRequestAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """One key of one unit that waits for a yes, or has been told. `key_fingerprint`: SHA-256 of the public key."""

    request: int
    distribution_id: str
    model: str
    serial: str
    key_fingerprint: str
    way: Way
    state: RequestState
    asked_at: Time
    last_asked_at: Time
    remote_address: str
    decided_at: Time | None
    decided_by: str | None
    reason: str | None

    @classmethod
    def of(cls, request: EnrolmentRequest) -> "EnrolmentRequestAnswer":
        return cls(
            request=request.request,
            distribution_id=request.distribution_id,
            model=request.model,
            serial=request.serial,
            key_fingerprint=request.key_fingerprint,
            way=request.way,
            state=request.state,
            asked_at=rfc3339(request.asked_at),
            last_asked_at=rfc3339(request.last_asked_at),
            remote_address=request.remote_address,
            decided_at=time_or_none(request.decided_at),
            decided_by=request.decided_by,
            reason=request.reason,
        )


class EnrolmentRequests(msgspec.Struct, frozen=True, kw_only=True):
    """`next` is the `after` of the part that follows; null: there is none."""

    items: list[EnrolmentRequestAnswer]
    next: int | None
