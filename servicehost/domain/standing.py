"""How an adapter stands towards its on-site right outside any case: its terms, its declared locations, what was said of
its site, and what follows from them as facts of a judgement."""

from collections.abc import Iterator, Sequence
from typing import Final

import msgspec

from servicehost.domain.closed_area import ClosedArea, closed_fact, closures_of
from servicehost.domain.contract_facts import contract_facts
from servicehost.domain.declared_location import DeclaredBy, DeclaredLocation, location_at
from servicehost.domain.delegate import Delegate, attend_at
from servicehost.domain.fact import Fact
from servicehost.domain.fact_kind import FactName, Location, Source
from servicehost.domain.instant import as_datetime, from_datetime
from servicehost.domain.option import AttachFacts, AttachRule, OptionRequest, suspension
from servicehost.domain.unit import Adapter, Unit

__all__ = [
    "NOTHING_RECORDED",
    "RightRecord",
    "Standing",
    "attach_facts",
    "live_statements",
    "present_adapter",
    "present_facts",
    "reachable_delegates",
    "why_suspended",
]

_SOURCES: Final = {DeclaredBy.OPERATION_MANAGER: Source.REQUESTER}


class RightRecord(msgspec.Struct, frozen=True, kw_only=True):
    """What the store keeps of an adapter's right beside its terms.

    `locations` has every declaration, `request` the newest for the option, `statements` the last word of each source
    under each name about the site, `managers` how many operation managers its contract has, `delegates` those whose
    naming covers the adapter and was not ended.
    """

    locations: tuple[DeclaredLocation, ...] = ()
    request: OptionRequest | None = None
    statements: tuple[Fact, ...] = ()
    managers: int = 0
    areas: tuple[ClosedArea, ...] = ()
    """Closed areas that have not ended, wherever they are."""
    delegates: tuple[Delegate, ...] = ()
    shipped_to: bool = False
    """Whether there is a shipping address."""


NOTHING_RECORDED: Final = RightRecord()


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """An adapter, the unit that serves it (None: no unit does), and what is recorded of its right."""

    adapter: Adapter
    unit: Unit | None
    record: RightRecord


def present_adapter(standing: Standing, now: int) -> Adapter:
    """The adapter with the location in force at `now`, also when the host has not carried it into the terms yet."""
    location = location_at(standing.record.locations, now)
    if location is None or location.applied_at is not None:
        return standing.adapter
    return msgspec.structs.replace(standing.adapter, declared_location=location.location, coverage=location.coverage)


def attach_facts(standing: Standing, now: int) -> AttachFacts:
    """What the rules for attaching the option read at `now`."""
    adapter = present_adapter(standing, now)
    return AttachFacts(
        item=adapter.item,
        channel=None if standing.unit is None else standing.unit.channel,
        declared_location=adapter.declared_location,
        coverage=adapter.coverage,
    )


def why_suspended(standing: Standing, now: int) -> AttachRule | None:
    """The rule that suspends an attached option at `now`; None: nothing does, or there is no option."""
    if not standing.adapter.option:
        return None
    location = location_at(standing.record.locations, now)
    return suspension(attach_facts(standing, now), standing.record.request, location)


def present_facts(standing: Standing, now: int) -> tuple[Fact, ...]:
    """What is recorded, as facts: the contract's (an option that is suspended is none), the closed area's that it
    stands in, then the site's.

    A word that the unit stands elsewhere is mended by a declaration that takes effect after it; a word that nobody can
    attend, by a delegate who is named after it.
    """
    adapter = present_adapter(standing, now)
    if why_suspended(standing, now) is not None:
        adapter = msgspec.structs.replace(adapter, option=False)
    location = location_at(standing.record.locations, now)
    place = None if location is None else location.place
    closed = (closed_fact(area) for area in closures_of(place, standing.record.areas, now)[:1])
    said = _said_of_attendance(standing, now)
    of_site = (*_of_site(said, location), *_of_delegates(standing, now))
    return (*contract_facts(adapter, standing.unit, now), *closed, *of_site)


def live_statements(standing: Standing, now: int) -> tuple[Fact, ...]:
    """What was said of the site, without words on the location that are older than the declaration in force, and
    without words that nobody can attend that are older than the naming of who can."""
    location = location_at(standing.record.locations, now)
    return tuple(fact for fact in _said_of_attendance(standing, now) if not _outdated(fact, location))


def reachable_delegates(standing: Standing, now: int) -> tuple[Delegate, ...]:
    """Who may attend at the adapter at `now` besides an operation manager."""
    return attend_at(standing.record.delegates, standing.adapter.service_code, now)


def _said_of_attendance(standing: Standing, now: int) -> tuple[Fact, ...]:
    named = _newest(standing, now)
    return tuple(fact for fact in standing.record.statements if not _mended_by(fact, named))


def _of_delegates(standing: Standing, now: int) -> Iterator[Fact]:
    """Where it was said that nobody can attend, that a delegate named since can. Else nothing: who attends a swap is
    asked when there is one."""
    named = _newest(standing, now)
    if named is not None and any(_mended_by(fact, named) for fact in standing.record.statements):
        yield Fact(
            name=FactName.ATTENDEE,
            value=True,
            source=Source.REQUESTER,
            time=as_datetime(_since(named)),
            author=named.named_by,
        )


def _newest(standing: Standing, now: int) -> Delegate | None:
    return max(reachable_delegates(standing, now), key=_since, default=None)


def _since(delegate: Delegate) -> int:
    return max(delegate.named_at, delegate.attends_from)


def _mended_by(fact: Fact, named: Delegate | None) -> bool:
    nobody = fact.name is FactName.ATTENDEE and fact.value is False
    return nobody and named is not None and from_datetime(fact.time) < _since(named)


def _of_site(statements: Sequence[Fact], location: DeclaredLocation | None) -> Iterator[Fact]:
    mended = False
    for fact in statements:
        outdated = _outdated(fact, location)
        mended = mended or (outdated and fact.value == Location.ELSEWHERE)
        if not outdated:
            yield fact
    if mended and location is not None:
        yield Fact(
            name=FactName.LOCATION,
            value=Location.DECLARED,
            source=_SOURCES.get(location.source, Source.SITE),
            time=as_datetime(location.effective_at),
            author=location.declared_by,
        )


def _outdated(fact: Fact, location: DeclaredLocation | None) -> bool:
    if location is None or fact.name is not FactName.LOCATION:
        return False
    return from_datetime(fact.time) < location.effective_at
