"""What the contract's records say, as facts of source `contract`. A record that is empty states nothing."""

from collections.abc import Sequence
from typing import Final

from servicehost.domain.fact import Fact
from servicehost.domain.fact_kind import FactName, FactValue, Source
from servicehost.domain.instant import as_datetime
from servicehost.domain.unit import Adapter, Unit

__all__ = ["contract_facts", "unstated"]

_AUTHOR: Final = "contract records"


def contract_facts(adapter: Adapter, unit: Unit | None, now: int) -> tuple[Fact, ...]:
    """What is recorded of an adapter and of the unit that serves it (None: nothing is known of the unit)."""
    values: dict[FactName, FactValue | None] = {
        FactName.OWNERSHIP: None if unit is None else unit.ownership,
        FactName.CHANNEL: None if unit is None else unit.channel,
        FactName.ITEM: adapter.item,
        FactName.OPTION: adapter.option,
        FactName.COVERAGE: adapter.coverage,
    }
    at = as_datetime(now)
    return tuple(
        Fact(name=name, value=value, source=Source.CONTRACT, time=at, author=_AUTHOR)
        for name, value in values.items()
        if value is not None
    )


def unstated(recorded: Sequence[Fact], stated: Sequence[Fact]) -> tuple[Fact, ...]:
    """Those of `recorded` that the case does not have yet.

    The contract's records are read now: they are stated again when they differ from its last word. What a person said
    of the site was said then: a later word of the same source in the case stands.
    """
    last: dict[tuple[FactName, Source], Fact] = {}
    for fact in stated:
        key = (fact.name, fact.source)
        if key not in last or last[key].time <= fact.time:
            last[key] = fact
    return tuple(fact for fact in recorded if _is_new(fact, last.get((fact.name, fact.source))))


def _is_new(fact: Fact, last: Fact | None) -> bool:
    if last is None or fact.source is Source.CONTRACT:
        return last is None or last.value != fact.value
    return fact.time > last.time and fact.value != last.value
