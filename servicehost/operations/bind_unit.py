"""A dispatcher lets a unit serve an adapter."""

from protocol.codes import CloseCode
from protocol.identity import IdentityError, parse_distribution_id
from servicehost.domain.audit import Action
from servicehost.domain.errors import Conflict, Invalid, NotFound
from servicehost.domain.people import Actor, Right, demand
from servicehost.domain.unit import Adapter, Binding, Unit
from servicehost.operations.deed import deed, recorded
from servicehost.ports.clock import Clock
from servicehost.ports.fences import FenceChange
from servicehost.ports.line import Line
from servicehost.ports.store import Store, Transaction

__all__ = ["EVERY_EPOCH", "bind_unit"]

EVERY_EPOCH = 2**53
"""Above any epoch: all sessions of the unit are meant."""


async def bind_unit(
    actor: Actor,
    service_code: str,
    distribution_id: str,
    reason: str,
    override: bool = False,
    *,
    store: Store,
    clock: Clock,
    line: Line,
) -> Binding:
    """The binding in force; asked again for the same pair, the one that stands, unchanged.

    An adapter for a unit that its customer brings in serves that unit alone, by its model and serial number; another is
    bound only with `override` and a reason. After the commit the unit is told to dial again, so that its next session
    carries the binding.
    Raises Forbidden `no_right`; Invalid `distribution_id_malformed`; NotFound `adapter_not_found` or `unit_not_found`;
    Invalid `no_reason`; Conflict `adapter_bound`, `unit_bound` or `other_unit_brought_in`.
    """
    demand(actor, Right.REGISTER)
    try:
        known_as = parse_distribution_id(distribution_id)
    except IdentityError as error:
        raise Invalid(error.code, str(error)) from error
    async with store.transaction(actor.scope) as tx:
        adapter, unit = await _pair(tx, service_code, known_as)
        standing = await _standing(tx, adapter, unit)
        if standing is not None:
            return standing
        _check_brought_in(adapter, unit, reason, override=override)
        wanted = Binding(
            number=0,
            service_code=adapter.service_code,
            management_code=adapter.management_code,
            unit_id=unit.unit_id,
            bound_at=clock.wall(),
            reason=reason,
        )
        binding = await tx.bind(wanted)
        event = deed(
            actor,
            binding.bound_at,
            "unit_bound",
            management_code=adapter.management_code,
            service_code=adapter.service_code,
            unit_id=unit.unit_id,
            note=reason,
            distribution_id=unit.distribution_id,
            binding=binding.number,
        )
        await tx.add_events([event])
        await tx.add_fence_changes([FenceChange(unit_id=unit.unit_id, code=CloseCode.UNBOUND, at=binding.bound_at)])
        entry = recorded(
            actor,
            binding.bound_at,
            Action.BIND_UNIT,
            adapter.service_code,
            management_code=adapter.management_code,
            before={"unit": None, "binding": None},
            after={"unit": unit.unit_id, "distribution_id": unit.distribution_id, "binding": binding.number},
            note=reason,
        )
        await tx.append_audit([entry])
    line.end(unit.unit_id, below_epoch=EVERY_EPOCH, code=CloseCode.UNBOUND)
    return binding


async def _pair(tx: Transaction, service_code: str, distribution_id: str) -> tuple[Adapter, Unit]:
    adapters = await tx.adapters([service_code])
    if not adapters:
        raise NotFound("adapter_not_found", f"There is no adapter {service_code}")
    unit = await tx.unit(distribution_id)
    if unit is None:
        raise NotFound("unit_not_found", f"There is no unit {distribution_id}; register it first")
    return adapters[0], unit


def _check_brought_in(adapter: Adapter, unit: Unit, reason: str, *, override: bool) -> None:
    printed = f"{unit.model}-{unit.serial}"
    if adapter.brought_in is None or adapter.brought_in == printed:
        return
    if not override:
        text = f"The customer brings in {adapter.brought_in} for {adapter.service_code}; this is {printed}"
        raise Conflict("other_unit_brought_in", text)
    if not reason.strip():
        raise Invalid("no_reason", "Say why another unit than the one brought in is bound")


async def _standing(tx: Transaction, adapter: Adapter, unit: Unit) -> Binding | None:
    of_adapter = await tx.binding_of_adapter(adapter.service_code)
    if of_adapter is not None and of_adapter.unit_id == unit.unit_id:
        return of_adapter
    if of_adapter is not None:
        raise Conflict("adapter_bound", f"Another unit serves {adapter.service_code}; unbind it first")
    of_unit = await tx.binding_of_unit(unit.unit_id)
    if of_unit is not None:
        raise Conflict("unit_bound", f"The unit serves {of_unit.service_code}; unbind it there first")
    return None
