"""Pushes."""

from collections.abc import Collection, Sequence
from typing import Any

import msgspec
from sqlalchemy import bindparam, insert, select, update

from servicehost.backends.sql import tables
from servicehost.backends.sql.many import Many
from servicehost.backends.sql.numbers import take_numbers
from servicehost.backends.sql.rows import Scoped, as_text, to_push
from servicehost.domain.push import OPEN_PHASES, Push

__all__ = ["Pushes"]

_push = tables.push.c
# Spelled out, not bound, so that the partial index on open pushes is used.
_OPEN = _push.phase.in_([bindparam(None, phase.value, literal_execute=True) for phase in sorted(OPEN_PHASES)])
_OPEN_OF = (
    select(tables.push).where(_push.service_code.in_(bindparam("codes", expanding=True)), _OPEN).order_by(_push.push)
)
_BY_NUMBER = select(tables.push).where(_push.push.in_(bindparam("numbers", expanding=True)))
_CHANGED = ("new_phase", "new_outcome", "new_reason", "new_rejected", "at")
_SAVE = (
    update(tables.push)
    .where(_push.push == bindparam("number"))
    .values(
        phase=bindparam("new_phase"),
        outcome=bindparam("new_outcome"),
        reason=bindparam("new_reason"),
        rejected=bindparam("new_rejected"),
        changed_at=bindparam("at"),
    )
)
_SAVE_MANY = Many(_SAVE, ("number", *_CHANGED))
_ADD_MANY = Many(insert(tables.push), Push.__struct_fields__)


class Pushes(Scoped):
    """Table `push`."""

    def open_pushes(self, service_codes: Collection[str], module: int | None = None) -> dict[str, list[Push]]:
        if not service_codes:
            return {}
        chosen = _OPEN_OF.where(*self._within(_push.management_code))
        found: dict[str, list[Push]] = {}
        for row in self._on.execute(chosen, {"codes": list(service_codes)}).all():
            push = to_push(row)
            if module is None or push.module == module:
                found.setdefault(push.service_code, []).append(push)
        return found

    def pushes(self, numbers: Collection[int]) -> dict[int, Push]:
        if not numbers:
            return {}
        chosen = _BY_NUMBER.where(*self._within(_push.management_code))
        rows = self._on.execute(chosen, {"numbers": list(numbers)}).all()
        return {row[0]: to_push(row) for row in rows}

    def push(self, push: int) -> Push | None:
        return self.pushes([push]).get(push)

    def add_pushes(self, pushes: Sequence[Push]) -> list[Push]:
        if not pushes:
            return []
        self._own([push.management_code for push in pushes])
        numbers = take_numbers(self._on, "push", "push", len(pushes))
        added = [msgspec.structs.replace(push, push=number) for push, number in zip(pushes, numbers, strict=True)]
        _ADD_MANY.run(self._on, [_row(push) for push in added])
        return added

    def save_pushes(self, pushes: Sequence[Push]) -> None:
        if self._scope.management_code is None:
            _SAVE_MANY.run(self._on, [_changed(push) for push in pushes])
        elif pushes:
            statement = _SAVE.where(*self._within(_push.management_code))
            self._on.execute(statement, [_changed(push) for push in pushes])

    def expired_pushes(self, now: int, limit: int) -> list[Push]:
        chosen = (
            select(tables.push)
            .where(_push.phase.in_(["queued", "offered"]), _push.expires_at <= now)
            .where(*self._within(_push.management_code))
            .order_by(_push.push)
            .limit(limit)
        )
        return [to_push(row) for row in self._on.execute(chosen).all()]


def _row(push: Push) -> dict[str, Any]:
    row = {name: getattr(push, name) for name in Push.__struct_fields__}
    row["phase"] = push.phase.value
    row["rejected"] = as_text(push.rejected) if push.rejected else None
    return row


def _changed(push: Push) -> dict[str, Any]:
    return {
        "number": push.push,
        "new_phase": push.phase.value,
        "new_outcome": push.outcome,
        "new_reason": push.reason,
        "new_rejected": as_text(push.rejected) if push.rejected else None,
        "at": push.changed_at,
    }
