"""An exchange begins again: the network was not well after all, or another replacement is to be tried."""

from typing import Final

from servicehost.domain.errors import Conflict, Forbidden, Invalid
from servicehost.domain.exchange import Exchange, Said, next_state
from servicehost.domain.fault import FaultEnd, FaultNews, FaultPhase, next_phase
from servicehost.domain.people import Actor, Role
from servicehost.domain.reaction import Operation
from servicehost.domain.swap import SwapPolicy
from servicehost.operations.beginning_again import begin_again
from servicehost.operations.casework import Word, fault_moves, the_exchange
from servicehost.ports.clock import Clock
from servicehost.ports.store import Batch, Store

__all__ = ["reopen_exchange"]

_MAY_REOPEN: Final = frozenset({Role.OPERATION_MANAGER, Role.DISPATCHER})
_MUST_BE_DONE: Final = (Operation.KEEP_CUSTODY, Operation.CALL_OFF_ORDER)
"""What follows from an end reads the exchange as it ended."""


async def reopen_exchange(
    actor: Actor, exchange: int, saw: str, *, store: Store, clock: Clock, policy: SwapPolicy
) -> Exchange:
    """The same exchange, judged again by its facts within moments, to send another replacement.

    A closed one is reopened when it was not well after all (`saw` says what was seen), a failed one to try the next
    replacement. The unit that serves now is the one to be replaced; steps, facts, custody and returns go on. Its fault
    is open again; one that was opened since ends as `continues_earlier`. Said again once it is open it is refused.

    Raises Forbidden `no_right`; Invalid `no_reason`; NotFound `exchange_not_found`; Conflict `reopen_too_late`
    (ask for a new exchange that names this one as `former`), `exchange_open`, `exchange_settling`, `not_closed` or
    `exchange_ended`.
    """
    if actor.role not in _MAY_REOPEN:
        raise Forbidden("no_right", f"{actor.master_id} ({actor.role}) has no right to reopen an exchange")
    if not saw.strip():
        raise Invalid("no_reason", "Say what was seen")
    word = Word(by=actor.master_id, at=clock.wall(), reason=saw[:255], actor=actor, own_words=True)

    def work(batch: Batch) -> Exchange:
        standing = the_exchange(batch, exchange, actor.scope)
        next_state(standing, Said.REOPEN)
        _refuse(batch, standing, word.at, policy)
        _open_its_fault(batch, standing, word)
        return begin_again(batch, standing, word)

    return await store.batch(actor.scope, work)


def _refuse(batch: Batch, standing: Exchange, now: int, policy: SwapPolicy) -> None:
    number = standing.exchange
    if now - standing.changed_at > policy.reopen_within_ms:
        text = f"Exchange {number} ended too long ago: it is a new fault; ask for a new exchange with `former` {number}"
        raise Conflict("reopen_too_late", text)
    other = batch.open_exchange_of(standing.service_code)
    if other is not None:
        text = f"Exchange {other.exchange} of {standing.service_code} is open: {other.state}"
        raise Conflict("exchange_open", text)
    if batch.unsettled(number, _MUST_BE_DONE):
        text = f"What follows from the end of exchange {number} is still being done; try again in a moment"
        raise Conflict("exchange_settling", text)


def _open_its_fault(batch: Batch, standing: Exchange, word: Word) -> None:
    fault = None if standing.fault is None else batch.fault(standing.fault)
    if fault is None or fault.phase is not FaultPhase.CLOSED:
        return
    newer = batch.open_faults([standing.service_code]).get(standing.service_code)
    if newer is not None:
        fault_moves(batch, newer, FaultPhase.CLOSED, word, FaultEnd.CONTINUES_EARLIER)
    phase = next_phase(fault, FaultNews.REOPENED)
    if phase is not None:
        fault_moves(batch, fault, phase, word)
