"""The judgement of an adapter's open exchange, again whenever a fact about it is stated, until it is ordered."""

import msgspec

from servicehost.domain.charge import charge
from servicehost.domain.contract import EVERYTHING
from servicehost.domain.contract_facts import unstated
from servicehost.domain.exchange import Ask, Exchange, ExchangeState, Judged, Said, said_by_verdict
from servicehost.domain.explanation import explain
from servicehost.domain.fact import Fact, Facts
from servicehost.domain.judgement import judge
from servicehost.domain.override import Override, OverrideWord
from servicehost.domain.standing import present_facts
from servicehost.operations.casework import HOST, Word, move, release
from servicehost.operations.destinations import tell_destination, why_held
from servicehost.operations.entitling import standing_of
from servicehost.ports.cases import FactRow
from servicehost.ports.clock import Clock
from servicehost.ports.store import Batch, Store

__all__ = ["judge_exchange", "judged"]

_JUDGED_IN = frozenset({ExchangeState.REQUESTED, ExchangeState.JUDGED, ExchangeState.RESERVED})


async def judge_exchange(service_code: str, *, store: Store, clock: Clock) -> Exchange | None:
    """The exchange after its judgement; None when there is none to judge. Harmless twice: the same facts say the same.

    A dispatcher's override in force decides how the unit is exchanged; the rules are read and kept all the same. What
    is recorded of contract and site is stated first, so that the case keeps what its verdict rests on.
    """
    now = clock.wall()

    def work(batch: Batch) -> Exchange | None:
        exchange = batch.open_exchange_of(service_code)
        if exchange is None or exchange.state not in _JUDGED_IN:
            return None
        return _judge(batch, exchange, now)

    return await store.batch(EVERYTHING, work)


def judged(facts: Facts, now: int) -> Judged:
    """Verdict and charge of any facts, in words."""
    verdict, charging = judge(facts), charge(facts)
    return Judged(
        at=now,
        method=verdict.verdict,
        charge=charging.charge,
        decided_by=verdict.decided_by,
        reasons=tuple(reading.rule.code for reading in verdict.trace if reading.holds),
        missing=tuple(Ask(fact=finding.name, ask=finding.ask) for finding in verdict.missing),
        trace=explain(verdict.trace),
        charge_trace=explain(charging.trace),
    )


def _judge(batch: Batch, exchange: Exchange, now: int) -> Exchange:
    stated = batch.facts_of(exchange)
    recorded = _recorded(batch, exchange, stated, now)
    ruled = judged(Facts(statements=(*stated, *recorded)), now)
    override = batch.override_of(exchange.exchange)
    result = ruled if override is None else msgspec.structs.replace(ruled, override=_word_of(override))
    method = ruled.method if override is None else override.verdict
    before = exchange.judged
    if before is not None and msgspec.structs.replace(result, at=before.at) == before:
        if exchange.held is not None and why_held(batch, exchange) is None:
            tell_destination(batch, exchange.service_code, Word(by=HOST, at=now))
        return exchange
    said = said_by_verdict(method)
    falls = exchange.state is ExchangeState.RESERVED and said is not Said.GRANT
    if falls:
        release(batch, exchange)
    decided_by = result.decided_by if override is None else "overridden"
    word = Word(by=HOST, at=now, reason=decided_by or method)
    freed = {"new_unit_id": None, "reserved_at": None, "expected_firmware": None} if falls else {}
    detail = {"charge": result.charge, "reasons": list(result.reasons), "missing": [ask.fact for ask in result.missing]}
    after = move(
        batch,
        exchange,
        said,
        word,
        detail,
        method=method,
        charge=result.charge,
        judged=result,
        reason=decided_by if said is Said.DECLINE else None,
        **freed,
    )
    return after or exchange


def _word_of(override: Override) -> OverrideWord:
    return OverrideWord(verdict=override.verdict, reason=override.reason, at=override.at, by=override.by)


def _recorded(batch: Batch, exchange: Exchange, stated: list[Fact], now: int) -> tuple[Fact, ...]:
    unit_id = exchange.old_unit_id
    unit = None if unit_id is None else batch.units_by_id([unit_id]).get(unit_id)
    standing = msgspec.structs.replace(standing_of(batch, exchange.service_code), unit=unit)
    fresh = unstated(present_facts(standing, now), stated)
    of_case = None if exchange.fault is not None else exchange.exchange
    batch.add_facts(
        [
            FactRow(management_code=exchange.management_code, fault=exchange.fault, exchange=of_case, fact=fact)
            for fact in fresh
        ]
    )
    return fresh
