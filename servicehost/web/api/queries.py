"""Saved queries of adapters."""

from typing import Final

from servicehost.domain.errors import NotFound
from servicehost.domain.people import Right
from servicehost.web.api.configs import expected_revision
from servicehost.web.call import Call, Reply
from servicehost.web.group_answers import SavedQueries, SavedQueryAnswer
from servicehost.web.group_orders import QueryChange, QueryOrder
from servicehost.web.orders import ByNumber
from servicehost.web.route import Route

__all__ = ["ROUTES"]


async def _queries(call: Call) -> Reply:
    query = call.query(ByNumber)
    found = await call.door.reads.saved_queries(call.scope, after=query.after, limit=query.limit + 1)
    return Reply(value=SavedQueries.of(found, query.limit))


async def _query(call: Call) -> Reply:
    number = call.number("query")
    found = await call.door.reads.saved_query(call.scope, number)
    if found is None:
        raise NotFound("query_not_found", f"There is no saved query {number}")
    return Reply(value=SavedQueryAnswer.of(found), etag=str(found.version))


async def _save(call: Call) -> Reply:
    order = call.body(QueryOrder)
    saved = await call.door.catalogue.groups.save_query(call.actor, order.management_code, order.name, order.text)
    location = f"/api/v1/queries/{saved.query}"
    return Reply(value=SavedQueryAnswer.of(saved), etag=str(saved.version), location=location)


async def _change(call: Call) -> Reply:
    order, seen = call.body(QueryChange), expected_revision(call)
    changed = await call.door.catalogue.groups.change_query(
        call.actor, call.number("query"), order.name, order.text, seen
    )
    return Reply(value=SavedQueryAnswer.of(changed), etag=str(changed.version))


async def _drop(call: Call) -> Reply:
    await call.door.catalogue.groups.drop_query(call.actor, call.number("query"))
    return Reply()


_NAMES: Final = ("query_malformed", "name_empty", "name_too_long", "query_exists")
_TOKYO: Final = {"name": "東京の未接続", "text": "site:東京 presence:disconnected"}
ROUTES: Final = (
    Route(
        method="GET",
        path="/api/v1/queries",
        handler=_queries,
        name="listQueries",
        summary="Saved queries of adapters",
        tag="groups",
        query=ByNumber,
        answer=SavedQueries,
    ),
    Route(
        method="POST",
        path="/api/v1/queries",
        handler=_save,
        name="saveQuery",
        summary="Keep a query under a name",
        tag="groups",
        right=Right.LOOK_AFTER_SITES,
        body=QueryOrder,
        example={"management_code": "nxm000000001", **_TOKYO},
        answer=SavedQueryAnswer,
        status=201,
        etag=True,
        problems=("contract_not_found", "contract_ended", "too_many_queries", *_NAMES),
    ),
    Route(
        method="GET",
        path="/api/v1/queries/{query}",
        handler=_query,
        name="readQuery",
        summary="One saved query",
        tag="groups",
        answer=SavedQueryAnswer,
        etag=True,
        problems=("query_not_found",),
    ),
    Route(
        method="PUT",
        path="/api/v1/queries/{query}",
        handler=_change,
        name="changeQuery",
        summary="Change a saved query; what was ordered by it before keeps the adapters it had found",
        tag="groups",
        right=Right.LOOK_AFTER_SITES,
        body=QueryChange,
        example=_TOKYO,
        answer=SavedQueryAnswer,
        etag=True,
        if_match=True,
        problems=("query_not_found", *_NAMES),
    ),
    Route(
        method="DELETE",
        path="/api/v1/queries/{query}",
        handler=_drop,
        name="dropQuery",
        summary="Drop a saved query",
        tag="groups",
        right=Right.LOOK_AFTER_SITES,
        status=204,
        problems=("query_not_found",),
    ),
)
