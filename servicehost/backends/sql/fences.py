"""The fence counter."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, insert, select

from servicehost.backends.sql import tables
from servicehost.backends.sql.numbers import take_numbers
from servicehost.backends.sql.rows import Scoped
from servicehost.ports.fences import FenceChange

__all__ = ["Fences"]

_change = tables.fence_change.c
_session = tables.session.c


class Fences(Scoped):
    """Table `fence_change`."""

    def add_fence_changes(self, changes: Sequence[FenceChange]) -> list[FenceChange]:
        epochs = self._epochs([change.unit_id for change in changes])
        known = [change for change in changes if change.unit_id in epochs]
        if not known:
            return []
        numbers = take_numbers(self._on, "fence_change", "change", len(known))
        rows = [
            {
                "change": number,
                "management_code": epochs[one.unit_id][1],
                "unit_id": one.unit_id,
                "below_epoch": epochs[one.unit_id][0] + 1 if one.below_epoch is None else one.below_epoch,
                "code": one.code,
                "at": one.at,
            }
            for number, one in zip(numbers, known, strict=True)
        ]
        self._on.execute(insert(tables.fence_change), rows)
        return [_fence_change(row) for row in rows]

    def _epochs(self, unit_ids: Sequence[int]) -> dict[int, tuple[int, str | None]]:
        if not unit_ids:
            return {}
        chosen = select(_session.unit_id, _session.epoch, _session.management_code).where(
            _session.unit_id.in_(list(unit_ids)), *self._within(_session.management_code)
        )
        return {row[0]: (row[1], row[2]) for row in self._on.execute(chosen)}

    def drop_fence_changes(self, before: int) -> int:
        if self._scope.management_code is not None:
            return 0  # the counter is the hosts', no tenant's
        return self._on.execute(delete(tables.fence_change).where(_change.at < before)).rowcount


def _fence_change(row: dict[str, Any]) -> FenceChange:
    return FenceChange(
        change=row["change"],
        unit_id=row["unit_id"],
        below_epoch=row["below_epoch"],
        code=row["code"],
        at=row["at"],
    )
