"""Instants: whole milliseconds since the Unix epoch, UTC. Shown to people and programs as RFC 3339."""

from datetime import UTC, datetime, timedelta

__all__ = ["as_datetime", "from_datetime", "from_rfc3339", "rfc3339"]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def rfc3339(instant: int) -> str:
    """`2026-11-23T04:05:06.789Z`. Any instant of the years 1 to 9999."""
    moment = _EPOCH + timedelta(milliseconds=instant)
    return moment.replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"


def from_rfc3339(text: str) -> int:
    """Raises ValueError when `text` is not RFC 3339 with a zone."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"{text!r} has no time zone")
    return (moment - _EPOCH) // timedelta(milliseconds=1)


def as_datetime(instant: int) -> datetime:
    """Aware, UTC."""
    return _EPOCH + timedelta(milliseconds=instant)


def from_datetime(moment: datetime) -> int:
    """The instant of an aware `moment`, rounded down to the millisecond."""
    return (moment - _EPOCH) // timedelta(milliseconds=1)
