"""Named snapshots: which revisions one or many adapters of a contract had at one instant, so that they can be had back.

Revisions are never changed and never taken away, so a snapshot keeps their numbers and no text.
"""

import enum
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from servicehost.domain.config import Revision
from servicehost.domain.errors import Conflict
from servicehost.domain.module import MAIN

__all__ = [
    "MAX_NAME",
    "ChangedMember",
    "Member",
    "MemberNow",
    "ModuleAt",
    "Part",
    "Snapshot",
    "SnapshotPolicy",
    "StaleMembers",
    "check_room",
    "check_seen",
    "differing_parts",
    "kept_as",
    "restored_rows",
]

MAX_NAME = 40
_LISTED = 100


class Part(enum.StrEnum):
    """Which of an adapter's configs."""

    WORKING = "working"
    STARTUP = "startup"
    RUNNING = "running"


class ModuleAt(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """One module, in the revision of that number."""

    module: int
    revision: int


class Member(msgspec.Struct, frozen=True, kw_only=True):
    """What one adapter had: its working and its startup revision (None: none yet), and of each module the revision that
    its unit ran when it was last heard. A module that ran something else than a revision of ours is left out.
    """

    service_code: str
    working: int | None = None
    startup: int | None = None
    running: tuple[ModuleAt, ...] = ()


class MemberNow(msgspec.Struct, frozen=True, kw_only=True):
    """A member as it was, and as the adapter stands now."""

    then: Member
    now: Member

    @property
    def changed(self) -> tuple[Part, ...]:
        """What is not any more as it was."""
        return differing_parts(self.then, self.now)


class Snapshot(msgspec.Struct, frozen=True, kw_only=True):
    """One snapshot, never changed. `name` is unique within its contract."""

    number: int
    management_code: str
    name: str
    reason: str
    taken_by: str
    taken_at: int
    members: int


class SnapshotPolicy(msgspec.Struct, frozen=True, kw_only=True):
    """Bounds: adapters in one snapshot, and snapshots that a contract keeps at a time."""

    max_members: int = 10_000
    kept: int = 200


class ChangedMember(msgspec.Struct, frozen=True, kw_only=True):
    """An adapter whose working revision is not the one that was seen; 0: none."""

    service_code: str
    seen: int
    standing: int


class StaleMembers(Conflict):
    """Somebody has saved since: the adapters of which the caller has seen another working revision, the first hundred
    by service code; `unlisted` more were found.
    """

    def __init__(self, changed: Sequence[ChangedMember]) -> None:
        text = f"{len(changed)} adapters were changed since you looked: compare them, and restore with what stands now"
        super().__init__("members_changed", text)
        self.changed = tuple(changed[:_LISTED])
        self.unlisted = len(changed) - len(self.changed)


def differing_parts(then: Member, now: Member) -> tuple[Part, ...]:
    """In the order of the parts."""
    same = {
        Part.WORKING: then.working == now.working,
        Part.STARTUP: then.startup == now.startup,
        Part.RUNNING: then.running == now.running,
    }
    return tuple(part for part, is_same in same.items() if not is_same)


def kept_as(member: Member, part: Part) -> tuple[ModuleAt, ...]:
    """The revisions of that part of a member; empty when it had none.

    Of working and startup it is the main module's, whose number the whole set bears. What ran is nothing that can be
    had back while its main module is not known.
    """
    if part is Part.RUNNING:
        return member.running if any(one.module == MAIN for one in member.running) else ()
    number = member.working if part is Part.WORKING else member.startup
    return () if number is None else (ModuleAt(module=MAIN, revision=number),)


def restored_rows(
    member: Member, part: Part, kept: Mapping[tuple[str, int], Sequence[Revision]]
) -> tuple[Revision, ...]:
    """The rows that stand for the part, the main module first; `kept` holds whole revisions by code and number."""
    marks = kept_as(member, part)
    if part is not Part.RUNNING:
        rows = [row for mark in marks for row in kept.get((member.service_code, mark.revision), ())]
    else:
        rows = [
            row
            for mark in marks
            for row in kept.get((member.service_code, mark.revision), ())
            if row.module == mark.module
        ]
    return tuple(sorted(rows, key=lambda row: row.module))


def check_seen(seen: Mapping[str, int], standing: Mapping[str, int]) -> None:
    """Raises StaleMembers `members_changed` unless every adapter stands at the working revision that was seen."""
    changed = [
        ChangedMember(service_code=code, seen=revision, standing=standing.get(code, 0))
        for code, revision in sorted(seen.items())
        if standing.get(code, 0) != revision
    ]
    if changed:
        raise StaleMembers(changed)


def check_room(members: Iterable[str], kept: int, policy: SnapshotPolicy) -> None:
    """Raises Conflict `too_many_members`, or `too_many_snapshots` when the contract keeps as many as it may."""
    if sum(1 for _ in members) > policy.max_members:
        raise Conflict("too_many_members", f"A snapshot holds at most {policy.max_members} adapters")
    if kept >= policy.kept:
        text = f"A contract keeps at most {policy.kept} snapshots: delete one that is not needed any more"
        raise Conflict("too_many_snapshots", text)
