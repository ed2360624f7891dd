"""A dispatcher gives a customer's person access; the provider's own people come in by the second door below."""

import secrets
from typing import Any

import msgspec

from servicehost.domain.audit import Action, AuditEntry, Personal, Whose
from servicehost.domain.codes import MASTER_ID_SPAN, master_id, one_time_password
from servicehost.domain.contract import EVERYTHING, check_management_code
from servicehost.domain.errors import Busy, Invalid, NotFound
from servicehost.domain.event import Event, EventClass, Severity
from servicehost.domain.people import Actor, Person, Right, Role, demand
from servicehost.operations.deed import deed, recorded
from servicehost.ports.clock import Clock
from servicehost.ports.hasher import Hasher
from servicehost.ports.store import Store, Transaction

__all__ = ["AddedPerson", "add_person", "add_provider_person"]

_DRAWS = 20


class AddedPerson(msgspec.Struct, frozen=True, kw_only=True):
    """Who was added, and the one-time password, shown this once."""

    person: Person
    one_time_password: str


async def add_person(
    actor: Actor, management_code: str, name: str, *, store: Store, clock: Clock, hasher: Hasher
) -> AddedPerson:
    """One more operation manager of the contract, with a Master ID of our choosing and a one-time password.

    Raises Forbidden `no_right`, Invalid `bad_management_code`, NotFound `contract_not_found`.
    """
    demand(actor, Right.MANAGE_PEOPLE)
    check_management_code(management_code)
    password = one_time_password(secrets.token_bytes(40))
    password_hash = await hasher.hash(password)
    async with store.transaction(actor.scope) as tx:
        if await tx.contract(management_code) is None:
            raise NotFound("contract_not_found", f"There is no management contract {management_code}")
        person = await _enter(tx, name, Role.OPERATION_MANAGER, management_code, password_hash)
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
        person = await _enter(tx, name, role, None, password_hash)
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
    return {"role": person.role.value, "name": Personal(whose=whose, text=person.name)}


async def _enter(tx: Transaction, name: str, role: Role, management_code: str | None, password_hash: str) -> Person:
    person = Person(
        person_id=0,
        master_id=await _free_master_id(tx),
        name=name,
        role=role,
        management_code=management_code,
        password_hash=password_hash,
        password_one_time=True,
    )
    return await tx.add_person(person)


async def _free_master_id(tx: Transaction) -> str:
    for _ in range(_DRAWS):
        drawn = master_id(secrets.randbelow(MASTER_ID_SPAN))
        if await tx.person_by_master_id(drawn) is None:
            return drawn
    raise Busy("no_free_code", "No free Master ID was found. Try again.", 1)
