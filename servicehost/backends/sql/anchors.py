"""The trust anchors that units hold, and what the report on a rollover is made of."""

from collections.abc import Sequence

from sqlalchemy import bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from servicehost.backends.sql import tables
from servicehost.backends.sql.prepared import ByKeys, Many
from servicehost.backends.sql.rows import Scoped, as_text, read_anchors
from servicehost.domain.contract import Scope
from servicehost.domain.rollover import Paper, Trusting
from servicehost.domain.unit import Life

__all__ = ["Anchors", "SqlRolloverReads"]

_unit = tables.unit.c
_session = tables.session.c
_certificate = tables.certificate.c
_shown_certificate = tables.certificate.alias("shown")
_shown = _shown_certificate.c
_NOTE = update(tables.unit).where(_unit.unit_id == bindparam("unit")).values(anchors=bindparam("held"))
_NOTE_MANY = Many(_NOTE)
_NOTED = ByKeys(select(_unit.unit_id, _unit.anchors), (_unit.unit_id,), _unit.management_code)
_PAPERS = (
    select(_certificate.unit_id, _certificate.fingerprint, _certificate.anchor, _certificate.issued_at)
    .where(_certificate.revoked_at.is_(None))
    .order_by(_certificate.unit_id, _certificate.issued_at, _certificate.fingerprint)
)
_TRUSTING = (
    select(
        _unit.unit_id,
        _unit.distribution_id,
        _unit.life,
        _unit.anchors,
        _session.epoch,
        _session.certificate,
        _session.anchor,
        _session.heard_at,
        _shown.revoked_at,
    )
    .join(tables.session, _session.unit_id == _unit.unit_id)
    .outerjoin(_shown_certificate, _shown.fingerprint == _session.certificate)
)


class Anchors(Scoped):
    """Column `unit.anchors`."""

    def note_anchors(self, held: Sequence[tuple[int, tuple[str, ...]]]) -> None:
        rows = [{"unit": unit_id, "held": as_text(anchors)} for unit_id, anchors in held]
        self._each(_NOTE, _NOTE_MANY, rows, _unit.management_code)

    def anchors_noted(self, unit_ids: Sequence[int]) -> dict[int, tuple[str, ...] | None]:
        return {unit: read_anchors(text) for unit, text in self._by_keys(_NOTED, unit_ids)}


class SqlRolloverReads:
    """`ports.rollover.RolloverReads`."""

    _engine: AsyncEngine

    async def trusting(self, scope: Scope, *, after: int = 0, limit: int = 1_000) -> list[Trusting]:
        """One snapshot: units, then their certificates."""
        chosen = _TRUSTING.where(_unit.unit_id > after).order_by(_unit.unit_id).limit(limit)
        if scope.management_code is not None:
            chosen = chosen.where(_unit.management_code == scope.management_code)
        async with self._engine.connect() as connection:
            await connection.exec_driver_sql("BEGIN")  # the driver begins nothing of its own accord for reads
            rows = (await connection.execute(chosen)).all()
            units = [row[0] for row in rows]
            among = _certificate.unit_id.between(units[0], units[-1]) if units else _certificate.unit_id.is_(None)
            papers: dict[int, list[Paper]] = {}
            for unit_id, fingerprint, anchor, issued_at in (await connection.execute(_PAPERS.where(among))).all():
                paper = Paper(fingerprint=fingerprint, anchor=anchor, issued_at=issued_at)
                papers.setdefault(unit_id, []).append(paper)
        return [
            Trusting(
                unit_id=unit_id,
                distribution_id=distribution_id,
                life=Life(life),
                anchors=read_anchors(anchors),
                papers=tuple(papers.get(unit_id, ())),
                shown=shown,
                shown_anchor=shown_anchor,
                shown_revoked=revoked_at is not None,
                seen_at=heard_at if epoch else None,
            )
            for unit_id, distribution_id, life, anchors, epoch, shown, shown_anchor, heard_at, revoked_at in rows
        ]
