"""The contract desk records what the contract says of an adapter, and of the unit that serves it."""

from collections.abc import Collection

import msgspec

from servicehost.domain.audit import Action, Personal, Whose
from servicehost.domain.declared_location import MAX_LOCATION, DeclaredBy, DeclaredLocation
from servicehost.domain.errors import Invalid, NotFound
from servicehost.domain.fact_kind import Channel, Coverage, Item, Ownership
from servicehost.domain.people import Actor, Right, demand
from servicehost.domain.unit import Adapter
from servicehost.operations.casework import tell
from servicehost.operations.deed import deed, recorded
from servicehost.operations.entitling import ask_for_option, declare, look_again, take_option_off
from servicehost.ports.clock import Clock
from servicehost.ports.store import Batch, Store

__all__ = ["Terms", "set_terms"]


class Terms(msgspec.Struct, frozen=True, kw_only=True):
    """What changes; what is left out stays. Ownership and channel are those of the unit bound now."""

    item: Item | None = None
    option: bool | None = None
    mobile: bool | None = None
    declared_location: str | None = None
    coverage: Coverage | None = None
    ownership: Ownership | None = None
    channel: Channel | None = None


async def set_terms(actor: Actor, service_code: str, terms: Terms, *, store: Store, clock: Clock) -> Adapter:
    """The adapter under its new terms. An exchange of it that is not ordered yet is judged again.

    A new location is declared from now on, and an option is asked for: it may come to wait for a decision. Raises
    Forbidden `no_right`; Invalid `location_too_long` or `location_empty`; Conflict by the rule that declines the
    option; NotFound `adapter_not_found`, or `no_unit_bound` when there is no unit whose ownership or channel could be
    recorded.
    """
    demand(actor, Right.DISPATCH)
    if len(terms.declared_location or "") > MAX_LOCATION:
        raise Invalid("location_too_long", f"A declared location has at most {MAX_LOCATION} characters")
    now = clock.wall()
    given = {name: value for name, value in msgspec.structs.asdict(terms).items() if value is not None}

    def work(batch: Batch) -> Adapter:
        standing = next(iter(batch.adapters([service_code])), None)
        if standing is None:
            raise NotFound("adapter_not_found", f"There is no adapter {service_code}")
        of_adapter = [name for name in given if name in Adapter.__struct_fields__]
        before = _terms_of(standing, of_adapter)
        of_unit = {name: value for name, value in given.items() if name not in of_adapter}
        if of_unit:
            before |= _set_unit_terms(batch, service_code, of_unit)
        after = _set_adapter_terms(batch, actor, standing, terms, now)
        event = deed(
            actor,
            now,
            "terms_changed",
            management_code=after.management_code,
            service_code=service_code,
            terms=given,
        )
        tell(batch, [event])
        entry = recorded(
            actor,
            now,
            Action.SET_TERMS,
            service_code,
            management_code=after.management_code,
            before=before,
            after=_terms_of(after, of_adapter) | of_unit,
        )
        batch.append_audit([entry])
        return after

    return await store.batch(actor.scope, work)


def _set_adapter_terms(batch: Batch, actor: Actor, standing: Adapter, terms: Terms, now: int) -> Adapter:
    """The terms of the adapter; location and option go the ways that have rules of their own."""
    plain = msgspec.structs.replace(
        standing,
        item=terms.item or standing.item,
        coverage=terms.coverage or standing.coverage,
        mobile=standing.mobile if terms.mobile is None else terms.mobile,
    )
    batch.set_adapter_terms(plain)
    if terms.declared_location is not None and terms.declared_location.strip() != standing.declared_location:
        declare(batch, _declared(actor, plain, terms, now), now)
    if terms.option is False:
        take_option_off(batch, actor, plain.service_code, now, "")
    elif terms.option:
        ask_for_option(batch, actor, plain.service_code, now)
    look_again(batch, plain.service_code, actor.master_id, now)
    return batch.adapters([plain.service_code])[0]


def _declared(actor: Actor, adapter: Adapter, terms: Terms, now: int) -> DeclaredLocation:
    location = (terms.declared_location or "").strip()
    if not location:
        raise Invalid("location_empty", "A declared location is not empty")
    return DeclaredLocation(
        number=0,
        service_code=adapter.service_code,
        management_code=adapter.management_code,
        location=location,
        effective_at=now,
        declared_at=now,
        declared_by=actor.master_id,
        source=DeclaredBy.DISPATCHER,
        coverage=terms.coverage,
    )


def _set_unit_terms(batch: Batch, service_code: str, values: dict[str, object]) -> dict[str, object]:
    """What they were before."""
    binding = batch.binding_of_adapter(service_code)
    if binding is None:
        raise NotFound("no_unit_bound", f"No unit serves {service_code}")
    unit = batch.units_by_id([binding.unit_id])[binding.unit_id]
    batch.set_unit_terms(msgspec.structs.replace(unit, **values))
    return {name: getattr(unit, name) for name in values}


def _terms_of(adapter: Adapter, names: Collection[str]) -> dict[str, object]:
    """Where a site is says something of people: it is kept under the contract's own key."""
    terms = {name: getattr(adapter, name) for name in names}
    if terms.get("declared_location"):
        whose = Whose.contract(adapter.management_code)
        terms["declared_location"] = Personal(whose=whose, text=adapter.declared_location)
    return terms
