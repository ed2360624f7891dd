"""Anybody who may read sees exactly what a push would send, before it is ordered."""

import enum
from collections.abc import Sequence

import msgspec

from servicehost.domain.config import ModuleState, Revision
from servicehost.domain.errors import NotFound
from servicehost.domain.module import ModuleMark, differing
from servicehost.domain.people import Actor, Right, demand
from servicehost.ports.reads import Reads

__all__ = ["Fate", "ModulePreview", "Preview", "preview_push", "previewed"]


class Fate(enum.StrEnum):
    """What a push does with one module."""

    SENT = "sent"
    UNCHANGED = "unchanged"
    NEVER_SAVED = "never_saved"
    NOT_ON_UNIT = "not_on_unit"
    UNKNOWN = "unknown"


class ModulePreview(msgspec.Struct, frozen=True, kw_only=True):
    """One module: as the revision has it, and as the unit runs it."""

    module: int
    name: str
    fate: Fate
    digest: str | None = None
    size_bytes: int | None = None
    running_digest: str | None = None


class Preview(msgspec.Struct, frozen=True, kw_only=True):
    """All modules of the revision and of the unit, in the order of their numbers."""

    service_code: str
    revision: int
    modules: Sequence[ModulePreview]

    @property
    def sent_bytes(self) -> int:
        """Of all bodies that go out."""
        return sum(one.size_bytes or 0 for one in self.modules if one.fate is Fate.SENT)


async def preview_push(actor: Actor, service_code: str, revision: int | None, *, reads: Reads) -> Preview:
    """Of the revision of that number, or of the working one. Raises Forbidden `no_right`; NotFound `adapter_not_found`,
    `no_config`, `no_such_revision`.
    """
    demand(actor, Right.READ)
    view = await reads.adapter(actor.scope, service_code)
    if view is None:
        raise NotFound("adapter_not_found", f"There is no adapter {service_code}")
    number = view.working_revision if revision is None else revision
    if number is None:
        raise NotFound("no_config", f"{service_code} has no config yet; save one first")
    rows = await reads.revision_set(actor.scope, service_code, number)
    if not rows:
        raise NotFound("no_such_revision", f"There is no config revision {number} of {service_code}")
    states = None if view.unit is None or view.unit.session.epoch == 0 else view.unit.modules
    return Preview(service_code=service_code, revision=number, modules=previewed(rows, states))


def previewed(rows: Sequence[Revision], states: Sequence[ModuleState] | None) -> list[ModulePreview]:
    """By what the unit said last; None: it never said anything."""
    saved = {one.module: one for one in rows}
    said = {state.module: state for state in states or ()}
    marks = [ModuleMark.of(one) for one in rows]
    sent = {one.module for one in differing(states, marks)} if states is not None else set()
    modules = []
    for number in sorted({*saved, *said}):
        row, state = saved.get(number), said.get(number)
        running = state.running.digest if state is not None and state.running is not None else None
        fate = _fate(row, state, known=states is not None, sent=number in sent)
        modules.append(
            ModulePreview(
                module=number,
                name=(row.name if row else "") or (state.name if state else ""),
                fate=fate,
                digest=row.digest if row else None,
                size_bytes=row.size_bytes if row else None,
                running_digest=running,
            )
        )
    return modules


def _fate(row: Revision | None, state: ModuleState | None, *, known: bool, sent: bool) -> Fate:
    if row is None:
        return Fate.NEVER_SAVED
    if not known:
        return Fate.UNKNOWN
    if sent and state is None and row.module:
        return Fate.NOT_ON_UNIT
    return Fate.SENT if sent else Fate.UNCHANGED
