"""Bodies and queries of requests about groups, tags, saved queries, and of what selects adapters."""

from typing import Annotated, Any, Final

import msgspec
from msgspec import UNSET, Meta, UnsetType

from servicehost.domain.group import MAX_NAME
from servicehost.domain.query import MAX_QUERY
from servicehost.domain.selection import MOST, Selection
from servicehost.operations.grouping import AT_ONCE
from servicehost.web.orders import Limit, Line, ManagementCode, Number, ServiceCode

__all__ = [
    "GROUP_RULES",
    "AdaptersQuery",
    "GroupChange",
    "GroupOrder",
    "MembersOrder",
    "QueryChange",
    "QueryOrder",
    "SelectionOrder",
    "TagOrder",
    "TagsQuery",
]

_NAMED: Final = r"^[^\x00-\x1f\x7f]*[^\s\x00-\x20\x7f\u3000][^\x00-\x1f\x7f]*(?!\n)$"
Named = Annotated[str, Meta(min_length=1, max_length=MAX_NAME, pattern=_NAMED)]
QueryText = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=MAX_QUERY,
        pattern=_NAMED,
        description="A query of adapters, such as `presence:connected site:大阪 -tag:vip`",
    ),
]
TagText = Annotated[
    str, Meta(min_length=1, max_length=2 * MAX_NAME + 1, pattern=_NAMED, description="NAME or NAME=VALUE")
]
_LINE: Final = r"^[^\x00-\x1f\x7f]*(?!\n)$"
_NEXT: Final = "`next` of the answer before"
Code = Annotated[str, Meta(max_length=64, pattern=_LINE, description=_NEXT)]


class AdaptersQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A part of the adapters in the order of their codes: all of them, or those of which the query holds."""

    query: QueryText | UnsetType = UNSET
    after: Code = ""
    limit: Limit = 100


class SelectionOrder(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which adapters are meant: exactly one of a list, a group, a tag, a query and the number of a saved query."""

    service_codes: (
        Annotated[list[ServiceCode], Meta(min_length=1, max_length=MOST, extra_json_schema={"uniqueItems": True})]
        | UnsetType
    ) = UNSET
    group: Number | UnsetType = UNSET
    tag: TagText | UnsetType = UNSET
    query: QueryText | UnsetType = UNSET
    saved_query: Number | UnsetType = UNSET

    @property
    def selection(self) -> Selection:
        """As the domain has it; whether exactly one is said it judges itself."""
        return Selection(
            service_codes=None if isinstance(self.service_codes, UnsetType) else tuple(self.service_codes),
            group=None if isinstance(self.group, UnsetType) else self.group,
            tag=None if isinstance(self.tag, UnsetType) else self.tag,
            query=None if isinstance(self.query, UnsetType) else self.query,
            saved_query=None if isinstance(self.saved_query, UnsetType) else self.saved_query,
        )


class GroupOrder(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A group of a management contract."""

    management_code: ManagementCode
    name: Named
    note: Line = ""


class GroupChange(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a group is called from now on."""

    name: Named
    note: Line = ""


class MembersOrder(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who is put into a group, and which adapters are taken out of it."""

    add: SelectionOrder | UnsetType = UNSET
    remove: Annotated[list[ServiceCode], Meta(max_length=AT_ONCE)] = []


class TagOrder(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which adapters get which tags, and which names of tags are taken off them."""

    adapters: SelectionOrder
    put: Annotated[list[TagText], Meta(max_length=100)] = []
    take: Annotated[list[Named], Meta(max_length=100)] = []


class TagsQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A part of the tags in the order of contracts, names and values."""

    after: Annotated[str, Meta(max_length=220, pattern=_LINE, description=_NEXT)] = ""
    limit: Limit = 100


class QueryOrder(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A query of a management contract, and its name."""

    management_code: ManagementCode
    name: Named
    text: QueryText


class QueryChange(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a saved query is called and asks from now on."""

    name: Named
    text: QueryText


_ONE_WAY: Final = [{"required": [name]} for name in SelectionOrder.__struct_fields__]
GROUP_RULES: Final[dict[str, dict[str, Any]]] = {"SelectionOrder": {"oneOf": _ONE_WAY}}
"""What a struct cannot say of itself, by its name, for the OpenAPI document."""
