"""Answers of the API about the modules of configs."""

from collections.abc import Sequence

import msgspec

from servicehost.domain.config import ModuleState, Revision
from servicehost.domain.instant import rfc3339
from servicehost.web.answers import Time

__all__ = ["BlanksAnswer", "ModuleRow", "ModuleSet", "SavedModule"]


class SavedModule(msgspec.Struct, frozen=True, kw_only=True):
    """One module of a saved config, without its body."""

    service_code: str
    revision: int
    module: int
    name: str
    version: str
    kind: str
    digest: str
    size_bytes: int
    saved_at: Time
    author: str
    reason: str

    @classmethod
    def of(cls, one: Revision) -> "SavedModule":
        return cls(
            service_code=one.service_code,
            revision=one.revision,
            module=one.module,
            name=one.name,
            version=one.version,
            kind=one.kind,
            digest=one.digest,
            size_bytes=one.size_bytes,
            saved_at=rfc3339(one.saved_at),
            author=one.author,
            reason=one.reason,
        )


class ModuleRow(msgspec.Struct, frozen=True, kw_only=True):
    """One module: as it was saved (null: never), and whether the adapter's unit says that it has it."""

    module: int
    name: str
    version: str
    saved: SavedModule | None
    on_unit: bool
    running_digest: str | None


class ModuleSet(msgspec.Struct, frozen=True, kw_only=True):
    """Every module of an adapter: those of the revision, and those that its unit has beside them."""

    service_code: str
    revision: int | None
    items: list[ModuleRow]

    @classmethod
    def of(cls, service_code: str, saved: Sequence[Revision], states: Sequence[ModuleState]) -> "ModuleSet":
        by_number = {one.module: one for one in saved}
        on_unit = {state.module: state for state in states}
        rows = [_row(number, by_number.get(number), on_unit.get(number)) for number in sorted({*by_number, *on_unit})]
        return cls(service_code=service_code, revision=saved[0].revision if saved else None, items=rows)


class BlanksAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The modules that are blank from this revision on."""

    service_code: str
    modules: list[int]


def _row(number: int, saved: Revision | None, state: ModuleState | None) -> ModuleRow:
    running = state.running if state is not None else None
    return ModuleRow(
        module=number,
        name=(saved.name if saved else "") or (state.name if state else ""),
        version=(saved.version if saved else "") or (state.version if state else ""),
        saved=None if saved is None else SavedModule.of(saved),
        on_unit=state is not None,
        running_digest=None if running is None else running.digest,
    )
