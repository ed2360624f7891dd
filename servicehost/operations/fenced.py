"""The fence: a write of a session that has lost its place changes nothing."""

from collections.abc import Collection, Mapping

from protocol.codes import CloseCode
from servicehost.ports.desk import Fence, Stale
from servicehost.ports.store import Batch, Place

__all__ = ["places_of", "why_stale"]


def places_of(batch: Batch, fences: Collection[Fence]) -> dict[int, Place]:
    """Where the units of these sessions stand now."""
    return batch.places_by_unit({fence.unit_id for fence in fences}) if fences else {}


def why_stale(fence: Fence, places: Mapping[int, Place]) -> Stale | None:
    """The reason why a session has no place any more; None while it has."""
    place = places.get(fence.unit_id)
    if place is None or place.epoch != fence.epoch:
        return Stale(CloseCode.TAKEN_OVER)
    if place.binding != fence.binding:
        return Stale(CloseCode.UNBOUND)
    return None
