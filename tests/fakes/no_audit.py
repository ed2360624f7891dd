"""The reads of the audit where nobody reads it."""

from servicehost.domain.audit_check import Head
from servicehost.domain.contract import Scope
from servicehost.ports.audit import AuditLine

__all__ = ["NoAudit"]


class NoAudit:
    """Implements `ports.audit.AuditReads`."""

    async def audit(self, scope: Scope, chain: str, *, after: int = 0, limit: int = 100) -> list[AuditLine]:
        return []

    async def audit_heads(self, scope: Scope, since: int, before: int) -> list[Head]:
        return []

    async def audit_begins(self, scope: Scope) -> int | None:
        return None
