"""Bodies and queries of requests about stock, overridden verdicts and units that take over."""

from typing import Annotated, Any, Final

import msgspec
from msgspec import UNSET, Meta, UnsetType

from servicehost.domain.rules import Verdict
from servicehost.domain.spare import SpareState
from servicehost.operations.taking_over import AfterAction, Discard
from servicehost.web.case_orders import OVERRIDE_NEEDS_REASON, After, DepotName, Firmware, ModelName
from servicehost.web.orders import DistributionId, Limit, Line, ServiceCode, Words

__all__ = [
    "STOCK_RULES",
    "DepotOrder",
    "ExchangeReopeningOrder",
    "MoveOrder",
    "OverrideEndOrder",
    "OverrideOrder",
    "PromotionOrder",
    "ReplacementOrder",
    "SparesQuery",
    "ThresholdOrder",
]

Area = Annotated[str, Meta(max_length=255, pattern=r"^[^\x00-\x1f\x7f]*(?!\n)$")]
Discards = Annotated[list[Discard], Meta(max_length=len(Discard), extra_json_schema={"uniqueItems": True})]


class SparesQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Spares, of one depot, model, firmware or state, or all."""

    depot: DepotName | UnsetType = UNSET
    model: ModelName | UnsetType = UNSET
    firmware: Firmware | UnsetType = UNSET
    state: SpareState | UnsetType = UNSET
    after: After = 0
    limit: Limit = 100


class DepotOrder(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is recorded of a depot. `area` lists, with commas, how the addresses begin that it serves."""

    label: Words
    area: Area = ""


class ThresholdOrder(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Below `least` free units of the model the depot is low; 0: it never is."""

    model: ModelName
    least: Annotated[int, Meta(ge=0, le=100_000)]


class MoveOrder(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where a spare is carried; left out: to the main stock."""

    depot: DepotName | UnsetType = UNSET
    reason: Line = ""


class OverrideOrder(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a dispatcher decides over the rules, and why."""

    verdict: Annotated[Verdict, Meta(extra_json_schema={"not": {"const": Verdict.UNDECIDED.value}})]
    reason: Words


class OverrideEndOrder(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why the rules are to decide after all."""

    reason: Words


class ExchangeReopeningOrder(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What was seen that is not well."""

    saw: Words


class ReplacementOrder(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The unit at hand that takes the place, and what of the old one's is not carried over.

    `after_action` left out: what is rented comes back, what is the customer's own stays. `override` takes the unit
    although something does not fit: `reason` then says why.
    """

    unit: DistributionId
    discard: Discards = []
    reason: Line = ""
    after_action: AfterAction | UnsetType = UNSET
    override: bool = False


class PromotionOrder(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Without `takes_over` the adapter goes from the standby item to the entry item. With it the standby adapter's unit
    takes the place of that entry adapter's unit; the other fields are those of a replacement."""

    takes_over: ServiceCode | UnsetType = UNSET
    discard: Discards = []
    reason: Line = ""
    after_action: AfterAction | UnsetType = UNSET
    override: bool = False


STOCK_RULES: Final[dict[str, dict[str, Any]]] = {
    "ReplacementOrder": OVERRIDE_NEEDS_REASON,
    "PromotionOrder": OVERRIDE_NEEDS_REASON,
}
"""What a struct cannot say of itself, by its name, for the OpenAPI document."""
