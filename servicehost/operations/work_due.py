"""What to offer the units whose sessions ask: the oldest waiting push of each adapter."""

from collections.abc import Sequence

from protocol.messages import ConfigOffer
from servicehost.domain.push import Change, Phase, Push, next_to_offer
from servicehost.operations.fenced import fences_of, why_stale
from servicehost.operations.push_events import changed
from servicehost.ports.desk import Fence, Stale
from servicehost.ports.store import Batch

__all__ = ["work_due"]


def work_due(batch: Batch, fences: Sequence[Fence], now: int) -> list[ConfigOffer | Stale | None]:
    """For each session: an offer, None when nothing waits, or Stale. A push first offered is marked so."""
    in_force = fences_of(batch, fences)
    stale = [why_stale(fence, in_force) for fence in fences]
    asking = {fence.service_code for fence, why in zip(fences, stale, strict=True) if why is None}
    due = {
        code: push
        for code, waiting in batch.open_pushes({code for code in asking if code is not None}).items()
        if (push := next_to_offer(waiting)) is not None
    }
    bodies = batch.bodies({(push.management_code, push.digest) for push in due.values()})
    first = [changed(push, Change(phase=Phase.OFFERED), now) for push in due.values() if push.phase is Phase.QUEUED]
    batch.save_pushes(first)
    return [why or _offer(due.get(fence.service_code or ""), bodies) for fence, why in zip(fences, stale, strict=True)]


def _offer(push: Push | None, bodies: dict[tuple[str, str], str]) -> ConfigOffer | None:
    if push is None:
        return None
    return ConfigOffer(
        push=push.push,
        module=push.module,
        revision=push.revision,
        digest=push.digest,
        body=bodies[push.management_code, push.digest],
        confirm_timeout_s=push.confirm_timeout_s,
    )
