"""Tags on adapters."""

from typing import Final

from servicehost.domain.people import Right
from servicehost.web.api.groups import SELECTION_PROBLEMS
from servicehost.web.call import Call, Reply
from servicehost.web.group_answers import TaggedAnswer, Tags, tag_after
from servicehost.web.group_orders import TagOrder, TagsQuery
from servicehost.web.route import Route

__all__ = ["ROUTES"]


async def _tags(call: Call) -> Reply:
    query = call.query(TagsQuery)
    found = await call.door.reads.tags(call.scope, after=tag_after(query.after), limit=query.limit + 1)
    return Reply(value=Tags.of(found, query.limit))


async def _tag(call: Call) -> Reply:
    order = call.body(TagOrder)
    codes = await call.door.catalogue.groups.tag_adapters(call.actor, order.adapters.selection, order.put, order.take)
    return Reply(value=TaggedAnswer(service_codes=list(codes)))


ROUTES: Final = (
    Route(
        method="GET",
        path="/api/v1/tags",
        handler=_tags,
        name="listTags",
        summary="The tags that adapters carry, each with how many carry it",
        tag="groups",
        query=TagsQuery,
        answer=Tags,
    ),
    Route(
        method="POST",
        path="/api/v1/tags",
        handler=_tag,
        name="tagAdapters",
        summary="Put tags on adapters and take others off, one or many at once; all or nothing",
        tag="groups",
        right=Right.LOOK_AFTER_SITES,
        body=TagOrder,
        example={"adapters": {"query": "site:大阪"}, "put": ["role=edge"], "take": ["vip"]},
        answer=TaggedAnswer,
        problems=(
            *SELECTION_PROBLEMS,
            "contract_ended",
            "contract_not_found",
            "name_empty",
            "name_too_long",
            "tag_value_too_long",
            "too_many_tags",
            "too_many_tag_names",
        ),
    ),
)
