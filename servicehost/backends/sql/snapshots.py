"""Snapshots on one connection, and the same for a transaction."""

from collections.abc import Callable, Collection
from typing import Any, Final, TypeVar

import msgspec
from sqlalchemy import ColumnElement, and_, delete, func, insert, select
from sqlalchemy.exc import IntegrityError

from servicehost.backends.sql import tables
from servicehost.backends.sql.configs import Configs
from servicehost.backends.sql.prepared import ByKeys
from servicehost.backends.sql.rows import Scoped
from servicehost.backends.sql.snapshot_rows import configs_now, member_row, to_member, to_snapshot
from servicehost.backends.sql.snapshot_tables import snapshot, snapshot_member
from servicehost.domain.config import Revision
from servicehost.domain.errors import Conflict, NotFound
from servicehost.domain.module import ModuleMark
from servicehost.domain.snapshot import Member, Snapshot

__all__ = ["SnapshotRows", "SqlSnapshots"]

T = TypeVar("T")
_snapshot = snapshot.c
_member = snapshot_member.c
_adapter = tables.adapter.c
_revision = tables.revision.c
_revisions: Final = msgspec.json.Decoder(list[Revision])
_WHOLE = ByKeys(
    select(*(_revision[name] for name in Revision.__struct_fields__)).order_by(
        _revision.service_code, _revision.revision, _revision.module
    ),
    (_revision.service_code, _revision.revision),
    _revision.management_code,
)


class SnapshotRows(Scoped):
    """Tables `snapshot` and `snapshot_member`."""

    def codes_of_contract(self, management_code: str, limit: int) -> list[str]:
        mine = (_adapter.management_code == management_code, *self._within(_adapter.management_code))
        chosen = select(_adapter.service_code).where(*mine).order_by(_adapter.service_code).limit(limit)
        return list(self._on.execute(chosen).scalars())

    def configs_now(self, service_codes: Collection[str]) -> list[Member]:
        return list(configs_now(self._on, service_codes, self._scope))

    def revisions_at(self, wanted: Collection[tuple[str, int]]) -> dict[tuple[str, int], tuple[Revision, ...]]:
        found: dict[tuple[str, int], list[Revision]] = {}
        for one in _WHOLE.structs(self._on, set(wanted), _revisions, tenant=self._scope.management_code):
            found.setdefault((one.service_code, one.revision), []).append(one)
        return {key: tuple(rows) for key, rows in found.items()}

    def snapshot(self, number: int) -> Snapshot | None:
        return self._one(_snapshot.number == number)

    def snapshot_named(self, management_code: str, name: str) -> Snapshot | None:
        return self._one(and_(_snapshot.management_code == management_code, _snapshot.name == name))

    def _one(self, which: ColumnElement[bool]) -> Snapshot | None:
        chosen = select(snapshot).where(which, *self._within(_snapshot.management_code))
        row = self._on.execute(chosen).mappings().first()
        return None if row is None else to_snapshot(row)

    def snapshot_members(self, number: int, service_codes: Collection[str] | None = None) -> list[Member]:
        mine = (_member.snapshot == number, *self._within(_member.management_code))
        chosen = select(snapshot_member).where(*mine).order_by(_member.service_code)
        found = [to_member(row) for row in self._on.execute(chosen).mappings()]
        named = None if service_codes is None else set(service_codes)
        return [one for one in found if named is None or one.service_code in named]

    def snapshots_kept(self, management_code: str) -> int:
        mine = (_snapshot.management_code == management_code, *self._within(_snapshot.management_code))
        return self._on.execute(select(func.count()).select_from(snapshot).where(*mine)).scalar_one()

    def add_snapshot(self, taken: Snapshot, members: Collection[Member]) -> Snapshot:
        self._own([taken.management_code])
        fields = {name: getattr(taken, name) for name in Snapshot.__struct_fields__ if name != "number"}
        if self.snapshot_named(taken.management_code, taken.name) is not None:
            raise Conflict("snapshot_name_taken", f"There is a snapshot named {taken.name!r} in this contract already")
        number: int = self._on.execute(insert(snapshot).values(fields).returning(_snapshot.number)).scalar_one()
        rows = [member_row(number, taken.management_code, one) for one in members]
        try:
            if rows:
                self._on.execute(insert(snapshot_member), rows)
        except IntegrityError as error:
            raise NotFound("adapter_not_found", f"An adapter is not of {taken.management_code}") from error
        return msgspec.structs.replace(taken, number=number)

    def drop_snapshot(self, number: int) -> None:
        of_members = (_member.snapshot == number, *self._within(_member.management_code))
        self._on.execute(delete(snapshot_member).where(*of_members))
        mine = (_snapshot.number == number, *self._within(_snapshot.management_code))
        self._on.execute(delete(snapshot).where(*mine))


class SqlSnapshots:
    """`ports.snapshots.SnapshotWrites` for a transaction, which brings `_do`."""

    async def _do(self, call: Callable[..., T], *arguments: Any, **named: Any) -> T:
        raise NotImplementedError

    async def codes_of_contract(self, management_code: str, limit: int) -> list[str]:
        return await self._do(SnapshotRows.codes_of_contract, management_code, limit)

    async def configs_now(self, service_codes: Collection[str]) -> list[Member]:
        return await self._do(SnapshotRows.configs_now, service_codes)

    async def revisions_at(self, wanted: Collection[tuple[str, int]]) -> dict[tuple[str, int], tuple[Revision, ...]]:
        return await self._do(SnapshotRows.revisions_at, wanted)

    async def snapshot(self, number: int) -> Snapshot | None:
        return await self._do(SnapshotRows.snapshot, number)

    async def snapshot_named(self, management_code: str, name: str) -> Snapshot | None:
        return await self._do(SnapshotRows.snapshot_named, management_code, name)

    async def snapshot_members(self, number: int, service_codes: Collection[str] | None = None) -> list[Member]:
        return await self._do(SnapshotRows.snapshot_members, number, service_codes)

    async def snapshots_kept(self, management_code: str) -> int:
        return await self._do(SnapshotRows.snapshots_kept, management_code)

    async def add_snapshot(self, snapshot: Snapshot, members: Collection[Member]) -> Snapshot:
        return await self._do(SnapshotRows.add_snapshot, snapshot, members)

    async def set_first_startup(
        self, service_code: str, revision: int, digest: str, modules: tuple[ModuleMark, ...]
    ) -> None:
        await self._do(Configs.set_startup, [(service_code, revision, digest)], {service_code: modules})

    async def drop_snapshot(self, number: int) -> None:
        await self._do(SnapshotRows.drop_snapshot, number)
