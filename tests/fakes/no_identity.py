"""The reads of fences, certificates and attempts where there are none."""

from servicehost.domain.attempt import Attempt
from servicehost.domain.certificate_standing import Certificate
from servicehost.domain.contract import Scope
from servicehost.ports.attempts import AttemptsWanted
from servicehost.ports.concerns import Concerns
from servicehost.ports.fences import FenceChange

__all__ = ["NoIdentity"]


class NoIdentity:
    """Implements `FenceReads`, `CertificateReads`, `AttemptReads` and `ConcernReads`."""

    async def fence_changes_after(self, number: int, limit: int) -> list[FenceChange]:
        return []

    async def last_fence_change(self) -> int:
        return 0

    async def certificates(self, scope: Scope, distribution_id: str) -> list[Certificate]:
        return []

    async def concerns(self, scope: Scope) -> Concerns:
        return Concerns()

    async def attempts(self, scope: Scope, wanted: AttemptsWanted) -> list[Attempt]:
        return []
