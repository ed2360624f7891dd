"""Units say which trust anchors they hold."""

from collections.abc import Sequence

import msgspec

from protocol import messages
from servicehost.operations.fenced import fences_of, why_stale
from servicehost.ports.desk import Fence, Stale
from servicehost.ports.store import Batch

__all__ = ["Holding", "take_anchors"]


class Holding(msgspec.Struct, frozen=True, kw_only=True):
    """What one unit answered."""

    fence: Fence
    said: messages.AnchorsHeld


def take_anchors(batch: Batch, holdings: Sequence[Holding]) -> list[Stale | None]:
    """For each answer None once it is durable, or Stale. Only what differs from what was known is written."""
    in_force = fences_of(batch, [holding.fence for holding in holdings])
    results = [why_stale(holding.fence, in_force) for holding in holdings]
    said = {
        holding.fence.unit_id: holding.said.anchors
        for holding, why in zip(holdings, results, strict=True)
        if why is None
    }
    known = batch.anchors_noted(list(said))
    batch.note_anchors([(unit_id, held) for unit_id, held in said.items() if held != known.get(unit_id)])
    return results
