"""Events: what happened, in order, for people and programs. Severity as RFC 5424."""

import enum
from typing import Any, Final

import msgspec

__all__ = ["UNIT_EVENTS_KNOWN", "Event", "EventClass", "EventFilter", "Severity"]

UNIT_EVENTS_KNOWN: Final = 1_024
"""How many of the last sequences of a boot are known again: a unit keeps fewer that nobody answered (PROTOCOL.md)."""


class EventClass(enum.StrEnum):
    """The three classes of the field."""

    CONFIGURATION = "configuration"
    MONITOR = "monitor"
    OPERATION = "operation"


class Severity(enum.IntEnum):
    """RFC 5424, section 6.2.1."""

    EMERGENCY = 0
    ALERT = 1
    CRITICAL = 2
    ERROR = 3
    WARNING = 4
    NOTICE = 5
    INFO = 6
    DEBUG = 7


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """One event. `event` is its number, 0 before the store has given it one; numbers grow in the order of commits."""

    at: int
    class_: EventClass
    sub_type: str
    severity: Severity
    event: int = 0
    management_code: str | None = None
    service_code: str | None = None
    unit_id: int | None = None
    actor: str = "host"
    reason: str | None = None
    detail: dict[str, Any] = {}


class EventFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Which events somebody wants. What is left out is not asked for; instants are ms, `until` exclusive."""

    classes: tuple[EventClass, ...] = ()
    sub_types: tuple[str, ...] = ()
    severity: Severity | None = None
    """Those at least as grave: RFC 5424 counts downwards."""
    service_code: str | None = None
    actor: str | None = None
    since: int | None = None
    until: int | None = None

    def fits(self, event: Event) -> bool:
        """Whether the event is wanted."""
        return (
            (not self.classes or event.class_ in self.classes)
            and (not self.sub_types or event.sub_type in self.sub_types)
            and (self.severity is None or event.severity <= self.severity)
            and self.service_code in (None, event.service_code)
            and self.actor in (None, event.actor)
            and (self.since is None or event.at >= self.since)
            and (self.until is None or event.at < self.until)
        )
