"""What the deeds about snapshots have in common."""

from collections.abc import Iterable
from typing import Any

from protocol.digest import digest_of
from servicehost.domain.errors import NotFound
from servicehost.domain.event import Event, EventClass
from servicehost.domain.people import Actor
from servicehost.domain.snapshot import Snapshot
from servicehost.operations.deed import deed
from servicehost.ports.store import Transaction

__all__ = ["digest_of_codes", "the_snapshot", "told"]


async def the_snapshot(tx: Transaction, number: int) -> Snapshot:
    """Raises NotFound `snapshot_not_found`."""
    found = await tx.snapshot(number)
    if found is None:
        raise NotFound("snapshot_not_found", f"There is no snapshot {number}")
    return found


def digest_of_codes(service_codes: Iterable[str]) -> str:
    """Of many adapters, where a record would grow too long to name them."""
    return digest_of("\n".join(sorted(service_codes)).encode())


def told(actor: Actor, snapshot: Snapshot, sub_type: str, at: int, note: str, **detail: Any) -> Event:
    """The event of a deed about a snapshot."""
    return deed(
        actor,
        at,
        sub_type,
        class_=EventClass.CONFIGURATION,
        management_code=snapshot.management_code,
        note=note,
        snapshot=snapshot.number,
        **detail,
    )
