"""Modules of configs: whole revisions, and bodies kept as bytes."""

from collections.abc import Collection
from typing import Final

import msgspec
from sqlalchemy import ColumnElement, and_, insert, literal_column, select
from sqlalchemy.ext.asyncio import AsyncEngine

from servicehost.backends.sql import tables
from servicehost.backends.sql.module_tables import module_body
from servicehost.backends.sql.prepared import ByKeys
from servicehost.backends.sql.rows import Scoped, read_manifest, to_revision
from servicehost.domain.config import Revision
from servicehost.domain.contract import Scope
from servicehost.domain.module import MAIN
from servicehost.domain.unit import Life
from servicehost.ports.modules import OfferedBody

__all__ = ["ModuleRows", "SqlModuleReads"]

_body = module_body.c
_content = tables.content.c
_revision = tables.revision.c
_push = tables.push.c
_binding = tables.binding.c
_unit = tables.unit.c
_session = tables.session.c
_certificate = tables.certificate.c
_revisions: Final = msgspec.json.Decoder(list[Revision])
_SETS = ByKeys(
    # The one range of the key that holds them; of most adapters it is empty.
    select(*(_revision[name] for name in Revision.__struct_fields__))
    .where(_revision.module > literal_column(str(MAIN)))
    .order_by(_revision.service_code, _revision.module),
    (_revision.service_code, _revision.revision),
    _revision.management_code,
)


class ModuleRows(Scoped):
    """Table `module_body`, and the rows of `revision` beside those of main modules."""

    def revision_sets(self, wanted: Collection[tuple[str, int]]) -> dict[str, tuple[Revision, ...]]:
        found: dict[str, tuple[Revision, ...]] = {}
        for one in _SETS.structs(self._on, wanted, _revisions, tenant=self._scope.management_code):
            found[one.service_code] = (*found.get(one.service_code, ()), one)
        return found

    def adapters_at(self, address: str, service_codes: Collection[str]) -> list[str]:
        # From the address, which few sessions share, to the adapters: the order may name thousands.
        chosen = (
            select(_binding.service_code)
            .join(tables.session, _session.unit_id == _binding.unit_id)
            .where(
                _session.remote_address.startswith(_with_port(address), autoescape=True),
                _session.ended_at.is_(None),
                _binding.unbound_at.is_(None),
            )
            .where(*self._within(_binding.management_code))
        )
        wanted = set(service_codes)
        return sorted(code for (code,) in self._on.execute(chosen).all() if code in wanted)

    def add_module_body(self, management_code: str, digest: str, body: bytes) -> None:
        self._own([management_code])
        there = select(_body.digest).where(_body.management_code == management_code, _body.digest == digest)
        if self._on.execute(there).first() is None:
            row = {"management_code": management_code, "digest": digest, "size_bytes": len(body), "body": body}
            self._on.execute(insert(module_body).values(row))

    def module_bodies(self, wanted: Collection[tuple[str, str]]) -> dict[tuple[str, str], bytes]:
        found: dict[tuple[str, str], bytes] = {}
        for tenant, digest in wanted:
            chosen = select(_body.body).where(
                _body.management_code == tenant, _body.digest == digest, *self._within(_body.management_code)
            )
            row = self._on.execute(chosen).first()
            if row is not None:
                found[tenant, digest] = bytes(row[0])
        return found


class SqlModuleReads:
    """`ports.modules.ModuleReads` on SQLite. Every method is one snapshot."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def revision_set(self, scope: Scope, service_code: str, revision: int) -> list[Revision]:
        chosen = select(tables.revision).where(
            _revision.service_code == service_code, _revision.revision == revision, *_within(scope)
        )
        async with self._engine.connect() as on:
            rows = (await on.execute(chosen.order_by(_revision.module))).mappings().all()
        return [to_revision(row) for row in rows]

    async def module_body(self, scope: Scope, management_code: str, digest: str) -> bytes | None:
        if not scope.sees(management_code):
            return None
        text = select(_content.body).where(_content.management_code == management_code, _content.digest == digest)
        raw = select(_body.body).where(_body.management_code == management_code, _body.digest == digest)
        async with self._engine.connect() as on:
            row = (await on.execute(text)).first()
            if row is not None:
                return str(row[0]).encode()
            row = (await on.execute(raw)).first()
        return None if row is None else bytes(row[0])

    async def offered_body(self, distribution_id: str, fingerprint: str, digest: str) -> OfferedBody | None:
        of_certificate = and_(_certificate.fingerprint == fingerprint, _certificate.unit_id == _unit.unit_id)
        chosen = (
            select(_push.management_code, _push.modules)
            .join(tables.binding, and_(_binding.service_code == _push.open_of, _binding.unbound_at.is_(None)))
            .join(tables.unit, _unit.unit_id == _binding.unit_id)
            .outerjoin(tables.certificate, of_certificate)
            .where(
                _push.open_of.is_not(None),
                _unit.distribution_id == distribution_id,
                _unit.life == Life.BOUND.value,
                _unit.held_at.is_(None),
                _certificate.revoked_at.is_(None),
            )
        )
        async with self._engine.connect() as on:
            rows = (await on.execute(chosen)).all()
        for tenant, modules in rows:
            if any(one.digest == digest for one in read_manifest(modules)):
                return OfferedBody(management_code=tenant, digest=digest)
        return None


def _with_port(address: str) -> str:
    """How the address of a session begins, which has its port too."""
    return f"[{address}]:" if ":" in address else f"{address}:"


def _within(scope: Scope) -> tuple[ColumnElement[bool], ...]:
    tenant = scope.management_code
    return () if tenant is None else (_revision.management_code == tenant,)
