"""Presence: whether a unit can be reached, judged from its session row, the host's lease and the time.

The host that holds the session judges silence. When the host itself is gone, or has just started, nothing is known
of the units: that is our fault, said as `unknown`, and never shown as a fleet of broken adapters.
"""

import enum
from typing import Final

import msgspec

__all__ = ["LEASE_LIFE_MS", "REDIAL_CAP_MS", "Lease", "Presence", "SessionRow", "our_own_network", "presence"]

LEASE_LIFE_MS: Final = 15_000
"""A host renews its lease every 5 s; after three misses it counts as gone."""

REDIAL_CAP_MS: Final = 65_000
"""One redial cap and one spread: by then every unit that can has dialled again after an ending of ours."""

OUR_OWN: Final = frozenset({"draining", "busy", "host_fault", "host_unheard"})
"""Endings that say nothing of the unit."""


class Presence(enum.StrEnum):
    """What is known of a unit's reachability."""

    NEVER = "never"
    CONNECTED = "connected"
    DISCONNECTED = "disconnected"
    UNKNOWN = "unknown"


class SessionRow(msgspec.Struct, frozen=True, kw_only=True):
    """The last session of a unit as the store has it. Epoch 0 means: none ever."""

    epoch: int
    host: str
    run: int
    opened_at: int
    heard_at: int
    ended_at: int | None = None
    ending: str | None = None


class Lease(msgspec.Struct, frozen=True, kw_only=True):
    """One running host: it says again and again that it lives. `run` grows with every start."""

    host: str
    run: int
    started_at: int
    renewed_at: int

    def alive(self, now: int) -> bool:
        """Whether the host has renewed in time."""
        return now - self.renewed_at <= LEASE_LIFE_MS


def presence(row: SessionRow, lease: Lease | None, now: int) -> Presence:
    """Total. `lease` is the newest of the host named in the row."""
    if row.epoch == 0:
        return Presence.NEVER
    if row.ended_at is not None:
        return _after_ending(row, lease, now)
    if lease is None or not lease.alive(now):
        return Presence.UNKNOWN
    if lease.run == row.run:
        return Presence.CONNECTED
    return Presence.UNKNOWN if now - lease.started_at <= REDIAL_CAP_MS else Presence.DISCONNECTED


def _after_ending(row: SessionRow, lease: Lease | None, now: int) -> Presence:
    if row.ending not in OUR_OWN:
        return Presence.DISCONNECTED
    if lease is None or not lease.alive(now):
        return Presence.UNKNOWN
    assert row.ended_at is not None  # noqa: S101 - the caller has looked
    since = max(row.ended_at, lease.started_at)
    return Presence.UNKNOWN if now - since <= REDIAL_CAP_MS else Presence.DISCONNECTED


def our_own_network(unheard: int, sessions: int, *, at_least: int = 10, share: float = 0.2) -> bool:
    """Whether so many sessions are unheard together that our own network is the likelier cause.

    `unheard` counts the sessions that were pinged and have not answered. Reports are spread over their interval, so
    when our network fails about a third of all sessions stand unheard at the moment the first one is judged.
    """
    return unheard >= at_least and unheard >= share * sessions
