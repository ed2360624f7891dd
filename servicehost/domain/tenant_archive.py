"""What an export of a management contract holds, and which archives are taken back.

A ZIP of JSON. `manifest.json`, the last one, says what it is and counts what is in it; each other JSON file is in it
with its digest, each body is named by its own. Schema 2 (schema 1 had no presets, places and history):

    contract.json                           the management contract
    people.json, delegates.json             operation managers without their passwords; whom they have named
    groups.json, queries.json, presets.json groups without their members, saved queries, preset commands
    snapshots/000001.json                   one snapshot with its members, oldest first
    adapters/CODE.json                      one adapter: terms, memo, startup config, groups and tags
    adapters/CODE/revisions-000001.json     up to 100 of its revisions, oldest first, each with all its modules
    adapters/CODE/places.json               where it was declared to stand and what was shipped where, if anything
    history/KIND-000001.json                what was done, up to 500 a file, oldest first: to be read, not taken in
    bodies/HEX.txt, .bin, .masked.txt       a module by its SHA-256: text, binary, or text without its secrets
"""

import re
from collections.abc import Mapping, Sequence
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta

from servicehost.domain.codes import MASTER_ID_PATTERN
from servicehost.domain.config import Revision
from servicehost.domain.declared_location import DeclaredLocation
from servicehost.domain.errors import Conflict
from servicehost.domain.module import MAX_MODULE, MAX_MODULE_BYTES
from servicehost.domain.shipping_address import ShippingAddress
from servicehost.domain.snapshot import MAX_NAME, Member
from servicehost.domain.unit import Adapter

__all__ = [
    "FORMAT",
    "HISTORY",
    "LEFT_OUT",
    "MANIFEST",
    "SCHEMA",
    "AdapterEntry",
    "ArchiveLimits",
    "Manifest",
    "PersonEntry",
    "PlacesEntry",
    "RevisionRow",
    "RevisionsEntry",
    "Secrets",
    "SnapshotEntry",
    "body_name",
    "check_entry",
    "check_manifest",
    "check_texts",
    "hex_of",
]

FORMAT: Final = "servicehost-tenant"
SCHEMA: Final = 2
HISTORY: Final = (
    "config_proposals",
    "pushes",
    "schedules",
    "rollouts",
    "rollout_members",
    "task_batches",
    "tasks",
)
"""Kinds of what was done, each a number of files; `rollouts` with the plan, `tasks` with their ends."""
LEFT_OUT: Final = (
    "audit",
    "calls",
    "charges",
    "consents",
    "events",
    "exchanges",
    "faults",
    "passwords",
    "returns",
    "schedule_times",
    "task_results",
    "units",
)
"""What no export holds; events and the audit have exports of their own, and a backup holds all."""
_READ: Final = (1, SCHEMA)
MANIFEST: Final = "manifest.json"
_MOST: Final = 2**53 - 1
_SMALL: Final = 1_048_576
_BODY: Final = re.compile(r"bodies/([0-9a-f]{64})(\.masked)?\.(txt|bin)")
_JSON: Final = re.compile(
    r"(contract|people|delegates|groups|queries|presets|manifest)\.json|snapshots/[0-9]{6}\.json"
    r"|adapters/nxe[0-9]{9}(/revisions-[0-9]{6}|/places)?\.json|history/[a-z_]{1,40}-[0-9]{6}\.json"
)

Secrets = str
"""`clear`: everything is there; `left_out`: secret values are masked, and binary modules are not there."""


class ArchiveLimits(msgspec.Struct, frozen=True, kw_only=True):
    """What an archive may hold, against those that unpack to more than anybody sent: files, bytes of one file, bytes of
    all, and how much a file of more than a mebibyte may have been packed."""

    files: int = 500_000
    file_bytes: int = 16 * 1024 * 1024
    bytes: int = 4 * 1024 * 1024 * 1024
    ratio: int = 1_100


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """The last file. `files`: SHA-256 of every JSON file, hex; `counts` by kind."""

    format: str
    schema: int
    management_code: str
    exported_at: int
    exported_by: str
    secrets: Secrets
    counts: Mapping[str, int]
    masked_bodies: int
    withheld_bodies: int
    files: Mapping[str, str]
    masked_texts: int = 0
    """Texts beside bodies of which secrets were left out."""
    left_out: Sequence[str] = ()
    """Kinds of what the contract may have and the archive does not hold."""


class PersonEntry(msgspec.Struct, frozen=True, kw_only=True):
    """An operation manager: no password, no hash."""

    master_id: Annotated[str, Meta(pattern=MASTER_ID_PATTERN, max_length=64)]
    name: Annotated[str, Meta(min_length=1, max_length=100)]
    role: Literal["operation_manager"]
    organisation: Annotated[str, Meta(max_length=100)] = ""
    telephone: Annotated[str, Meta(max_length=40)] = ""
    mail: Annotated[str, Meta(max_length=254)] = ""


class SnapshotEntry(msgspec.Struct, frozen=True, kw_only=True):
    """A snapshot with its members."""

    name: Annotated[str, Meta(min_length=1, max_length=MAX_NAME)]
    reason: Annotated[str, Meta(max_length=255)]
    taken_by: Annotated[str, Meta(max_length=64)]
    taken_at: Annotated[int, Meta(ge=0, le=_MOST)]
    members: Sequence[Member]


class PlacesEntry(msgspec.Struct, frozen=True, kw_only=True):
    """Of one adapter, in the order in which they were said: where it was declared to stand, and what is shipped where.
    Addresses that were erased are not there."""

    declared: Sequence[DeclaredLocation] = ()
    addresses: Sequence[ShippingAddress] = ()


class AdapterEntry(msgspec.Struct, frozen=True, kw_only=True):
    """An adapter; `revisions` counts those in the files beside it."""

    adapter: Adapter
    revisions: int
    groups: Sequence[str] = ()
    tags: Sequence[str] = ()


class RevisionRow(msgspec.Struct, frozen=True, kw_only=True):
    """One module of one revision, by name, so that people can read it."""

    module: Annotated[int, Meta(ge=0, le=MAX_MODULE)]
    revision: Annotated[int, Meta(ge=1, le=_MOST)]
    digest: Annotated[str, Meta(pattern="^sha256:[0-9a-f]{64}$", max_length=71)]
    size_bytes: Annotated[int, Meta(ge=0, le=MAX_MODULE_BYTES)]
    saved_at: Annotated[int, Meta(ge=0, le=_MOST)]
    author: Annotated[str, Meta(max_length=64)]
    reason: Annotated[str, Meta(max_length=255)]
    kind: Literal["text", "binary"]
    name: Annotated[str, Meta(max_length=64)]
    version: Annotated[str, Meta(max_length=64)]

    @classmethod
    def of(cls, one: Revision) -> "RevisionRow":
        """Without whose it is, which the file's name says."""
        return msgspec.convert({name: getattr(one, name) for name in cls.__struct_fields__}, cls)

    def revision_of(self, service_code: str) -> Revision:
        """Of an adapter that is of no contract yet."""
        return Revision(service_code=service_code, management_code="", **msgspec.structs.asdict(self))


class RevisionsEntry(msgspec.Struct, frozen=True, kw_only=True):
    """Rows of revisions, oldest first."""

    rows: Sequence[RevisionRow]


def hex_of(digest: str) -> str:
    """Of `sha256:…`."""
    return digest.partition(":")[2]


def body_name(digest: str, kind: str, *, masked: bool = False) -> str:
    """Where a body lies in the archive."""
    return f"bodies/{hex_of(digest)}{'.masked' if masked else ''}.{'bin' if kind == 'binary' else 'txt'}"


def check_entry(name: str, size: int, packed: int, limits: ArchiveLimits) -> None:
    """Raises Conflict `archive_entry_unknown` for what no archive of ours has, `archive_too_large`."""
    if _BODY.fullmatch(name) is None and _JSON.fullmatch(name) is None:
        raise Conflict("archive_entry_unknown", f"{name[:80]!r} has no place in the export of a contract")
    large = size > limits.file_bytes and name != MANIFEST
    if large or size > 4 * limits.file_bytes or (size > _SMALL and size > packed * limits.ratio):
        raise Conflict("archive_too_large", f"{name[:80]} unpacks to {size} bytes: more than is taken")


def check_manifest(manifest: Manifest) -> None:
    """Raises Conflict `archive_not_ours`, `archive_newer`, or `archive_without_secrets`."""
    if manifest.format != FORMAT:
        raise Conflict("archive_not_ours", f"This is no export of a contract: its format is {manifest.format[:40]!r}")
    if manifest.schema not in _READ:
        text = f"It has schema {manifest.schema}; this host reads up to {SCHEMA}: import it where it is known"
        raise Conflict("archive_newer", text)
    missing = manifest.masked_bodies + manifest.withheld_bodies + manifest.masked_texts
    if missing:
        raise Conflict(
            "archive_without_secrets",
            f"The secrets of {missing} texts were left out of it, so what it holds is not whole: export it to a key",
        )


def check_texts(name: str, value: object, longest: int = 255) -> None:
    """Raises Conflict `archive_damaged` for a text that no table has room for; `value` is what the file holds."""
    if isinstance(value, str):
        if len(value) > longest or "\x00" in value:
            raise Conflict("archive_damaged", f"{name[:80]}: a text of it is longer than any of ours")
    elif isinstance(value, Mapping):
        for one in value.values():
            check_texts(name, one, longest)
    elif isinstance(value, Sequence):
        for one in value:
            check_texts(name, one, longest)
