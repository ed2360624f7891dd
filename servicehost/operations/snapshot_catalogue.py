"""The use cases of snapshots, bound to their ports."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial

from servicehost.domain.people import Actor
from servicehost.domain.snapshot import Snapshot, SnapshotPolicy
from servicehost.operations.delete_snapshot import delete_snapshot
from servicehost.operations.restore_snapshot import Restoration, Restored, restore_snapshot
from servicehost.operations.take_snapshot import SnapshotOrder, take_snapshot
from servicehost.ports.clock import Clock
from servicehost.ports.store import Store

__all__ = ["SnapshotCatalogue", "open_snapshot_catalogue"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SnapshotCatalogue:
    """Each field is the use case of that name with its ports filled in; arguments go by position, as written there."""

    take_snapshot: Callable[[Actor, SnapshotOrder], Awaitable[Snapshot]]
    delete_snapshot: Callable[[Actor, int, str], Awaitable[Snapshot]]
    restore_snapshot: Callable[[Actor, int, Restoration], Awaitable[list[Restored]]]


def open_snapshot_catalogue(*, store: Store, clock: Clock, policy: SnapshotPolicy) -> SnapshotCatalogue:
    """The catalogue of one host."""
    return SnapshotCatalogue(
        take_snapshot=partial(take_snapshot, store=store, clock=clock, policy=policy),
        delete_snapshot=partial(delete_snapshot, store=store, clock=clock),
        restore_snapshot=partial(restore_snapshot, store=store, clock=clock),
    )
