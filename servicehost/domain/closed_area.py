"""Closed areas: a prefecture or municipality that drivers cannot enter, or where very many adapters are damaged.

A dispatcher closes it, with the reason and until when; without an end it is looked at again on a day that is named.
While it is closed the judgement knows it as the state of the area, in the dispatcher's words. Nothing is downgraded
by that alone: each order waits for a decision of its own (`domain.area_proposal`).
"""

from collections.abc import Sequence
from typing import Final

import msgspec

from servicehost.domain.fact import Fact
from servicehost.domain.fact_kind import Area, FactName, Source
from servicehost.domain.instant import as_datetime
from servicehost.domain.place import Place

__all__ = ["MAX_REASON", "ClosedArea", "closed_fact", "closures_of"]

MAX_REASON: Final = 200


class ClosedArea(msgspec.Struct, frozen=True, kw_only=True):
    """One closing. `code` is a prefecture's, a designated city's or a municipality's; `name` as the list had it then.

    Closed from `closed_at` until `ended_at`, or `until`, whichever comes first. `review_at` is there when no end is.
    """

    number: int
    code: str
    name: str
    state: Area
    reason: str
    closed_at: int
    closed_by: str
    until: int | None = None
    review_at: int | None = None
    ended_at: int | None = None
    ended_by: str | None = None
    end_reason: str = ""

    def in_force(self, now: int) -> bool:
        """Whether it is closed at that instant."""
        ends = [at for at in (self.until, self.ended_at) if at is not None]
        return self.closed_at <= now and all(now < at for at in ends)


def closures_of(place: Place | None, areas: Sequence[ClosedArea], now: int) -> tuple[ClosedArea, ...]:
    """Those in force that the place lies in, in the order of their numbers; none for a place that is not known."""
    if place is None:
        return ()
    found = (one for one in areas if one.in_force(now) and place.lies_in(one.code))
    return tuple(sorted(found, key=lambda one: one.number))


def closed_fact(area: ClosedArea) -> Fact:
    """What the closing says to the judgement: the dispatcher's word, from its own instant."""
    return Fact(
        name=FactName.AREA,
        value=area.state,
        source=Source.DISPATCHER,
        time=as_datetime(area.closed_at),
        author=area.closed_by,
    )
