"""What the rooms of an import share: its order, its lines, and how each thing is put on record."""

import enum
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import msgspec

from servicehost.domain.audit import Action, AuditEntry
from servicehost.domain.people import Actor
from servicehost.operations.archive_reading import ArchiveReader
from servicehost.operations.deed import recorded
from servicehost.ports.store import Store

__all__ = ["Fate", "Import", "ImportLine", "ImportOrder", "Imported", "entry_of"]


class Fate(enum.StrEnum):
    """What an import does with one thing."""

    ADD = "add"
    APPEND = "append"
    """Revisions are added to an adapter that is here."""
    UNCHANGED = "unchanged"
    REFUSE = "refuse"
    HISTORY = "history"
    """It is in the archive to be read, and no host takes it in."""
    LEFT_OUT = "left_out"
    """The archive does not hold it."""


class ImportOrder(msgspec.Struct, frozen=True, kw_only=True):
    """`mapping`: service codes of the export, and what they are to be called here; the others keep theirs. Without
    `apply` nothing is written."""

    management_code: str
    archive: bytes
    mapping: Mapping[str, str] = {}
    apply: bool = False
    reason: str = ""


class ImportLine(msgspec.Struct, frozen=True, kw_only=True):
    """One adapter, person, delegate, group, query, preset or snapshot, as it is called here; or a kind of history, with
    how many of it there are. `code` and `text` say why it is refused."""

    kind: str
    key: str
    fate: Fate
    revisions: int = 0
    count: int | None = None
    code: str | None = None
    text: str = ""


class Imported(msgspec.Struct, frozen=True, kw_only=True):
    """What was done, or would be: in the order people, adapters, delegates, groups, queries, presets,
    snapshots, history, and what the archive does not hold."""

    applied: bool
    from_contract: str
    exported_at: int
    lines: Sequence[ImportLine]


class Import(NamedTuple):
    """One import under way, and what its rooms share."""

    actor: Actor
    order: ImportOrder
    reader: ArchiveReader
    store: Store
    now: int

    @property
    def tenant(self) -> str:
        """The contract that it is taken into."""
        return self.order.management_code

    def here(self, code: str) -> str:
        """What the adapter is called here."""
        return self.order.mapping.get(code, code)


def entry_of(this: Import, actor: Actor, subject: str, after: Mapping[str, object]) -> AuditEntry:
    """The record of one thing that was taken in: whose, and where it came from."""
    origin = {"from": this.reader.manifest.management_code}
    return recorded(
        actor,
        this.now,
        Action.IMPORT_TENANT,
        subject,
        management_code=this.tenant,
        after={**after, **origin},
        note=this.order.reason,
    )
