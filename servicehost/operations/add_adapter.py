"""A dispatcher takes up one service adapter of a contract."""

import secrets

from servicehost.domain.audit import Action, Personal, Whose
from servicehost.domain.codes import SERVICE_CODE_SPAN
from servicehost.domain.codes import service_code as spelled
from servicehost.domain.contract import check_management_code, check_service_code
from servicehost.domain.errors import Busy, NotFound
from servicehost.domain.people import Actor, Right, demand
from servicehost.domain.unit import Adapter
from servicehost.operations.deed import deed, recorded
from servicehost.ports.clock import Clock
from servicehost.ports.store import Store, Transaction

__all__ = ["add_adapter"]

_DRAWS = 20


async def add_adapter(
    actor: Actor, management_code: str, service_code: str | None, memo: str, *, store: Store, clock: Clock
) -> Adapter:
    """The adapter, with the service code given or a free one of our choosing.

    Raises Forbidden `no_right`; Invalid `bad_management_code` or `bad_service_code`; NotFound `contract_not_found`;
    Conflict `adapter_exists`.
    """
    demand(actor, Right.REGISTER)
    check_management_code(management_code)
    if service_code is not None:
        check_service_code(service_code)
    async with store.transaction(actor.scope) as tx:
        if await tx.contract(management_code) is None:
            raise NotFound("contract_not_found", f"There is no management contract {management_code}")
        code = service_code or await _free_code(tx)
        adapter = Adapter(service_code=code, management_code=management_code, memo=memo, created_at=clock.wall())
        await tx.add_adapter(adapter)
        event = deed(actor, adapter.created_at, "adapter_added", management_code=management_code, service_code=code)
        await tx.add_events([event])
        after = {"memo": Personal(whose=Whose.contract(management_code), text=memo) if memo else None}
        at = adapter.created_at
        entry = recorded(actor, at, Action.ADD_ADAPTER, code, management_code=management_code, after=after)
        await tx.append_audit([entry])
    return adapter


async def _free_code(tx: Transaction) -> str:
    drawn = [spelled(secrets.randbelow(SERVICE_CODE_SPAN)) for _ in range(_DRAWS)]
    taken = {adapter.service_code for adapter in await tx.adapters(drawn)}
    free = next((code for code in drawn if code not in taken), None)
    if free is None:
        raise Busy("no_free_code", "No free service code was found. Try again.", 1)
    return free
