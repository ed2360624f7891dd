"""Config revisions and their contents. A content is kept once for each tenant, by digest."""

from collections.abc import Collection, Sequence

from sqlalchemy import bindparam, func, insert, select, tuple_, update

from servicehost.backends.sql import tables
from servicehost.backends.sql.many import Many
from servicehost.backends.sql.rows import Scoped, to_revision
from servicehost.domain.config import Revision

__all__ = ["Configs"]

_content = tables.content.c
_revision = tables.revision.c
_ADD_MANY = Many(insert(tables.revision), Revision.__struct_fields__)
_SET_STARTUP = (
    update(tables.adapter)
    .where(tables.adapter.c.service_code == bindparam("code"))
    .values(startup_revision=bindparam("revision"), startup_digest=bindparam("digest"))
)


class Configs(Scoped):
    """Tables `content` and `revision`, and the startup mark of `adapter`."""

    def latest_revisions(self, service_codes: Collection[str], module: int) -> dict[str, Revision]:
        newest = (
            select(_revision.service_code, func.max(_revision.revision).label("newest"))
            .where(
                _revision.service_code.in_(list(service_codes)),
                _revision.module == module,
                *self._within(_revision.management_code),
            )
            .group_by(_revision.service_code)
            .subquery()
        )
        chosen = select(tables.revision).join(
            newest, (newest.c.service_code == _revision.service_code) & (newest.c.newest == _revision.revision)
        )
        rows = self._on.execute(chosen.where(_revision.module == module)).mappings()
        return {row["service_code"]: to_revision(row) for row in rows}

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
        fields = Revision.__struct_fields__
        _ADD_MANY.run(self._on, [{name: getattr(one, name) for name in fields} for one in revisions])

    def bodies(self, wanted: Collection[tuple[str, str]]) -> dict[tuple[str, str], str]:
        if not wanted:
            return {}
        chosen = select(tables.content).where(
            tuple_(_content.management_code, _content.digest).in_(list(wanted)), *self._within(_content.management_code)
        )
        return {(row.management_code, row.digest): row.body for row in self._on.execute(chosen)}

    def set_startup(self, marks: Sequence[tuple[str, int, str]]) -> None:
        if marks:
            statement = _SET_STARTUP.where(*self._within(tables.adapter.c.management_code))
            self._on.execute(statement, [{"code": code, "revision": number, "digest": d} for code, number, d in marks])
