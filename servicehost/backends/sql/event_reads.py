"""`ports.events.EventReads` on SQLite."""

from typing import Any, Final

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.ext.asyncio import AsyncEngine

from servicehost.backends.sql import tables
from servicehost.backends.sql.event_tables import event_horizon
from servicehost.backends.sql.rows import to_event
from servicehost.domain.contract import Scope
from servicehost.domain.event import EventFilter
from servicehost.ports.events import NOT_YET, EventPage, EventsWanted, Horizon

__all__ = ["WINDOW", "SqlEventReads"]

WINDOW: Final = 20_000
"""Events that one look goes through at most: a rare one is found in several looks, and none of them is slow."""
_event = tables.event.c


class SqlEventReads:
    """Every method is one snapshot."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def find_events(self, scope: Scope, wanted: EventsWanted) -> EventPage:
        window = _window(scope, wanted)
        fits = select(tables.event).join(window, _event.event == window.c.event).where(*_fits(wanted.filter))
        ordered = fits.order_by(_event.event.desc() if wanted.newest_first else _event.event).limit(wanted.limit + 1)
        edge = func.min(window.c.event) if wanted.newest_first else func.max(window.c.event)
        async with self._engine.connect() as on:
            await on.exec_driver_sql("BEGIN")  # one snapshot; the driver begins nothing of its own accord for reads
            found = [to_event(row) for row in (await on.execute(ordered)).mappings()]
            if len(found) > wanted.limit:
                return EventPage(items=found[:-1], next=found[-2].event)
            seen, last = (await on.execute(select(func.count(), edge).select_from(window))).one()
        return EventPage(items=found, next=last if seen == WINDOW else None)

    async def event_horizon(self) -> Horizon:
        async with self._engine.connect() as on:
            row = (await on.execute(select(event_horizon.c.event, event_horizon.c.removed_at))).first()
        return NOT_YET if row is None else Horizon(event=row[0], removed_at=row[1])


def _window(scope: Scope, wanted: EventsWanted) -> Any:
    """The numbers of the events to look at: those of the scope, and of the adapter if one is named."""
    chosen: Select[Any] = select(_event.event).limit(WINDOW)
    if scope.management_code is not None:
        chosen = chosen.where(_event.management_code == scope.management_code)
    if wanted.filter.service_code is not None:
        chosen = chosen.where(_event.service_code == wanted.filter.service_code)
    if not wanted.newest_first:
        return chosen.where(_event.event > wanted.after).order_by(_event.event).subquery()
    if wanted.after:
        chosen = chosen.where(_event.event < wanted.after)
    return chosen.order_by(_event.event.desc()).subquery()


def _fits(wanted: EventFilter) -> list[ColumnElement[bool]]:
    """`EventFilter.fits` in SQL; the adapter is the window's."""
    fits: list[ColumnElement[bool]] = []
    if wanted.classes:
        fits.append(tables.event.c["class"].in_([one.value for one in wanted.classes]))
    if wanted.sub_types:
        fits.append(_event.sub_type.in_(wanted.sub_types))
    if wanted.severity is not None:
        fits.append(_event.severity <= wanted.severity.value)
    if wanted.actor is not None:
        fits.append(_event.actor == wanted.actor)
    if wanted.since is not None:
        fits.append(_event.at >= wanted.since)
    if wanted.until is not None:
        fits.append(_event.at < wanted.until)
    return fits
