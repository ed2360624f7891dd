"""Answers of the API about events."""

from typing import Any

import msgspec

from servicehost.domain.event import Event, EventClass
from servicehost.domain.instant import rfc3339
from servicehost.ports.events import EventPage, Horizon
from servicehost.web.answers import Time, time_or_none

__all__ = ["EventAnswer", "Events", "Removed"]


class Removed(msgspec.Struct, frozen=True, kw_only=True):
    """Events up to this number were removed because they were older than the host keeps them; 0: none yet."""

    event: int
    at: Time | None

    @classmethod
    def of(cls, horizon: Horizon) -> "Removed":
        return cls(event=horizon.event, at=time_or_none(horizon.removed_at))


class EventAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Something that happened. `event` numbers grow in the order of commits; severity as RFC 5424."""

    event: int
    at: Time
    event_class: EventClass
    sub_type: str
    severity: int
    management_code: str | None
    service_code: str | None
    actor: str
    reason: str | None
    detail: dict[str, Any]

    @classmethod
    def of(cls, event: Event) -> "EventAnswer":
        return cls(
            event=event.event,
            at=rfc3339(event.at),
            event_class=event.class_,
            sub_type=event.sub_type,
            severity=event.severity.value,
            management_code=event.management_code,
            service_code=event.service_code,
            actor=event.actor,
            reason=event.reason,
            detail=event.detail,
        )


class Events(msgspec.Struct, frozen=True, kw_only=True):
    """`next` is the `after` of the part that follows; null: there is none yet.

    A part may hold few events, or none, and still have a `next`: a look goes through so many and no more.
    """

    items: list[EventAnswer]
    next: int | None
    removed: Removed

    @classmethod
    def of(cls, page: EventPage, horizon: Horizon) -> "Events":
        return cls(items=[EventAnswer.of(one) for one in page.items], next=page.next, removed=Removed.of(horizon))
