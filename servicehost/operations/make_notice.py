"""A dispatcher makes the notice that somebody registered is handed: their codes, and a link to their first password."""

import secrets

import msgspec

from servicehost.domain.audit import Action
from servicehost.domain.contract import ManagementContract, check_not_ended
from servicehost.domain.customer import Customer
from servicehost.domain.errors import Conflict, NotFound
from servicehost.domain.first_password import LINK_BYTES, FirstPasswordLink, hash_link, link_of
from servicehost.domain.people import Actor, Person, Right, demand
from servicehost.domain.unit import Adapter
from servicehost.operations.deed import deed, recorded
from servicehost.ports.clock import Clock
from servicehost.ports.store import Batch, Store

__all__ = ["Notice", "make_notice"]


class Notice(msgspec.Struct, frozen=True, kw_only=True):
    """What stands on it. `link` is the secret part of an address, told this once; the password is nowhere.

    `customer` None: the contract is from before customers were on record. `adapters` are those in service. `panel_url`
    is the address at which customers reach the panel; empty: it is not set.
    """

    person: Person
    contract: ManagementContract
    customer: Customer | None
    adapters: tuple[Adapter, ...]
    link: str
    panel_url: str
    made_at: int
    expires_at: int


async def make_notice(
    actor: Actor, master_id: str, *, store: Store, clock: Clock, link_life_ms: int, panel_url: str
) -> Notice:
    """The notice, with a link that is good once and until it expires; the person's earlier links are void.

    Raises Forbidden `no_right`; NotFound `person_not_found`; Conflict `not_of_a_contract` for the provider's own,
    `password_chosen` once they have a password of their own, `contract_ended`.
    """
    demand(actor, Right.MANAGE_PEOPLE)
    secret = link_of(secrets.token_bytes(LINK_BYTES))
    now = clock.wall()

    def work(batch: Batch) -> Notice:
        person, contract = _registered(batch, master_id, now)
        code = contract.management_code
        link = FirstPasswordLink(
            link_hash=hash_link(secret),
            management_code=code,
            person_id=person.person_id,
            made_at=now,
            made_by=actor.master_id,
            expires_at=now + link_life_ms,
        )
        batch.add_link(link)
        batch.add_events([deed(actor, now, "notice_made", management_code=code, master_id=master_id)])
        after = {"link_expires_at": link.expires_at}
        batch.append_audit([recorded(actor, now, Action.MAKE_NOTICE, master_id, management_code=code, after=after)])
        adapters = [one for one in batch.adapters_of(code) if not one.has_ended(now)]
        return Notice(
            person=person,
            contract=contract,
            customer=None if contract.customer_code is None else batch.customer(contract.customer_code),
            adapters=tuple(adapters),
            link=secret,
            panel_url=panel_url,
            made_at=now,
            expires_at=link.expires_at,
        )

    return await store.batch(actor.scope, work)


def _registered(batch: Batch, master_id: str, now: int) -> tuple[Person, ManagementContract]:
    person = batch.person(master_id)
    if person is None or not person.name:  # who was erased has none
        raise NotFound("person_not_found", f"There is nobody with the Master ID {master_id}")
    contract = None if person.management_code is None else batch.contract(person.management_code)
    if contract is None:
        raise Conflict("not_of_a_contract", f"{master_id} is the provider's own: notices are for operation managers")
    check_not_ended(contract, now)
    if not person.password_one_time:
        raise Conflict("password_chosen", f"{master_id} has chosen a password; a link is for the first one alone")
    return person, contract
