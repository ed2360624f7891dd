"""A dispatcher takes up a customer, before their first management contract."""

import secrets

from servicehost.domain.audit import Action
from servicehost.domain.codes import CUSTOMER_CODE_SPAN
from servicehost.domain.codes import customer_code as spelled
from servicehost.domain.contract import check_customer_code
from servicehost.domain.customer import Customer
from servicehost.domain.errors import Busy
from servicehost.domain.people import Actor, Right, demand
from servicehost.operations.deed import deed, recorded
from servicehost.ports.clock import Clock
from servicehost.ports.store import Batch, Store

__all__ = ["add_customer"]

_DRAWS = 20


async def add_customer(actor: Actor, customer_code: str | None, name: str, *, store: Store, clock: Clock) -> Customer:
    """The customer, with the code given or a free one of our choosing.

    Raises Forbidden `no_right`; Invalid `bad_customer_code` or `bad_check_digit`; Conflict `customer_exists`.
    """
    demand(actor, Right.REGISTER)
    if customer_code is not None:
        check_customer_code(customer_code)
    drawn = [spelled(secrets.randbelow(CUSTOMER_CODE_SPAN)) for _ in range(_DRAWS)]
    now = clock.wall()

    def work(batch: Batch) -> Customer:
        code = customer_code or next((one for one in drawn if batch.customer(one) is None), None)
        if code is None:
            raise Busy("no_free_code", "No free customer code was found. Try again.", 1)
        customer = Customer(customer_code=code, name=name, created_at=now)
        batch.add_customer(customer)
        batch.add_events([deed(actor, now, "customer_added", customer_code=code)])
        entry = recorded(actor, now, Action.ADD_CUSTOMER, code, management_code=None, after={"name": name})
        batch.append_audit([entry])
        return customer

    return await store.batch(actor.scope, work)
