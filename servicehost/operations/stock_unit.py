"""A dispatcher takes a unit into stock, so that it can replace another."""

from typing import Final

from protocol.identity import IdentityError, parse_distribution_id
from servicehost.domain.audit import Action
from servicehost.domain.custody import Evidence, Holder, Part, whereabouts
from servicehost.domain.depot import MAIN_STOCK, place_of
from servicehost.domain.errors import Conflict, Invalid, NotFound
from servicehost.domain.life import check_stock
from servicehost.domain.people import Actor, Right, demand
from servicehost.domain.spare import Spare, SpareState
from servicehost.domain.unit_return import ReturnState
from servicehost.operations.deed import deed, recorded
from servicehost.operations.handing import Telling, hand_over
from servicehost.operations.stocking import the_depot
from servicehost.ports.clock import Clock
from servicehost.ports.store import Batch, Store

__all__ = ["stock_unit"]

_SETTLED: Final = frozenset({ReturnState.INSPECTED, ReturnState.CALLED_OFF})
_WITH_THE_UNIT: Final = frozenset({Holder.INSPECTION, Holder.CARRIER, Holder.DRIVER})


async def stock_unit(
    actor: Actor, distribution_id: str, depot: str = MAIN_STOCK, firmware: str = "", *, store: Store, clock: Clock
) -> Spare:
    """The spare, free; one that is free at that depot already, unchanged.

    `firmware` left out is what the unit said last, if it ever did. Raises Forbidden `no_right`; Invalid
    `distribution_id_malformed`; NotFound `unit_not_found`, `depot_not_found`; Conflict `stocked_elsewhere`,
    `unit_bound`, `unit_reserved`, `unit_may_return` (an open exchange may still give it its adapter back),
    `return_open` (it is to be received and inspected first) or a `LifeRefusal`.
    """
    demand(actor, Right.DISPATCH)
    try:
        known_as = parse_distribution_id(distribution_id)
    except IdentityError as error:
        raise Invalid(error.code, str(error)) from error
    now = clock.wall()

    def work(batch: Batch) -> Spare:
        unit = batch.unit(known_as)
        if unit is None:
            raise NotFound("unit_not_found", f"There is no unit {known_as}; register it first")
        standing = batch.spare(unit.unit_id)
        if standing is not None and standing.state is SpareState.FREE:
            return _there(standing, the_depot(batch, depot))
        _refuse(batch, unit.unit_id, standing)
        check_stock(unit.life)
        spare = Spare(
            unit_id=unit.unit_id,
            distribution_id=unit.distribution_id,
            model=unit.model,
            state=SpareState.FREE,
            stocked_at=now,
            depot=the_depot(batch, depot),
            firmware=firmware or _last_said(batch, unit.unit_id),
        )
        batch.put_spare(spare)
        told = Telling(by=actor.master_id, at=now, evidence=Evidence(why="unit_stocked"))
        _bring_home(batch, unit.unit_id, depot, told)
        batch.add_events([deed(actor, now, "unit_stocked", unit_id=unit.unit_id, distribution_id=known_as)])
        before = {"state": None if standing is None else standing.state}
        after = {"state": spare.state, "unit": unit.unit_id, "depot": spare.depot, "firmware": spare.firmware}
        entry = recorded(actor, now, Action.STOCK_UNIT, known_as, management_code=None, before=before, after=after)
        batch.append_audit([entry])
        return spare

    return await store.batch(actor.scope, work)


def _there(standing: Spare, depot: str) -> Spare:
    if standing.depot != depot:
        text = f"The unit lies free at depot {standing.depot}; move it"
        raise Conflict("stocked_elsewhere", text)
    return standing


def _last_said(batch: Batch, unit_id: int) -> str:
    heard = batch.last_heard([unit_id]).get(unit_id)
    return "" if heard is None else heard.firmware or ""


def _refuse(batch: Batch, unit_id: int, standing: Spare | None) -> None:
    binding = batch.binding_of_unit(unit_id)
    if binding is not None:
        raise Conflict("unit_bound", f"The unit serves {binding.service_code}")
    if standing is not None and standing.state is SpareState.RESERVED:
        raise Conflict("unit_reserved", f"The unit is reserved for exchange {standing.exchange}")
    if batch.open_exchanges_of_units([unit_id]):
        raise Conflict("unit_may_return", "An open exchange may still need the unit")
    owed = [one.number for one in batch.returns_of_units([unit_id]) if one.state not in _SETTLED]
    if owed:
        raise Conflict("return_open", f"Return {owed[-1]}: receive and inspect the unit before it goes into stock")


def _bring_home(batch: Batch, unit_id: int, depot: str, told: Telling) -> None:
    """The unit is in stock now, and so are those of its accessories that were with it."""
    home = (place_of(depot),)
    there = {thing.part: whereabouts(chain) for thing, chain in batch.chains([unit_id]).items()}
    unit = there.pop(Part.UNIT, None)
    ways = {part: home for part, at in there.items() if at is not None and at.holder in _WITH_THE_UNIT}
    if unit is None or unit.holder is not Holder.STOCK or (depot != MAIN_STOCK and unit != home[0]):
        ways[Part.UNIT] = home
    hand_over(batch, unit_id, ways, told)
