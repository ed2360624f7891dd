"""Somebody who may orders that adapters run a config: one adapter or thousands, in one transaction."""

from servicehost.domain.people import Actor
from servicehost.operations.choose_revisions import PushOrder
from servicehost.operations.ordering import Ordered, PushTerms, check_order, place_order
from servicehost.ports.clock import Clock
from servicehost.ports.line import Line
from servicehost.ports.store import Store

__all__ = ["Ordered", "PushOrder", "push_config"]


async def push_config(
    actor: Actor, order: PushOrder, *, store: Store, clock: Clock, line: Line, terms: PushTerms
) -> list[Ordered]:
    """One answer for each service code, in the order given; a refused one keeps no other from its push.

    A push that is still queued or offered gives way to the new one; one on trial is waited for. Ordering again what
    already runs is allowed. After the commit the units are nudged. Refusals of one adapter: `adapter_not_found`,
    `adapter_ended`, `no_config`, `no_such_revision`. The provider's people push under a consent for every adapter of
    the order, or not at all; a `body` needs one to edit as well.

    Raises Forbidden `consent_needed`; Conflict `operating_through_adapter`
    when the caller's own address is that of a live session of one of them, unless they have said that they know, and
    `standby_adapter` when one is a standby item, which gets the config of the adapter whose place it takes; Invalid
    `no_adapters`, `too_many_adapters`, `service_code_twice`, `revision_and_body`, or what the body lacks.
    """
    check_order(order, terms.max_adapters)
    async with store.transaction(actor.scope) as tx:
        placed = await place_order(tx, actor, order, clock.wall(), terms)
    line.nudge(placed.units)
    return list(placed.ordered)
