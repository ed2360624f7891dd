"""A dispatcher gives a customer's person access; the provider's own people come in by the second door below."""

import secrets
from collections.abc import Awaitable
from typing import Any, Protocol

import msgspec

from servicehost.domain.audit import Action, AuditEntry, Personal, Whose
from servicehost.domain.codes import MASTER_ID_SPAN, master_id, one_time_password
from servicehost.domain.contract import EVERYTHING, check_management_code, check_not_ended
from servicehost.domain.errors import Busy, Invalid, NotFound
from servicehost.domain.event import Event, EventClass, Severity
from servicehost.domain.people import NO_CONTACT, Actor, Contact, Person, Right, Role, demand
from servicehost.operations.deed import deed, recorded
from servicehost.ports.clock import Clock
from servicehost.ports.hasher import Hasher
from servicehost.ports.store import Store, Transaction

__all__ = ["AddPerson", "AddedPerson", "add_person", "add_provider_person"]

_DRAWS = 20


class AddedPerson(msgspec.Struct, frozen=True, kw_only=True):
    """Who was added, and the one-time password, shown this once."""

    person: Person
    one_time_password: str


class AddPerson(Protocol):
    """`add_person` with its ports filled in."""

    def __call__(
        self, actor: Actor, management_code: str, name: str, contact: Contact = NO_CONTACT
    ) -> Awaitable[AddedPerson]: ...


async def add_person(
    actor: Actor,
    management_code: str,
    name: str,
    contact: Contact = NO_CONTACT,
    *,
    store: Store,
    clock: Clock,
    hasher: Hasher,
) -> AddedPerson:
    """One more operation manager of the contract, with a Master ID of our choosing and a one-time password.

    Raises Forbidden `no_right`; Invalid `bad_management_code`; NotFound `contract_not_found`; Conflict
    `contract_ended`.
    """
    demand(actor, Right.MANAGE_PEOPLE)
    check_management_code(management_code)
    password = one_time_password(secrets.token_bytes(40))
    password_hash = await hasher.hash(password)
    async with store.transaction(actor.scope) as tx:
        contract = await tx.contract(management_code)
        if contract is None:
            raise NotFound("contract_not_found", f"There is no management contract {management_code}")
        check_not_ended(contract, clock.wall())
        wanted = _wanted(name, Role.OPERATION_MANAGER, management_code, password_hash)
        person = await _enter(tx, msgspec.structs.replace(wanted, contact=contact))
        now = clock.wall()
        event = deed(
            actor,
            now,
            "person_added",
            management_code=management_code,
            master_id=person.master_id,
            role=person.role.value,
        )
        await tx.add_events([event])
        entry = recorded(
            actor,
            now,
            Action.ADD_PERSON,
            person.master_id,
            management_code=management_code,
            after=_entered(person),
        )
        await tx.append_audit([entry])
    return AddedPerson(person=person, one_time_password=password)


async def add_provider_person(role: Role, name: str, *, store: Store, clock: Clock, hasher: Hasher) -> AddedPerson:
    """One of the provider's own people: for whoever has the database itself in hand, as when it is set up.

    Raises Invalid `bad_role` for an operation manager, who belongs to a contract.
    """
    if role is Role.OPERATION_MANAGER:
        raise Invalid("bad_role", "An operation manager belongs to a management contract")
    password = one_time_password(secrets.token_bytes(40))
    password_hash = await hasher.hash(password)
    async with store.transaction(EVERYTHING) as tx:
        person = await _enter(tx, _wanted(name, role, None, password_hash))
        now = clock.wall()
        event = Event(
            at=now,
            class_=EventClass.OPERATION,
            sub_type="person_added",
            severity=Severity.NOTICE,
            detail={"master_id": person.master_id, "role": role.value},
        )
        await tx.add_events([event])
        entry = AuditEntry(
            management_code=None,
            at=now,
            action=Action.ADD_PROVIDER_PERSON,
            subject=person.master_id,
            after=_entered(person),
        )
        await tx.append_audit([entry])
    return AddedPerson(person=person, one_time_password=password)


def _entered(person: Person) -> dict[str, Any]:
    whose = Whose.person(person.master_id, person.management_code)
    told = {name: value for name, value in msgspec.structs.asdict(person.contact).items() if value}
    sealed = {name: Personal(whose=whose, text=text) for name, text in {"name": person.name, **told}.items()}
    return {"role": person.role.value, **sealed}


def _wanted(name: str, role: Role, management_code: str | None, password_hash: str) -> Person:
    return Person(
        person_id=0,
        master_id="",
        name=name,
        role=role,
        management_code=management_code,
        password_hash=password_hash,
        password_one_time=True,
    )


async def _enter(tx: Transaction, person: Person) -> Person:
    """The person with a number and a Master ID."""
    return await tx.add_person(msgspec.structs.replace(person, master_id=await _free_master_id(tx)))


async def _free_master_id(tx: Transaction) -> str:
    for _ in range(_DRAWS):
        drawn = master_id(secrets.randbelow(MASTER_ID_SPAN))
        if await tx.person_by_master_id(drawn) is None:
            return drawn
    raise Busy("no_free_code", "No free Master ID was found. Try again.", 1)
