"""Instants: whole milliseconds since the Unix epoch, UTC. Shown to people and programs as RFC 3339."""

import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache

__all__ = ["as_datetime", "from_datetime", "from_rfc3339", "rfc3339"]

_RFC_3339 = re.compile(r"\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}(\.\d{1,9})?([Zz]|[+-]\d{2}:\d{2})", re.ASCII)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@lru_cache(maxsize=4096)  # a list of pushes holds the same few instants again and again
def rfc3339(instant: int) -> str:
    """`2026-11-23T04:05:06.789Z`. Any instant of the years 1 to 9999."""
    moment = _EPOCH + timedelta(milliseconds=instant)
    return moment.replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"


def from_rfc3339(text: str) -> int:
    """Rounded down to the millisecond. Raises ValueError when `text` is not RFC 3339 (a leap second: neither)."""
    if not _RFC_3339.fullmatch(text):
        raise ValueError(f"{text!r} is not RFC 3339 with a time zone")
    moment = datetime.fromisoformat(text.upper())
    return (moment - _EPOCH) // timedelta(milliseconds=1)


def as_datetime(instant: int) -> datetime:
    """Aware, UTC."""
    return _EPOCH + timedelta(milliseconds=instant)


def from_datetime(moment: datetime) -> int:
    """The instant of an aware `moment`, rounded down to the millisecond."""
    return (moment - _EPOCH) // timedelta(milliseconds=1)
