"""Config revisions and their contents. A content is kept once for each tenant, by digest."""

from collections.abc import Collection, Mapping, Sequence
from typing import Final

import msgspec
from sqlalchemy import ColumnElement, and_, bindparam, func, insert, select, update

from servicehost.backends.sql import tables
from servicehost.backends.sql.prepared import ByKeys, Many
from servicehost.backends.sql.rows import as_text, to_revision
from servicehost.backends.sql.startups import Startups
from servicehost.domain.config import Revision
from servicehost.domain.module import ModuleMark
from servicehost.ports.modules import NO_MODULES

__all__ = ["Configs"]

_content = tables.content.c
_revision = tables.revision.c
_FIELDS = Revision.__struct_fields__
_revisions: Final = msgspec.json.Decoder(list[Revision])
_later = tables.revision.alias("later").c


def _newest_of(service_code: ColumnElement[str]) -> ColumnElement[bool]:
    """One look-up by the whole key for each adapter, however many revisions it has."""
    newest = (
        select(func.max(_later.revision))
        .where(_later.service_code == service_code, _later.module == bindparam("of_module"))
        .scalar_subquery()
    )
    return and_(
        _revision.service_code == service_code,
        _revision.module == bindparam("of_module"),
        _revision.revision == newest,
    )


_NEWEST = ByKeys(
    select(*(_revision[name] for name in _FIELDS)),
    (_revision.service_code,),
    _revision.management_code,
    narrowed=_newest_of,
)
_ADD_MANY = Many(insert(tables.revision), _FIELDS)
_SET_STARTUP = (
    update(tables.adapter)
    .where(tables.adapter.c.service_code == bindparam("code"))
    .values(
        startup_revision=bindparam("revision"),
        startup_digest=bindparam("digest"),
        startup_modules=bindparam("manifest"),
    )
)
_SET_STARTUP_MANY = Many(_SET_STARTUP)
_BODIES = ByKeys(select(tables.content), (_content.management_code, _content.digest), _content.management_code)


class Configs(Startups):
    """Tables `content` and `revision`, and the startup mark of `adapter`."""

    def latest_revisions(self, service_codes: Collection[str], module: int) -> dict[str, Revision]:
        within = self._scope.management_code
        found = _NEWEST.structs(self._on, service_codes, _revisions, tenant=within, of_module=module)
        return {revision.service_code: revision for revision in found}

    def revision(self, service_code: str, module: int, revision: int) -> Revision | None:
        chosen = select(tables.revision).where(
            _revision.service_code == service_code,
            _revision.module == module,
            _revision.revision == revision,
            *self._within(_revision.management_code),
        )
        row = self._on.execute(chosen).mappings().first()
        return None if row is None else to_revision(row)

    def add_content(self, management_code: str, digest: str, body: str) -> None:
        self._own([management_code])
        there = select(_content.digest).where(_content.management_code == management_code, _content.digest == digest)
        if self._on.execute(there).first() is None:
            self._on.execute(insert(tables.content).values(management_code=management_code, digest=digest, body=body))

    def add_revisions(self, revisions: Sequence[Revision]) -> None:
        if not revisions:
            return
        self._own([revision.management_code for revision in revisions])
        _ADD_MANY.run_tuples(self._on, [msgspec.structs.astuple(one) for one in revisions])

    def bodies(self, wanted: Collection[tuple[str, str]]) -> dict[tuple[str, str], str]:
        return {(tenant, digest): body for tenant, digest, body in self._by_keys(_BODIES, wanted)}

    def set_startup(
        self, marks: Sequence[tuple[str, int, str]], modules: Mapping[str, tuple[ModuleMark, ...]] = NO_MODULES
    ) -> None:
        rows = [
            {
                "code": code,
                "revision": number,
                "digest": digest,
                "manifest": as_text(modules[code]) if modules.get(code) else None,
            }
            for code, number, digest in marks
        ]
        self._each(_SET_STARTUP, _SET_STARTUP_MANY, rows, tables.adapter.c.management_code)
        self.drop_proofs([code for code, _, _ in marks])
