"""The reads of customers where there are none."""

from collections.abc import Sequence

from servicehost.domain.contract import Scope
from servicehost.domain.customer import Customer
from servicehost.domain.delegate import Delegate
from servicehost.domain.people import Person
from servicehost.ports.customers import ContractView, CustomerView

__all__ = ["NoCustomers"]


class NoCustomers:
    """Implements `ports.customers.CustomerReads`."""

    async def customers(self, scope: Scope, *, after: str = "", limit: int = 100) -> list[Customer]:
        return []

    async def customer(self, scope: Scope, customer_code: str) -> CustomerView | None:
        return None

    async def contract(self, scope: Scope, management_code: str) -> ContractView | None:
        return None

    async def people_of(self, scope: Scope, management_code: str) -> Sequence[Person]:
        return []

    async def delegates(
        self, scope: Scope, management_code: str, *, after: int = 0, limit: int = 100
    ) -> list[Delegate]:
        return []
