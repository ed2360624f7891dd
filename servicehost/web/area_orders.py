"""Bodies and queries of requests about closed areas. Optional fields are left out, never null."""

from typing import Annotated, Final

import msgspec
from msgspec import UNSET, Meta, UnsetType

from servicehost.domain.area_proposal import AreaProposalState, ProposalKind
from servicehost.domain.fact_kind import Area
from servicehost.web.call import MAX_NUMBER
from servicehost.web.orders import Instant, Limit, Number, Words

__all__ = ["AreaDecisionOrder", "AreaProposalsQuery", "AreasQuery", "ClosingOrder", "ReopeningOrder", "TogetherOrder"]

_CODE: Final = r"^(?:0[1-9]|[1-3][0-9]|4[0-7])(?:[0-9]{3})?(?!\n)$"
After = Annotated[int, Meta(ge=0, le=MAX_NUMBER, description="`next` of the answer before")]


class ClosingOrder(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which area is closed, and why. Without `until` it stays closed, and `review_at` is needed."""

    code: Annotated[str, Meta(pattern=_CODE, max_length=5, description="Of a prefecture, city or municipality")]
    reason: Words
    state: Area = Area.NO_ENTRY
    until: Instant | UnsetType = UNSET
    review_at: Instant | UnsetType = UNSET


class ReopeningOrder(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why the area is open again."""

    reason: Words


class AreaDecisionOrder(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A dispatcher's decision on one proposal."""

    accept: bool
    reason: Words


class TogetherOrder(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A dispatcher's decision on all proposals of one kind that wait in an area."""

    kind: ProposalKind
    accept: bool
    reason: Words


class AreasQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Closed areas in the order of their numbers; `closed` true: only those that are so now."""

    closed: bool = False
    after: After = 0
    limit: Limit = 100


class AreaProposalsQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Proposals in the order of their numbers."""

    area: Number | UnsetType = UNSET
    state: AreaProposalState | UnsetType = UNSET
    after: After = 0
    limit: Limit = 100
