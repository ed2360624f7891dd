"""Facts: who said what, when, from which source; and the rule for which statement counts.

Unknown is a state of its own: a fact that nobody states is absent, never a default.

Which statement counts when there are several about one name:

* The later statement of a source replaces its earlier one: that is a correction.
* Sources that agree make the fact known; all of them are shown.
* Sources that differ make the fact *unknown*, with every side shown. No source outranks another, because each can be
  the mistaken one, and a verdict must not rest on the order in which messages came in.
* A person at triage or dispatch ends the difference with a statement that `settles`: it overrules whatever was stated
  up to its time. A different statement made after it opens the question again.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

import msgspec

from servicehost.domain.fact_kind import KINDS, FactName, FactValue, Source, Supplier

SETTLERS: Final = frozenset({Source.TRIAGE, Source.DISPATCHER})
"""The sources that may settle a difference: people of the provider who have seen every side, never a party or a
record."""


class FactError(ValueError):
    """A statement that no fact can be made of; the message names what is wrong with it."""


class Fact(msgspec.Struct, frozen=True, kw_only=True):
    """One statement. `time` is aware: when it was stated, not when it was stored. `settles` ends a difference.
    `reason` is what the author gave for it.

    Raises `FactError` for a value that the name does not have, a time without an offset, an empty author, or a source
    that may not state (or settle) this.
    """

    name: FactName
    value: FactValue
    source: Source
    time: datetime
    author: str
    settles: bool = False
    reason: str = ""

    def __post_init__(self) -> None:
        """Refuse what is no statement."""
        kind = KINDS[self.name]
        if not kind.allows(self.value):
            raise FactError(f"{self.name}: {self.value!r} is not one of its values")
        if self.time.utcoffset() is None:
            raise FactError(f"{self.name}: its time has no offset from UTC")
        if not self.author:
            raise FactError(f"{self.name}: its author is not named")
        if kind.only_from and self.source not in kind.only_from:
            raise FactError(f"{self.name}: {self.source} may not state it")
        if self.settles and self.source not in SETTLERS:
            raise FactError(f"{self.name}: {self.source} may not settle a difference")


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """What is known under one name: `value`, or None for unknown, and the statements that count, oldest first.

    Unknown with no statement was never stated; unknown with statements is a difference that waits for a person.
    """

    name: FactName
    value: FactValue | None
    statements: tuple[Fact, ...]

    @property
    def differs(self) -> bool:
        """Tell whether it is unknown because its sources differ."""
        return self.value is None and bool(self.statements)

    @property
    def ask(self) -> Supplier | None:
        """Who must supply it, or settle it if its sources differ; None if it is known."""
        if self.value is not None:
            return None
        supplier = KINDS[self.name].supplier
        return Supplier.DISPATCHER if self.differs and supplier is not Supplier.TRIAGE else supplier


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """Every statement made about one case. Immutable; the order of the statements has no meaning."""

    statements: tuple[Fact, ...] = ()

    def plus(self, *facts: Fact) -> "Facts":
        """Return these facts with more statements; nothing is replaced or lost."""
        return Facts(statements=self.statements + facts)

    def findings(self) -> Mapping[FactName, Finding]:
        """Return what is known under every name, stated or not, in the order of `FactName`."""
        stated: dict[FactName, list[Fact]] = {name: [] for name in FactName}
        for fact in self.statements:
            stated[fact.name].append(fact)
        return {name: _finding(name, facts) for name, facts in stated.items()}


def _finding(name: FactName, stated: list[Fact]) -> Finding:
    counting = _counting(stated) if len(stated) > 1 else tuple(stated)
    values = {fact.value for fact in counting}
    return Finding(name=name, value=counting[0].value if len(values) == 1 else None, statements=counting)


def _counting(stated: list[Fact]) -> tuple[Fact, ...]:
    settled = max((fact.time for fact in stated if fact.settles), default=None)
    live = [f for f in stated if settled is None or f.time > settled or (f.settles and f.time == settled)]
    newest: dict[Source, datetime] = {}
    for fact in live:
        newest[fact.source] = max(fact.time, newest.get(fact.source, fact.time))
    last = {fact for fact in live if fact.time == newest[fact.source]}
    return tuple(sorted(last, key=lambda f: (f.time, f.source, f.author, str(f.value))))
