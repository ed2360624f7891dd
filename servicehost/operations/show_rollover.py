"""People look at a rollover: who could not follow if it ended now."""

from collections import Counter
from typing import Final

import msgspec

from servicehost.domain.contract import Scope
from servicehost.domain.people import Actor, Right, demand
from servicehost.domain.rollover import Hindrance, Rollover, Trusting, hindrance
from servicehost.ports.rollover import RolloverReads, Succession

__all__ = ["RolloverReport", "report_on", "show_rollover"]

_AT_ONCE: Final = 1_000


class RolloverReport(msgspec.Struct, frozen=True, kw_only=True):
    """Who would be stranded. `units` is a part of them, in the order of their numbers; `counts` is of all."""

    rollover: Rollover | None
    counts: dict[Hindrance, int] = {}
    units: tuple[tuple[Trusting, Hindrance], ...] = ()
    next: int | None = None
    """After which number the rest of the units begins; None: there is none."""

    @property
    def stranded(self) -> int:
        """How many."""
        return sum(self.counts.values())


async def show_rollover(
    actor: Actor, after: int, limit: int, *, reads: RolloverReads, succession: Succession
) -> RolloverReport:
    """The rollover under way and the units, in the actor's scope, that would be stranded. Raises Forbidden."""
    demand(actor, Right.READ)
    return await report_on(succession.rollover(), actor.scope, after=after, limit=limit, reads=reads)


async def report_on(
    rollover: Rollover | None, scope: Scope, *, after: int, limit: int, reads: RolloverReads
) -> RolloverReport:
    """The report on `rollover`, whether it is under way or not."""
    if rollover is None:
        return RolloverReport(rollover=None)
    counts: Counter[Hindrance] = Counter()
    listed: list[tuple[Trusting, Hindrance]] = []
    read_to = 0
    while units := await reads.trusting(scope, after=read_to, limit=_AT_ONCE):
        read_to = units[-1].unit_id
        hindered = [(unit, why) for unit in units if (why := hindrance(unit, rollover)) is not None]
        counts.update(why for _, why in hindered)
        room = limit + 1 - len(listed)
        listed += [one for one in hindered if one[0].unit_id > after][:room]
    following = listed[limit - 1][0].unit_id if len(listed) > limit else None
    return RolloverReport(rollover=rollover, counts=dict(counts), units=tuple(listed[:limit]), next=following)
