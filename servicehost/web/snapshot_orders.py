"""Bodies and queries of requests about snapshots."""

from typing import Annotated

import msgspec
from msgspec import UNSET, Meta, UnsetType

from servicehost.domain.snapshot import MAX_NAME, Part
from servicehost.web.call import MAX_NUMBER
from servicehost.web.group_orders import SelectionOrder
from servicehost.web.orders import Limit, Line, ManagementCode, ServiceCode

__all__ = ["DeletionQuery", "MembersQuery", "RestorationOrder", "SeenMember", "SnapshotBody", "SnapshotsQuery"]

_NAME = r"^[^\x00-\x1f\x7f]*[^\s\x00-\x20\x7f][^\x00-\x1f\x7f]*(?!\n)$"


class SnapshotBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What to keep, under which name. Without `adapters`: every adapter of the contract; without `management_code`: of
    the caller's own. Whoever is selected is looked up once, now, and must be of one contract."""

    name: Annotated[str, Meta(min_length=1, max_length=MAX_NAME, pattern=_NAME)]
    reason: Line = ""
    adapters: SelectionOrder | UnsetType = UNSET
    management_code: ManagementCode | UnsetType = UNSET


class SnapshotsQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Snapshots, of one contract or all."""

    management_code: ManagementCode | UnsetType = UNSET
    after: Annotated[int, Meta(ge=0, le=MAX_NUMBER, description="`next` of the answer before")] = 0
    limit: Limit = 100


class MembersQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Members of a snapshot, by service code."""

    after: Annotated[str, Meta(max_length=12, description="`next` of the answer before")] = ""
    limit: Limit = 100


class SeenMember(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An adapter to bring back, and the working revision that the caller has seen of it (0: none)."""

    service_code: ServiceCode
    seen_revision: Annotated[int, Meta(ge=0, le=MAX_NUMBER)]


class RestorationOrder(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which members to bring back, as what they had as `part`. Nothing is done when one of them has changed since."""

    members: Annotated[list[SeenMember], Meta(min_length=1, max_length=10_000)]
    part: Part = Part.WORKING
    reason: Line = ""


class DeletionQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why."""

    reason: Line = ""
