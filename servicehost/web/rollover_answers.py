"""Orders and answers of the API about rollovers of the certificate authority."""

import msgspec

from servicehost.domain.instant import rfc3339
from servicehost.domain.rollover import Hindrance, Towards, Trusting
from servicehost.operations.show_rollover import RolloverReport
from servicehost.web.answers import Time, time_or_none
from servicehost.web.orders import Line

__all__ = ["RolloverAbortOrder", "RolloverAnswer", "RolloverEndOrder", "StrandedUnit"]


class RolloverEndOrder(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`force` ends the rollover although units would be stranded; it needs a reason, which is recorded."""

    force: bool = False
    reason: Line = ""


class RolloverAbortOrder(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why the rollover is abandoned."""

    reason: Line = ""


class StrandedUnit(msgspec.Struct, frozen=True, kw_only=True):
    """A unit that could not phone home any more if the rollover ended now, and why."""

    distribution_id: str
    why: Hindrance
    life: str
    seen_at: Time | None

    @classmethod
    def of(cls, unit: Trusting, why: Hindrance) -> "StrandedUnit":
        return cls(
            distribution_id=unit.distribution_id, why=why, life=unit.life.value, seen_at=time_or_none(unit.seen_at)
        )


class RolloverAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The rollover under way and whom its end would strand: `items` is a part of them, `stranded` counts all.

    `next` is the `after` of the part that follows; null: there is none.
    """

    under_way: bool
    towards: Towards | None = None
    begun_at: Time | None = None
    begun_by: str | None = None
    stays: str | None = None
    leaves: str | None = None
    cross_signed: bool | None = None
    stranded: int = 0
    counts: dict[str, int] = {}
    items: list[StrandedUnit] = []
    next: int | None = None

    @classmethod
    def of(cls, report: RolloverReport) -> "RolloverAnswer":
        rollover = report.rollover
        if rollover is None:
            return cls(under_way=False)
        return cls(
            under_way=True,
            towards=rollover.towards,
            begun_at=rfc3339(rollover.begun_at),
            begun_by=rollover.begun_by,
            stays=rollover.stays,
            leaves=rollover.leaves,
            cross_signed=rollover.cross_signed,
            stranded=report.stranded,
            counts={why.value: report.counts.get(why, 0) for why in Hindrance},
            items=[StrandedUnit.of(unit, why) for unit, why in report.units],
            next=report.next,
        )
