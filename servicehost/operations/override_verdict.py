"""A dispatcher decides otherwise than the rules, with a reason, or takes that back; until the exchange is ordered."""

from collections.abc import Mapping
from typing import Any

import msgspec

from servicehost.domain.audit import Action
from servicehost.domain.errors import Conflict, Invalid
from servicehost.domain.exchange import Exchange, ExchangeState, Said, next_state
from servicehost.domain.override import MAY_BE_SAID, Override, may_override
from servicehost.domain.people import Actor, Right, demand
from servicehost.domain.rules import Verdict
from servicehost.operations.casework import Word, case_record, exchange_event, move, tell, the_exchange
from servicehost.ports.clock import Clock
from servicehost.ports.store import Batch, Store

__all__ = ["override_verdict", "withdraw_override"]


async def override_verdict(
    actor: Actor, exchange: int, verdict: Verdict, reason: str, *, store: Store, clock: Clock
) -> Exchange:
    """The exchange, to be judged again within moments; the rules' own verdict stays beside the dispatcher's.

    A declined request is taken up again by it. Said again it changes nothing; another word takes the place of the
    first. Raises Forbidden `no_right`; Invalid `no_reason`, `bad_verdict`; NotFound `exchange_not_found`; Conflict
    `not_judged`, `stranger_asks`, `exchange_open`, `ordered_already` or `exchange_ended`.
    """
    demand(actor, Right.DISPATCH)
    if verdict not in MAY_BE_SAID:
        raise Invalid("bad_verdict", f"Nobody decides for {verdict}: it says that there is no verdict")
    word = _word(actor, reason, clock, Action.OVERRIDE_VERDICT)

    def work(batch: Batch) -> Exchange:
        standing = the_exchange(batch, exchange, actor.scope)
        next_state(standing, Said.OVERRULE)
        earlier = batch.override_of(exchange)
        if earlier is not None and earlier.verdict is verdict:
            return standing
        ruled = _ruled(standing, verdict)
        if earlier is not None:
            batch.withdraw_override(_withdrawn(earlier, word))
        batch.add_override(
            Override(
                override=0,
                exchange=exchange,
                management_code=standing.management_code,
                verdict=verdict,
                ruled=ruled,
                reason=reason[:255],
                at=word.at,
                by=actor.master_id[:64],
            )
        )
        return _again(batch, standing, word, "verdict_overridden", {"ruled": ruled, "verdict": verdict})

    return await store.batch(actor.scope, work)


async def withdraw_override(actor: Actor, exchange: int, reason: str, *, store: Store, clock: Clock) -> Exchange:
    """The exchange, to be judged again by the rules alone within moments.

    Raises Forbidden `no_right`; Invalid `no_reason`; NotFound `exchange_not_found`; Conflict `no_override`,
    `exchange_open`, `ordered_already` or `exchange_ended`.
    """
    demand(actor, Right.DISPATCH)
    word = _word(actor, reason, clock, Action.WITHDRAW_OVERRIDE)

    def work(batch: Batch) -> Exchange:
        standing = the_exchange(batch, exchange, actor.scope)
        next_state(standing, Said.OVERRULE)
        earlier = batch.override_of(exchange)
        if earlier is None:
            raise Conflict("no_override", f"The verdict of exchange {exchange} is the rules' own")
        batch.withdraw_override(_withdrawn(earlier, word))
        told = {"withdrawn": earlier.verdict, "ruled": earlier.ruled}
        return _again(batch, standing, word, "override_withdrawn", told)

    return await store.batch(actor.scope, work)


def _word(actor: Actor, reason: str, clock: Clock, action: Action) -> Word:
    if not reason.strip():
        raise Invalid("no_reason", "Say why it is decided otherwise than by the rules")
    return Word(by=actor.master_id, at=clock.wall(), reason=reason[:255], actor=actor, own_words=True, action=action)


def _ruled(exchange: Exchange, verdict: Verdict) -> Verdict:
    judged = exchange.judged
    if judged is None:
        raise Conflict("not_judged", f"Exchange {exchange.exchange} has no verdict of the rules yet")
    if verdict is not Verdict.DECLINED and not may_override(judged.decided_by):
        text = "Who asks is no registered operation manager, which nobody can decide otherwise: let one of them ask"
        raise Conflict("stranger_asks", text)
    return judged.method


def _withdrawn(override: Override, word: Word) -> Override:
    return msgspec.structs.replace(
        override, withdrawn_at=word.at, withdrawn_by=word.by[:64], withdrawn_reason=word.reason
    )


def _again(batch: Batch, exchange: Exchange, word: Word, told: str, detail: Mapping[str, Any]) -> Exchange:
    """A request that had ended is open again, if no other has been opened since; the rest is told and judged again."""
    if exchange.state is not ExchangeState.DECLINED:
        tell(batch, [exchange_event(exchange, told, word, detail)])
        subject, code = f"exchange {exchange.exchange}", exchange.management_code
        action = word.action or Action.OVERRIDE_VERDICT
        batch.append_audit([case_record(word, action, subject, code, before={}, after=detail)])
        return exchange
    other = batch.open_exchange_of(exchange.service_code)
    if other is not None:
        text = f"Exchange {other.exchange} of {exchange.service_code} is open: {other.state}"
        raise Conflict("exchange_open", text)
    fresh = {"method": None, "charge": None, "judged": None, "reason": None}
    return move(batch, exchange, Said.OVERRULE, word, detail, **fresh) or exchange
