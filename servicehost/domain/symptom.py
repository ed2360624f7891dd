"""Symptoms: what is seen of a unit that may be failing. A symptom is an observation; it decides nothing by itself."""

import enum
from collections.abc import Sequence
from typing import Final

import msgspec

from servicehost.domain.event import Event
from servicehost.domain.presence import Lease, Presence, SessionRow, presence

__all__ = [
    "Boot",
    "BootLimit",
    "Symptom",
    "SymptomKind",
    "boot_loop",
    "silence",
    "silent_since",
    "symptom_of",
]


class SymptomKind(enum.StrEnum):
    """The four kinds."""

    HARDWARE_ALARM = "hardware_alarm"
    SELF_TEST_FAILED = "self_test_failed"
    BOOT_LOOP = "boot_loop"
    SILENCE = "silence"


SAID_BY_UNIT: Final = {kind.value: kind for kind in SymptomKind if kind is not SymptomKind.SILENCE}


class Symptom(msgspec.Struct, frozen=True, kw_only=True):
    """One observation of the unit that serves an adapter. `evidence` is for people: what was seen, in a few words."""

    kind: SymptomKind
    service_code: str
    management_code: str
    unit_id: int
    seen_at: int
    component: str = ""
    evidence: str = ""


class Boot(msgspec.Struct, frozen=True, kw_only=True):
    """A unit started. `boot_id` names the start: a redial within one start has the same."""

    unit_id: int
    boot_id: str
    cause: str
    at: int


class BootLimit(msgspec.Struct, frozen=True, kw_only=True):
    """How many starts of its own within which time make a boot loop."""

    boots: int = 4
    within_s: int = 600


COUNTED_CAUSES: Final = frozenset({"power_on", "watchdog", "reboot"})
"""A start for a new config or firmware is work, not a symptom; an unknown cause accuses nobody."""


def symptom_of(event: Event) -> Symptom | None:
    """The symptom in a unit's own event; None for other events, and for a unit that serves no adapter."""
    kind = SAID_BY_UNIT.get(event.sub_type)
    if kind is None or event.service_code is None or event.management_code is None or event.unit_id is None:
        return None
    return Symptom(
        kind=kind,
        service_code=event.service_code,
        management_code=event.management_code,
        unit_id=event.unit_id,
        seen_at=event.at,
        component=(event.reason or "")[:64],
        evidence=str(event.detail.get("text", ""))[:255],
    )


def boot_loop(boots: Sequence[Boot], now: int, limit: BootLimit) -> str | None:
    """Whether one unit's starts are a loop: evidence in words, or None."""
    since = now - limit.within_s * 1000
    counted = {boot.boot_id: boot for boot in boots if boot.at > since and boot.cause in COUNTED_CAUSES}
    if len(counted) < limit.boots:
        return None
    causes = sorted({boot.cause for boot in counted.values()})
    return f"{len(counted)} starts within {limit.within_s} s ({', '.join(causes)})"


def silent_since(row: SessionRow, lease: Lease | None, now: int) -> int | None:
    """Since when a unit is silent by its own doing; None while it is heard, or our own fault hides what it does.

    Time in which its host was away is never counted against the unit.
    """
    if presence(row, lease, now) is not Presence.DISCONNECTED:
        return None
    last = row.heard_at if row.ended_at is None else row.ended_at
    restarted = lease is not None and lease.run != row.run
    return max(last, lease.started_at) if lease is not None and restarted else last


def silence(row: SessionRow, lease: Lease | None, now: int, after_ms: int) -> str | None:
    """Whether a unit has been silent for so long that it is a symptom: evidence in words, or None."""
    since = silent_since(row, lease, now)
    if since is None or now - since < after_ms:
        return None
    return f"silent for {(now - since) // 1000} s ({row.ending or 'unheard'})"
