"""Preset commands: on one connection, and as reads."""

from typing import Any, Final

import msgspec
from sqlalchemy import RowMapping, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from servicehost.backends.sql.audit import Erasures
from servicehost.backends.sql.named import Named
from servicehost.backends.sql.preset_tables import task_preset
from servicehost.backends.sql.rows import as_text
from servicehost.domain.contract import Scope
from servicehost.domain.preset import Placeholder, Preset, PresetKind

__all__ = ["PresetRows", "SqlPresetReads"]

_preset = task_preset.c
_AS_JSON: Final = ("modules", "placeholders")
_modules: Final = msgspec.json.Decoder(tuple[int, ...])
_placeholders: Final = msgspec.json.Decoder(tuple[Placeholder, ...])


class PresetRows(Erasures, Named):
    """Table `task_preset`."""

    def add_preset(self, preset: Preset) -> Preset:
        self._own([preset.management_code])
        self._free_name(task_preset, "preset_exists", _row(preset), preset.preset)
        added = insert(task_preset).values(_row(preset)).returning(_preset.number)
        return msgspec.structs.replace(preset, preset=self._on.execute(added).scalar_one())

    def preset(self, number: int) -> Preset | None:
        chosen = select(task_preset).where(_preset.number == number, *self._within(_preset.management_code))
        row = self._on.execute(chosen).mappings().first()
        return None if row is None else _to_preset(row)

    def presets_of(self, management_code: str) -> list[Preset]:
        mine = (_preset.management_code == management_code, *self._within(_preset.management_code))
        rows = self._on.execute(select(task_preset).where(*mine).order_by(_preset.name)).mappings()
        return [_to_preset(row) for row in rows]

    def save_preset(self, preset: Preset) -> None:
        self._free_name(task_preset, "preset_exists", _row(preset), preset.preset)
        changed = {name: value for name, value in _row(preset).items() if name != "management_code"}
        mine = (_preset.number == preset.preset, *self._within(_preset.management_code))
        self._on.execute(update(task_preset).where(*mine).values(changed))

    def drop_preset(self, number: int) -> None:
        self._on.execute(delete(task_preset).where(_preset.number == number, *self._within(_preset.management_code)))

    def erase_presets_of(self, management_code: str) -> int:
        self._overwrite(on=True)
        mine = (_preset.management_code == management_code, *self._within(_preset.management_code))
        dropped = self._on.execute(delete(task_preset).where(*mine)).rowcount
        self._overwrite(on=False)
        return dropped


class SqlPresetReads:
    """Every method is one snapshot."""

    _engine: AsyncEngine

    async def presets(self, scope: Scope, *, after: int = 0, limit: int = 100) -> list[Preset]:
        return await self._presets(scope, _preset.number > after, limit)

    async def preset(self, scope: Scope, number: int) -> Preset | None:
        found = await self._presets(scope, _preset.number == number, 1)
        return found[0] if found else None

    async def _presets(self, scope: Scope, which: Any, limit: int) -> list[Preset]:
        chosen = select(task_preset).where(which).order_by(_preset.number).limit(limit)
        if scope.management_code is not None:
            chosen = chosen.where(_preset.management_code == scope.management_code)
        async with self._engine.connect() as on:
            return [_to_preset(row) for row in (await on.execute(chosen)).mappings()]


def _row(preset: Preset) -> dict[str, Any]:
    """Without its number."""
    fields = {name: getattr(preset, name) for name in preset.__struct_fields__ if name != "preset"}
    return fields | {name: as_text(fields[name]) for name in _AS_JSON}


def _to_preset(row: RowMapping) -> Preset:
    fields = {name: row[name] for name in Preset.__struct_fields__ if name != "preset"}
    fields["modules"], fields["placeholders"] = (
        _modules.decode(row["modules"]),
        _placeholders.decode(row["placeholders"]),
    )
    return Preset(preset=row["number"], **fields | {"kind": PresetKind(row["kind"])})
