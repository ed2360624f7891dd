"""Bodies and queries of requests about faults, exchanges and stock. Optional fields are left out, never null."""

from typing import Annotated, Any, Final

import msgspec
from msgspec import UNSET, Meta, UnsetType

from servicehost.domain.exchange import Failure
from servicehost.domain.fact_kind import KINDS, Cause, Channel, Coverage, FactName, Item, Location, Ownership, Source
from servicehost.domain.fact_kind import SiteState as Site
from servicehost.domain.fault import FaultEnd
from servicehost.domain.triage import MAX_EVIDENCE, MAX_REASON
from servicehost.web.call import MAX_NUMBER
from servicehost.web.orders import DistributionId, Limit, Line, Number, ServiceCode, Words

__all__ = [
    "CASE_RULES",
    "OVERRIDE_NEEDS_REASON",
    "CancelOrder",
    "CloseOrder",
    "DepotName",
    "ExchangeOrder",
    "ExchangesQuery",
    "FactOrder",
    "FailureOrder",
    "FaultsQuery",
    "Firmware",
    "ModelName",
    "ReactionsQuery",
    "ReservationOrder",
    "SpareOrder",
    "SwapOrder",
    "TermsOrder",
    "TriageOrder",
]

# One line with something on it.
_WORDS: Final = r"^[^\x00-\x1f\x7f]*[^\s\x00-\x20\x7f][^\x00-\x1f\x7f]*(?!\n)$"
_LINE: Final = r"^[^\x00-\x1f\x7f]*(?!\n)$"
PersonName = Annotated[str, Meta(min_length=1, max_length=100, pattern=_WORDS)]
DepotName = Annotated[str, Meta(max_length=32, pattern="^[a-z0-9][a-z0-9-]{0,31}(?!\\n)$")]
Firmware = Annotated[str, Meta(min_length=1, max_length=64, pattern=_LINE)]
ModelName = Annotated[str, Meta(max_length=40, pattern=r"^[A-Za-z0-9]([A-Za-z0-9 ()+./-]*[A-Za-z0-9()+])?(?!\n)$")]
After = Annotated[int, Meta(ge=0, le=MAX_NUMBER, description="`next` of the answer before")]


class FaultsQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Faults, of one adapter or all; `open_only` leaves out the closed ones."""

    service_code: ServiceCode | UnsetType = UNSET
    after: After = 0
    limit: Limit = 100
    newest_first: bool = False
    open_only: bool = False


class ExchangesQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Exchanges, of one adapter or all."""

    service_code: ServiceCode | UnsetType = UNSET
    after: After = 0
    limit: Limit = 100
    newest_first: bool = False


class ReactionsQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`parked`: true for the parked ones only, false for the others only."""

    parked: bool | UnsetType = UNSET
    after: After = 0
    limit: Limit = 100


class TriageOrder(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What caused a fault, and by what evidence; `reason`: why it is not what was proposed."""

    cause: Cause
    evidence: Annotated[str, Meta(min_length=1, max_length=MAX_EVIDENCE, pattern=_WORDS)]
    reason: Annotated[str, Meta(max_length=MAX_REASON, pattern=_LINE)] = ""


class CloseOrder(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why a fault is closed without an exchange."""

    end: FaultEnd


class ExchangeOrder(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is asked, and what the one asking says of the site; what is left out stays unknown and is asked for.

    `attendee` names who attends a swap on site, `delegate` is the number of one on record instead; `attended` false
    says that nobody can. `former` is the closed exchange after which it was not well, when it is too late to reopen it.
    """

    service_code: ServiceCode
    attendee: PersonName | UnsetType = UNSET
    delegate: Number | UnsetType = UNSET
    attended: bool | UnsetType = UNSET
    site: Site | UnsetType = UNSET
    location: Location | UnsetType = UNSET
    reason: Line = ""
    former: Annotated[int, Meta(ge=1, le=MAX_NUMBER)] | UnsetType = UNSET


class FactOrder(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One fact. `source` left out: the caller's own word. `settles` ends a difference between sources.

    `attendee`, with the fact of that name: who it is; or `delegate`, the number of one on record. `reason`: why; a
    decision against an on-site swap must have one.
    """

    name: FactName
    value: bool | Annotated[str, Meta(max_length=40)]
    source: Source | UnsetType = UNSET
    settles: bool = False
    attendee: PersonName | UnsetType = UNSET
    reason: Line = ""
    delegate: Number | UnsetType = UNSET


class ReservationOrder(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which spare is meant. `override` takes it although something does not fit: `reason` then says why.

    `expected_firmware` left out: what the spare is known to have, else that of the unit it replaces, if of one model.
    """

    distribution_id: DistributionId
    override: bool = False
    expected_firmware: Firmware | UnsetType = UNSET
    reason: Line = ""


class SwapOrder(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The word "swap now". On site it is the attendee's: their name is repeated."""

    attendee: PersonName | UnsetType = UNSET


class CancelOrder(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why an exchange is called off."""

    reason: Words


class FailureOrder(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why an exchange cannot go on."""

    failure: Failure


class TermsOrder(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the contract says of an adapter and, `ownership` and `channel`, of the unit that serves it.

    What is left out stays as it is. `option`: ultra-sendback; `mobile`: mobile access.
    """

    item: Item | UnsetType = UNSET
    option: bool | UnsetType = UNSET
    mobile: bool | UnsetType = UNSET
    declared_location: Annotated[str, Meta(max_length=255, pattern=_LINE)] | UnsetType = UNSET
    coverage: Coverage | UnsetType = UNSET
    ownership: Ownership | UnsetType = UNSET
    channel: Channel | UnsetType = UNSET


class SpareOrder(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The unit to take into stock; `depot` left out: the main stock.

    `firmware` left out: what the unit said last, if it ever did.
    """

    distribution_id: DistributionId
    depot: DepotName | UnsetType = UNSET
    firmware: Firmware | UnsetType = UNSET


_WITHOUT_REASON: Final = {FactName.PROVIDER_DOWNGRADE: [False]}
OVERRIDE_NEEDS_REASON: Final[dict[str, Any]] = {
    "anyOf": [
        {"properties": {"override": {"const": False}}},
        {"properties": {"reason": {"pattern": _WORDS}}, "required": ["reason"]},
    ]
}
CASE_RULES: Final[dict[str, dict[str, Any]]] = {
    "ExchangeOrder": {
        "not": {
            "anyOf": [
                {"required": ["attendee", "delegate"]},
                {"required": ["attendee", "attended"], "properties": {"attended": {"const": False}}},
                {"required": ["delegate", "attended"], "properties": {"attended": {"const": False}}},
            ]
        }
    },
    "FactOrder": {
        "not": {
            "anyOf": [
                {"required": ["attendee", "delegate"]},
                {"required": ["delegate"], "properties": {"name": {"not": {"const": FactName.ATTENDEE.value}}}},
                {"required": ["delegate"], "properties": {"value": {"not": {"const": True}}}},
            ]
        },
        "anyOf": [
            {
                "properties": {
                    "name": {"const": name.value},
                    "value": {"enum": _WITHOUT_REASON.get(name, list(kind.values))},
                }
            }
            for name, kind in KINDS.items()
        ]
        + [
            {
                "properties": {
                    "name": {"const": FactName.PROVIDER_DOWNGRADE.value},
                    "value": {"const": True},
                    "reason": {"pattern": _WORDS},
                },
                "required": ["reason"],
            }
        ],
    },
    "ReservationOrder": OVERRIDE_NEEDS_REASON,
}
"""What a struct cannot say of itself, by its name, for the OpenAPI document."""
