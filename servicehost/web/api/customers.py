"""Customers, what a contract is made of, and whose a code is."""

from typing import Final

from msgspec import UNSET

from servicehost.domain.code_reading import CodeKind, read_any_code
from servicehost.domain.contract import EVERYTHING
from servicehost.domain.errors import NotFound
from servicehost.domain.people import Right
from servicehost.domain.standing import NOTHING_RECORDED, Standing
from servicehost.web.call import Call, Reply
from servicehost.web.customer_answers import (
    ContractAnswer,
    CustomerAnswer,
    Customers,
    CustomerWithContracts,
    FoundAdapter,
    LookUpAnswer,
    ManagerAnswer,
    Managers,
)
from servicehost.web.customer_orders import CustomerOrder, LookUpQuery
from servicehost.web.orders import ByText
from servicehost.web.route import Route

__all__ = ["ROUTES"]


async def _add(call: Call) -> Reply:
    order = call.body(CustomerOrder)
    code = None if order.customer_code is UNSET else order.customer_code
    customer = await call.door.catalogue.contracts.add_customer(call.actor, code, order.name)
    return Reply(value=CustomerAnswer.of(customer), location=f"/api/v1/customers/{customer.customer_code}")


async def _customers(call: Call) -> Reply:
    query = call.query(ByText)
    found = await call.door.reads.customers(call.scope, after=query.after, limit=query.limit + 1)
    page = found[: query.limit]
    following = page[-1].customer_code if len(found) > query.limit else None
    return Reply(value=Customers(items=[CustomerAnswer.of(one) for one in page], next=following))


async def _customer(call: Call) -> Reply:
    code = call.text("customer_code")
    view = await call.door.reads.customer(call.scope, code)
    if view is None:
        raise NotFound("customer_not_found", f"There is no customer {code}")
    return Reply(value=CustomerWithContracts.of(view))


async def _contract(call: Call) -> Reply:
    return Reply(value=await _read_contract(call, call.text("management_code")))


async def _people(call: Call) -> Reply:
    code = call.text("management_code")
    await _read_contract(call, code)
    found = await call.door.reads.people_of(call.scope, code)
    return Reply(value=Managers(items=[ManagerAnswer.of(one) for one in found]))


async def _look_up(call: Call) -> Reply:
    read = read_any_code(call.query(LookUpQuery).code)
    if read.kind is CodeKind.CUSTOMER:
        return Reply(value=await _of_customer(call, read.code))
    if read.kind is CodeKind.MANAGEMENT:
        contract = await _read_contract(call, read.code)
        return Reply(value=_found(read.kind, read.code, contract, None))
    return Reply(value=await _of_adapter(call, read.code))


async def _of_customer(call: Call, code: str) -> LookUpAnswer:
    view = await call.door.reads.customer(EVERYTHING, code)
    if view is None:
        raise NotFound("customer_not_found", f"There is no customer {code}")
    contracts = [await _read_contract(call, one.management_code) for one in view.contracts]
    customer = CustomerAnswer.of(view.customer)
    return LookUpAnswer(kind=CodeKind.CUSTOMER, code=code, customer=customer, contracts=contracts, adapter=None)


async def _of_adapter(call: Call, code: str) -> LookUpAnswer:
    reads, now = call.door.reads, call.door.clock.wall()
    view = await reads.adapter(call.scope, code)
    if view is None:
        raise NotFound("adapter_not_found", f"There is no adapter {code}")
    record = (await reads.right_records(call.scope, [code])).get(code, NOTHING_RECORDED)
    unit = None if view.unit is None else view.unit.unit
    found = FoundAdapter.of(view, Standing(adapter=view.adapter, unit=unit, record=record), now)
    contract = await _read_contract(call, view.adapter.management_code)
    return _found(CodeKind.SERVICE, code, contract, found)


def _found(kind: CodeKind, code: str, contract: ContractAnswer, adapter: FoundAdapter | None) -> LookUpAnswer:
    return LookUpAnswer(kind=kind, code=code, customer=contract.customer, contracts=[contract], adapter=adapter)


async def _read_contract(call: Call, code: str) -> ContractAnswer:
    view = await call.door.reads.contract(call.scope, code)
    if view is None:
        raise NotFound("contract_not_found", f"There is no management contract {code}")
    return ContractAnswer.of(view, call.door.clock.wall())


ROUTES: Final = (
    Route(
        method="POST",
        path="/api/v1/customers",
        handler=_add,
        name="addCustomer",
        summary="Take up a customer, who may then have one or more management contracts",
        tag="contracts",
        right=Right.REGISTER,
        body=CustomerOrder,
        example={"name": "株式会社サンプル商事"},
        answer=CustomerAnswer,
        status=201,
        problems=("bad_check_digit", "customer_exists", "no_free_code"),
    ),
    Route(
        method="GET",
        path="/api/v1/customers",
        handler=_customers,
        name="listCustomers",
        summary="Customers in the order of their codes",
        tag="contracts",
        query=ByText,
        answer=Customers,
    ),
    Route(
        method="GET",
        path="/api/v1/customers/{customer_code}",
        handler=_customer,
        name="readCustomer",
        summary="One customer with their management contracts",
        tag="contracts",
        answer=CustomerWithContracts,
        problems=("bad_customer_code", "bad_check_digit", "customer_not_found"),
    ),
    Route(
        method="GET",
        path="/api/v1/contracts/{management_code}",
        handler=_contract,
        name="readContract",
        summary="One management contract: whose it is, its operation managers, its delegates",
        tag="contracts",
        answer=ContractAnswer,
        problems=("bad_management_code", "contract_not_found"),
    ),
    Route(
        method="GET",
        path="/api/v1/contracts/{management_code}/people",
        handler=_people,
        name="listPeople",
        summary="The operation managers of a contract",
        tag="contracts",
        answer=Managers,
        problems=("bad_management_code", "contract_not_found"),
    ),
    Route(
        method="GET",
        path="/api/v1/code",
        handler=_look_up,
        name="lookUpCode",
        summary="Whose is this code: customer, contract, people, and of a service code the unit and its options",
        tag="contracts",
        right=Right.LOOK_UP,
        query=LookUpQuery,
        answer=LookUpAnswer,
        problems=(
            "code_unreadable",
            "bad_check_digit",
            "customer_not_found",
            "contract_not_found",
            "adapter_not_found",
        ),
    ),
)
