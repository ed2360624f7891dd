"""A dispatcher takes up one service adapter of a contract."""

import secrets
from collections.abc import Awaitable
from typing import Protocol

import msgspec

from protocol.identity import IdentityError, parse_model_serial
from servicehost.domain.audit import Action, Personal, Whose
from servicehost.domain.codes import SERVICE_CODE_SPAN
from servicehost.domain.codes import service_code as spelled
from servicehost.domain.contract import check_management_code, check_not_ended, check_service_code
from servicehost.domain.errors import Busy, Invalid, NotFound
from servicehost.domain.people import Actor, Right, demand
from servicehost.domain.unit import Adapter
from servicehost.operations.deed import deed, recorded
from servicehost.ports.clock import Clock
from servicehost.ports.store import Store, Transaction

__all__ = ["AdapterOrder", "AddAdapter", "add_adapter"]

_DRAWS = 20


class AdapterOrder(msgspec.Struct, frozen=True, kw_only=True):
    """What the order says besides the site: the memo to begin with (None: the site name), and of a unit that the
    customer brings in its model-serial."""

    memo: str | None = None
    brought_in: str | None = None


AS_ORDERED = AdapterOrder()


class AddAdapter(Protocol):
    """`add_adapter` with its ports filled in."""

    def __call__(
        self,
        actor: Actor,
        management_code: str,
        service_code: str | None,
        site_name: str,
        order: AdapterOrder = AS_ORDERED,
    ) -> Awaitable[Adapter]: ...


async def add_adapter(
    actor: Actor,
    management_code: str,
    service_code: str | None,
    site_name: str,
    order: AdapterOrder = AS_ORDERED,
    *,
    store: Store,
    clock: Clock,
) -> Adapter:
    """The adapter, with the service code given or a free one of our choosing. Its memo begins with the site name.

    Raises Forbidden `no_right`; Invalid `bad_management_code`, `bad_service_code` or `model_serial_malformed`;
    NotFound `contract_not_found`; Conflict `contract_ended`, `adapter_exists`, `unit_ordered_already`.
    """
    demand(actor, Right.REGISTER)
    check_management_code(management_code)
    if service_code is not None:
        check_service_code(service_code)
    _check_printed(order.brought_in)
    memo = site_name if order.memo is None else order.memo
    async with store.transaction(actor.scope) as tx:
        contract = await tx.contract(management_code)
        if contract is None:
            raise NotFound("contract_not_found", f"There is no management contract {management_code}")
        check_not_ended(contract, clock.wall())
        code = service_code or await _free_code(tx)
        adapter = Adapter(
            service_code=code,
            management_code=management_code,
            memo=memo,
            created_at=clock.wall(),
            site_name=site_name,
            brought_in=order.brought_in,
        )
        await tx.add_adapter(adapter)
        event = deed(actor, adapter.created_at, "adapter_added", management_code=management_code, service_code=code)
        await tx.add_events([event])
        after = {
            "site_name": _kept(site_name, management_code),
            "memo": _kept(memo, management_code),
            "brought_in": order.brought_in,
        }
        at = adapter.created_at
        entry = recorded(actor, at, Action.ADD_ADAPTER, code, management_code=management_code, after=after)
        await tx.append_audit([entry])
    return adapter


def _kept(text: str, management_code: str) -> Personal | None:
    """Where a site is says something of people: the audit keeps it under the contract's own key."""
    return Personal(whose=Whose.contract(management_code), text=text) if text else None


def _check_printed(model_serial: str | None) -> None:
    try:
        if model_serial is not None:
            parse_model_serial(model_serial)
    except IdentityError as error:
        raise Invalid(error.code, str(error)) from error


async def _free_code(tx: Transaction) -> str:
    drawn = [spelled(secrets.randbelow(SERVICE_CODE_SPAN)) for _ in range(_DRAWS)]
    taken = {adapter.service_code for adapter in await tx.adapters(drawn)}
    free = next((code for code in drawn if code not in taken), None)
    if free is None:
        raise Busy("no_free_code", "No free service code was found. Try again.", 1)
    return free
