"""Reports: kept in memory, written together. One that brings no news costs no write of its own."""

from collections.abc import Sequence
from typing import Final

import msgspec

from protocol.messages import Report
from servicehost.domain.acceptance import REPORTS_NEEDED
from servicehost.domain.event import Event, EventClass, Severity
from servicehost.operations.translate import status
from servicehost.ports.desk import Fence
from servicehost.ports.store import Batch, Hearing

__all__ = ["Heard", "Hearsay", "write_reports"]

STALE_AFTER_MS: Final = 10_000
"""How far the time of the last report in the store may lag behind while there is no news."""

FIRST: Final = REPORTS_NEEDED
"""The first reports of a session are all written: a swapped unit is accepted by them."""


class Heard(msgspec.Struct, frozen=True, kw_only=True):
    """The newest report of a unit that is not written yet."""

    fence: Fence
    report: Report
    at: int
    news: bool
    count: int = 0


class Hearsay:
    """What units last said of themselves: bounded by the number of units in session.

    `take` is on the hottest path there is: one look-up, one comparison, no write.
    """

    def __init__(self) -> None:
        # unit → epoch, fingerprint of what counts, written at, reports of this session up to `FIRST`
        self._known: dict[int, tuple[int, int, int, int]] = {}
        self._unwritten: dict[int, Heard] = {}

    def take(self, fence: Fence, report: Report, now: int) -> None:
        """Remember a report; it is due for writing when it brings news, is one of the first, or the last is old."""
        fingerprint = hash((tuple(sorted(report.health.items())), report.running, report.addresses))
        epoch, before, written_at, count = self._known.get(fence.unit_id, (0, 0, 0, 0))
        news = epoch == fence.epoch and before != fingerprint
        if epoch == fence.epoch and not news and count >= FIRST and now - written_at < STALE_AFTER_MS:
            return
        count = min(count + 1, FIRST) if epoch == fence.epoch else 1
        pending = self._unwritten.get(fence.unit_id)
        news = news or (pending is not None and pending.news)
        self._unwritten[fence.unit_id] = Heard(fence=fence, report=report, at=now, news=news, count=count)
        self._known[fence.unit_id] = (fence.epoch, fingerprint, now, count)

    def forget(self, fence: Fence) -> None:
        """The session is over."""
        known = self._known.get(fence.unit_id)
        if known is not None and known[0] == fence.epoch:
            del self._known[fence.unit_id]

    def due(self, limit: int) -> list[Heard]:
        """Hand over what is due, at most `limit`; the rest waits for the next call."""
        return [self._unwritten.pop(unit_id) for unit_id in list(self._unwritten)[:limit]]


def write_reports(batch: Batch, heard: Sequence[Heard]) -> None:
    """Write them. Fenced by epoch: a report of a session that was taken over changes nothing."""
    batch.hear(
        [
            Hearing(
                unit_id=one.fence.unit_id,
                epoch=one.fence.epoch,
                at=one.at,
                status=status(one.report, one.at),
                reports=one.count,
            )
            for one in heard
        ]
    )
    batch.add_events([_news(one) for one in heard if one.news])


def _news(one: Heard) -> Event:
    failing = sorted(component for component, state in one.report.health.items() if state != "ok")
    return Event(
        at=one.at,
        class_=EventClass.MONITOR,
        sub_type="status_changed",
        severity=Severity.WARNING if failing else Severity.INFO,
        management_code=one.fence.management_code,
        service_code=one.fence.service_code,
        unit_id=one.fence.unit_id,
        actor="unit",
        detail={"failing": failing},
    )
