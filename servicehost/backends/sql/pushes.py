"""Pushes."""

from collections.abc import Collection, Sequence
from typing import Any, Final

import msgspec
from sqlalchemy import bindparam, func, insert, literal_column, null, select, update

from servicehost.backends.sql import tables
from servicehost.backends.sql.numbers import take_numbers
from servicehost.backends.sql.prepared import ByKeys, Many
from servicehost.backends.sql.rows import PUSH_COLUMNS, Scoped, as_text, to_push
from servicehost.domain.push import Push

__all__ = ["Pushes"]

_push = tables.push.c
_REJECTED = func.coalesce(_push.rejected, literal_column("'[]'")).label("rejected")
_MODULES = func.coalesce(_push.modules, literal_column("'[]'")).label("modules")
_JSON: Final = {"rejected": _REJECTED, "modules": _MODULES}
_AS_FIELDS = [_JSON.get(name, _push[name]) for name in Push.__struct_fields__]
_pushes: Final = msgspec.json.Decoder(list[Push])
_OPEN_OF = ByKeys(
    select(*_AS_FIELDS).order_by(_push.push),
    (_push.open_of,),
    _push.management_code,
    json=list(_JSON),
)
_BY_NUMBER = ByKeys(select(*_AS_FIELDS), (_push.push,), _push.management_code, json=list(_JSON))
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
_SAVE_MANY = Many(_SAVE)
_END = _SAVE.values(open_of=null())
_END_MANY = Many(_END)
_PHASE = Push.__struct_fields__.index("phase")
_ADD_MANY = Many(insert(tables.push), [*Push.__struct_fields__, "open_of"])


class Pushes(Scoped):
    """Table `push`."""

    def open_pushes(self, service_codes: Collection[str], module: int | None = None) -> dict[str, list[Push]]:
        found: dict[str, list[Push]] = {}
        for push in _OPEN_OF.structs(self._on, service_codes, _pushes, tenant=self._scope.management_code):
            if module is None or push.module == module:
                found.setdefault(push.service_code, []).append(push)
        return found

    def pushes(self, numbers: Collection[int]) -> dict[int, Push]:
        found = _BY_NUMBER.structs(self._on, numbers, _pushes, tenant=self._scope.management_code)
        return {push.push: push for push in found}

    def push(self, push: int) -> Push | None:
        return self.pushes([push]).get(push)

    def add_pushes(self, pushes: Sequence[Push]) -> list[Push]:
        if not pushes:
            return []
        self._own([push.management_code for push in pushes])
        numbers = take_numbers(self._on, "push", "push", len(pushes))
        added = [msgspec.structs.replace(push, push=number) for push, number in zip(pushes, numbers, strict=True)]
        _ADD_MANY.run_tuples(self._on, [_row(push) for push in added])
        return added

    def save_pushes(self, pushes: Sequence[Push]) -> None:
        still_open = [_changed(push) for push in pushes if not push.phase.ended]
        ended = [_changed(push) for push in pushes if push.phase.ended]
        self._each(_SAVE, _SAVE_MANY, still_open, _push.management_code)
        self._each(_END, _END_MANY, ended, _push.management_code)

    def expired_pushes(self, now: int, limit: int) -> list[Push]:
        chosen = (
            select(*PUSH_COLUMNS)
            .where(_push.open_of.is_not(None), _push.phase.in_(["queued", "offered"]), _push.expires_at <= now)
            .where(*self._within(_push.management_code))
            .order_by(_push.push)
            .limit(limit)
        )
        return [to_push(row) for row in self._on.execute(chosen).all()]


def _row(push: Push) -> tuple[Any, ...]:
    """In the order of the fields: the last are refusals of parameters, modules, target, and whose open push it is."""
    *fields, rejected, modules, target = msgspec.structs.astuple(push)
    fields[_PHASE] = push.phase.value
    open_of = None if push.phase.ended else push.service_code
    refused, manifest = (as_text(rejected) if rejected else None), (as_text(modules) if modules else None)
    return (*fields, refused, manifest, target.value, open_of)


def _changed(push: Push) -> dict[str, Any]:
    return {
        "number": push.push,
        "new_phase": str(push.phase),
        "new_outcome": push.outcome,
        "new_reason": push.reason,
        "new_rejected": as_text(push.rejected) if push.rejected else None,
        "at": push.changed_at,
    }
