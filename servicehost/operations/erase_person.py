"""A dispatcher erases what is kept of a person: from then on nobody can read it, and the audit still holds."""

import secrets

from servicehost.domain.audit import Action
from servicehost.domain.contract import EVERYTHING, check_management_code
from servicehost.domain.errors import Conflict, Invalid, NotFound
from servicehost.domain.people import Actor, Person, Right, demand
from servicehost.operations.deed import deed, recorded
from servicehost.ports.clock import Clock
from servicehost.ports.hasher import Hasher
from servicehost.ports.store import Store, Transaction

__all__ = ["erase_named", "erase_person"]

_SECRET_BYTES = 32


async def erase_person(
    actor: Actor, master_id: str, reason: str, *, store: Store, clock: Clock, hasher: Hasher
) -> None:
    """Their key is destroyed, their name emptied, their tokens end, and nobody can log in as them any more. What they
    wrote and the calls they made are emptied, their name is taken out of what others wrote, and consents they gave end.

    What they did stays recorded under their Master ID. Erased again, nothing changes. Raises Forbidden `no_right`;
    Invalid `no_reason`; Conflict `erases_oneself`, `attends_open_exchange`; NotFound `person_not_found`.
    """
    demand(actor, Right.MANAGE_PEOPLE)
    _demand_reason(reason)
    if master_id == actor.master_id:
        raise Conflict("erases_oneself", "Nobody erases themselves: another dispatcher must do it")
    # No password leads to this hash, for nobody has it.
    nobodys = await hasher.hash(secrets.token_urlsafe(_SECRET_BYTES))
    async with store.transaction(EVERYTHING) as tx:
        person = await tx.person_by_master_id(master_id)
        if person is None:
            raise NotFound("person_not_found", f"There is nobody with the Master ID {master_id}")
        await _check_needed(tx, person)
        now = clock.wall()
        if not await tx.erase_person(master_id, nobodys, now):
            return
        event = deed(actor, now, "person_erased", management_code=person.management_code, master_id=master_id)
        await tx.add_events([event])
        entry = recorded(
            actor,
            now,
            Action.ERASE_PERSON,
            master_id,
            management_code=person.management_code,
            before={"erased": False},
            after={"erased": True},
            note=reason,
        )
        await tx.append_audit([entry])


async def erase_named(
    actor: Actor, management_code: str, name: str, reason: str, *, store: Store, clock: Clock
) -> None:
    """The same for somebody known by name alone, as who attends an exchange; their ended exchanges name nobody then.

    Raises Forbidden `no_right`; Invalid `bad_management_code`, `no_reason`; NotFound `contract_not_found`,
    `person_not_found`; Conflict `attends_open_exchange`.
    """
    demand(actor, Right.MANAGE_PEOPLE)
    check_management_code(management_code)
    _demand_reason(reason)
    async with store.transaction(actor.scope) as tx:
        if await tx.contract(management_code) is None:
            raise NotFound("contract_not_found", f"There is no management contract {management_code}")
        if await tx.attends_open_exchange(management_code, name):
            raise Conflict("attends_open_exchange", "An open exchange names this person; end it, or name another")
        now = clock.wall()
        if not await tx.erase_named(management_code, name, now):
            raise NotFound("person_not_found", "Nothing is kept of anybody of that name in this contract")
        await tx.add_events([deed(actor, now, "named_person_erased", management_code=management_code)])
        entry = recorded(
            actor,
            now,
            Action.ERASE_NAMED,
            management_code,
            management_code=management_code,
            before={"erased": False},
            after={"erased": True},
            note=reason,
        )
        await tx.append_audit([entry])


async def _check_needed(tx: Transaction, person: Person) -> None:
    code = person.management_code
    if code is not None and person.name and await tx.attends_open_exchange(code, person.name):
        raise Conflict("attends_open_exchange", "An open exchange names this person; end it, or name another")


def _demand_reason(reason: str) -> None:
    if not reason.strip():
        raise Invalid("no_reason", "Say why the person is erased")
