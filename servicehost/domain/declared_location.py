"""Declared locations: where the customer says that the unit is installed, and from when on. None is ever removed."""

from collections.abc import Sequence
from enum import StrEnum

import msgspec

from servicehost.domain.fact_kind import Coverage
from servicehost.domain.place import Place

__all__ = ["MAX_LOCATION", "DeclaredBy", "DeclaredLocation", "location_at"]

MAX_LOCATION = 255


class DeclaredBy(StrEnum):
    """Whose word a declaration is."""

    OPERATION_MANAGER = "operation_manager"
    DISPATCHER = "dispatcher"
    RECORDS = "records"
    """It was recorded before declarations had a history."""


class DeclaredLocation(msgspec.Struct, frozen=True, kw_only=True):
    """One declaration. `coverage` is the provider's word on this place; None: nobody has looked yet.

    `place` is where it lies by the list of places; None: it was declared in words alone, and no area is known of it.

    `applied_at` is when the host carried it into the adapter's terms; before that it may be in force already.
    """

    number: int
    service_code: str
    management_code: str
    location: str
    effective_at: int
    declared_at: int
    declared_by: str
    source: DeclaredBy
    coverage: Coverage | None = None
    reason: str = ""
    place: Place | None = None
    applied_at: int | None = None


def location_at(declared: Sequence[DeclaredLocation], now: int) -> DeclaredLocation | None:
    """The declaration in force at `now`: the one that took effect last; of two at the same instant the later one."""
    begun = [one for one in declared if one.effective_at <= now]
    return max(begun, key=lambda one: (one.effective_at, one.number), default=None)
