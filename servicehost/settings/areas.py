"""Settings of places: which of them drivers serve, and how the host looks after closed areas."""

from typing import Annotated

import msgspec

from servicehost.domain.coverage import KNOWN_ISLANDS, CoveragePolicy

__all__ = ["AreasSettings"]

Every = Annotated[float, msgspec.Meta(ge=0.05, le=3_600)]
AreaCode = Annotated[str, msgspec.Meta(pattern=r"^(?:0[1-9]|[1-3][0-9]|4[0-7])(?:[0-9]{3})?(?!\n)$")]
Why = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]


class AreasSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[areas]`: which places drivers serve, how old the list of places may be, how closed areas are watched."""

    known_islands: bool = True
    """Whether the option waits for a decision in municipalities that lie wholly on islands without a bridge."""
    islands: dict[AreaCode, Why] = {}
    """More islands: codes of municipalities (five digits) or prefectures (two), each with its reason."""
    uncovered: dict[AreaCode, Why] = {}
    """Areas that drivers do not serve, in the same way; none unless they are named here."""
    list_is_old_after_days: Annotated[int, msgspec.Meta(ge=1, le=3_650)] = 180
    """From this age on the packaged list of places is shown as old; it is used all the same."""
    many_faults: Annotated[int, msgspec.Meta(ge=2, le=100_000)] = 10
    """This many open faults in one municipality are a hint to dispatchers that its area may have to be closed."""
    areas_every_s: Every = 5.0
    """Pause between two looks for orders inside closed areas, and for areas whose end has come."""

    @property
    def coverage(self) -> CoveragePolicy:
        """The lists together."""
        known = KNOWN_ISLANDS if self.known_islands else {}
        return CoveragePolicy(islands={**known, **self.islands}, uncovered=self.uncovered)
