"""The fence: a write of a session that has lost its place changes nothing."""

from collections.abc import Collection, Mapping

from protocol.codes import CloseCode
from servicehost.ports.desk import Fence, Stale
from servicehost.ports.store import Batch

__all__ = ["fences_of", "why_stale"]

Fences = Mapping[int, tuple[int, int | None]]


def fences_of(batch: Batch, fences: Collection[Fence]) -> Fences:
    """Epoch and binding in force of the units of these sessions."""
    return batch.fences({fence.unit_id for fence in fences}) if fences else {}


def why_stale(fence: Fence, in_force: Fences) -> Stale | None:
    """The reason why a session has no place any more; None while it has."""
    epoch, binding = in_force.get(fence.unit_id, (None, None))
    if epoch != fence.epoch:
        return Stale(CloseCode.TAKEN_OVER)
    if binding != fence.binding:
        return Stale(CloseCode.UNBOUND)
    return None
