""" "Swap now": whoever may say so on the spot; and the swaps that wait only for the old unit to fall silent."""

from typing import Final

import msgspec

from servicehost.domain.audit import Action, AuditEntry
from servicehost.domain.contract import EVERYTHING
from servicehost.domain.errors import Conflict, Forbidden, NotFound
from servicehost.domain.exchange import Exchange, ExchangeState, Said, next_state
from servicehost.domain.people import Actor, Right, has_right
from servicehost.domain.rules import Verdict
from servicehost.domain.swap import Speaker, may_say_swap_now
from servicehost.operations.casework import HOST, Word, case_record, exchange_event, tell, the_exchange
from servicehost.operations.deed import named
from servicehost.operations.grounds import ground
from servicehost.operations.swapping import try_swap
from servicehost.ports.clock import Clock
from servicehost.ports.store import Batch, Store

__all__ = ["settle_swap", "settle_swaps", "swap_unit"]

_SENT: Final = frozenset({ExchangeState.ORDERED, ExchangeState.ARRIVED})


async def swap_unit(actor: Actor, exchange: int, attendee: str = "", *, store: Store, clock: Clock) -> Exchange:
    """The exchange, swapped if the new unit has said hello; else the word is kept and the hello swaps.

    On site the word is the named attendee's, passed on by the operation manager or by a dispatcher who heard it:
    `attendee` repeats the name. Otherwise it is the operation manager's own, passed on under a consent at most. Said
    again it changes nothing. Raises NotFound `exchange_not_found`; Forbidden `consent_needed`, `not_the_attendee`;
    Conflict `not_ordered`, `not_judged` or another refusal of the exchange's table.
    """
    now = clock.wall()

    def work(batch: Batch) -> Exchange:
        standing = the_exchange(batch, exchange, actor.scope)
        speaker = _speaker(batch, actor, standing, now)
        by = _author(speaker, standing, attendee)
        if standing.state is not ExchangeState.ORDERED and next_state(standing, Said.SWAP) is None:
            return standing
        word = Word(by=by, at=now, reason="swap_now", actor=speaker)
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


def _speaker(batch: Batch, actor: Actor, exchange: Exchange, now: int) -> Actor:
    """A dispatcher passes on what an attendee on site said; everything else is the operation manager's word."""
    if exchange.method is Verdict.ONSITE_SWAP and has_right(actor, Right.DISPATCH):
        return actor
    return ground(batch, actor, Right.EXCHANGE, exchange.service_code, now)


def _author(actor: Actor, exchange: Exchange, attendee: str) -> str:
    """Who said it, for the record."""
    on_site = exchange.method is Verdict.ONSITE_SWAP
    named = exchange.attendee.strip().casefold()
    speaker = Speaker.ATTENDEE if on_site and named == attendee.strip().casefold() != "" else Speaker.OPERATION_MANAGER
    if not may_say_swap_now(exchange.method, speaker):
        raise Forbidden("not_the_attendee", "On site it is the attendee's word: give the name of the one who attends")
    return f"{exchange.attendee} through {actor.author}" if speaker is Speaker.ATTENDEE else actor.author


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
