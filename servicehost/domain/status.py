"""Status: what the reports of a unit add up to."""

import msgspec

from servicehost.domain.config import Mark

__all__ = ["Status"]


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
