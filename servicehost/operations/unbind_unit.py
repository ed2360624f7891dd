"""A dispatcher takes the unit off an adapter; what was ordered for the adapter waits for the next one."""

from protocol.codes import CloseCode
from servicehost.domain.audit import Action
from servicehost.domain.errors import NotFound
from servicehost.domain.people import Actor, Right, demand
from servicehost.domain.unit import Binding
from servicehost.operations.bind_unit import EVERY_EPOCH
from servicehost.operations.deed import deed, recorded
from servicehost.ports.clock import Clock
from servicehost.ports.fences import FenceChange
from servicehost.ports.line import Line
from servicehost.ports.store import Store, Transaction

__all__ = ["unbind_unit"]


async def unbind_unit(actor: Actor, service_code: str, reason: str, *, store: Store, clock: Clock, line: Line) -> None:
    """After the commit the unit is told to dial again; it is then on stand-by.

    Raises Forbidden `no_right`, NotFound `adapter_not_found` or `no_unit_bound`.
    """
    demand(actor, Right.REGISTER)
    async with store.transaction(actor.scope) as tx:
        binding = await _binding(tx, service_code)
        now = clock.wall()
        await tx.unbind(binding.number, now, reason)
        event = deed(
            actor,
            now,
            "unit_unbound",
            management_code=binding.management_code,
            service_code=service_code,
            unit_id=binding.unit_id,
            note=reason,
            binding=binding.number,
        )
        await tx.add_events([event])
        await tx.add_fence_changes([FenceChange(unit_id=binding.unit_id, code=CloseCode.UNBOUND, at=now)])
        entry = recorded(
            actor,
            now,
            Action.UNBIND_UNIT,
            service_code,
            management_code=binding.management_code,
            before={"unit": binding.unit_id, "binding": binding.number},
            after={"unit": None, "binding": None},
            note=reason,
        )
        await tx.append_audit([entry])
    line.end(binding.unit_id, below_epoch=EVERY_EPOCH, code=CloseCode.UNBOUND)


async def _binding(tx: Transaction, service_code: str) -> Binding:
    if not await tx.adapters([service_code]):
        raise NotFound("adapter_not_found", f"There is no adapter {service_code}")
    binding = await tx.binding_of_adapter(service_code)
    if binding is None:
        raise NotFound("no_unit_bound", f"No unit serves {service_code}")
    return binding
