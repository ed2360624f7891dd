"""What an exchange does to custody: where both units are now, and which of them is to come back.

It follows from the exchange's own events, in their order, and is harmless twice: a thing that is further along its way
is not taken back to an earlier part of it.
"""

from collections.abc import Callable, Mapping
from typing import Final

import msgspec

from servicehost.domain.charge_proposal import ReturnPolicy
from servicehost.domain.contract import EVERYTHING
from servicehost.domain.custody import Evidence, Handover, Holder, Part, Place, Thing, stretch, whereabouts
from servicehost.domain.exchange import Exchange, Failure
from servicehost.domain.rules import Verdict
from servicehost.domain.unit_return import Loss, ReturnSaid, ReturnState, UnitReturn
from servicehost.operations.casework import HOST, Word, tell, the_exchange
from servicehost.operations.handing import Telling, hand_over
from servicehost.operations.order_exchange import order_id
from servicehost.operations.returning import Gone, move_return, return_event, write_off
from servicehost.ports.store import Batch, Store

__all__ = ["keep_custody"]


class _Case(msgspec.Struct, frozen=True, kw_only=True):
    """One event of one exchange."""

    exchange: Exchange
    cause: str
    word: Word
    policy: ReturnPolicy


async def keep_custody(exchange: int, cause: str, at: int, *, store: Store, policy: ReturnPolicy) -> None:
    """Write what follows from an event (its sub-type and time) of an exchange. Raises NotFound `exchange_not_found`."""

    def work(batch: Batch) -> None:
        standing = the_exchange(batch, exchange)
        case = _Case(exchange=standing, cause=cause, word=Word(by=HOST, at=at, reason=cause), policy=policy)
        _KEEPS[cause](batch, case)

    await store.batch(EVERYTHING, work)


def _ordered(batch: Batch, case: _Case) -> None:
    _deliver(batch, case, _stages(case.exchange)[1].holder)


def _arrived(batch: Batch, case: _Case) -> None:
    _deliver(batch, case, _stages(case.exchange)[2].holder)
    if case.exchange.method is Verdict.SENDBACK and case.exchange.old_unit_id is not None:
        _owe(batch, case, case.exchange.old_unit_id)


def _swapped(batch: Batch, case: _Case) -> None:
    new, old = case.exchange.new_unit_id, case.exchange.old_unit_id
    if case.exchange.ordered_at is None and new is not None:
        _stands_at_its_site(batch, case, new)  # it was at hand: nobody carried it there on this errand
    else:
        _deliver(batch, case, Holder.SITE)
    if old is None or case.exchange.keeps_old:
        return
    owed = _owe(batch, case, old)
    if owed is None:
        _give_time(batch, case, old)
    elif case.exchange.method is Verdict.NEW_SUPPLY:
        write_off(batch, owed, Gone(loss=Loss.LOST_BEFORE), case.word, case.policy)


def _give_time(batch: Batch, case: _Case, old: int) -> None:
    """Who swapped so late that the date has passed meanwhile has not kept the unit back: it had work to do."""
    for one in batch.returns_of_exchange(case.exchange.exchange):
        if one.unit_id == old and one.state is ReturnState.DUE and one.due_at <= case.word.at:
            batch.save_return(msgspec.structs.replace(one, due_at=case.word.at + case.policy.due_ms))


def _visit_missed(batch: Batch, case: _Case) -> None:
    """What was brought to somebody who was not there goes on with the driver."""
    new = case.exchange.new_unit_id
    if new is None or batch.binding_of_unit(new) is not None:
        return
    chains, driver = batch.chains([new]), (Place(holder=Holder.DRIVER),)
    parts = [
        part
        for part in _parts(batch, case, new)
        if (at := whereabouts(chains.get(Thing(unit_id=new, part=part), ()))) is not None
        and at.holder in (Holder.ATTENDEE, Holder.SITE)
    ]
    hand_over(batch, new, dict.fromkeys(parts, driver), _telling(case))


def _given_up(batch: Batch, case: _Case) -> None:
    """It was cancelled, or has failed: the old unit stays, and what was sent in its place comes back."""
    for owed in batch.returns_of_exchange(case.exchange.exchange):
        bound = batch.binding_of_unit(owed.unit_id)
        if owed.unit_id == case.exchange.old_unit_id and bound is not None:
            move_return(batch, owed, ReturnSaid.CALL_OFF, case.word)
    new = case.exchange.new_unit_id
    if new is None or batch.binding_of_unit(new) is not None:
        return
    if case.exchange.reason in (Failure.DEAD_ON_ARRIVAL, Failure.WRONG_MODEL):
        _deliver(batch, case, Holder.SITE)  # somebody has seen it there, whatever the carrier has told
    at = whereabouts(batch.chains([new]).get(Thing(unit_id=new), ()))
    if at is None:
        return
    if at.holder in (Holder.SITE, Holder.ATTENDEE):
        _owe(batch, case, new)
    elif case.exchange.reason == Failure.LOST_IN_TRANSIT and at.holder in (Holder.CARRIER, Holder.DRIVER):
        lost = (Place(holder=Holder.WRITTEN_OFF),)
        hand_over(batch, new, dict.fromkeys(_parts(batch, case, new), lost), _telling(case))


_KEEPS: Final[Mapping[str, Callable[[Batch, _Case], None]]] = {
    "exchange_ordered": _ordered,
    "exchange_arrived": _arrived,
    "exchange_swapped": _swapped,
    "visit_missed": _visit_missed,
    "exchange_cancelled": _given_up,
    "exchange_failed": _given_up,
}


def _stages(exchange: Exchange) -> tuple[Place, ...]:
    """The way of a replacement: at least from stock, by somebody, to the site."""
    site = Place(holder=Holder.SITE, name=exchange.service_code)
    stock, carrier = Place(holder=Holder.STOCK), Place(holder=Holder.CARRIER)
    if exchange.method is not Verdict.ONSITE_SWAP:
        return (stock, carrier, site)
    driver = Place(holder=Holder.DRIVER)
    attendee = (Place(holder=Holder.ATTENDEE, name=exchange.attendee),) if exchange.attendee else ()
    return (stock, driver, *attendee, site)


def _parts(batch: Batch, case: _Case, unit_id: int) -> tuple[Part, ...]:
    return (Part.UNIT, *case.policy.accessories_of(batch.units_by_id([unit_id])[unit_id].model))


def _deliver(batch: Batch, case: _Case, upto: Holder) -> None:
    new = case.exchange.new_unit_id
    if new is None:
        return
    chains, stages = batch.chains([new]), _stages(case.exchange)
    ways = {}
    for part in _parts(batch, case, new):
        chain = chains.get(Thing(unit_id=new, part=part), [])
        if not _told_before(chain, case):
            ways[part] = stretch(stages, whereabouts(chain), upto)
    hand_over(batch, new, ways, _telling(case))


def _told_before(chain: list[Handover], case: _Case) -> bool:
    number = case.exchange.exchange
    return any(one.exchange == number and one.evidence.why == case.cause for one in chain)


def _telling(case: _Case) -> Telling:
    return Telling(
        by=case.word.by,
        at=case.word.at,
        evidence=Evidence(why=case.cause, reference=order_id(case.exchange.exchange, case.exchange.round)),
        exchange=case.exchange.exchange,
        management_code=case.exchange.management_code,
    )


def _owe(batch: Batch, case: _Case, unit_id: int) -> UnitReturn | None:
    """The return of a unit, due from now on; None when it is on record already."""
    exchange, word = case.exchange, case.word
    if any(one.unit_id == unit_id for one in batch.returns_of_exchange(exchange.exchange)):
        return None
    _stands_at_its_site(batch, case, unit_id)
    owed = batch.add_return(
        UnitReturn(
            number=0,
            exchange=exchange.exchange,
            service_code=exchange.service_code,
            management_code=exchange.management_code,
            unit_id=unit_id,
            state=ReturnState.DUE,
            opened_at=word.at,
            due_at=word.at + case.policy.due_ms,
            changed_at=word.at,
            changed_by=word.by,
            why=case.cause,
        )
    )
    tell(batch, [return_event(owed, "return_due", word, {"due_at": owed.due_at})])
    return owed


def _stands_at_its_site(batch: Batch, case: _Case, unit_id: int) -> None:
    """A unit that served there is there, also one that was bound before anybody kept its custody."""
    site = Place(holder=Holder.SITE, name=case.exchange.service_code)
    stages = (Place(holder=Holder.STOCK), Place(holder=Holder.CARRIER), site)
    chains, ways = batch.chains([unit_id]), {}
    for part in _parts(batch, case, unit_id):
        at = whereabouts(chains.get(Thing(unit_id=unit_id, part=part), ()))
        ways[part] = (site,) if at is None else stretch(stages, at, Holder.SITE)
    hand_over(batch, unit_id, ways, _telling(case))
