"""An adapter of the standby item is promoted to the entry item; or its unit takes a failed entry adapter's place.

The two are different things. Promotion changes a contract's item, which is the provider's to record. A standby unit
that takes over changes no contract: the entry adapter keeps its service code, config and item, and the standby adapter
keeps its item with its slot empty. The slot is not filled by the failed unit: what is told `replaced` and may have to
be erased is no spare. It is filled again by binding a unit to it, the repaired one or another.
"""

import msgspec

from servicehost.domain.audit import Action
from servicehost.domain.contract import EVERYTHING
from servicehost.domain.errors import Conflict, Forbidden, NotFound
from servicehost.domain.fact_kind import Item
from servicehost.domain.people import RIGHTS, Actor, Right, demand
from servicehost.domain.presence import Presence, presence
from servicehost.domain.swap import SwapPolicy
from servicehost.domain.unit import Adapter, Binding
from servicehost.operations.casework import Word, tell
from servicehost.operations.deed import deed, recorded
from servicehost.operations.entitling import look_again
from servicehost.operations.taking_over import TakenOver, Takeover, adapter_named, take_over
from servicehost.ports.clock import Clock
from servicehost.ports.store import Batch, Store

__all__ = ["promote_adapter", "swap_in_standby"]


async def promote_adapter(actor: Actor, service_code: str, reason: str, *, store: Store, clock: Clock) -> Adapter:
    """The adapter under the entry item; one that is there already, unchanged. Its on-site right is looked at anew.

    Raises Forbidden `no_right`; NotFound `adapter_not_found`.
    """
    demand(actor, Right.DISPATCH)
    now = clock.wall()

    def work(batch: Batch) -> Adapter:
        standing = adapter_named(batch, service_code)
        if standing.item is Item.ENTRY:
            return standing
        batch.set_adapter_terms(msgspec.structs.replace(standing, item=Item.ENTRY))
        look_again(batch, service_code, actor.master_id, now)
        code = standing.management_code
        told = deed(actor, now, "adapter_promoted", management_code=code, service_code=service_code, note=reason)
        tell(batch, [told])
        entry = recorded(
            actor,
            now,
            Action.PROMOTE_ADAPTER,
            service_code,
            management_code=code,
            before={"item": standing.item},
            after={"item": Item.ENTRY},
            note=reason,
        )
        batch.append_audit([entry])
        return adapter_named(batch, service_code)

    return await store.batch(actor.scope, work)


async def swap_in_standby(
    actor: Actor, standby_code: str, service_code: str, how: Takeover, *, store: Store, clock: Clock,
    policy: SwapPolicy,
) -> TakenOver:  # fmt: skip
    """The swap, done: the standby adapter's unit serves `service_code` from now on, with that adapter's config.

    The operation manager may say so, whose units both are, or a dispatcher. Raises Forbidden `no_right`; Invalid
    `no_reason`; NotFound `adapter_not_found`, `no_unit_bound`; Conflict `not_standby`, `not_entry_item`,
    `other_contract`, `standby_silent`, `standby_has_exchange`, `ordered_already`, `wrong_model` or `does_not_fit`.
    """
    if not RIGHTS[actor.role] & {Right.EXCHANGE, Right.DISPATCH}:
        raise Forbidden("no_right", f"{actor.master_id} ({actor.role}) has no right to let a standby unit take over")
    word = Word(
        by=actor.master_id,
        at=clock.wall(),
        reason=how.reason[:255] or None,
        actor=actor,
        own_words=True,
        action=Action.SWAP_IN_STANDBY,
    )

    def work(batch: Batch) -> TakenOver:
        standby = adapter_named(batch, standby_code, actor.scope)
        entry = adapter_named(batch, service_code, actor.scope)
        binding = _demand_pair(batch, standby, entry, word.at)
        unit = batch.units_by_id([binding.unit_id])[binding.unit_id]
        batch.unbind(binding.number, word.at, f"takes over {service_code}")
        return take_over(batch, entry, unit, how, word, actor=actor, policy=policy, standby_code=standby_code)

    return await store.batch(EVERYTHING, work)


def _demand_pair(batch: Batch, standby: Adapter, entry: Adapter, now: int) -> Binding:
    """The standby unit's binding."""
    if standby.item is not Item.STANDBY:
        raise Conflict("not_standby", f"{standby.service_code} is not under the standby item")
    if entry.item is not Item.ENTRY:
        raise Conflict("not_entry_item", f"{entry.service_code} is not under the entry item")
    if standby.management_code != entry.management_code:
        raise Conflict("other_contract", "The two adapters are of different management contracts")
    if batch.open_exchange_of(standby.service_code) is not None:
        text = f"{standby.service_code} itself waits for an exchange; cancel that first"
        raise Conflict("standby_has_exchange", text)
    binding = batch.binding_of_adapter(standby.service_code)
    if binding is None:
        raise NotFound("no_unit_bound", f"No unit serves {standby.service_code}")
    heard = batch.last_heard([binding.unit_id]).get(binding.unit_id)
    seen = None if heard is None else presence(heard.row, batch.leases().get(heard.row.host), now)
    if seen is not Presence.CONNECTED:
        raise Conflict("standby_silent", f"The unit of {standby.service_code} is not in session; power it on first")
    return binding
