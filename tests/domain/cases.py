"""Facts for tests: from plain values, and of any kind for hypothesis."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from itertools import product
from math import prod

from hypothesis import Phase, settings
from hypothesis import strategies as st

from servicehost.domain.fact import SETTLERS, Fact, Facts
from servicehost.domain.fact_kind import KINDS, FactName, FactValue, Source

THOROUGHLY = settings(max_examples=2_000, deadline=None, phases=(Phase.explicit, Phase.generate, Phase.shrink))
"""For the promises of the judgement. Not the phase that explains a failure: it traces every line and slows success."""

BRIEFLY = settings(THOROUGHLY, max_examples=300)

NOON = datetime(2026, 4, 1, 12, tzinfo=UTC)

ENTITLED: Mapping[str, FactValue] = {
    "requester": "operation_manager",
    "ownership": "rental",
    "channel": "direct",
    "item": "entry",
    "option": True,
    "cause": "natural",
    "area": "open",
    "provider_downgrade": False,
    "site": "staffed",
    "attendee": True,
    "location": "declared",
    "coverage": "covered",
}
"""Everything that an on-site swap needs."""


def said(name: str, value: FactValue, source: Source = Source.FILE, minutes: int = 0, *, settles: bool = False) -> Fact:
    """One statement, so many minutes after noon."""
    time = NOON + timedelta(minutes=minutes)
    return Fact(name=FactName(name), value=value, source=source, time=time, author="a person", settles=settles)


_EACH = {(name, value): said(name, value) for name, kind in KINDS.items() for value in kind.values}


def known(values: Mapping[str, FactValue]) -> Facts:
    """Facts that one source states; what is left out is unknown."""
    return Facts(statements=tuple(_EACH[FactName(name), value] for name, value in values.items()))


# Few draws make a case, so that thousands of cases take seconds: a whole case is one number, written in mixed bases.
_CHOICES: Mapping[str, tuple[FactValue | None, ...]] = {
    name: (first, *(value for value in KINDS[FactName(name)].values if value != first), None)
    for name, first in ENTITLED.items()
}
CHANGES = [(name, value) for name, values in _CHOICES.items() for value in values[1:]]
"""Each way in which a case can differ in one field from one entitled to an on-site swap; None leaves the field out."""


def _case(number: int) -> dict[str, FactValue | None]:
    values: dict[str, FactValue | None] = {}
    for name, choices in _CHOICES.items():
        number, i = divmod(number, len(choices))
        values[name] = choices[i]
    return values


def _without_none(values: Mapping[str, FactValue | None]) -> dict[str, FactValue]:
    return {name: value for name, value in values.items() if value is not None}


def some_values() -> st.SearchStrategy[dict[str, FactValue]]:
    """Any values of any of the fields; as often as not a swap's worth with a few changes, to reach the late rules."""
    anything = st.integers(0, prod(map(len, _CHOICES.values())) - 1).map(_case)
    nearly = st.lists(st.sampled_from(CHANGES), max_size=3).map(lambda changes: {**ENTITLED, **dict(changes)})
    return st.one_of(nearly, anything).map(_without_none)


def _any_statement() -> Iterator[Fact]:
    for name, kind in KINDS.items():
        for value, source, minutes in product(kind.values, kind.only_from or Source, range(3)):
            yield said(name, value, source, minutes)
            if source in SETTLERS:
                yield said(name, value, source, minutes, settles=True)


_STATEMENTS = sorted(_any_statement(), key=repr)


def disputed_facts() -> st.SearchStrategy[Facts]:
    """Facts of many sources, which may differ, correct themselves or be settled."""
    more = st.lists(st.sampled_from(_STATEMENTS), max_size=6)
    return st.builds(lambda values, facts: known(values).plus(*facts), some_values(), more)
