"""`ports.customers.CustomerReads` on SQLite."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from servicehost.backends.sql import tables
from servicehost.backends.sql.customer_rows import to_customer, to_delegate
from servicehost.backends.sql.customer_tables import customer, delegate
from servicehost.backends.sql.rows import to_contract, to_person
from servicehost.domain.contract import ManagementContract, Scope
from servicehost.domain.customer import Customer
from servicehost.domain.delegate import Delegate
from servicehost.domain.people import Person, Role
from servicehost.ports.customers import ContractView, CustomerView

__all__ = ["SqlCustomerReads"]

_customer = customer.c
_contract = tables.management_contract.c
_person = tables.person.c
_adapter = tables.adapter.c
_delegate = delegate.c


def _within(column: ColumnElement[Any], scope: Scope) -> tuple[ColumnElement[bool], ...]:
    return () if scope.management_code is None else (column == scope.management_code,)


def _seen(scope: Scope) -> tuple[ColumnElement[bool], ...]:
    """A customer stands above its contracts, so who sees one of these sees whose it is."""
    if scope.management_code is None:
        return ()
    mine = select(_contract.customer_code).where(_contract.management_code == scope.management_code)
    return (_customer.customer_code.in_(mine),)


class SqlCustomerReads:
    """Every method is one snapshot."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def customers(self, scope: Scope, *, after: str = "", limit: int = 100) -> list[Customer]:
        chosen = select(customer).where(_customer.customer_code > after, *_seen(scope))
        async with self._engine.connect() as on:
            rows = (await on.execute(chosen.order_by(_customer.customer_code).limit(limit))).mappings().all()
        return [to_customer(row) for row in rows]

    async def customer(self, scope: Scope, customer_code: str) -> CustomerView | None:
        chosen = select(customer).where(_customer.customer_code == customer_code, *_seen(scope))
        contracts = select(tables.management_contract).where(
            _contract.customer_code == customer_code, *_within(_contract.management_code, scope)
        )
        async with self._engine.connect() as on:
            await on.exec_driver_sql("BEGIN")  # one snapshot; the driver begins nothing of its own accord for reads
            row = (await on.execute(chosen)).mappings().first()
            rows = (await on.execute(contracts.order_by(_contract.management_code))).mappings().all()
        if row is None:
            return None
        return CustomerView(customer=to_customer(row), contracts=tuple(to_contract(one) for one in rows))

    async def contract(self, scope: Scope, management_code: str) -> ContractView | None:
        chosen = select(tables.management_contract).where(
            _contract.management_code == management_code, *_within(_contract.management_code, scope)
        )
        async with self._engine.connect() as on:
            await on.exec_driver_sql("BEGIN")
            row = (await on.execute(chosen)).mappings().first()
            return None if row is None else await _contract_view(on, to_contract(row))

    async def people_of(self, scope: Scope, management_code: str) -> Sequence[Person]:
        chosen = _people(management_code).where(*_within(_person.management_code, scope))
        async with self._engine.connect() as on:
            return [to_person(row) for row in (await on.execute(chosen)).mappings()]

    async def delegates(
        self, scope: Scope, management_code: str, *, after: int = 0, limit: int = 100
    ) -> list[Delegate]:
        chosen = select(delegate).where(
            _delegate.management_code == management_code,
            _delegate.number > after,
            *_within(_delegate.management_code, scope),
        )
        async with self._engine.connect() as on:
            rows = (await on.execute(chosen.order_by(_delegate.number).limit(limit))).mappings().all()
        return [to_delegate(row) for row in rows]


def _people(management_code: str) -> Select[Any]:
    return (
        select(tables.person)
        .where(_person.management_code == management_code, _person.name != "")  # who was erased has none
        .where(_person.role == Role.OPERATION_MANAGER.value)
        .order_by(_person.master_id)
    )


async def _contract_view(on: AsyncConnection, contract: ManagementContract) -> ContractView:
    code = contract.management_code
    owner = select(customer).where(_customer.customer_code == contract.customer_code)
    named = select(delegate).where(_delegate.management_code == code, _delegate.ended_at.is_(None))
    counted = select(func.count()).select_from(tables.adapter).where(_adapter.management_code == code)
    row = (await on.execute(owner)).mappings().first()
    people = (await on.execute(_people(code))).mappings().all()
    delegates = (await on.execute(named.order_by(_delegate.number))).mappings().all()
    return ContractView(
        contract=contract,
        customer=None if row is None else to_customer(row),
        managers=tuple(to_person(one) for one in people),
        delegates=tuple(to_delegate(one) for one in delegates),
        adapters=(await on.execute(counted)).scalar_one(),
    )
