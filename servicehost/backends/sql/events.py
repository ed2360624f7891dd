"""Events: appended, never changed."""

from collections.abc import Sequence

from sqlalchemy import insert

from servicehost.backends.sql import tables
from servicehost.backends.sql.prepared import Many
from servicehost.backends.sql.rows import Scoped, as_text
from servicehost.domain.event import Event

__all__ = ["Events"]


_ADD_MANY = Many(insert(tables.event), [column.name for column in tables.event.c if column.name != "event"])


class Events(Scoped):
    """Table `event`."""

    def add_events(self, events: Sequence[Event]) -> None:
        if not events:
            return
        self._own([event.management_code for event in events])
        _ADD_MANY.run(
            self._on,
            [
                {
                    "management_code": event.management_code,
                    "at": event.at,
                    "class": str(event.class_),
                    "sub_type": event.sub_type,
                    "severity": int(event.severity),
                    "service_code": event.service_code,
                    "unit_id": event.unit_id,
                    "actor": event.actor,
                    "reason": event.reason,
                    "detail": as_text(event.detail) if event.detail else None,
                }
                for event in events
            ],
        )
