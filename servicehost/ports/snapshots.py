"""What the store keeps of snapshots."""

from collections.abc import Collection
from typing import Protocol

from servicehost.domain.config import Revision
from servicehost.domain.contract import Scope
from servicehost.domain.module import ModuleMark
from servicehost.domain.snapshot import Member, MemberNow, Snapshot

__all__ = ["SnapshotReads", "SnapshotWrites"]


class SnapshotWrites(Protocol):
    """In a person's transaction, within its scope."""

    async def codes_of_contract(self, management_code: str, limit: int) -> list[str]:
        """The contract's adapters by service code, at most so many."""
        ...

    async def configs_now(self, service_codes: Collection[str]) -> list[Member]:
        """What these adapters have now, in the order of their codes; those outside the scope are left out."""
        ...

    async def revisions_at(self, wanted: Collection[tuple[str, int]]) -> dict[tuple[str, int], tuple[Revision, ...]]:
        """Whole revisions by (service code, number), each in the order of its modules."""
        ...

    async def snapshot(self, number: int) -> Snapshot | None: ...

    async def snapshot_named(self, management_code: str, name: str) -> Snapshot | None: ...

    async def snapshot_members(self, number: int, service_codes: Collection[str] | None = None) -> list[Member]:
        """In the order of service codes: all of them, or those that are named."""
        ...

    async def snapshots_kept(self, management_code: str) -> int: ...

    async def add_snapshot(self, snapshot: Snapshot, members: Collection[Member]) -> Snapshot:
        """With its number; numbers grow. Raises Conflict `snapshot_name_taken`, NotFound outside the scope and for
        another contract's adapter."""
        ...

    async def set_first_startup(
        self, service_code: str, revision: int, digest: str, modules: tuple[ModuleMark, ...]
    ) -> None:
        """What the units of an adapter are to start with that was taken up together with its history."""
        ...

    async def drop_snapshot(self, number: int) -> None: ...


class SnapshotReads(Protocol):
    """For the API, within the caller's scope."""

    async def snapshots(
        self, scope: Scope, *, management_code: str | None = None, after: int = 0, limit: int = 100
    ) -> list[Snapshot]:
        """In the order of their numbers, at most `limit` after `after` (exclusive)."""
        ...

    async def snapshot_numbered(self, scope: Scope, number: int) -> Snapshot | None: ...

    async def revision_history(
        self, scope: Scope, service_code: str, *, after: int = 0, limit: int = 100
    ) -> list[tuple[Revision, ...]]:
        """Whole revisions in the order of their numbers, each in that of its modules; at most `limit` after `after`."""
        ...

    async def members_now(self, scope: Scope, number: int, *, after: str = "", limit: int = 100) -> list[MemberNow]:
        """Members beside what their adapters have now, in one snapshot, by service code after `after`."""
        ...
