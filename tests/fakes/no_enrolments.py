"""The reads of enrolments where none wait."""

from collections.abc import Sequence

from servicehost.domain.contract import Scope
from servicehost.domain.enrolment_request import EnrolmentRequest, RequestState

__all__ = ["NoEnrolments"]


class NoEnrolments:
    """Implements `ports.enrolments.EnrolmentReads`."""

    async def enrolment_requests(
        self, scope: Scope, *, state: RequestState | None = None, after: int = 0, limit: int = 100
    ) -> Sequence[EnrolmentRequest]:
        return []

    async def enrolment_request(self, scope: Scope, request: int) -> EnrolmentRequest | None:
        return None
