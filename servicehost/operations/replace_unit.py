"""A dispatcher replaces an adapter's unit by one that is at hand: no carrier, no waiting, the config goes on."""

from servicehost.domain.audit import Action
from servicehost.domain.compatibility import Misfit
from servicehost.domain.errors import Conflict
from servicehost.domain.people import Actor, Right, demand
from servicehost.domain.spare import SpareState
from servicehost.domain.swap import SwapPolicy
from servicehost.domain.unit import Unit
from servicehost.operations.casework import Word
from servicehost.operations.stocking import fit, warn_if_low
from servicehost.operations.taking_over import TakenOver, Takeover, adapter_named, take_over
from servicehost.operations.unit_named import spelled, unit_named
from servicehost.ports.clock import Clock
from servicehost.ports.store import Batch, Store

__all__ = ["compare_unit", "replace_unit"]


async def replace_unit(
    actor: Actor, service_code: str, distribution_id: str, how: Takeover, *, store: Store, clock: Clock,
    policy: SwapPolicy,
) -> TakenOver:  # fmt: skip
    """The swap, done: the unit serves the adapter from now on, and the exchange goes on to acceptance.

    The unit is a free spare or a registered one that serves nobody. Raises Forbidden `no_right`; Invalid
    `distribution_id_malformed`, `no_reason`; NotFound `adapter_not_found`, `unit_not_found`; Conflict `unit_bound`,
    `unit_reserved`, `serves_already`, `ordered_already`, `wrong_model`, `does_not_fit` or a `LifeRefusal`.
    """
    demand(actor, Right.DISPATCH)
    known_as = spelled(distribution_id)
    word = Word(
        by=actor.master_id,
        at=clock.wall(),
        reason=how.reason[:255] or None,
        actor=actor,
        own_words=True,
        action=Action.REPLACE_UNIT,
    )

    def work(batch: Batch) -> TakenOver:
        adapter, unit = adapter_named(batch, service_code), unit_named(batch, known_as)
        spare = batch.spare(unit.unit_id)
        if spare is not None and spare.state is SpareState.RESERVED:
            raise Conflict("unit_reserved", f"The unit is reserved for exchange {spare.exchange}")
        bound = batch.binding_of_unit(unit.unit_id)
        if bound is not None and bound.service_code != service_code:
            raise Conflict("unit_bound", f"The unit serves {bound.service_code}; unbind it there first")
        taken = take_over(batch, adapter, unit, how, word, actor=actor, policy=policy)
        if spare is not None:
            warn_if_low(batch, spare.depot, spare.model, actor.master_id, word.at)
        return taken

    return await store.batch(actor.scope, work)


async def compare_unit(
    actor: Actor, service_code: str, distribution_id: str, *, store: Store, policy: SwapPolicy
) -> tuple[Unit | None, Unit, tuple[Misfit, ...]]:
    """The unit that serves the adapter now, the one in question, and what would not fit. Writes nothing.

    Raises Forbidden `no_right`; Invalid `distribution_id_malformed`; NotFound `adapter_not_found`, `unit_not_found`.
    """
    demand(actor, Right.READ)
    known_as = spelled(distribution_id)

    def work(batch: Batch) -> tuple[Unit | None, Unit, tuple[Misfit, ...]]:
        adapter, new = adapter_named(batch, service_code), unit_named(batch, known_as)
        binding = batch.binding_of_adapter(adapter.service_code)
        old = None if binding is None else batch.units_by_id([binding.unit_id]).get(binding.unit_id)
        spare = batch.spare(new.unit_id)
        return old, new, fit(batch, old, new, policy, "" if spare is None else spare.firmware)

    return await store.batch(actor.scope, work)
