"""Queries about events."""

from typing import Annotated, Final

import msgspec
from msgspec import UNSET, Meta, UnsetType

from servicehost.domain.errors import Invalid
from servicehost.domain.event import EventClass, EventFilter, Severity
from servicehost.domain.instant import from_rfc3339
from servicehost.web.call import MAX_NUMBER
from servicehost.web.orders import Instant, Limit, ServiceCode

__all__ = ["EventsFilterQuery", "EventsQuery"]

_CLASS: Final = "|".join(EventClass)
_CLASSES: Final = rf"^({_CLASS})(,({_CLASS})){{0,2}}(?!\n)$"
_SUB_TYPES: Final = r"^[a-z0-9_]{1,48}(,[a-z0-9_]{1,48}){0,19}(?!\n)$"
_ACTOR: Final = r"^[A-Za-z0-9_:.-]{1,64}(?!\n)$"


class EventsFilterQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Events that fit everything given."""

    event_class: Annotated[str, Meta(max_length=40, pattern=_CLASSES, description="One or several, with commas")] | (
        UnsetType
    ) = UNSET
    sub_type: Annotated[str, Meta(max_length=1_000, pattern=_SUB_TYPES, description="One or several, with commas")] | (
        UnsetType
    ) = UNSET
    severity: Annotated[int, Meta(ge=0, le=7, description="At least as grave: RFC 5424 counts down")] | UnsetType = (
        UNSET
    )
    service_code: ServiceCode | UnsetType = UNSET
    actor: Annotated[str, Meta(max_length=64, pattern=_ACTOR, description="A Master ID, or host")] | UnsetType = UNSET
    since: Instant | UnsetType = UNSET
    until: Instant | UnsetType = UNSET
    after: Annotated[int, Meta(ge=0, le=MAX_NUMBER, description="The number of the last event seen")] = 0

    @property
    def filter(self) -> EventFilter:
        """Raises Invalid `query_invalid`."""
        return EventFilter(
            classes=() if self.event_class is UNSET else tuple(map(EventClass, self.event_class.split(","))),
            sub_types=() if self.sub_type is UNSET else tuple(self.sub_type.split(",")),
            severity=None if self.severity is UNSET else Severity(self.severity),
            service_code=None if self.service_code is UNSET else self.service_code,
            actor=None if self.actor is UNSET else self.actor,
            since=_instant("since", self.since),
            until=_instant("until", self.until),
        )


class EventsQuery(EventsFilterQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A part of them: after a number, or, newest first, before it."""

    limit: Limit = 100
    newest_first: bool = False


def _instant(name: str, text: str | UnsetType) -> int | None:
    if text is UNSET:
        return None
    try:
        return from_rfc3339(text)
    except (ValueError, OverflowError) as error:
        raise Invalid("query_invalid", f"{name}: {error}; write it like 2026-11-23T04:05:06Z") from error
