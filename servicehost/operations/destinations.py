"""The bodies that whoever sends and fetches units shares: where to, why not yet, and what follows when it is known."""

import msgspec

from servicehost.domain.area_proposal import AreaProposalState, ProposalKind
from servicehost.domain.destination import Destination, bring_to, fetch_from
from servicehost.domain.exchange import Exchange, ExchangeState
from servicehost.domain.hold import Hold
from servicehost.domain.unit_return import UnitReturn
from servicehost.operations.casework import HOST, Word, exchange_event, tell
from servicehost.operations.returning import return_event
from servicehost.ports.store import Batch

__all__ = ["destination_of", "hold_collection", "hold_exchange", "origin_of", "tell_destination", "why_held"]


def destination_of(batch: Batch, exchange: Exchange) -> Destination:
    """Where the replacement was sent; before that, where it would be."""
    return exchange.destination or bring_to(batch.whereabouts(exchange))


def origin_of(batch: Batch, exchange: Exchange) -> Destination:
    """Where the replaced unit is fetched."""
    return fetch_from(batch.whereabouts(exchange))


def why_held(batch: Batch, exchange: Exchange) -> Hold | None:
    """Why what is reserved may not go out now: nobody has decided of its closed area, or where it goes is unknown."""
    proposed = batch.area_proposals_of(exchange.exchange)
    if any(one.kind is ProposalKind.DOWNGRADE and one.state is AreaProposalState.OPEN for one in proposed):
        return Hold.AREA_PROPOSAL
    return destination_of(batch, exchange).hold


def hold_exchange(batch: Batch, exchange: Exchange, hold: Hold, now: int) -> None:
    """Keep and tell why what is reserved is not ordered; once for each reason."""
    if exchange.held is hold:
        return
    held = msgspec.structs.replace(exchange, held=hold)
    batch.save_exchange(held, None)
    tell(batch, [exchange_event(held, "exchange_held", Word(by=HOST, at=now, reason=hold))])


def hold_collection(batch: Batch, one: UnitReturn, destination: Destination, now: int) -> None:
    """Keep and tell why nobody is sent for what is due, once for each reason; or that somebody is."""
    if one.held is destination.hold:
        return
    held = msgspec.structs.replace(one, held=destination.hold)
    batch.save_return(held)
    if destination.hold is not None:
        tell(batch, [return_event(held, "return_held", Word(by=HOST, at=now, reason=destination.hold), {})])


def tell_destination(batch: Batch, service_code: str, word: Word) -> None:
    """Something new is known of where units of the adapter go: whatever waits for that goes on at once."""
    for exchange in batch.exchanges_to_send(service_code):
        if exchange.state not in (ExchangeState.REQUESTED, ExchangeState.JUDGED):
            tell(batch, [exchange_event(exchange, "destination_said", word)])
