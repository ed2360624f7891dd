"""Somebody gives up the token they hold."""

from servicehost.domain.people import Actor
from servicehost.domain.token import hash_token
from servicehost.operations.deed import deed
from servicehost.ports.clock import Clock
from servicehost.ports.store import Store

__all__ = ["log_out"]


async def log_out(actor: Actor, token: str, *, store: Store, clock: Clock) -> None:
    """The token is good for nothing from now on. Harmless when it was not any more."""
    async with store.transaction(actor.scope) as tx:
        if await tx.drop_token(hash_token(token)):
            await tx.add_events([deed(actor, clock.wall(), "logged_out")])
