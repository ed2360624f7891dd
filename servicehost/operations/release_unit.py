"""A dispatcher has looked at two boxes with one identity, and lets the unit in again."""

from servicehost.domain.audit import Action
from servicehost.domain.errors import Conflict
from servicehost.domain.people import Actor, Right, demand
from servicehost.domain.unit import Unit
from servicehost.operations.deed import deed, of_unit
from servicehost.operations.unit_named import spelled, unit_named
from servicehost.ports.clock import Clock
from servicehost.ports.store import Batch, Store

__all__ = ["release_unit"]


async def release_unit(actor: Actor, distribution_id: str, note: str, *, store: Store, clock: Clock) -> Unit:
    """The unit, held no more; it is let in at its next dial. Two boxes that still dial are found again.

    Raises Forbidden `no_right`; Invalid `distribution_id_malformed`; NotFound `unit_not_found`; Conflict
    `unit_not_held`.
    """
    demand(actor, Right.DISPATCH)
    known_as, now = spelled(distribution_id), clock.wall()

    def work(batch: Batch) -> Unit:
        unit = unit_named(batch, known_as)
        if not batch.release_unit(unit.unit_id):
            raise Conflict("unit_not_held", f"{known_as} is not held")
        binding = batch.binding_of_unit(unit.unit_id)
        event = deed(
            actor,
            now,
            "unit_released",
            management_code=None if binding is None else binding.management_code,
            service_code=None if binding is None else binding.service_code,
            unit_id=unit.unit_id,
            note=note,
            distribution_id=known_as,
        )
        batch.add_events([event])
        before, after = {"held_at": unit.held_at}, {"held_at": None}
        entry = of_unit(actor, now, Action.RELEASE_UNIT, unit, binding, before=before, after=after, note=note)
        batch.append_audit([entry])
        return unit_named(batch, known_as)

    return await store.batch(actor.scope, work)
