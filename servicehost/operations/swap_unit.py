""" "Swap now": whoever may say so on the spot; and the swaps that wait only for the old unit to fall silent."""

from typing import Final

import msgspec

from servicehost.domain.audit import Action, AuditEntry
from servicehost.domain.contract import EVERYTHING
from servicehost.domain.errors import Conflict, Forbidden, NotFound
from servicehost.domain.exchange import Exchange, ExchangeState, Said, next_state
from servicehost.domain.people import Actor, Right, Role, demand
from servicehost.domain.rules import Verdict
from servicehost.domain.swap import Speaker, may_say_swap_now
from servicehost.operations.casework import HOST, Word, case_record, exchange_event, tell, the_exchange
from servicehost.operations.deed import named
from servicehost.operations.swapping import try_swap
from servicehost.ports.clock import Clock
from servicehost.ports.store import Batch, Store

__all__ = ["settle_swap", "settle_swaps", "swap_unit"]

_SENT: Final = frozenset({ExchangeState.ORDERED, ExchangeState.ARRIVED})


async def swap_unit(actor: Actor, exchange: int, attendee: str = "", *, store: Store, clock: Clock) -> Exchange:
    """The exchange, swapped if the new unit has said hello; else the word is kept and the hello swaps.

    On site the word is the named attendee's, passed on by the operation manager or by a dispatcher who heard it:
    `attendee` repeats the name. Otherwise it is the operation manager's own. Said again it changes nothing.
    Raises NotFound `exchange_not_found`; Forbidden `no_right`, `not_the_attendee`; Conflict `not_ordered`,
    `not_judged` or another refusal of the exchange's table.
    """
    now = clock.wall()

    def work(batch: Batch) -> Exchange:
        standing = the_exchange(batch, exchange, actor.scope)
        by = _speaker(actor, standing, attendee)
        if standing.state is not ExchangeState.ORDERED and next_state(standing, Said.SWAP) is None:
            return standing
        word = Word(by=by, at=now, reason="swap_now", actor=actor)
        said = standing
        if standing.swap_now_at is None:
            said = msgspec.structs.replace(standing, swap_now_at=now, swap_now_by=by[:255])
            batch.save_exchange(said, None)
            tell(batch, [exchange_event(said, "swap_now_said", word)])
            batch.append_audit([_said_now(said, word, attendee)])
        return try_swap(batch, said, word) or said

    return await store.batch(EVERYTHING, work)


def _said_now(exchange: Exchange, word: Word, attendee: str) -> AuditEntry:
    code = exchange.management_code
    return case_record(
        word,
        Action.SWAP_UNIT,
        f"exchange {exchange.exchange}",
        code,
        before={"swap_now_at": None},
        after={"swap_now_at": exchange.swap_now_at, "attendee": named(attendee, code)},
    )


def _speaker(actor: Actor, exchange: Exchange, attendee: str) -> str:
    """Who said it, for the record. A dispatcher can only pass on what the attendee said."""
    on_site = exchange.method is Verdict.ONSITE_SWAP
    demand(actor, Right.DISPATCH if on_site and actor.role is not Role.OPERATION_MANAGER else Right.EXCHANGE)
    named = exchange.attendee.strip().casefold()
    speaker = Speaker.ATTENDEE if on_site and named == attendee.strip().casefold() != "" else Speaker.OPERATION_MANAGER
    if not may_say_swap_now(exchange.method, speaker):
        raise Forbidden("not_the_attendee", "On site it is the attendee's word: give the name of the one who attends")
    return f"{exchange.attendee} through {actor.master_id}" if speaker is Speaker.ATTENDEE else actor.master_id


async def settle_swap(exchange: int, *, store: Store, clock: Clock) -> bool:
    """Swap one exchange if the rule says so now; whether it did. Harmless twice. Raises NotFound."""
    now = clock.wall()

    def work(batch: Batch) -> bool:
        return try_swap(batch, the_exchange(batch, exchange), Word(by=HOST, at=now)) is not None

    return await store.batch(EVERYTHING, work)


async def settle_swaps(limit: int = 1_000, *, store: Store, clock: Clock) -> int:
    """The clock's door: new units on stand-by whose old one has fallen silent since. How many were swapped."""
    sent = await store.batch(EVERYTHING, lambda batch: batch.exchanges_in(sorted(_SENT), limit))
    swapped = 0
    for exchange in sent:
        try:
            swapped += await settle_swap(exchange.exchange, store=store, clock=clock)
        except (NotFound, Conflict):
            continue  # gone meanwhile, or its new unit is lost: the exchange waits for a person
    return swapped
