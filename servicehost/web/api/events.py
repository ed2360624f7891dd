"""Events: listed, exported, followed."""

from typing import Final

from servicehost.domain.token import hash_token
from servicehost.ports.events import EventsWanted
from servicehost.web.call import MAX_NUMBER, Call, Reply
from servicehost.web.door import STREAMS
from servicehost.web.event_answers import Events
from servicehost.web.event_orders import EventsFilterQuery, EventsQuery
from servicehost.web.events_export import as_csv, as_lines, exported
from servicehost.web.route import Route

__all__ = ["ROUTES"]

_REMOVED: Final = "Events-Removed-To"


async def _events(call: Call) -> Reply:
    query, reads = call.query(EventsQuery), call.door.reads
    wanted = EventsWanted(filter=query.filter, after=query.after, limit=query.limit, newest_first=query.newest_first)
    return Reply(value=Events.of(await reads.find_events(call.scope, wanted), await reads.event_horizon()))


async def _lines(call: Call) -> Reply:
    query, reads = call.query(EventsFilterQuery), call.door.reads
    parts = exported(reads, call.scope, query.filter, query.after, as_lines)
    return Reply(parts=parts, media_type="application/x-ndjson", headers=await _removed(call))


async def _csv(call: Call) -> Reply:
    query, reads = call.query(EventsFilterQuery), call.door.reads
    parts = exported(reads, call.scope, query.filter, query.after, as_csv)
    return Reply(parts=parts, media_type="text/csv; charset=utf-8", headers=await _removed(call))


async def _removed(call: Call) -> dict[str, str]:
    return {_REMOVED: str((await call.door.reads.event_horizon()).event)}


async def _stream(call: Call) -> Reply:
    query, door = call.query(EventsFilterQuery), call.door

    async def may_listen() -> bool:
        return await door.reads.person_by_token(hash_token(call.token), door.clock.wall()) is not None

    following = await call.request.app[STREAMS].follow(call.scope, query.filter, _place(call, query), may_listen)
    return Reply(stream=following, media_type="text/event-stream")


def _place(call: Call, query: EventsFilterQuery) -> int | None:
    """What a browser or a program says it saw last goes before what its address says."""
    seen = call.request.headers.get("Last-Event-ID", "")
    if seen.isascii() and seen.isdigit() and len(seen) < len(str(MAX_NUMBER)):
        return int(seen)
    return query.after if "after" in call.request.query else None


ROUTES: Final = (
    Route(
        method="GET",
        path="/api/v1/events",
        handler=_events,
        name="listEvents",
        summary="What happened, in the order of commits, and up to where older events have been removed",
        tag="events",
        query=EventsQuery,
        answer=Events,
    ),
    Route(
        method="GET",
        path="/api/v1/events.ndjson",
        handler=_lines,
        name="exportEventsAsLines",
        summary=f"All events that fit, a line of JSON each; the header {_REMOVED} says up to where older ones are gone",
        tag="events",
        query=EventsFilterQuery,
        media_type="application/x-ndjson",
    ),
    Route(
        method="GET",
        path="/api/v1/events.csv",
        handler=_csv,
        name="exportEventsAsCsv",
        summary=f"All events that fit, for a spreadsheet; the header {_REMOVED} says up to where older ones are gone",
        tag="events",
        query=EventsFilterQuery,
        media_type="text/csv",
    ),
    Route(
        method="GET",
        path="/api/v1/events/stream",
        handler=_stream,
        name="followEvents",
        summary="Events as they happen, as server-sent events: from now on, or after the one that Last-Event-ID names",
        tag="events",
        query=EventsFilterQuery,
        media_type="text/event-stream",
        problems=("too_many_streams",),
    ),
)
