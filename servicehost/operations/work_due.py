"""What to offer the units whose sessions ask: the oldest waiting push of each adapter."""

from collections.abc import Collection, Sequence

from protocol.messages import ConfigOffer
from servicehost.domain.push import Change, Phase, Push, next_to_offer
from servicehost.operations.fenced import fences_of, why_stale
from servicehost.operations.offer_modules import module_offers
from servicehost.operations.push_events import changed
from servicehost.ports.desk import Fence, Stale
from servicehost.ports.store import Batch

__all__ = ["mark_offered", "work_due"]


def work_due(batch: Batch, fences: Sequence[Fence]) -> list[ConfigOffer | Stale | None]:
    """For each session: an offer, None when nothing waits, or Stale. Reads only: see `mark_offered`."""
    in_force = fences_of(batch, fences)
    stale = [why_stale(fence, in_force) for fence in fences]
    asking = {fence.service_code for fence, why in zip(fences, stale, strict=True) if why is None}
    due = {
        code: push
        for code, waiting in batch.open_pushes({code for code in asking if code is not None}).items()
        if (push := next_to_offer(waiting)) is not None
    }
    bodies = batch.bodies({(push.management_code, push.digest) for push in due.values() if not push.modules})
    whole = {code: push for code, push in due.items() if push.modules}
    sets = module_offers(batch, [one for one in fences if one.service_code in whole], whole) if whole else {}
    return [
        why or sets.get(fence.unit_id) or _offer(due.get(fence.service_code or ""), bodies)
        for fence, why in zip(fences, stale, strict=True)
    ]


def mark_offered(batch: Batch, pushes: Collection[int], now: int) -> None:
    """Write that these were offered and are not answered yet.

    Most offers are answered within a moment, and *stored* says all: only those that are not are written as offered.
    Nothing is decided by it: a queued push and an offered one can both be recalled, and both are offered again.
    """
    found = batch.pushes(pushes).values()
    batch.save_pushes([changed(one, Change(phase=Phase.OFFERED), now) for one in found if one.phase is Phase.QUEUED])


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
        target=push.target.value,
    )
