"""The body that the steps of closed areas share: look at every order, and do what is due of it."""

from collections.abc import Sequence
from typing import Final

import msgspec

from servicehost.domain.area_proposal import (
    AreaOrder,
    AreaProposal,
    AreaProposalState,
    Due,
    Open,
    Propose,
    Withdraw,
    due,
)
from servicehost.domain.closed_area import ClosedArea
from servicehost.domain.contract import EVERYTHING
from servicehost.domain.declared_location import location_at
from servicehost.domain.exchange import Exchange
from servicehost.domain.fact import Fact
from servicehost.domain.fact_kind import Area, FactName, FactValue, Source
from servicehost.domain.instant import as_datetime, from_datetime
from servicehost.operations.casework import HOST, Word, exchange_event, tell
from servicehost.ports.cases import FactRow
from servicehost.ports.store import Batch, Store

__all__ = ["area_word", "look_at_orders", "order_in_area", "settle_order"]

_AT_ONCE: Final = 100
_STEPS: Final = 4
"""More than any order needs: withdraw one proposal, make the next."""


async def look_at_orders(now: int, *, store: Store) -> int:
    """Do what is due of every order, some at a time; how many were touched. Harmless twice."""
    touched, after = 0, 0
    while True:

        def work(batch: Batch, after: int = after) -> tuple[int, int]:
            areas = batch.areas()
            found = batch.exchanges_of_areas(after, _AT_ONCE) if areas else []
            done = sum(settle_order(batch, one, areas, now) for one in found)
            return done, found[-1].exchange if len(found) == _AT_ONCE else 0

        done, after = await store.batch(EVERYTHING, work)
        touched += done
        if not after:
            return touched


def settle_order(batch: Batch, exchange: Exchange, areas: Sequence[ClosedArea], now: int) -> bool:
    """Whether anything was due of it."""
    for step in range(_STEPS):
        order = order_in_area(batch, exchange, now)
        found = due(order, areas, now)
        if found is None:
            return step > 0
        _do(batch, order, found, now)
    return True


def order_in_area(batch: Batch, exchange: Exchange, now: int) -> AreaOrder:
    """The exchange with its place and all that was proposed and said of it."""
    record = batch.right_record(exchange.service_code)
    declared = None if record is None else location_at(record.locations, now)
    return AreaOrder(
        exchange=exchange,
        place=None if declared is None else declared.place,
        proposals=tuple(batch.area_proposals_of(exchange.exchange)),
        facts=tuple(batch.facts_of(exchange)),
    )


def _do(batch: Batch, order: AreaOrder, found: Due, now: int) -> None:
    exchange = order.exchange
    if isinstance(found, Propose):
        proposal = AreaProposal(
            number=0,
            area=found.area.number,
            kind=found.kind,
            exchange=exchange.exchange,
            service_code=exchange.service_code,
            management_code=exchange.management_code,
            state=AreaProposalState.OPEN,
            proposed_at=now,
            undoes=found.undoes,
            earlier_at=None if found.earlier is None else from_datetime(found.earlier.time),
            earlier_by=None if found.earlier is None else found.earlier.author[:64],
        )
        added = batch.add_area_proposal(proposal)
        _tell(batch, exchange, f"{found.kind}_proposed", added, now)
    elif isinstance(found, Withdraw):
        after = msgspec.structs.replace(
            found.proposal, state=AreaProposalState.WITHDRAWN, decided_at=now, decided_by=HOST, reason=found.moot.value
        )
        batch.save_area_proposal(after)
        _tell(batch, exchange, "area_proposal_withdrawn", after, now)
    else:
        _open(batch, order, found, now)


def _open(batch: Batch, order: AreaOrder, found: Open, now: int) -> None:
    area = found.area
    ended = min(at for at in (area.until, area.ended_at, now) if at is not None)
    area_word(batch, order, FactName.AREA, Area.OPEN, author=area.ended_by or area.closed_by, at=ended)
    word = Word(by=HOST, at=now, reason="area_open")
    tell(batch, [exchange_event(order.exchange, "area_opened", word, {"area": area.number})])


def area_word(batch: Batch, order: AreaOrder, name: FactName, value: FactValue, *, author: str, at: int) -> int:
    """A dispatcher's word in the case, later than the one it follows; the instant it was given."""
    said = [one.time for one in order.facts if one.name is name and one.source is Source.DISPATCHER]
    last = max(map(from_datetime, said), default=None)
    when = at if last is None else max(at, last + 1)
    exchange = order.exchange
    fact = Fact(name=name, value=value, source=Source.DISPATCHER, time=as_datetime(when), author=author)
    of_case = None if exchange.fault is not None else exchange.exchange
    batch.add_facts(
        [FactRow(management_code=exchange.management_code, fault=exchange.fault, exchange=of_case, fact=fact)]
    )
    return when


def _tell(batch: Batch, exchange: Exchange, sub_type: str, proposal: AreaProposal, now: int) -> None:
    word = Word(by=HOST, at=now, reason=proposal.reason or None)
    tell(batch, [exchange_event(exchange, sub_type, word, {"proposal": proposal.number, "area": proposal.area})])
