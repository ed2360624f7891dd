"""A dispatcher has a free unit of the stock carried from one depot to another."""

import msgspec

from servicehost.domain.audit import Action
from servicehost.domain.custody import Evidence, Part, whereabouts
from servicehost.domain.depot import place_of
from servicehost.domain.errors import Conflict, NotFound
from servicehost.domain.people import Actor, Right, demand
from servicehost.domain.spare import Spare, SpareState
from servicehost.operations.deed import deed, recorded
from servicehost.operations.handing import Telling, hand_over
from servicehost.operations.stocking import the_depot, warn_if_low
from servicehost.operations.unit_named import spelled
from servicehost.ports.clock import Clock
from servicehost.ports.store import Batch, Store

__all__ = ["move_spare"]


async def move_spare(
    actor: Actor, distribution_id: str, depot: str, reason: str, *, store: Store, clock: Clock
) -> Spare:
    """The spare at its new depot, with the handover of it and of the accessories that lie with it; there already,
    unchanged. The depot that it leaves says so when it then runs low.

    Raises Forbidden `no_right`; Invalid `distribution_id_malformed`; NotFound `spare_not_found`, `depot_not_found`;
    Conflict `unit_reserved` (what is set aside leaves by its exchange) or `spare_is_out`.
    """
    demand(actor, Right.DISPATCH)
    known_as, now = spelled(distribution_id), clock.wall()

    def work(batch: Batch) -> Spare:
        unit = batch.unit(known_as)
        standing = None if unit is None else batch.spare(unit.unit_id)
        if standing is None:
            raise NotFound("spare_not_found", f"{known_as} is no spare; take it into stock first")
        _refuse(standing)
        if the_depot(batch, depot) == standing.depot:
            return standing
        after = msgspec.structs.replace(standing, depot=depot)
        batch.put_spare(after)
        evidence = Evidence(why="spare_moved", note=reason[:255])
        _carry(batch, after, Telling(by=actor.master_id, at=now, evidence=evidence))
        told = deed(
            actor,
            now,
            "spare_moved",
            unit_id=after.unit_id,
            note=reason,
            distribution_id=known_as,
            source=standing.depot,
            target=depot,
        )
        batch.add_events([told])
        entry = recorded(
            actor,
            now,
            Action.MOVE_SPARE,
            known_as,
            management_code=None,
            before={"depot": standing.depot},
            after={"depot": depot, "unit": after.unit_id},
            note=reason,
        )
        batch.append_audit([entry])
        warn_if_low(batch, standing.depot, standing.model, actor.master_id, now)
        return after

    return await store.batch(actor.scope, work)


def _refuse(standing: Spare) -> None:
    if standing.state is SpareState.RESERVED:
        raise Conflict("unit_reserved", f"The unit is reserved for exchange {standing.exchange}")
    if standing.state is SpareState.OUT:
        raise Conflict("spare_is_out", "The unit has left the house; take it back into stock first")


def _carry(batch: Batch, spare: Spare, told: Telling) -> None:
    """The unit, and those accessories that lie in the same stock; nothing is said twice of what is there already."""
    there = {thing.part: whereabouts(chain) for thing, chain in batch.chains([spare.unit_id]).items()}
    at, target = there.get(Part.UNIT), place_of(spare.depot)
    ways = {part: (target,) for part, place in there.items() if place == at and place != target}
    hand_over(batch, spare.unit_id, ways | ({Part.UNIT: (target,)} if at is None else {}), told)
