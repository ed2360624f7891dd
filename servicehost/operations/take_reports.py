"""Reports: kept in memory, written together. One that brings no news costs no write of its own."""

from collections.abc import Sequence
from typing import Final

import msgspec

from protocol.messages import Report
from servicehost.domain.acceptance import REPORTS_NEEDED
from servicehost.domain.event import Event, EventClass, Severity
from servicehost.operations.fenced import fences_of, why_stale
from servicehost.operations.translate import status
from servicehost.ports.desk import Fence
from servicehost.ports.session_rows import Hearing
from servicehost.ports.store import Batch

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
    """What units last said of themselves: bounded by the number of units. Outlives sessions, so that what changed
    while a unit was away is news.

    `take` is on the hottest path there is: one look-up, one comparison, no write.
    """

    def __init__(self) -> None:
        # unit → epoch, fingerprint of what counts, written at, reports of this session up to `FIRST`
        self._known: dict[int, tuple[int, int, int, int]] = {}
        self._unwritten: dict[int, Heard] = {}

    def take(self, fence: Fence, report: Report, now: int) -> None:
        """Remember a report; it is due for writing when it brings news, is one of the first, or the last is old.

        The first that this host hears of a unit is news when something fails.
        """
        fingerprint = hash((tuple(sorted(report.health.items())), report.running, report.addresses))
        known = self._known.get(fence.unit_id)
        count = 1
        if known is None:
            news = bool(_failing(report))
        else:
            epoch, before, written_at, counted = known
            if fence.epoch < epoch:
                return  # a newer session of the unit has reported already
            news = before != fingerprint
            count = min(counted + 1, FIRST) if epoch == fence.epoch else 1
            # The wall may jump back: then what was written lies ahead, and the report is due.
            if not news and counted >= FIRST and epoch == fence.epoch and 0 <= now - written_at < STALE_AFTER_MS:
                return
        pending = self._unwritten.get(fence.unit_id)
        news = news or (pending is not None and pending.news)
        self._unwritten[fence.unit_id] = Heard(fence=fence, report=report, at=now, news=news, count=count)
        self._known[fence.unit_id] = (fence.epoch, fingerprint, now, count)

    def due(self, limit: int) -> list[Heard]:
        """Hand over what is due, at most `limit`; the rest waits for the next call."""
        return [self._unwritten.pop(unit_id) for unit_id in list(self._unwritten)[:limit]]

    def put_back(self, heard: Sequence[Heard]) -> None:
        """These could not be written. What was heard since is newer, but news remains news."""
        for one in heard:
            newer = self._unwritten.get(one.fence.unit_id, one)
            self._unwritten[one.fence.unit_id] = msgspec.structs.replace(newer, news=newer.news or one.news)


def write_reports(batch: Batch, heard: Sequence[Heard]) -> None:
    """Write them. A report of a session that has lost its place changes nothing and tells nothing."""
    in_force = fences_of(batch, [one.fence for one in heard])
    heard = [one for one in heard if why_stale(one.fence, in_force) is None]
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


def _failing(report: Report) -> list[str]:
    return sorted(component for component, state in report.health.items() if state != "ok")


def _news(one: Heard) -> Event:
    failing = _failing(one.report)
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
