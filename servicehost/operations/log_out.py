"""Somebody gives up the token they hold."""

from servicehost.domain.audit import Action
from servicehost.domain.contract import EVERYTHING
from servicehost.domain.people import Actor
from servicehost.domain.token import hash_token, token_mark
from servicehost.operations.deed import deed, recorded
from servicehost.ports.clock import Clock
from servicehost.ports.store import Store

__all__ = ["log_out"]


async def log_out(actor: Actor, token: str, *, store: Store, clock: Clock) -> None:
    """The token is good for nothing from now on. Harmless when it was not any more."""
    hashed, now = hash_token(token), clock.wall()
    # Everything, since the record goes into the system's chain; who shows the token may end it.
    async with store.transaction(EVERYTHING) as tx:
        if await tx.drop_token(hashed):
            await tx.add_events([deed(actor, now, "logged_out")])
            before = {"token": token_mark(hashed)}
            entry = recorded(actor, now, Action.LOG_OUT, actor.master_id, management_code=None, before=before)
            await tx.append_audit([entry])
