"""Bodies and queries of requests about customers, their contracts and delegates. Optional fields are left out."""

from typing import Annotated

import msgspec
from msgspec import UNSET, Meta, UnsetType

from servicehost.domain.code_reading import MAX_TYPED
from servicehost.web.case_orders import PersonName
from servicehost.web.orders import CustomerCode, Instant, Line, ServiceCode, Telephone, Words

__all__ = [
    "CustomerOrder",
    "DelegateEndOrder",
    "DelegateOrder",
    "EndingOrder",
    "LookUpQuery",
    "MemoOrder",
    "ReasonQuery",
]


class CustomerOrder(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A customer; without a code a free one is chosen."""

    name: PersonName
    customer_code: CustomerCode | UnsetType = UNSET


class LookUpQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A code as somebody reads it out: capitals, full-width characters, blanks and hyphens do no harm."""

    code: Annotated[str, Meta(min_length=1, max_length=MAX_TYPED)]


class MemoOrder(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The memo of an adapter; empty: none."""

    memo: Line


class DelegateOrder(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who may attend, at which adapters (none named: at all of the contract), from when (now) until when (no end)."""

    name: PersonName
    telephone: Telephone
    service_codes: Annotated[list[ServiceCode], Meta(max_length=1_000, extra_json_schema={"uniqueItems": True})] = []
    attends_from: Instant | UnsetType = UNSET
    attends_until: Instant | UnsetType = UNSET


class DelegateEndOrder(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why somebody attends no more."""

    reason: Words


class EndingOrder(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """When something ends, now (left out) or to come, and why."""

    ends_at: Instant | UnsetType = UNSET
    reason: Words


class ReasonQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why something is taken back."""

    reason: Words
