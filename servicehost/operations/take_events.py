"""Units tell what people must not miss; each event is taken once, however often it is said."""

from collections.abc import Sequence

import msgspec

from protocol import messages
from servicehost.domain.event import Event, EventClass, Severity
from servicehost.operations.fenced import fences_of, why_stale
from servicehost.operations.note_erasure import ERASED, note_erasure
from servicehost.operations.note_symptoms import note_symptoms, symptoms_in
from servicehost.ports.desk import Fence, Stale
from servicehost.ports.store import Batch

__all__ = ["Notice", "take_events"]


class Notice(msgspec.Struct, frozen=True, kw_only=True):
    """One event of a unit, in the boot that named it."""

    fence: Fence
    boot_id: str
    said: messages.Event


def take_events(batch: Batch, notices: Sequence[Notice], now: int) -> list[Stale | None]:
    """For each notice None once it is durable, this time or an earlier one, or Stale."""
    in_force = fences_of(batch, [notice.fence for notice in notices])
    results = [why_stale(notice.fence, in_force) for notice in notices]
    fresh = {_key(notice): notice for notice, why in zip(notices, results, strict=True) if why is None}
    for known in batch.unit_events_taken(fresh.keys()):
        del fresh[known]
    events = [_event(notice, now) for notice in fresh.values()]
    batch.add_unit_events(list(fresh), events)
    note_symptoms(batch, symptoms_in(events))
    note_erasure(batch, {one.fence.unit_id for one in fresh.values() if one.said.sub_type == ERASED}, now)
    return results


def _key(notice: Notice) -> tuple[int, str, int]:
    return (notice.fence.unit_id, notice.boot_id, notice.said.sequence)


def _event(notice: Notice, now: int) -> Event:
    said, fence = notice.said, notice.fence
    detail = {"component": said.component, "text": said.text, "unit_time": said.time}
    return Event(
        at=now,
        class_=EventClass.MONITOR,
        sub_type=said.sub_type[:48],
        severity=Severity(said.severity),
        management_code=fence.management_code,
        service_code=fence.service_code,
        unit_id=fence.unit_id,
        actor="unit",
        reason=said.component or None,
        detail={name: value for name, value in detail.items() if value},
    )
