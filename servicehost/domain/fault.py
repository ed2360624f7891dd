"""Faults: one open case for each adapter, from the first symptom until it is closed by name.

    (none) ── silence ───────────▶ suspected ── comes back ─▶ closed
      │                               │
      └─ hard symptom, report ─▶ open ◀─┘ (hard symptom, report)
                                  └── triaged ──▶ closed ── taken up again ─▶ triaged

A suspicion orders nothing and closes itself; whatever is open waits for a person's word.
"""

import enum
from collections.abc import Mapping
from typing import Final

import msgspec

from servicehost.domain.fact_kind import Cause
from servicehost.domain.symptom import SymptomKind

__all__ = ["FAULT_TABLE", "Fault", "FaultEnd", "FaultNews", "FaultPhase", "news_of", "next_phase", "opened"]


class FaultPhase(enum.StrEnum):
    """How far a fault is."""

    SUSPECTED = "suspected"
    OPEN = "open"
    TRIAGED = "triaged"
    CLOSED = "closed"


class FaultNews(enum.StrEnum):
    """What can happen to a fault."""

    SILENCE = "silence"
    HARD_SYMPTOM = "hard_symptom"
    REPORTED = "reported"
    CAME_BACK = "came_back"
    TRIAGED = "triaged"
    CLOSED = "closed"
    REOPENED = "reopened"
    """The exchange that closed it was taken up again."""


class FaultEnd(enum.StrEnum):
    """Why a fault was closed."""

    CAME_BACK = "came_back"
    """The unit is heard again, and nothing but its silence spoke against it, or triage found it sound."""
    EXCHANGED = "exchanged"
    NO_FAULT_FOUND = "no_fault_found"
    WITHDRAWN = "withdrawn"
    """The operation manager no longer pursues it."""
    CONTINUES_EARLIER = "continues_earlier"
    """It is an earlier fault once more, whose exchange was taken up again."""
    CONTRACT_ENDED = "contract_ended"


class Fault(msgspec.Struct, frozen=True, kw_only=True):
    """One case. `unit_id` is the unit that served the adapter when the case opened; `cause` is triage's finding."""

    fault: int
    service_code: str
    management_code: str
    unit_id: int | None
    phase: FaultPhase
    opened_at: int
    changed_at: int
    cause: Cause | None = None
    closed_at: int | None = None
    reason: FaultEnd | None = None


_P, _N = FaultPhase, FaultNews

FAULT_TABLE: Final[Mapping[FaultPhase | None, Mapping[FaultNews, FaultPhase]]] = {
    None: {_N.SILENCE: _P.SUSPECTED, _N.HARD_SYMPTOM: _P.OPEN, _N.REPORTED: _P.OPEN},
    _P.SUSPECTED: {
        _N.HARD_SYMPTOM: _P.OPEN,
        _N.REPORTED: _P.OPEN,
        _N.TRIAGED: _P.TRIAGED,
        _N.CAME_BACK: _P.CLOSED,
        _N.CLOSED: _P.CLOSED,
    },
    _P.OPEN: {_N.TRIAGED: _P.TRIAGED, _N.CLOSED: _P.CLOSED},
    _P.TRIAGED: {_N.TRIAGED: _P.TRIAGED, _N.CLOSED: _P.CLOSED},
    _P.CLOSED: {_N.REOPENED: _P.TRIAGED},
}
"""What is not listed changes nothing."""


def news_of(kind: SymptomKind) -> FaultNews:
    """What a symptom is to a fault: silence is ambiguous (a line, a power cut), the others speak of the unit."""
    return FaultNews.SILENCE if kind is SymptomKind.SILENCE else FaultNews.HARD_SYMPTOM


def next_phase(fault: Fault | None, news: FaultNews) -> FaultPhase | None:
    """The phase after the news; None when it changes nothing. A unit found sound by triage closes by coming back."""
    sound = fault is not None and fault.phase is FaultPhase.TRIAGED and fault.cause is Cause.NOT_HARDWARE
    if news is FaultNews.CAME_BACK and sound:
        return FaultPhase.CLOSED
    if news is FaultNews.REOPENED and fault is not None and fault.cause is None:
        return FaultPhase.OPEN if fault.phase is FaultPhase.CLOSED else None
    return FAULT_TABLE[None if fault is None else fault.phase].get(news)


def opened(service_code: str, management_code: str, unit_id: int | None, phase: FaultPhase, at: int) -> Fault:
    """A new fault, without its number yet."""
    return Fault(
        fault=0,
        service_code=service_code,
        management_code=management_code,
        unit_id=unit_id,
        phase=phase,
        opened_at=at,
        changed_at=at,
    )
