"""Tokens, people and contracts."""

from typing import Final

from msgspec import UNSET

from servicehost.domain.people import Contact, Right
from servicehost.web.answers import Contract, Contracts, NewPerson, PersonAnswer, TokenAnswer
from servicehost.web.audit_orders import ErasureOrder, NamedErasureOrder
from servicehost.web.call import Call, Reply
from servicehost.web.orders import ByText, ContractOrder, LogInOrder, PasswordOrder, PersonOrder
from servicehost.web.route import Route

__all__ = ["ROUTES"]

_PASSWORD: Final = ("password_too_short", "password_too_long", "password_is_master_id", "password_unchanged")
_TRIES: Final = ("too_many_tries", "log_ins_busy")


async def _log_in(call: Call) -> Reply:
    order = call.body(LogInOrder)
    new_password = None if order.new_password is UNSET else order.new_password
    logged_in = await call.door.catalogue.log_in(order.master_id, order.password, new_password, call.address)
    return Reply(value=TokenAnswer.of(logged_in))


async def _log_out(call: Call) -> Reply:
    await call.door.catalogue.log_out(call.actor, call.token)
    return Reply()


async def _me(call: Call) -> Reply:
    return Reply(value=PersonAnswer.of(call.actor))


async def _change_password(call: Call) -> Reply:
    order = call.body(PasswordOrder)
    logged_in = await call.door.catalogue.change_password(call.actor, order.password, order.new_password)
    return Reply(value=TokenAnswer.of(logged_in))


async def _add_contract(call: Call) -> Reply:
    order = call.body(ContractOrder)
    code = None if order.management_code is UNSET else order.management_code
    customer = None if order.customer_code is UNSET else order.customer_code
    return Reply(value=Contract.of(await call.door.catalogue.add_contract(call.actor, code, order.label, customer)))


async def _contracts(call: Call) -> Reply:
    query = call.query(ByText)
    found = await call.door.reads.contracts(call.scope, after=query.after, limit=query.limit + 1)
    page = found[: query.limit]
    following = page[-1].management_code if len(found) > query.limit else None
    return Reply(value=Contracts(items=[Contract.of(one) for one in page], next=following))


async def _add_person(call: Call) -> Reply:
    order = call.body(PersonOrder)
    contact = Contact(organisation=order.organisation or "", telephone=order.telephone or "", mail=order.mail or "")
    added = await call.door.catalogue.add_person(call.actor, call.text("management_code"), order.name, contact)
    return Reply(value=NewPerson.of(added))


async def _erase_person(call: Call) -> Reply:
    await call.door.catalogue.erase_person(call.actor, call.text("master_id"), call.body(ErasureOrder).reason)
    return Reply()


async def _erase_named(call: Call) -> Reply:
    order = call.body(NamedErasureOrder)
    await call.door.catalogue.erase_named(call.actor, call.text("management_code"), order.name, order.reason)
    return Reply()


ROUTES: Final = (
    Route(
        method="POST",
        path="/api/v1/tokens",
        handler=_log_in,
        name="logIn",
        summary="Log in with Master ID and password and be given a bearer token",
        tag="people",
        token=False,
        right=None,
        body=LogInOrder,
        answer=TokenAnswer,
        status=201,
        problems=("log_in_failed", "password_change_required", *_PASSWORD, *_TRIES),
    ),
    Route(
        method="DELETE",
        path="/api/v1/tokens/current",
        handler=_log_out,
        name="logOut",
        summary="Give up the token in use",
        tag="people",
        right=None,
        status=204,
    ),
    Route(
        method="GET",
        path="/api/v1/people/me",
        handler=_me,
        name="whoAmI",
        summary="Who the token belongs to",
        tag="people",
        right=None,
        answer=PersonAnswer,
    ),
    Route(
        method="POST",
        path="/api/v1/people/me/password",
        handler=_change_password,
        name="changePassword",
        summary="Change one's password: every token ends, the answer holds a new one",
        tag="people",
        right=None,
        body=PasswordOrder,
        answer=TokenAnswer,
        problems=("password_wrong", *_PASSWORD, *_TRIES),
    ),
    Route(
        method="POST",
        path="/api/v1/contracts",
        handler=_add_contract,
        name="addContract",
        summary="Take up a management contract",
        tag="contracts",
        right=Right.REGISTER,
        body=ContractOrder,
        answer=Contract,
        status=201,
        problems=("bad_check_digit", "customer_not_found", "contract_exists", "no_free_code"),
    ),
    Route(
        method="GET",
        path="/api/v1/contracts",
        handler=_contracts,
        name="listContracts",
        summary="Management contracts in the order of their codes",
        tag="contracts",
        query=ByText,
        answer=Contracts,
    ),
    Route(
        method="POST",
        path="/api/v1/contracts/{management_code}/people",
        handler=_add_person,
        name="addPerson",
        summary="Add an operation manager; the one-time password is shown once",
        tag="contracts",
        right=Right.MANAGE_PEOPLE,
        body=PersonOrder,
        answer=NewPerson,
        status=201,
        problems=("contract_not_found", "contract_ended", "master_id_taken", "no_free_code", "log_ins_busy"),
    ),
    Route(
        method="POST",
        path="/api/v1/people/{master_id}/erasure",
        handler=_erase_person,
        name="erasePerson",
        summary="Erase what is kept of a person: their log-in ends, and the audit shows their words no more",
        tag="people",
        right=Right.MANAGE_PEOPLE,
        body=ErasureOrder,
        status=204,
        problems=("person_not_found", "no_reason", "erases_oneself", "attends_open_exchange", "log_ins_busy"),
    ),
    Route(
        method="POST",
        path="/api/v1/contracts/{management_code}/erasures",
        handler=_erase_named,
        name="eraseNamedPerson",
        summary="Erase what is kept of somebody known by name alone, as who attended an exchange",
        tag="contracts",
        right=Right.MANAGE_PEOPLE,
        body=NamedErasureOrder,
        status=204,
        problems=("contract_not_found", "person_not_found", "no_reason", "attends_open_exchange"),
    ),
)
