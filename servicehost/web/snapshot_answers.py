"""Answers of the API about snapshots."""

from collections.abc import Sequence

import msgspec

from servicehost.domain.instant import rfc3339
from servicehost.domain.module import MAIN
from servicehost.domain.snapshot import Member, MemberNow, Part, Snapshot
from servicehost.operations.restore_snapshot import Restored
from servicehost.web.answers import Time

__all__ = [
    "MemberConfigs",
    "RestorationAnswer",
    "RestoredMember",
    "RunningModule",
    "SnapshotAnswer",
    "SnapshotMember",
    "SnapshotMembers",
    "Snapshots",
]


class SnapshotAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A snapshot: never changed. `members`: how many adapters it holds."""

    snapshot: int
    management_code: str
    name: str
    reason: str
    taken_by: str
    taken_at: Time
    members: int

    @classmethod
    def of(cls, one: Snapshot) -> "SnapshotAnswer":
        return cls(
            snapshot=one.number,
            management_code=one.management_code,
            name=one.name,
            reason=one.reason,
            taken_by=one.taken_by,
            taken_at=rfc3339(one.taken_at),
            members=one.members,
        )


class Snapshots(msgspec.Struct, frozen=True, kw_only=True):
    """`next` is the `after` of the part that follows; null: there is none."""

    items: list[SnapshotAnswer]
    next: int | None

    @classmethod
    def of(cls, found: Sequence[Snapshot], limit: int) -> "Snapshots":
        """`found` holds one more than `limit` when there are more."""
        following = found[limit - 1].number if len(found) > limit else None
        return cls(items=[SnapshotAnswer.of(one) for one in found[:limit]], next=following)


class RunningModule(msgspec.Struct, frozen=True, kw_only=True):
    """A module that the unit ran, in the revision of that number."""

    module: int
    revision: int


class MemberConfigs(msgspec.Struct, frozen=True, kw_only=True):
    """Numbers of revisions; null: there was none. `running` leaves out modules that ran no revision of this host's."""

    working: int | None
    startup: int | None
    running: list[RunningModule]

    @classmethod
    def of(cls, one: Member) -> "MemberConfigs":
        running = [RunningModule(module=at.module, revision=at.revision) for at in one.running]
        return cls(working=one.working, startup=one.startup, running=running)


class SnapshotMember(msgspec.Struct, frozen=True, kw_only=True):
    """One adapter: as it was, as it stands now, and what of it has changed.

    `diff` is where the two working configs are compared; null where there is nothing to compare.
    """

    service_code: str
    then: MemberConfigs
    now: MemberConfigs
    changed: list[Part]
    diff: str | None

    @classmethod
    def of(cls, one: MemberNow) -> "SnapshotMember":
        then, now, code = one.then, one.now, one.then.service_code
        both = None not in (then.working, now.working) and then.working != now.working
        path = f"/api/v1/adapters/{code}/config/diff?left={then.working}&right={now.working}&module={MAIN}"
        return cls(
            service_code=code,
            then=MemberConfigs.of(then),
            now=MemberConfigs.of(now),
            changed=list(one.changed),
            diff=path if both else None,
        )


class SnapshotMembers(msgspec.Struct, frozen=True, kw_only=True):
    """`next` is the `after` of the part that follows; null: there is none."""

    items: list[SnapshotMember]
    next: str | None

    @classmethod
    def of(cls, found: Sequence[MemberNow], limit: int) -> "SnapshotMembers":
        """`found` holds one more than `limit` when there are more."""
        following = found[limit - 1].then.service_code if len(found) > limit else None
        return cls(items=[SnapshotMember.of(one) for one in found[:limit]], next=following)


class RestoredMember(msgspec.Struct, frozen=True, kw_only=True):
    """The working revision that stands now; `saved` false: it held the same already."""

    service_code: str
    revision: int
    saved: bool


class RestorationAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Every member that was named, in the order of service codes."""

    snapshot: int
    results: list[RestoredMember]

    @classmethod
    def of(cls, number: int, restored: Sequence[Restored]) -> "RestorationAnswer":
        results = [
            RestoredMember(service_code=one.service_code, revision=one.revision, saved=one.saved) for one in restored
        ]
        return cls(snapshot=number, results=results)
