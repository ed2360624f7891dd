"""Bodies and queries of requests about returns and charges. Optional fields are left out, never null."""

from datetime import date
from typing import Annotated, Any, Final, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from servicehost.domain.charge_proposal import ProposalState
from servicehost.domain.custody import Part
from servicehost.domain.unit_return import Loss, ReturnState
from servicehost.web.call import MAX_NUMBER
from servicehost.web.orders import Limit, Line, Number, Words

__all__ = [
    "EXAMPLES",
    "ApprovalOrder",
    "ChargesCsvQuery",
    "ChargesQuery",
    "InspectionOrder",
    "LossOrder",
    "ReceiptOrder",
    "ReturnsQuery",
    "ShipmentOrder",
    "WaiverOrder",
]

After = Annotated[int, Meta(ge=0, le=MAX_NUMBER, description="`next` of the answer before")]
Name = Annotated[str, Meta(max_length=100, pattern=r"^[^\x00-\x1f\x7f]*(?!\n)$")]
Parts = Annotated[list[Part], Meta(max_length=len(Part))]
Day = Annotated[date, Meta(description="A day in Japan, as 2026-04-01; both ends are included")]


class ReturnsQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Returns, in one state or all."""

    state: ReturnState | UnsetType = UNSET
    after: After = 0
    limit: Limit = 100


class ChargesQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Charges, in one state or all, of one exchange or all."""

    state: ProposalState | UnsetType = UNSET
    exchange: Number | UnsetType = UNSET
    after: After = 0
    limit: Limit = 100


class ChargesCsvQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Approved charges by the day of their approval in Japan; without days, all of them."""

    since: Day | UnsetType = msgspec.field(name="from", default=UNSET)
    until: Day | UnsetType = msgspec.field(name="to", default=UNSET)


class ShipmentOrder(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """With whom a unit is on its way back, under which reference."""

    by: Literal["carrier", "service_driver"] = "carrier"
    name: Name = ""
    reference: Name = ""
    note: Line = ""


class ReceiptOrder(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where a unit was received, and which of its main accessories did not come with it."""

    place: Name = ""
    missing: Parts = []
    note: Line = ""


class InspectionOrder(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What an inspection found, by whom (left out: by the caller); `erased` left out: not looked at."""

    result: Literal["fault_found", "no_fault_found", "damaged", "modified"]
    by: Name = ""
    damaged: Parts = []
    erased: bool | UnsetType = UNSET
    place: Name = ""
    note: Line = ""


class LossOrder(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why a unit is given up. Only `never_returned` is charged to the customer."""

    loss: Loss
    reason: Words


class ApprovalOrder(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why, where the provider's policy asks."""

    reason: Line = ""


class WaiverOrder(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why it is not charged."""

    reason: Words


EXAMPLES: Final[dict[type[msgspec.Struct], dict[str, Any]]] = {
    ShipmentOrder: {"by": "carrier", "name": "Yamato", "reference": "4123-5678-9012"},
    ReceiptOrder: {"place": "Tokyo", "missing": ["ac_adapter"]},
    InspectionOrder: {"result": "fault_found", "by": "Tanaka", "erased": True},
    LossOrder: {"loss": "never_returned", "reason": "asked for three times"},
    ApprovalOrder: {"reason": "agreed by telephone"},
    WaiverOrder: {"reason": "goodwill: the first in five years"},
}
"""One of each body, for the OpenAPI document."""
