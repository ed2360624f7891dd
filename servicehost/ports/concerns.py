"""What waits for one of the provider's people, counted."""

from typing import Protocol

import msgspec

from servicehost.domain.contract import Scope

__all__ = ["ConcernReads", "Concerns"]


class Concerns(msgspec.Struct, frozen=True, kw_only=True):
    """Units held because two boxes use their identity, and requests for a certificate that nobody has decided."""

    held_units: int = 0
    enrolment_requests: int = 0


class ConcernReads(Protocol):
    """Part of the reads."""

    async def concerns(self, scope: Scope) -> Concerns:
        """Within the scope."""
        ...
