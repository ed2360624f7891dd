"""Bodies and queries of requests about on-site rights. Optional fields are left out, never null."""

from typing import Annotated, Any, Final

import msgspec
from msgspec import UNSET, Meta, UnsetType

from servicehost.domain.declared_location import MAX_LOCATION
from servicehost.domain.fact_kind import Area, Coverage, Location
from servicehost.domain.fact_kind import SiteState as Site
from servicehost.web.orders import Instant, Line, Words

__all__ = [
    "RIGHT_RULES",
    "DeclarationOrder",
    "DetachQuery",
    "OptionDecisionOrder",
    "OptionOrder",
    "PlaceOrder",
    "SiteOrder",
]

_PLACE: Final = r"^[^\x00-\x1f\x7f]*[^\s\x00-\x20\x7f][^\x00-\x1f\x7f]*(?!\n)$"


class PlaceOrder(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where an address lies. Prefecture and municipality by name or code, ward included."""

    postal_code: Line
    prefecture: Line
    municipality: Line


class DeclarationOrder(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where the unit is installed. Without `effective_at`: from now on. `coverage` is the dispatcher's to say.

    With `place` areas can be judged; a postal code that the list does not know is taken with a `reason`.
    """

    location: Annotated[str, Meta(min_length=1, max_length=MAX_LOCATION, pattern=_PLACE)]
    effective_at: Instant | UnsetType = UNSET
    coverage: Coverage | UnsetType = UNSET
    reason: Line = ""
    place: PlaceOrder | UnsetType = UNSET


class OptionOrder(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The option is asked for."""

    reason: Line = ""


class OptionDecisionOrder(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A dispatcher's decision about an option that waits for one."""

    accept: bool
    reason: Words


class DetachQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why the option is taken off."""

    reason: Line = ""


class SiteOrder(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is the case at the site; what is left out stays. `area` is the dispatcher's to say."""

    site: Site | UnsetType = UNSET
    location: Location | UnsetType = UNSET
    attended: bool | UnsetType = UNSET
    area: Area | UnsetType = UNSET
    reason: Line = ""


RIGHT_RULES: Final[dict[str, dict[str, Any]]] = {
    "SiteOrder": {"anyOf": [{"required": [name]} for name in ("site", "location", "attended", "area")]}
}
"""What a struct cannot say of itself, by its name, for the OpenAPI document."""
