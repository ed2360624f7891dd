"""The host checks a swapped unit by itself, point by point, until every point holds at once."""

from servicehost.domain.acceptance import UnitSeen, accepted, check
from servicehost.domain.contract import EVERYTHING
from servicehost.domain.exchange import Exchange, ExchangeState, Said
from servicehost.domain.presence import Presence, presence
from servicehost.operations.casework import HOST, Word, move, the_exchange
from servicehost.ports.cases import LastHeard
from servicehost.ports.clock import Clock
from servicehost.ports.store import Batch, Store

__all__ = ["check_acceptance", "check_all_acceptances"]


async def check_acceptance(exchange: int, *, store: Store, clock: Clock) -> Exchange:
    """The exchange, accepted if every point holds now. Of any other than a swapped one this changes nothing.

    Raises NotFound `exchange_not_found`.
    """
    now = clock.wall()
    return await store.batch(EVERYTHING, lambda batch: _check(batch, the_exchange(batch, exchange), now))


async def check_all_acceptances(limit: int = 1_000, *, store: Store, clock: Clock) -> int:
    """The clock's door. How many were accepted."""
    now = clock.wall()

    def work(batch: Batch) -> int:
        swapped = batch.exchanges_in([ExchangeState.SWAPPED], limit)
        return sum(_check(batch, one, now).state is ExchangeState.ACCEPTED for one in swapped)

    return await store.batch(EVERYTHING, work)


def _check(batch: Batch, exchange: Exchange, now: int) -> Exchange:
    if exchange.state is not ExchangeState.SWAPPED or exchange.new_unit_id is None:
        return exchange
    before = batch.acceptance(exchange.exchange)
    heard = batch.last_heard([exchange.new_unit_id]).get(exchange.new_unit_id)
    points = check(_seen(batch, exchange, heard, now), before, now)
    if {point.point: point for point in before} != {point.point: point for point in points}:
        batch.save_acceptance(exchange, points)
    if not accepted(points):
        return exchange
    return move(batch, exchange, Said.ACCEPT, Word(by=HOST, at=now)) or exchange


def _seen(batch: Batch, exchange: Exchange, heard: LastHeard | None, now: int) -> UnitSeen:
    adapter = batch.adapters([exchange.service_code])[0]
    if heard is None:
        return UnitSeen(
            startup=adapter.startup_digest,
            running=None,
            expected_firmware=exchange.expected_firmware,
            firmware=None,
            reports=0,
            in_session=False,
            since_swap=False,
            certified=False,
        )
    return UnitSeen(
        startup=adapter.startup_digest,
        running=_running(heard),
        expected_firmware=exchange.expected_firmware,
        firmware=heard.firmware,
        reports=heard.reports,
        in_session=presence(heard.row, batch.leases().get(heard.row.host), now) is Presence.CONNECTED,
        since_swap=exchange.swapped_at is not None and heard.row.opened_at >= exchange.swapped_at,
        certified=heard.certified_unit_id == heard.unit_id and heard.binding == exchange.binding,
    )


def _running(heard: LastHeard) -> str | None:
    """What it runs for good: a config on trial is not accepted yet."""
    state = next((one for one in heard.modules if one.module == 0), None)
    if state is None or state.trial is not None or state.running is None:
        return None
    return state.running.digest
