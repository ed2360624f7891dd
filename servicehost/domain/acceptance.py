"""Acceptance: the host's own check of a swapped unit, point by point, each with the time since when it stands so."""

import enum
from collections.abc import Sequence
from typing import Final

import msgspec

__all__ = ["REPORTS_NEEDED", "AcceptancePoint", "Point", "UnitSeen", "accepted", "check"]

REPORTS_NEEDED: Final = 3


class Point(enum.StrEnum):
    """What must hold."""

    RUNS_STARTUP = "runs_startup"
    FIRMWARE = "firmware"
    REPORTS = "reports"
    OWN_SESSION = "own_session"


class AcceptancePoint(msgspec.Struct, frozen=True, kw_only=True):
    """One point of one exchange. `at` is the instant of the check at which it came to stand as it does."""

    point: Point
    holds: bool
    at: int
    expected: str
    found: str


class UnitSeen(msgspec.Struct, frozen=True, kw_only=True):
    """What the host knows of the new unit at the instant of a check.

    `running` is what it has confirmed, None while it tries a config; `reports` are those of the session that stands;
    `certified` says that the session's certificate was issued to this very unit and that it carries the new binding.
    """

    startup: str | None
    running: str | None
    expected_firmware: str | None
    firmware: str | None
    reports: int
    in_session: bool
    since_swap: bool
    certified: bool


def check(seen: UnitSeen, before: Sequence[AcceptancePoint], now: int) -> tuple[AcceptancePoint, ...]:
    """Every point, in order. One that stands as before, with the same finding, keeps its time."""
    known = {point.point: point for point in before}
    return tuple(_kept(known.get(fresh.point), fresh) for fresh in _read(seen, now))


def accepted(points: Sequence[AcceptancePoint]) -> bool:
    """Whether every point there is holds: one that was never checked does not."""
    return {point.point for point in points if point.holds} == set(Point)


def _read(seen: UnitSeen, now: int) -> Sequence[AcceptancePoint]:
    reports = min(seen.reports, REPORTS_NEEDED) if seen.since_swap else 0
    own = "own session by own certificate"
    pairs = {
        Point.RUNS_STARTUP: (seen.startup, seen.running),
        Point.FIRMWARE: (seen.expected_firmware, seen.firmware),
        Point.REPORTS: (str(REPORTS_NEEDED), str(reports)),
        Point.OWN_SESSION: (own, _session(seen, own)),
    }
    return [
        AcceptancePoint(
            point=point, holds=expected in (None, found), at=now, expected=expected or "any", found=found or "none"
        )
        for point, (expected, found) in pairs.items()
    ]


def _session(seen: UnitSeen, own: str) -> str:
    if not seen.in_session:
        return "not in session"
    if not seen.since_swap:
        return "session from before the swap"
    return own if seen.certified else "another unit's certificate"


def _kept(stood: AcceptancePoint | None, fresh: AcceptancePoint) -> AcceptancePoint:
    if stood is not None and msgspec.structs.replace(fresh, at=stood.at) == stood:
        return stood
    return fresh
