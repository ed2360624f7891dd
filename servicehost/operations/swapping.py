"""The swap itself: in one transaction the binding moves from the old unit to the new one, when the rule says so."""

from collections.abc import Collection, Mapping
from typing import Any

from protocol.codes import CloseCode
from servicehost.domain.admission import STANDBY, Admitted, standing
from servicehost.domain.exchange import Exchange, ExchangeState, Said
from servicehost.domain.presence import Lease, Presence, presence
from servicehost.domain.swap import SwapView, swap_due
from servicehost.domain.unit import Binding
from servicehost.operations.casework import Word, exchange_event, move, tell
from servicehost.ports.cases import LastHeard
from servicehost.ports.fences import FenceChange
from servicehost.ports.session_rows import Place
from servicehost.ports.store import Batch

__all__ = ["move_binding", "swap_at_hello", "try_swap"]

_SENT = frozenset({ExchangeState.ORDERED, ExchangeState.ARRIVED})
_UNIT = "unit"


def swap_at_hello(batch: Batch, places: Mapping[str, Place], now: int) -> dict[str, Place]:
    """The places of units that say hello right now, after the swaps that their hellos bring about.

    Costs nothing while every unit that calls serves an adapter, and one look-up when some are on stand-by.
    """
    standby = {place.unit_id: place for place in places.values() if place.binding is None}
    usable = {unit_id for unit_id, place in standby.items() if standing(place, now) is STANDBY}
    exchanges = batch.open_exchanges_of_units(standby)
    # Whoever is turned away is as silent as before, however often it dials.
    calling = {place.unit_id for place in places.values() if exchanges and isinstance(standing(place, now), Admitted)}
    moved = False
    for exchange in exchanges:
        if exchange.new_unit_id in usable:
            moved = _greeted(batch, exchange, calling, now) or moved
        elif exchange.swapped_at is not None and exchange.old_unit_id in standby:
            event = exchange_event(exchange, "replaced_unit_heard", Word(by=_UNIT, at=now))
            tell(batch, [event])
    return batch.places_by_distribution_id(places) if moved else dict(places)


def _greeted(batch: Batch, exchange: Exchange, calling: Collection[int], now: int) -> bool:
    if exchange.state not in _SENT:
        return False  # it is still in our own house: a hello from the shelf proves nothing
    word = Word(by=_UNIT, at=now, reason="hello")
    exchange = move(batch, exchange, Said.ARRIVE, word) or exchange
    return try_swap(batch, exchange, word, calling=calling, said_hello=True) is not None


def try_swap(
    batch: Batch, exchange: Exchange, word: Word, *, calling: Collection[int] = (), said_hello: bool = False
) -> Exchange | None:
    """The exchange, swapped, if the rule says so now; else None and nothing is changed.

    `calling` are units whose hello is being taken in this very transaction: they are not silent. `said_hello` says
    so of the new unit; otherwise its last session tells.
    """
    new, old = exchange.new_unit_id, batch.binding_of_adapter(exchange.service_code)
    if new is None or exchange.state not in _SENT:
        return None
    heard = batch.last_heard([new] if old is None else [new, old.unit_id])
    view = SwapView(
        state=exchange.state,
        new_said_hello=said_hello or _hello_since_sent(heard.get(new), exchange),
        old_silent=old is None or _silent(heard.get(old.unit_id), batch.leases(), word.at, calling),
        said_now=exchange.swap_now_at is not None,
    )
    if not swap_due(view) or batch.binding_of_unit(new) is not None:
        return None
    arrived = move(batch, exchange, Said.ARRIVE, Word(by=_UNIT, at=word.at, reason="hello")) or exchange
    return move_binding(batch, arrived, old, heard, word)


def _hello_since_sent(heard: LastHeard | None, exchange: Exchange) -> bool:
    sent_at = exchange.ordered_at or exchange.reserved_at
    return heard is not None and sent_at is not None and heard.row.epoch > 0 and heard.row.opened_at >= sent_at


def _silent(heard: LastHeard | None, leases: Mapping[str, Lease], now: int, calling: Collection[int]) -> bool:
    if heard is None or heard.unit_id in calling:
        return False
    return presence(heard.row, leases.get(heard.row.host), now) in (Presence.DISCONNECTED, Presence.NEVER)


def move_binding(
    batch: Batch,
    exchange: Exchange,
    old: Binding | None,
    heard: Mapping[int, LastHeard],
    word: Word,
    *,
    said: Said = Said.SWAP,
    detail: Mapping[str, Any] | None = None,
) -> Exchange | None:
    """The exchange with its new unit bound in the place of the old one, whose sessions end; None: nothing changed.

    `heard` has the last sessions of both. Raises Conflict `bound_already`, a `LifeRefusal`, or the table's refusal.
    """
    assert exchange.new_unit_id is not None  # noqa: S101 - the caller has looked
    if old is not None:
        batch.unbind(old.number, word.at, f"exchange {exchange.exchange}", replaced=True)
    binding = batch.bind(
        Binding(
            number=0,
            service_code=exchange.service_code,
            management_code=exchange.management_code,
            unit_id=exchange.new_unit_id,
            bound_at=word.at,
            reason=f"exchange {exchange.exchange}",
        )
    )
    batch.drop_spare(exchange.new_unit_id)
    # A session that the hello being taken opens has a greater epoch than these: it stays.
    told = {exchange.new_unit_id: CloseCode.UNBOUND}
    ends = [[one.unit_id, one.row.epoch + 1, told.get(one.unit_id, CloseCode.REPLACED)] for one in heard.values()]
    batch.add_fence_changes(
        [FenceChange(unit_id=unit, below_epoch=below, code=CloseCode(code), at=word.at) for unit, below, code in ends]
    )
    return move(
        batch,
        exchange,
        said,
        word,
        {"end_sessions": ends, "binding": binding.number} | dict(detail or {}),
        swapped_at=word.at,
        binding=binding.number,
        old_binding=None if old is None else old.number,
        old_unit_id=exchange.old_unit_id if old is None else old.unit_id,
    )
