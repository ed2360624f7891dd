"""Somebody who is logged in changes their password."""

from servicehost.domain.audit import Action
from servicehost.domain.contract import EVERYTHING
from servicehost.domain.errors import Forbidden, Invalid
from servicehost.domain.people import Actor, check_password
from servicehost.domain.throttle import Throttle
from servicehost.domain.token import hash_token, token_mark
from servicehost.operations.deed import deed, recorded
from servicehost.operations.log_in import LoggedIn, new_token
from servicehost.operations.tries import take_try
from servicehost.ports.clock import Clock
from servicehost.ports.hasher import Hasher
from servicehost.ports.store import Store

__all__ = ["change_password"]


async def change_password(
    actor: Actor,
    password: str,
    new_password: str,
    *,
    store: Store,
    clock: Clock,
    hasher: Hasher,
    of_person: Throttle,
    token_life_ms: int,
) -> LoggedIn:
    """Every token of the actor ends, the one in use too; the answer holds a new one.

    Raises Invalid for a password that will not do; Busy `too_many_tries` or `log_ins_busy`; Forbidden
    `password_wrong` when `password` is not the present one.
    """
    check_password(new_password, actor.master_id)
    if new_password == password:
        raise Invalid("password_unchanged", "The new password is the old one; choose another")
    take_try(of_person, actor.master_id, clock.monotonic())
    async with store.transaction(actor.scope) as tx:
        person = await tx.person_by_master_id(actor.master_id)
    if person is None or not await hasher.verify(person.password_hash, password):
        raise Forbidden("password_wrong", "The present password is wrong")
    of_person.give_back(actor.master_id, clock.monotonic())
    new_hash = await hasher.hash(new_password)
    # Everything, since the record goes into the system's chain; whatever else is touched is the actor's own.
    async with store.transaction(EVERYTHING) as tx:
        current = await tx.person_by_master_id(actor.master_id)
        if current is None or current.password_hash != person.password_hash:
            raise Forbidden("password_wrong", "The present password was changed in the meantime")
        await tx.set_password(actor.person_id, new_hash, one_time=False)
        await tx.drop_tokens_of(actor.person_id)
        now = clock.wall()
        await tx.add_events([deed(actor, now, "password_changed")])
        logged_in = await new_token(tx, actor, now, token_life_ms)
        after = {"token": token_mark(hash_token(logged_in.token)), "password": "changed"}
        entry = recorded(actor, now, Action.CHANGE_PASSWORD, actor.master_id, management_code=None, after=after)
        await tx.append_audit([entry])
        return logged_in
