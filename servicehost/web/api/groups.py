"""Groups of adapters, and who is in them."""

from typing import Final

from msgspec import UnsetType

from servicehost.domain.errors import NotFound
from servicehost.domain.people import Right
from servicehost.domain.selection import Selection
from servicehost.operations.selecting import selected_by
from servicehost.web.api.configs import expected_revision
from servicehost.web.call import Call, Reply
from servicehost.web.group_answers import GroupAnswer, GroupLists, MembersAnswer, SelectedAnswer
from servicehost.web.group_orders import GroupChange, GroupOrder, MembersOrder, SelectionOrder
from servicehost.web.orders import ByNumber, ByText
from servicehost.web.route import Route

__all__ = ["ROUTES", "SELECTION_PROBLEMS"]

SELECTION_PROBLEMS: Final = (
    "adapter_not_found",
    "group_not_found",
    "query_not_found",
    "query_malformed",
    "selection_unclear",
    "selection_empty",
    "selection_too_large",
)
"""What a route that takes a SelectionOrder may answer with."""


async def _groups(call: Call) -> Reply:
    query = call.query(ByNumber)
    found = await call.door.reads.groups(call.scope, after=query.after, limit=query.limit + 1)
    return Reply(value=GroupLists.of(found, query.limit))


async def _shown(call: Call, number: int, location: str | None = None) -> Reply:
    view = await call.door.reads.group(call.scope, number)
    if view is None:
        raise NotFound("group_not_found", f"There is no group {number}")
    return Reply(value=GroupAnswer.of(view), etag=str(view.group.version), location=location)


async def _group(call: Call) -> Reply:
    return await _shown(call, call.number("group"))


async def _make(call: Call) -> Reply:
    order = call.body(GroupOrder)
    made = await call.door.catalogue.groups.make_group(call.actor, order.management_code, order.name, order.note)
    return await _shown(call, made.group, f"/api/v1/groups/{made.group}")


async def _change(call: Call) -> Reply:
    order, number = call.body(GroupChange), call.number("group")
    seen = expected_revision(call)
    await call.door.catalogue.groups.change_group(call.actor, number, order.name, order.note, seen)
    return await _shown(call, number)


async def _drop(call: Call) -> Reply:
    await call.door.catalogue.groups.drop_group(call.actor, call.number("group"))
    return Reply()


async def _members(call: Call) -> Reply:
    query = call.query(ByText)
    selection = Selection(group=call.number("group"))
    found = await call.door.reads.select_adapters(
        call.scope, selection, call.door.clock.wall(), after=query.after, most=query.limit
    )
    return Reply(value=MembersAnswer.of(found))


async def _change_members(call: Call) -> Reply:
    order, number = call.body(MembersOrder), call.number("group")
    add = None if isinstance(order.add, UnsetType) else order.add.selection
    await call.door.catalogue.groups.change_members(call.actor, number, add, tuple(order.remove))
    return await _shown(call, number)


async def _selected(call: Call) -> Reply:
    selection = call.body(SelectionOrder).selection
    codes = await selected_by(call.door.reads, call.scope, selection, call.door.clock.wall())
    return Reply(value=SelectedAnswer.of(codes))


_NAMES: Final = ("name_empty", "name_too_long", "group_exists")
ROUTES: Final = (
    Route(
        method="GET",
        path="/api/v1/groups",
        handler=_groups,
        name="listGroups",
        summary="Groups of adapters, each with how many are in it",
        tag="groups",
        query=ByNumber,
        answer=GroupLists,
    ),
    Route(
        method="POST",
        path="/api/v1/groups",
        handler=_make,
        name="makeGroup",
        summary="Make a group, still without adapters",
        tag="groups",
        right=Right.LOOK_AFTER_SITES,
        body=GroupOrder,
        example={"management_code": "nxm000000001", "name": "西日本", "note": "大阪支店が担当"},
        answer=GroupAnswer,
        status=201,
        etag=True,
        problems=("contract_not_found", "contract_ended", "too_many_groups", "group_not_found", *_NAMES),
    ),
    Route(
        method="GET",
        path="/api/v1/groups/{group}",
        handler=_group,
        name="readGroup",
        summary="One group",
        tag="groups",
        answer=GroupAnswer,
        etag=True,
        problems=("group_not_found",),
    ),
    Route(
        method="PUT",
        path="/api/v1/groups/{group}",
        handler=_change,
        name="changeGroup",
        summary="Give a group another name or note",
        tag="groups",
        right=Right.LOOK_AFTER_SITES,
        body=GroupChange,
        example={"name": "西日本", "note": "大阪支店が担当"},
        answer=GroupAnswer,
        etag=True,
        if_match=True,
        problems=("group_not_found", *_NAMES),
    ),
    Route(
        method="DELETE",
        path="/api/v1/groups/{group}",
        handler=_drop,
        name="dropGroup",
        summary="Drop a group; its adapters stay",
        tag="groups",
        right=Right.LOOK_AFTER_SITES,
        status=204,
        problems=("group_not_found",),
    ),
    Route(
        method="GET",
        path="/api/v1/groups/{group}/members",
        handler=_members,
        name="listMembers",
        summary="The service codes of the adapters in a group",
        tag="groups",
        query=ByText,
        answer=MembersAnswer,
        problems=("group_not_found",),
    ),
    Route(
        method="POST",
        path="/api/v1/groups/{group}/members",
        handler=_change_members,
        name="changeMembers",
        summary="Put adapters into a group and take others out; changes of several people add up",
        tag="groups",
        right=Right.LOOK_AFTER_SITES,
        body=MembersOrder,
        example={"add": {"query": "site:大阪"}, "remove": ["nxe000000002"]},
        answer=GroupAnswer,
        etag=True,
        problems=SELECTION_PROBLEMS,
    ),
    Route(
        method="POST",
        path="/api/v1/selections",
        handler=_selected,
        name="selectAdapters",
        summary="Show which adapters a list, a group, a tag or a query means now; nothing is changed",
        tag="groups",
        body=SelectionOrder,
        example={"query": "presence:connected tag:role=edge"},
        answer=SelectedAnswer,
        problems=SELECTION_PROBLEMS,
    ),
)
