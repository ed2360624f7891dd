"""A dispatcher takes up a customer's management contract."""

import secrets
from collections.abc import Awaitable
from typing import Protocol

from servicehost.domain.audit import Action
from servicehost.domain.codes import MANAGEMENT_CODE_SPAN
from servicehost.domain.codes import management_code as spelled
from servicehost.domain.contract import ManagementContract, check_customer_code, check_management_code
from servicehost.domain.errors import Busy
from servicehost.domain.people import Actor, Right, demand
from servicehost.operations.deed import deed, recorded
from servicehost.ports.clock import Clock
from servicehost.ports.store import Store, Transaction

__all__ = ["AddContract", "add_contract"]

_DRAWS = 20


class AddContract(Protocol):
    """`add_contract` with its ports filled in."""

    def __call__(
        self, actor: Actor, management_code: str | None, label: str, customer_code: str | None = None
    ) -> Awaitable[ManagementContract]: ...


async def add_contract(
    actor: Actor,
    management_code: str | None,
    label: str,
    customer_code: str | None = None,
    *,
    store: Store,
    clock: Clock,
) -> ManagementContract:
    """The contract, with the code given or a free one of our choosing; a customer may have several.

    Raises Forbidden `no_right`; Invalid `bad_management_code`, `bad_customer_code` or `bad_check_digit`; NotFound
    `customer_not_found`; Conflict `contract_exists`.
    """
    demand(actor, Right.REGISTER)
    if management_code is not None:
        check_management_code(management_code)
    if customer_code is not None:
        check_customer_code(customer_code)
    async with store.transaction(actor.scope) as tx:
        code = management_code or await _free_code(tx)
        contract = ManagementContract(
            management_code=code, label=label, created_at=clock.wall(), customer_code=customer_code
        )
        await tx.add_contract(contract)
        at = contract.created_at
        await tx.add_events([deed(actor, at, "contract_added", management_code=code)])
        after = {"label": label, "customer_code": customer_code}
        await tx.append_audit([recorded(actor, at, Action.ADD_CONTRACT, code, management_code=code, after=after)])
    return contract


async def _free_code(tx: Transaction) -> str:
    for _ in range(_DRAWS):
        drawn = spelled(secrets.randbelow(MANAGEMENT_CODE_SPAN))
        if await tx.contract(drawn) is None:
            return drawn
    raise Busy("no_free_code", "No free management code was found. Try again.", 1)
