"""Somebody who was handed a notice chooses their first password, by the link in it."""

import msgspec

from servicehost.domain.acting import actor_of
from servicehost.domain.audit import Action
from servicehost.domain.contract import EVERYTHING
from servicehost.domain.errors import Forbidden
from servicehost.domain.first_password import LINK_REFUSED, hash_link
from servicehost.domain.people import Person, check_password
from servicehost.domain.throttle import Throttle, network_of
from servicehost.operations.deed import deed, recorded
from servicehost.operations.tries import take_try
from servicehost.ports.clock import Clock
from servicehost.ports.hasher import Hasher
from servicehost.ports.store import Batch, Store

__all__ = ["Choice", "choose_password"]


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    """What the form brings: the secret part of the link, whose it is said to be, and the password wished for."""

    link: str
    master_id: str
    password: str


async def choose_password(
    choice: Choice, address: str, *, store: Store, clock: Clock, hasher: Hasher, of_address: Throttle
) -> None:
    """The password is theirs from now on, the link is used up, and a one-time password is good no more.

    Raises Invalid for a password that will not do, which leaves the link as it is; Busy `too_many_tries` or
    `log_ins_busy`; Forbidden `link_refused`, the same for a link that is unknown, used, void, expired or of somebody
    else. A try that is refused counts against the address.
    """
    check_password(choice.password, choice.master_id)
    network = network_of(address)
    take_try(of_address, network, clock.monotonic())
    link_hash = hash_link(choice.link)
    # Looked at first, so that a stranger's guess does not cost the work of hashing.
    await store.batch(EVERYTHING, lambda batch: _whose(batch, link_hash, choice.master_id, clock.wall()))
    password_hash = await hasher.hash(choice.password)
    now = clock.wall()

    def work(batch: Batch) -> None:
        person = _whose(batch, link_hash, choice.master_id, now)
        if not batch.use_link(link_hash, now):
            raise _refused()
        batch.choose_password(person.person_id, password_hash)
        actor = actor_of(person, source=address)
        batch.add_events([deed(actor, now, "first_password_chosen")])
        after = {"password": "chosen"}
        entry = recorded(actor, now, Action.CHOOSE_PASSWORD, person.master_id, management_code=None, after=after)
        batch.append_audit([entry])

    await store.batch(EVERYTHING, work)
    of_address.give_back(network, clock.monotonic())


def _whose(batch: Batch, link_hash: str, master_id: str, now: int) -> Person:
    """Whose password the link chooses. Raises Forbidden `link_refused`."""
    link, person = batch.link(link_hash), batch.person(master_id)
    if link is None or person is None or person.person_id != link.person_id or not link.is_good(now):
        raise _refused()
    contract = None if person.management_code is None else batch.contract(person.management_code)
    if contract is None or contract.has_ended(now) or not person.password_one_time or not person.name:
        raise _refused()
    return person


def _refused() -> Forbidden:
    return Forbidden("link_refused", LINK_REFUSED)
