"""Somebody logs in with a Master ID and a password and is given a token."""

import secrets
from typing import Final

import msgspec

from servicehost.domain.acting import actor_of
from servicehost.domain.audit import Action
from servicehost.domain.contract import EVERYTHING
from servicehost.domain.errors import Forbidden, Invalid, Unauthenticated
from servicehost.domain.event import Event
from servicehost.domain.people import Actor, Person, check_password
from servicehost.domain.throttle import Throttle, network_of
from servicehost.domain.token import SECRET_BYTES, hash_token, token_mark, token_of
from servicehost.operations.deed import deed, recorded
from servicehost.operations.failed_log_in import FailedLogIns
from servicehost.operations.tries import refuse_for
from servicehost.ports.clock import Clock
from servicehost.ports.hasher import Hasher
from servicehost.ports.store import Store, Transaction
from servicehost.ports.token_rows import TokenRow

__all__ = ["LoggedIn", "Tries", "log_in", "new_token"]

_WRONG: Final = "The Master ID or the password is wrong."


class LoggedIn(msgspec.Struct, frozen=True, kw_only=True):
    """A token, shown this once, and whose it is."""

    token: str
    expires_at: int
    actor: Actor


class Tries(msgspec.Struct, frozen=True, kw_only=True):
    """How often log-in may be tried: by Master ID, so that one password is not guessed, and by address."""

    of_person: Throttle
    of_address: Throttle
    failed: FailedLogIns


async def log_in(
    master_id: str,
    password: str,
    new_password: str | None,
    address: str,
    *,
    store: Store,
    clock: Clock,
    hasher: Hasher,
    tries: Tries,
    token_life_ms: int,
) -> LoggedIn:
    """A token for who proves to be `master_id`; with `new_password` the password is changed and older tokens end.

    A failed try counts against the Master ID and against the address; a successful one does not.
    Raises Busy `too_many_tries` or `log_ins_busy`; Unauthenticated `log_in_failed`, which does not say whether there
    is such a Master ID, in words or by its time; Forbidden `password_change_required` for a one-time password without
    a new one; Invalid for a new password that will not do.
    """
    network = network_of(address)
    _take_try(tries, master_id, network, clock.monotonic())
    async with store.transaction(EVERYTHING) as tx:
        person = await tx.person_by_master_id(master_id)
        if person is not None and await _is_over(tx, person, clock.wall()):
            person = None  # as if there were no such person: their contract has ended
    right = await hasher.verify(None if person is None else person.password_hash, password)
    if person is None or not right:
        await tries.failed.record(person, address, store, clock)
        raise Unauthenticated("log_in_failed", _WRONG)
    _give_back(tries, master_id, network, clock.monotonic())
    if new_password is None and person.password_one_time:
        raise Forbidden("password_change_required", "This password is good for one log-in: send `new_password` with it")
    new_hash = None if new_password is None else await _hashed(new_password, password, master_id, hasher)
    async with store.transaction(EVERYTHING) as tx:
        return await _admit(tx, person, new_hash, clock.wall(), token_life_ms, address=address)


async def _is_over(tx: Transaction, person: Person, now: int) -> bool:
    contract = None if person.management_code is None else await tx.contract(person.management_code)
    return contract is not None and contract.has_ended(now)


async def new_token(tx: Transaction, actor: Actor, now: int, life_ms: int) -> LoggedIn:
    """Gives the actor one more token, within the caller's transaction."""
    text = token_of(secrets.token_bytes(SECRET_BYTES))
    row = TokenRow(token_hash=hash_token(text), person_id=actor.person_id, created_at=now, expires_at=now + life_ms)
    await tx.add_token(row)
    return LoggedIn(token=text, expires_at=row.expires_at, actor=actor)


async def _hashed(new_password: str, password: str, master_id: str, hasher: Hasher) -> str:
    if check_password(new_password, master_id) == password:
        raise Invalid("password_unchanged", "The new password is the old one; choose another")
    return await hasher.hash(new_password)


async def _admit(
    tx: Transaction, person: Person, new_hash: str | None, now: int, life_ms: int, *, address: str
) -> LoggedIn:
    current = await tx.person_by_master_id(person.master_id)
    if current is None or current.password_hash != person.password_hash:
        # Somebody changed the password while this one was being checked.
        raise Unauthenticated("log_in_failed", _WRONG)
    actor = actor_of(current, source=address)
    events: list[Event] = []
    if new_hash is not None:
        await tx.set_password(current.person_id, new_hash, one_time=False)
        await tx.drop_tokens_of(current.person_id)
        events.append(deed(actor, now, "password_changed"))
    logged_in = await new_token(tx, actor, now, life_ms)
    await tx.add_events([*events, deed(actor, now, "logged_in")])
    after = {"token": token_mark(hash_token(logged_in.token)), "password": None if new_hash is None else "changed"}
    await tx.append_audit([recorded(actor, now, Action.LOG_IN, actor.master_id, management_code=None, after=after)])
    return logged_in


def _take_try(tries: Tries, master_id: str, network: str, now: float) -> None:
    refuse_for(max(tries.of_person.wait_s(master_id, now), tries.of_address.wait_s(network, now)))
    tries.of_person.take(master_id, now)
    tries.of_address.take(network, now)


def _give_back(tries: Tries, master_id: str, network: str, now: float) -> None:
    tries.of_person.give_back(master_id, now)
    tries.of_address.give_back(network, now)
