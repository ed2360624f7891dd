"""The cases of the page, made of the faults and exchanges in the store."""

from collections.abc import Callable, Iterable, Sequence
from typing import Final

import msgspec

from servicehost.domain.contract import Scope
from servicehost.domain.evidence import TriagePolicy
from servicehost.domain.exchange import OPEN_STATES, Exchange, Judged
from servicehost.domain.explanation import FACT_WORDS, SUPPLIER_WORDS
from servicehost.domain.fact_kind import Supplier
from servicehost.domain.fault import Fault, FaultPhase
from servicehost.domain.judgement import VERDICT_TEXTS
from servicehost.domain.override import override_text
from servicehost.domain.triage import guided
from servicehost.ports.case_reads import ExchangeView, FaultView
from servicehost.ports.clock import Clock
from servicehost.ports.reads import Reads
from servicehost.web.panel.cases import (
    MAX_CASES,
    Asked,
    CasesSeen,
    CaseView,
    CheckSeen,
    RuleSeen,
    StepTaken,
    rule_views,
)
from servicehost.web.panel.custody_lines import charge_lines, custody_lines
from servicehost.web.panel.triage_lines import TriageSeen, triage_seen

__all__ = ["StoredCases"]

_OPEN_READ: Final = 500
_TRIAGES: Final = 5
"""Each takes ten statements; more nobody decides at a time."""


class StoredCases:
    """A `CaseSource`. One case for each fault, with its newest exchange; an exchange besides is a case of its own."""

    def __init__(
        self, reads: Reads, clock: Clock | None = None, policy: Callable[[], TriagePolicy] = TriagePolicy
    ) -> None:
        """Without a clock no triage is shown: what is evidence depends on the time."""
        self._reads = reads
        self._clock = clock
        self._policy = policy

    async def __call__(self, scope: Scope) -> CasesSeen:
        """One read for each list, four for each case that is shown."""
        open_faults = await self._reads.faults(scope, newest_first=True, open_only=True, limit=_OPEN_READ)
        newest = await self._reads.faults(scope, newest_first=True, limit=MAX_CASES)
        counts = await self._reads.fault_counts(scope)
        chosen = {fault.fault: fault for fault in [*open_faults, *newest]}
        cases = [await self._of_fault(scope, fault) for fault in list(chosen.values())[:MAX_CASES]]
        triages = await self._triages(scope, chosen.values())
        known = [msgspec.structs.replace(case, triage=triages.get(case.key)) for case in cases if case is not None]
        shown = sorted([*known, *await self._strays(scope)], key=_place)
        return CasesSeen(
            shown=tuple(shown[:MAX_CASES]),
            open_faults=sum(count for phase, count in counts.items() if phase != FaultPhase.CLOSED),
            open_at=frozenset(fault.service_code for fault in open_faults),
        )

    async def _of_fault(self, scope: Scope, fault: Fault) -> CaseView | None:
        view = await self._reads.fault(scope, fault.fault)
        if view is None:
            return None
        newest = max(view.exchanges, default=None)
        if newest is None:
            return case_of(view, None)
        return await self._with_custody(scope, case_of(view, await self._reads.exchange(scope, newest)), newest)

    async def _triages(self, scope: Scope, faults: Iterable[Fault]) -> dict[str, TriageSeen]:
        """Of the newest faults that wait for one, by the keys of their cases."""
        waiting = [fault.fault for fault in faults if fault.phase in (FaultPhase.SUSPECTED, FaultPhase.OPEN)]
        if self._clock is None:
            return {}
        found = {}
        for number in waiting[:_TRIAGES]:
            record = await self._reads.triage_record(scope, number)
            if record is not None:
                found[f"fault-{number}"] = triage_seen(guided(record, self._clock.wall(), self._policy()))
        return found

    async def _with_custody(self, scope: Scope, case: CaseView, exchange: int) -> CaseView:
        """An errand that nothing was sent for has neither returns nor charges; the reads say so."""
        custody = await self._reads.custody_of_exchange(scope, exchange)
        charges = await self._reads.charges(scope, exchange=exchange)
        return msgspec.structs.replace(case, custody=custody_lines(custody), charges=charge_lines(charges))

    async def _strays(self, scope: Scope) -> list[CaseView]:
        """Requests about adapters without a fault, by people who may not ask."""
        exchanges = await self._reads.exchanges(scope, newest_first=True, limit=MAX_CASES)
        views = [await self._reads.exchange(scope, one.exchange) for one in exchanges if one.fault is None]
        return [case_of(None, view) for view in views if view is not None]


def _place(case: CaseView) -> tuple[bool, int, str]:
    return (not case.is_open, -case.changed_at, case.key)


def case_of(fault_view: FaultView | None, view: ExchangeView | None) -> CaseView:
    """At least one of the two is there."""
    fault = None if fault_view is None else fault_view.fault
    exchange = None if view is None else view.exchange
    judged = None if exchange is None else exchange.judged
    first = fault or exchange
    if first is None:
        raise ValueError("a case is a fault, an exchange or both")
    return CaseView(
        key=f"fault-{fault.fault}" if fault is not None else f"exchange-{exchange.exchange if exchange else 0}",
        service_code=first.service_code,
        opened_at=fault.opened_at if fault is not None else first.changed_at,
        changed_at=max(one.changed_at for one in (fault, exchange) if one is not None),
        is_open=fault.phase is not FaultPhase.CLOSED
        if fault is not None
        else exchange is not None and exchange.state in OPEN_STATES,
        phase=None if fault is None else fault.phase.value,
        reasons=_reasons(fault_view, exchange),
        state=None if exchange is None else exchange.state.value,
        verdict=None if exchange is None or exchange.method is None else exchange.method.value,
        charge=None if exchange is None or exchange.charge is None else exchange.charge.value,
        waits_for=_waits_for(exchange),
        trace=() if judged is None else _trace(judged),
        charge_trace=() if judged is None else rule_views(judged.charge_trace, _charged_by(judged)),
        steps=_steps(view),
        checks=_checks(view),
    )


def _trace(judged: Judged) -> tuple[RuleSeen, ...]:
    """Every rule, and behind them a dispatcher's word over them, which then decides."""
    word = judged.override
    if word is None:
        return rule_views(judged.trace, judged.decided_by)
    text = override_text(VERDICT_TEXTS[judged.method], word, VERDICT_TEXTS[word.verdict])
    return (*rule_views(judged.trace), RuleSeen(code="override", holds=True, text=text, decides=True))


def _charged_by(judged: Judged) -> str | None:
    """The first rule that is not false decides a charge too."""
    return next((line.code for line in judged.charge_trace if line.holds is not False), None)


def _reasons(view: FaultView | None, exchange: Exchange | None) -> tuple[str, ...]:
    """The symptoms, the cause that triage found, how the fault ended, why the exchange did."""
    codes: list[str] = []
    if view is not None:
        codes += [symptom.kind.value for symptom in view.symptoms]
        codes += [part.value for part in (view.fault.cause, view.fault.reason) if part is not None]
    if exchange is not None and exchange.reason:
        codes.append(exchange.reason)
    return tuple(dict.fromkeys(codes))


def _waits_for(exchange: Exchange | None) -> tuple[Asked, ...]:
    if exchange is None or exchange.judged is None or exchange.judged.override is not None:
        return ()
    return tuple(
        Asked(fact=FACT_WORDS[ask.fact], who=SUPPLIER_WORDS[ask.ask or Supplier.DISPATCHER])
        for ask in exchange.judged.missing
    )


def _steps(view: ExchangeView | None) -> tuple[StepTaken, ...]:
    steps: Sequence[StepTaken] = (
        () if view is None else [StepTaken(state=step.state.value, at=step.at, by=step.by) for step in view.steps]
    )
    return tuple(sorted(steps, key=lambda step: step.at))


def _checks(view: ExchangeView | None) -> tuple[CheckSeen, ...]:
    return tuple(
        CheckSeen(point=one.point.value, holds=one.holds, at=one.at, expected=one.expected, found=one.found)
        for one in (() if view is None else view.acceptance)
    )
