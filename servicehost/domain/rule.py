"""A rule, and how an ordered list of rules is read: every rule is read, the first that is not false decides."""

from collections.abc import Iterable
from typing import Generic, TypeVar

import msgspec

from servicehost.domain.condition import Condition
from servicehost.domain.fact import Facts, Finding

Outcome = TypeVar("Outcome")


class Text(msgspec.Struct, frozen=True, kw_only=True):
    """One sentence or two for a customer, in both languages."""

    ja: str
    en: str


class Rule(msgspec.Struct, Generic[Outcome], frozen=True, kw_only=True):
    """If `condition` holds, and no rule before it holds or is unknown, the outcome is `outcome`.

    `holds` and `clear` say in words that the condition is true or false. They speak of the condition only, never of the
    outcome, so that they stay true behind a rule that has already decided.
    """

    code: str
    outcome: Outcome
    condition: Condition
    holds: Text
    clear: Text


class RuleReading(msgspec.Struct, Generic[Outcome], frozen=True, kw_only=True):
    """What one rule came to: `holds` is None for unknown, and only then `missing` names the facts that could tip it."""

    rule: Rule[Outcome]
    holds: bool | None
    used: tuple[Finding, ...]
    missing: tuple[Finding, ...]


def read_rules(rules: Iterable[Rule[Outcome]], facts: Facts) -> tuple[RuleReading[Outcome], ...]:
    """Read every rule, in order."""
    findings = facts.findings()
    readings = ((rule, rule.condition.read(findings)) for rule in rules)
    return tuple(RuleReading(rule=rule, holds=r.value, used=r.used, missing=r.missing) for rule, r in readings)


def first_not_false(trace: Iterable[RuleReading[Outcome]]) -> RuleReading[Outcome] | None:
    """Return the reading that decides, or None if every rule is false."""
    return next((reading for reading in trace if reading.holds is not False), None)
