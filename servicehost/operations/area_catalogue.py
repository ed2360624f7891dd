"""The use cases of places, bound to their ports, with the list and the policy that they go by."""

from dataclasses import dataclass, field

from servicehost.domain.coverage import CoveragePolicy
from servicehost.domain.places import NO_PLACES, Places

__all__ = ["AreaCatalogue", "AreaPolicy", "open_area_catalogue"]


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaPolicy:
    """What a host goes by: the list of places, what the provider says of them, from when on the list counts as old."""

    places: Places = NO_PLACES
    coverage: CoveragePolicy = field(default_factory=CoveragePolicy)
    list_is_old_after_days: int = 180
    many_faults: int = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaCatalogue:
    """Each field but the first is the use case of that name; arguments go by position, as written there."""

    policy: AreaPolicy


def open_area_catalogue(*, policy: AreaPolicy) -> AreaCatalogue:
    """The catalogue of one host."""
    return AreaCatalogue(policy=policy)
