"""Somebody reports that an exchange cannot go on: the wrong box, a dead one, one that was lost."""

from collections.abc import Mapping
from typing import Final

from servicehost.domain.contract import EVERYTHING
from servicehost.domain.errors import Forbidden
from servicehost.domain.exchange import Exchange, Failure
from servicehost.domain.people import Actor, Role
from servicehost.operations.casework import Word, the_exchange
from servicehost.operations.failing import fail
from servicehost.ports.clock import Clock
from servicehost.ports.store import Batch, Store

__all__ = ["fail_exchange"]

_MAY_REPORT: Final[Mapping[Role, frozenset[Failure]]] = {
    Role.OPERATION_MANAGER: frozenset({Failure.WRONG_MODEL, Failure.DEAD_ON_ARRIVAL}),
    Role.DISPATCHER: frozenset(Failure) - {Failure.RECALLED},
}
"""What arrived is seen on the spot; the rest is the provider's to know. A recall is decided as a proposal."""


async def fail_exchange(actor: Actor, exchange: int, failure: Failure, *, store: Store, clock: Clock) -> Exchange:
    """The exchange, failed; failed again, as it stands. After a swap the old unit serves again, if it is still free.

    The fault stays open, so another exchange can be asked for. Raises Forbidden `no_right`; NotFound
    `exchange_not_found`; Conflict `not_reserved`, `confirmed_already` or another refusal of the exchange's table.
    """
    if failure not in _MAY_REPORT.get(actor.role, frozenset()):
        raise Forbidden("no_right", f"{actor.master_id} ({actor.role}) has no right to report {failure}")
    word = Word(by=actor.master_id, at=clock.wall(), actor=actor)

    def work(batch: Batch) -> Exchange:
        return fail(batch, the_exchange(batch, exchange, actor.scope), failure, word)

    return await store.batch(EVERYTHING, work)
