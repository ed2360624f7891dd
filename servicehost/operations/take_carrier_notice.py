"""A carrier that is asked has something to tell: taken once for each message."""

from servicehost.domain.charge_proposal import ReturnPolicy
from servicehost.domain.contract import EVERYTHING
from servicehost.domain.errors import NotFound
from servicehost.domain.exchange import Exchange
from servicehost.operations.carrier_word import take_once, unknown_order_event
from servicehost.ports.carrier import Carrier, CarrierNotice
from servicehost.ports.clock import Clock
from servicehost.ports.store import Store

__all__ = ["collect_notices", "take_carrier_notice"]


async def take_carrier_notice(
    notice: CarrierNotice, *, store: Store, clock: Clock, policy: ReturnPolicy | None = None
) -> Exchange:
    """The exchange after it. A message told before changes nothing; one that comes too late is told to people.

    Raises NotFound `unknown_order`.
    """
    now, returns = clock.wall(), policy or ReturnPolicy()
    return await store.batch(EVERYTHING, lambda batch: take_once(batch, notice, now, returns))


async def collect_notices(*, store: Store, clock: Clock, carrier: Carrier, policy: ReturnPolicy | None = None) -> int:
    """Take whatever the carrier has to tell, and acknowledge what is durable. How many. Raises CarrierUnreachable."""
    notices = await carrier.notices()
    for notice in notices:
        try:
            await take_carrier_notice(notice, store=store, clock=clock, policy=policy)
        except NotFound as unknown:
            event = unknown_order_event(notice, unknown, clock.wall())
            await store.batch(EVERYTHING, lambda batch, told=event: batch.add_events([told]))  # type: ignore[misc]  # mypy cannot infer a lambda with a default
    await carrier.acknowledge([notice.message_id for notice in notices])
    return len(notices)
