"""Bodies and queries of requests. Unknown fields are refused by name; optional ones are left out, never null."""

import enum
from typing import Annotated, Any, Final

import msgspec
from msgspec import UNSET, Meta, UnsetType

from servicehost.domain.config import MAX_BODY_BYTES
from servicehost.domain.fact_kind import Channel, Ownership
from servicehost.domain.people import MIN_PASSWORD
from servicehost.domain.push import Target
from servicehost.web.call import MAX_NUMBER

__all__ = [
    "RULES",
    "AdapterOrder",
    "BindingOrder",
    "ByNumber",
    "ByText",
    "ConfigOrder",
    "ContractOrder",
    "EndOrder",
    "ImportQuery",
    "LifeOrder",
    "LifeWord",
    "LogInOrder",
    "PasswordOrder",
    "PersonOrder",
    "PushBody",
    "PushesQuery",
    "UnbindQuery",
    "UnitOrder",
]

# `(?!\n)` because Python's `$` also matches before a last line feed.
_LINE: Final = r"^[^\x00-\x1f\x7f]*(?!\n)$"
# One line with something on it.
_WORDS: Final = r"^[^\x00-\x1f\x7f]*[^\s\x00-\x20\x7f][^\x00-\x1f\x7f]*(?!\n)$"
Line = Annotated[str, Meta(max_length=200, pattern=_LINE)]
Words = Annotated[str, Meta(min_length=1, max_length=200, pattern=_WORDS)]
Name = Annotated[str, Meta(min_length=1, max_length=100, pattern=_LINE)]
Password = Annotated[str, Meta(min_length=1, max_length=256)]
NewPassword = Annotated[str, Meta(min_length=MIN_PASSWORD, max_length=256)]
CustomerCode = Annotated[str, Meta(pattern="^nxc[0-9]{9}$", max_length=12)]
ManagementCode = Annotated[str, Meta(pattern="^nxm[0-9]{9}$", max_length=12)]
ServiceCode = Annotated[str, Meta(pattern="^nxe[0-9]{9}$", max_length=12)]
DistributionId = Annotated[str, Meta(pattern="^([0-9A-Fa-f]{4}-){7}[0-9A-Fa-f]{4}$", max_length=39)]
Instant = Annotated[str, Meta(max_length=40, extra_json_schema={"format": "date-time"})]
Number = Annotated[int, Meta(ge=1, le=MAX_NUMBER)]
Config = Annotated[str, Meta(min_length=1, max_length=MAX_BODY_BYTES)]
Telephone = Annotated[str, Meta(min_length=3, max_length=40, pattern="^[0-9+() -]*[0-9][0-9+() -]*$")]
Mail = Annotated[str, Meta(min_length=3, max_length=254, pattern=r"^[!-?A-~]+@[!-?A-~]+$")]
ModelSerial = Annotated[
    str, Meta(max_length=64, pattern=r"^[A-Za-z0-9]([A-Za-z0-9 ()+./-]{0,38}[A-Za-z0-9()+])?-[A-Za-z0-9]{1,23}$")
]
Limit = Annotated[int, Meta(ge=1, le=500, description="Most items in the answer")]


class LogInOrder(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`new_password` is required once, when the password is a one-time one."""

    master_id: Annotated[str, Meta(min_length=1, max_length=64, pattern=_LINE)]
    password: Password
    new_password: NewPassword | UnsetType = UNSET


class PasswordOrder(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The present password and the one to have from now on."""

    password: Password
    new_password: NewPassword


class ContractOrder(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A management contract, of the customer if one is named; without a code of its own a free one is chosen."""

    label: Name
    management_code: ManagementCode | UnsetType = UNSET
    customer_code: CustomerCode | UnsetType = UNSET


class PersonOrder(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An operation manager of a contract, and how they are reached."""

    name: Name
    organisation: Name | UnsetType = UNSET
    telephone: Telephone | UnsetType = UNSET
    mail: Mail | UnsetType = UNSET


class UnitOrder(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is printed on a box."""

    distribution_id: DistributionId
    model: Annotated[str, Meta(max_length=40, pattern=r"^[A-Za-z0-9]([A-Za-z0-9 ()+./-]*[A-Za-z0-9()+])?$")]
    serial: Annotated[str, Meta(max_length=23, pattern="^[A-Za-z0-9]+$")]
    ownership: Ownership = Ownership.RENTAL
    channel: Channel = Channel.DIRECT


class LifeWord(enum.StrEnum):
    """What people say of a unit. `found`: it was lost or stolen; `registered`: it is to be used again."""

    RETURNED = "returned"
    RETIRED = "retired"
    LOST = "lost"
    STOLEN = "stolen"
    FOUND = "found"
    REGISTERED = "registered"


class LifeOrder(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What has become of a unit, and why it is said."""

    life: LifeWord
    reason: Words


class ImportQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A dry run looks for everything that would be refused and registers nothing."""

    dry_run: bool = False


class EndOrder(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """When an adapter's contract ends, in the past or to come; left out: now."""

    out_of_service_at: Instant | UnsetType = UNSET
    reason: Line = ""


class AdapterOrder(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A service adapter of a contract; without a service code a free one is chosen.

    The memo begins with the site name, unless it is given. `brought_in`: model-serial of the customer's own unit.
    """

    management_code: ManagementCode
    service_code: ServiceCode | UnsetType = UNSET
    site_name: Line = ""
    memo: Line | UnsetType = UNSET
    brought_in: ModelSerial | UnsetType = UNSET


class BindingOrder(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The unit that shall serve the adapter. `override`: although the customer brings in another; then say why."""

    distribution_id: DistributionId
    reason: Line = ""
    override: bool = False


class ConfigOrder(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole text of a config."""

    body: Config
    reason: Line = ""


class PushBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A push to one adapter or many: of `body`, of the `revision` of that number, or of each one's working revision."""

    service_codes: Annotated[
        list[ServiceCode], Meta(min_length=1, max_length=10_000, extra_json_schema={"uniqueItems": True})
    ]
    revision: Number | UnsetType = UNSET
    body: Config | UnsetType = UNSET
    target: Target = Target.BOTH
    """`both`: at once, and startup once it is confirmed; `running`: until the next boot; `startup`: from it on."""
    reason: Line = ""
    confirm_timeout_s: Annotated[int, Meta(ge=5, le=86_400)] | UnsetType = UNSET
    life_s: Annotated[int, Meta(ge=60, le=315_360_000)] | UnsetType = UNSET
    through_acknowledged: bool = False
    """Push although the caller's own address is that of an adapter's session: the push may cut them off."""


RULES: Final[dict[str, dict[str, Any]]] = {"PushBody": {"not": {"required": ["revision", "body"]}}}
"""What a struct cannot say of itself, by its name, for the OpenAPI document."""


class ByText(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A part of a list in the order of its codes."""

    after: Annotated[str, Meta(max_length=64, pattern=_LINE, description="`next` of the answer before")] = ""
    limit: Limit = 100


class ByNumber(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A part of a list in the order of its numbers."""

    after: Annotated[int, Meta(ge=0, le=MAX_NUMBER, description="`next` of the answer before")] = 0
    limit: Limit = 100


class PushesQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Pushes, of one adapter or all."""

    service_code: ServiceCode | UnsetType = UNSET
    after: Annotated[int, Meta(ge=0, le=MAX_NUMBER, description="`next` of the answer before")] = 0
    limit: Limit = 100


class UnbindQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why the unit is taken off."""

    reason: Line = ""
