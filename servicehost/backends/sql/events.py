"""Events: appended, never changed, and removed by policy alone."""

from collections.abc import Sequence

from sqlalchemy import delete, insert, select, update

from servicehost.backends.sql import tables
from servicehost.backends.sql.event_tables import event_horizon
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

    def forget_events(self, before: int, limit: int, now: int) -> int:
        if self._scope.management_code is not None:
            return 0  # the policy is the host's, no tenant's
        row = tables.event.c
        oldest = self._on.execute(select(row.event, row.at).order_by(row.event).limit(limit)).all()
        young = next((place for place, one in enumerate(oldest) if one.at >= before), len(oldest))
        if young == 0:
            return 0
        last = oldest[young - 1].event
        self._on.execute(delete(tables.event).where(row.event <= last))
        if not self._on.execute(update(event_horizon).values(event=last, removed_at=now)).rowcount:
            self._on.execute(insert(event_horizon).values(one=1, event=last, removed_at=now))
        return young
