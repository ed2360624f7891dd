"""Status: what the reports of a unit add up to. News is what people act on; load figures are not news."""

import msgspec

from servicehost.domain.config import Mark

__all__ = ["Status", "merge"]


class Status(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The newest knowledge of a unit in session."""

    reported_at: int
    uptime_s: int
    cpu_percent: float = 0.0
    memory_percent: float = 0.0
    temperature_c: float | None = None
    health: dict[str, str] = {}
    running: tuple[Mark, ...] = ()
    addresses: tuple[str, ...] = ()


def merge(previous: Status | None, report: Status) -> tuple[Status, bool]:
    """The status after a report, and whether it is news: health, running config or addresses changed."""
    if previous is None:
        return report, True
    if report.reported_at < previous.reported_at:
        return previous, False
    news = (report.health, report.running, report.addresses) != (previous.health, previous.running, previous.addresses)
    return report, news
