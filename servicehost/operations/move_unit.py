"""A dispatcher says which hosts carry a unit from now on, or takes it back."""

from collections.abc import Sequence

from protocol.codes import CloseCode
from servicehost.domain.audit import Action
from servicehost.domain.hosts import check_hosts
from servicehost.domain.people import Actor, Right, demand
from servicehost.operations.deed import deed, of_unit
from servicehost.operations.revoking import tell_sessions
from servicehost.operations.unit_named import spelled, unit_named
from servicehost.ports.clock import Clock
from servicehost.ports.fences import FenceChange
from servicehost.ports.line import Line
from servicehost.ports.store import Batch, Store

__all__ = ["move_unit", "take_unit_back"]


async def move_unit(
    actor: Actor, distribution_id: str, hosts: Sequence[str], *, store: Store, clock: Clock, line: Line
) -> tuple[str, ...]:
    """The hosts, one to five URLs, in the order in which the unit shall dial them.

    The unit's session here loses its right, and each hello of it is answered with the hosts until it is taken back.
    Said again with the same hosts it changes nothing. Raises Forbidden `no_right`; Invalid
    `distribution_id_malformed`, `no_hosts`, `too_many_hosts`, `host_url_invalid`; NotFound `unit_not_found`.
    """
    demand(actor, Right.DISPATCH)
    return await _set(actor, distribution_id, check_hosts(hosts), store=store, clock=clock, line=line)


async def take_unit_back(actor: Actor, distribution_id: str, *, store: Store, clock: Clock, line: Line) -> None:
    """The unit is let in here again, whenever it dials. Harmless for one that was never moved.

    Raises Forbidden `no_right`; Invalid `distribution_id_malformed`; NotFound `unit_not_found`.
    """
    demand(actor, Right.DISPATCH)
    await _set(actor, distribution_id, (), store=store, clock=clock, line=line)


async def _set(
    actor: Actor, distribution_id: str, hosts: tuple[str, ...], *, store: Store, clock: Clock, line: Line
) -> tuple[str, ...]:
    known_as, now = spelled(distribution_id), clock.wall()

    def work(batch: Batch) -> list[FenceChange]:
        unit = unit_named(batch, known_as)
        before = batch.move_unit(unit.unit_id, hosts)
        if before is None:
            return []
        binding = batch.binding_of_unit(unit.unit_id)
        event = deed(
            actor,
            now,
            "unit_moved" if hosts else "unit_taken_back",
            management_code=None if binding is None else binding.management_code,
            service_code=None if binding is None else binding.service_code,
            unit_id=unit.unit_id,
            distribution_id=known_as,
            text=", ".join(hosts),
        )
        batch.add_events([event])
        action = Action.MOVE_UNIT if hosts else Action.TAKE_UNIT_BACK
        was, now_is = {"hosts": list(before)}, {"hosts": list(hosts)}
        batch.append_audit([of_unit(actor, now, action, unit, binding, before=was, after=now_is)])
        if not hosts:
            return []
        return batch.add_fence_changes([FenceChange(unit_id=unit.unit_id, code=CloseCode.MOVED, at=now)])

    tell_sessions(line, await store.batch(actor.scope, work))
    return hosts
