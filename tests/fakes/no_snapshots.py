"""Snapshots where nobody has taken one. Taken ones are tested on the real store."""

from servicehost.domain.config import Revision
from servicehost.domain.contract import Scope
from servicehost.domain.snapshot import MemberNow, Snapshot

__all__ = ["NoSnapshots"]


class NoSnapshots:
    """Implements `ports.snapshots.SnapshotReads`."""

    async def snapshots(
        self, scope: Scope, *, management_code: str | None = None, after: int = 0, limit: int = 100
    ) -> list[Snapshot]:
        return []

    async def snapshot_numbered(self, scope: Scope, number: int) -> Snapshot | None:
        return None

    async def revision_history(
        self, scope: Scope, service_code: str, *, after: int = 0, limit: int = 100
    ) -> list[tuple[Revision, ...]]:
        return []

    async def members_now(self, scope: Scope, number: int, *, after: str = "", limit: int = 100) -> list[MemberNow]:
        return []
