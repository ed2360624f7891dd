"""Events as they are looked for, and how old ones go."""

from typing import Protocol

import msgspec

from servicehost.domain.contract import Scope
from servicehost.domain.event import Event, EventFilter

__all__ = ["NOT_YET", "EventPage", "EventReads", "EventWrites", "EventsWanted", "Horizon"]


class EventsWanted(msgspec.Struct, frozen=True, kw_only=True):
    """A part of the events that fit: after the number `after`, or, newest first, before it (0: from the newest)."""

    filter: EventFilter = EventFilter()
    after: int = 0
    limit: int = 100
    newest_first: bool = False


class EventPage(msgspec.Struct, frozen=True, kw_only=True):
    """Events in the order asked for. `next` is the `after` of the part that follows, None when there is none yet.

    One look goes through a bounded number of events, so a part may hold few, or none, and still have a `next`.
    """

    items: list[Event]
    next: int | None


class Horizon(msgspec.Struct, frozen=True, kw_only=True):
    """Events up to the number `event` have been removed by the host's policy, the last of them at `removed_at`."""

    event: int = 0
    removed_at: int | None = None


NOT_YET = Horizon()
"""Nothing has been removed."""


class EventReads(Protocol):
    """What the operators' door asks."""

    async def find_events(self, scope: Scope, wanted: EventsWanted) -> EventPage:
        """One snapshot; the cost is bounded whatever is asked for."""
        ...

    async def event_horizon(self) -> Horizon:
        """No tenant's: the policy is the host's."""
        ...


class EventWrites(Protocol):
    """What the clock's door does."""

    def forget_events(self, before: int, limit: int, now: int) -> int:
        """Remove at most `limit` of the oldest events as long as they are older than the instant; how many it were.

        Numbers go without a gap: an event younger than the instant keeps all that follow. Only in the scope of all.
        """
        ...
