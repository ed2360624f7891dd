"""A carrier calls at our door with something to tell: who it is was settled there; here it is taken once."""

from servicehost.domain.charge_proposal import ReturnPolicy
from servicehost.domain.contract import EVERYTHING
from servicehost.domain.errors import Conflict, NotFound
from servicehost.operations.carrier_word import take_once, unknown_order_event
from servicehost.ports.carrier import CarrierNotice
from servicehost.ports.cases import NoticeRow
from servicehost.ports.clock import Clock
from servicehost.ports.store import Batch, Store

__all__ = ["take_signed_notice"]


async def take_signed_notice(
    notice: CarrierNotice, digest: str, *, store: Store, clock: Clock, policy: ReturnPolicy
) -> NoticeRow:
    """What is kept of it, once that is durable. Told again, by the carrier or by somebody who has listened, it changes
    nothing and the answer is the one it had before. `digest` is that of the body it came in.

    Raises NotFound `unknown_order`, of which people are told; Conflict `webhook_id_used`, when another message had the
    same id.
    """
    now = clock.wall()

    def work(batch: Batch) -> NoticeRow:
        known = batch.notice(notice.message_id)
        if known is None:
            take_once(batch, notice, now, policy, digest)
            known = batch.notice(notice.message_id)
        assert known is not None  # noqa: S101 - it was taken in this very transaction
        if known.digest != digest:
            text = f"webhook-id {notice.message_id} has named another message: give each a name of its own"
            raise Conflict("webhook_id_used", text)
        return known

    try:
        return await store.batch(EVERYTHING, work)
    except NotFound as unknown:
        event = unknown_order_event(notice, unknown, now)
        await store.batch(EVERYTHING, lambda batch: batch.add_events([event]))
        raise
