"""Faults and exchanges as the page shows them: plain values, so that the page knows nothing of how a case is kept.

`stored_cases` makes them of what the store keeps; `rule_views` puts a judgement's trace into the form wanted here.
"""

from collections.abc import Awaitable, Callable, Iterable
from typing import Final

import msgspec

from servicehost.domain.contract import Scope
from servicehost.domain.explanation import FACT_WORDS, FactLine, TraceLine
from servicehost.domain.fact_kind import FactName
from servicehost.domain.rule import Text
from servicehost.web.panel.fact_words import source_text, value_text
from servicehost.web.panel.triage_lines import TriageSeen

__all__ = [
    "MAX_CASES",
    "Asked",
    "CaseSource",
    "CaseView",
    "CasesSeen",
    "CheckSeen",
    "FactSeen",
    "RuleSeen",
    "Statement",
    "StepTaken",
    "rule_views",
]

MAX_CASES: Final = 20
"""So many are shown: the open ones first, the newest first."""


class Statement(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody stated a fact."""

    value: Text
    source: Text
    author: str
    at: str
    """RFC 3339."""


class FactSeen(msgspec.Struct, frozen=True, kw_only=True):
    """A fact as a rule saw it; `value` None: not known, and with several statements: they differ."""

    name: Text
    value: Text | None
    statements: tuple[Statement, ...] = ()


class RuleSeen(msgspec.Struct, frozen=True, kw_only=True):
    """One rule of a trace: `holds` None is not known; `decides` is true for the one that gave the outcome."""

    code: str
    holds: bool | None
    text: Text
    decides: bool = False
    facts: tuple[FactSeen, ...] = ()


class StepTaken(msgspec.Struct, frozen=True, kw_only=True):
    """An exchange came to a state; `at` is milliseconds, UTC."""

    state: str
    at: int
    by: str


class CheckSeen(msgspec.Struct, frozen=True, kw_only=True):
    """One point of the host's own check of a new unit. `point` is a code."""

    point: str
    holds: bool
    at: int
    expected: str
    found: str


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """A fact that a verdict waits for, and who must supply it."""

    fact: Text
    who: Text


class CaseView(msgspec.Struct, frozen=True, kw_only=True):
    """One fault with its exchange, if one was asked for. Codes are those of the domain; the page has their words.

    `phase` is the fault's (None: an exchange without a fault), `state`, `verdict` and `charge` the exchange's;
    `reasons` are codes: the symptoms, the cause found, the name of an end. Steps are in order of time.
    """

    key: str
    service_code: str
    opened_at: int
    changed_at: int
    is_open: bool
    phase: str | None = None
    reasons: tuple[str, ...] = ()
    state: str | None = None
    verdict: str | None = None
    charge: str | None = None
    waits_for: tuple[Asked, ...] = ()
    trace: tuple[RuleSeen, ...] = ()
    charge_trace: tuple[RuleSeen, ...] = ()
    steps: tuple[StepTaken, ...] = ()
    checks: tuple[CheckSeen, ...] = ()
    custody: tuple[Text, ...] = ()
    """Where the unit is that is to come back, and whether it is overdue."""
    triage: TriageSeen | None = None
    """Of a fault that waits for triage."""
    charges: tuple[Text, ...] = ()
    """What is proposed to be charged, and what was decided."""


class CasesSeen(msgspec.Struct, frozen=True, kw_only=True):
    """The cases to show, and of all there are: how many faults are open, and at which adapters."""

    shown: tuple[CaseView, ...] = ()
    open_faults: int = 0
    open_at: frozenset[str] = frozenset()


CaseSource = Callable[[Scope], Awaitable[CasesSeen]]
"""It must show nothing outside the scope."""


def rule_views(trace: Iterable[TraceLine], decided_by: str | None = None) -> tuple[RuleSeen, ...]:
    """A whole trace, in its order."""
    return tuple(
        RuleSeen(
            code=line.code,
            holds=line.holds,
            text=Text(ja=line.text_ja, en=line.text_en),
            decides=line.code == decided_by,
            facts=tuple(_fact(name, fact) for name, fact in line.fact.items()),
        )
        for line in trace
    )


def _fact(name: FactName, line: FactLine) -> FactSeen:
    statements = tuple(
        Statement(
            value=value_text(stated.value),
            source=source_text(stated.source),
            author=stated.author,
            at=stated.time.isoformat(),
        )
        for stated in line.statements
    )
    value = None if line.value is None else value_text(line.value)
    return FactSeen(name=FACT_WORDS[name], value=value, statements=statements)
