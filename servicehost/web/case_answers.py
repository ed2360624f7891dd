"""Answers of the API about faults and exchanges. Times are RFC 3339, UTC."""

from collections.abc import Mapping
from typing import Any

import msgspec

from servicehost.domain.acceptance import AcceptancePoint, Point
from servicehost.domain.charge import CHARGE_TEXTS, Charge
from servicehost.domain.destination import bring_to, fetch_from
from servicehost.domain.exchange import Ask, Exchange, ExchangeState, Judged, Step
from servicehost.domain.explanation import FACT_WORDS, SUPPLIER_WORDS, TraceLine
from servicehost.domain.fact_kind import Cause, FactName, FactValue, Source, Supplier
from servicehost.domain.fault import Fault, FaultEnd, FaultPhase
from servicehost.domain.hold import Hold
from servicehost.domain.instant import from_datetime, rfc3339
from servicehost.domain.plain_verdict import plain_verdict
from servicehost.domain.rules import Verdict
from servicehost.domain.symptom import SymptomKind
from servicehost.ports.case_reads import Box, ExchangeView, FaultView, SymptomRow
from servicehost.ports.cases import FactRow
from servicehost.web.answers import Time, time_or_none
from servicehost.web.destination_answers import DestinationAnswer, DestinationWordAnswer
from servicehost.web.override_answers import OverrideAnswer, OverrideRecord, ReservationAnswer

__all__ = [
    "BoxAnswer",
    "ExchangeAnswer",
    "ExchangeCase",
    "Exchanges",
    "FactAnswer",
    "FaultAnswer",
    "FaultCase",
    "Faults",
    "MissingAnswer",
    "PointAnswer",
    "StepAnswer",
    "SymptomAnswer",
    "counted",
    "exchange_fields",
]


class BoxAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A unit by what is printed on it."""

    distribution_id: str
    model_serial: str

    @classmethod
    def of(cls, box: Box | None) -> "BoxAnswer | None":
        if box is None:
            return None
        return cls(distribution_id=box.distribution_id, model_serial=f"{box.model}-{box.serial}")


class FactAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """One statement: who said what, when, from which source. `evidence` comes with triage's cause."""

    name: FactName
    value: FactValue
    source: Source
    time: Time
    author: str
    settles: bool
    evidence: str

    @classmethod
    def of(cls, row: FactRow) -> "FactAnswer":
        fact = row.fact
        return cls(
            name=fact.name,
            value=fact.value,
            source=fact.source,
            time=rfc3339(from_datetime(fact.time)),
            author=fact.author,
            settles=fact.settles,
            evidence=row.evidence,
        )


class FaultAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A fault and where it stands; `reason` names why it was closed."""

    fault: int
    service_code: str
    phase: FaultPhase
    opened_at: Time
    changed_at: Time
    cause: Cause | None
    closed_at: Time | None
    reason: FaultEnd | None

    @classmethod
    def of(cls, fault: Fault) -> "FaultAnswer":
        return cls(**_of_fault(fault))


def _of_fault(fault: Fault) -> dict[str, Any]:
    return {
        "fault": fault.fault,
        "service_code": fault.service_code,
        "phase": fault.phase,
        "opened_at": rfc3339(fault.opened_at),
        "changed_at": rfc3339(fault.changed_at),
        "cause": fault.cause,
        "closed_at": time_or_none(fault.closed_at),
        "reason": fault.reason,
    }


class Faults(msgspec.Struct, frozen=True, kw_only=True):
    """`next` is the `after` of the part that follows; null: there is none."""

    items: list[FaultAnswer]
    next: int | None


class SymptomAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What was seen of the unit, first and last, and how often."""

    kind: SymptomKind
    component: str
    evidence: str
    first_at: Time
    last_at: Time
    times: int

    @classmethod
    def of(cls, row: SymptomRow) -> "SymptomAnswer":
        return cls(
            kind=row.kind,
            component=row.component,
            evidence=row.evidence,
            first_at=rfc3339(row.first_at),
            last_at=rfc3339(row.last_at),
            times=row.times,
        )


class FaultCase(FaultAnswer, frozen=True, kw_only=True):
    """A fault with everything seen and stated about it, and the numbers of its exchanges."""

    unit: BoxAnswer | None
    symptoms: list[SymptomAnswer]
    facts: list[FactAnswer]
    exchanges: list[int]

    @classmethod
    def of_view(cls, view: FaultView) -> "FaultCase":
        return cls(
            **_of_fault(view.fault),
            unit=BoxAnswer.of(view.unit),
            symptoms=[SymptomAnswer.of(row) for row in view.symptoms],
            facts=[FactAnswer.of(row) for row in view.facts],
            exchanges=list(view.exchanges),
        )


class ExchangeAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """An exchange and how far it is. `reasons` has the code of each rule in the way of an on-site swap, `decided_by`
    that of the one that decided (null: none is in the way); `reason` names the end. `verdict` is the one that counts:
    `ruled` is what the rules say, `override` a dispatcher's word over it. `round` grows each time it is taken up again;
    `former` is an earlier exchange that it refers to, `standby_code` the adapter whose unit has taken over.
    `held`: what is reserved is not ordered, for it is not known where it goes."""

    exchange: int
    service_code: str
    fault: int | None
    state: ExchangeState
    verdict: Verdict | None
    charge: Charge | None
    decided_by: str | None
    reasons: list[str]
    requested_by: str
    requested_at: Time
    changed_at: Time
    attendee: str
    swap_now_at: Time | None
    swap_now_by: str | None
    swapped_at: Time | None
    reason: str | None
    ruled: Verdict | None
    override: OverrideAnswer | None
    round: int
    former: int | None
    standby_code: str | None
    held: Hold | None

    @classmethod
    def of(cls, exchange: Exchange) -> "ExchangeAnswer":
        return cls(**exchange_fields(exchange))


def exchange_fields(exchange: Exchange) -> dict[str, Any]:
    """The fields of `ExchangeAnswer`, for answers that have more of them."""
    judged = exchange.judged
    return {
        "exchange": exchange.exchange,
        "service_code": exchange.service_code,
        "fault": exchange.fault,
        "state": exchange.state,
        "verdict": exchange.method,
        "charge": exchange.charge,
        "decided_by": None if judged is None else judged.decided_by,
        "reasons": [] if judged is None else list(judged.reasons),
        "requested_by": exchange.requested_by,
        "requested_at": rfc3339(exchange.requested_at),
        "changed_at": rfc3339(exchange.changed_at),
        "attendee": exchange.attendee,
        "swap_now_at": time_or_none(exchange.swap_now_at),
        "swap_now_by": exchange.swap_now_by,
        "swapped_at": time_or_none(exchange.swapped_at),
        "reason": exchange.reason,
        "ruled": None if judged is None else judged.method,
        "override": None if judged is None else OverrideAnswer.of_judged(judged),
        "round": exchange.round,
        "former": exchange.former,
        "standby_code": exchange.standby_code,
        "held": exchange.held,
    }


class Exchanges(msgspec.Struct, frozen=True, kw_only=True):
    """`next` is the `after` of the part that follows; null: there is none."""

    items: list[ExchangeAnswer]
    next: int | None


class MissingAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A fact that the verdict waits for, and who must supply it; `differs`: or settle it, for its sources differ."""

    fact: FactName
    ask: Supplier | None
    differs: bool
    fact_ja: str
    fact_en: str
    ask_ja: str | None
    ask_en: str | None

    @classmethod
    def of(cls, ask: Ask, deciding: TraceLine | None) -> "MissingAnswer":
        line = None if deciding is None else deciding.fact.get(ask.fact)
        fact, who = FACT_WORDS[ask.fact], None if ask.ask is None else SUPPLIER_WORDS[ask.ask]
        return cls(
            fact=ask.fact,
            ask=ask.ask,
            differs=line is not None and bool(line.statements),
            fact_ja=fact.ja,
            fact_en=fact.en,
            ask_ja=None if who is None else who.ja,
            ask_en=None if who is None else who.en,
        )


class StepAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The exchange became `state`, by somebody's word."""

    state: ExchangeState
    at: Time
    by: str
    reason: str | None

    @classmethod
    def of(cls, step: Step) -> "StepAnswer":
        return cls(state=step.state, at=rfc3339(step.at), by=step.by, reason=step.reason)


class PointAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """One point of the host's own check of the new unit, and since when it stands as it does."""

    point: Point
    holds: bool
    at: Time
    expected: str
    found: str

    @classmethod
    def of(cls, point: AcceptancePoint) -> "PointAnswer":
        return cls(
            point=point.point, holds=point.holds, at=rfc3339(point.at), expected=point.expected, found=point.found
        )


class ExchangeCase(ExchangeAnswer, frozen=True, kw_only=True):
    """An exchange with its judgement, its history, the host's checks, and both units.

    `trace` and `charge_trace` have every rule in order: `holds` true stands in the way, null is unknown. Before the
    judgement they are empty. `reservations` say why each unit was set aside and what of it does not fit.
    `destination` is where the replacement was sent, or would be now; `origin` where the replaced unit is fetched.
    """

    judged_at: Time | None
    verdict_ja: str | None
    verdict_en: str | None
    charge_ja: str | None
    charge_en: str | None
    missing: list[MissingAnswer]
    trace: list[TraceLine]
    charge_trace: list[TraceLine]
    old_unit: BoxAnswer | None
    new_unit: BoxAnswer | None
    expected_firmware: str | None
    steps: list[StepAnswer]
    acceptance: list[PointAnswer]
    facts: list[FactAnswer]
    reservations: list[ReservationAnswer]
    overrides: list[OverrideRecord]
    destination: DestinationAnswer | None
    origin: DestinationAnswer | None
    destination_words: list[DestinationWordAnswer]

    @classmethod
    def of_view(cls, view: ExchangeView) -> "ExchangeCase":
        exchange = view.exchange
        return cls(
            **exchange_fields(exchange),
            **_of_judged(exchange),
            old_unit=BoxAnswer.of(view.old_unit),
            new_unit=BoxAnswer.of(view.new_unit),
            expected_firmware=exchange.expected_firmware,
            steps=[StepAnswer.of(step) for step in view.steps],
            acceptance=[PointAnswer.of(point) for point in view.acceptance],
            facts=[FactAnswer.of(row) for row in view.facts],
            reservations=[ReservationAnswer.of(one) for one in view.reservations],
            overrides=[OverrideRecord.of(one) for one in view.overrides],
            **_of_places(view),
        )


def _of_places(view: ExchangeView) -> dict[str, Any]:
    known = view.whereabouts
    return {
        "destination": None if known is None else DestinationAnswer.of(view.exchange.destination or bring_to(known)),
        "origin": None if known is None else DestinationAnswer.of(fetch_from(known)),
        "destination_words": [DestinationWordAnswer.of(one) for one in view.destination_words],
    }


def _of_judged(exchange: Exchange) -> dict[str, Any]:
    judged = exchange.judged
    verdict = None if judged is None else plain_verdict(judged)
    charge = None if judged is None else CHARGE_TEXTS[judged.charge]
    return {
        "judged_at": None if judged is None else rfc3339(judged.at),
        "verdict_ja": None if verdict is None else verdict.ja,
        "verdict_en": None if verdict is None else verdict.en,
        "charge_ja": None if charge is None else charge.ja,
        "charge_en": None if charge is None else charge.en,
        "missing": [] if judged is None else _missing(judged),
        "trace": [] if judged is None else list(judged.trace),
        "charge_trace": [] if judged is None else list(judged.charge_trace),
    }


def _missing(judged: Judged) -> list[MissingAnswer]:
    deciding = next((line for line in judged.trace if line.code == judged.decided_by), None)
    return [MissingAnswer.of(ask, deciding) for ask in judged.missing]


def counted(kinds: type[FaultPhase] | type[ExchangeState], counts: Mapping[str, int]) -> dict[str, int]:
    """How many there are of each kind, 0 included."""
    return {kind.value: counts.get(kind.value, 0) for kind in kinds}
