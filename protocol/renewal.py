"""When a unit renews its certificate: pure rules, with chance and time as arguments.

A certificate is due at two thirds of its life, give or take a twentieth, so that units enrolled together do not renew
together. The moment is read off the certificate's own fingerprint: it is drawn once for each certificate, needs no
memory, and asking again, or booting again, never moves it.

The clock for all of this is the host's: the `time` of the last welcome, carried on by the unit's monotonic clock. A
unit's own clock may be years off or start at 1970; it judges nothing. Before its first welcome a unit judges no date
at all: it dials, and a host that finds its certificate expired says so. Times are seconds since 1970.
"""

import datetime as dt
from collections.abc import Callable
from typing import Final, Literal

import msgspec

__all__ = [
    "ASKED_WITHIN_S",
    "DUE_AFTER",
    "DUE_SPREAD",
    "PERMISSION_RETRY_CAP_S",
    "RETRY_CAP_S",
    "RETRY_FIRST_S",
    "HostTime",
    "Life",
    "Standing",
    "asked_delay",
    "due_at",
    "heard_time",
    "host_certificate_stale",
    "lot_of",
    "retry_delay",
    "standing",
]

DUE_AFTER: Final = 2 / 3
"""Of a certificate's life: a third of it is left for whatever stands in the way of the renewal."""
DUE_SPREAD: Final = 1 / 20
"""Of its life, before and after that."""
RETRY_FIRST_S: Final = 60.0
"""No try follows another any sooner, unless the host itself named a time."""
RETRY_CAP_S: Final = 86_400.0
PERMISSION_RETRY_CAP_S: Final = 3_600.0
"""The same for a unit that cannot call before it succeeds: its certificate has expired, or it never had one."""
ASKED_WITHIN_S: Final = 600
"""A host that asks for a renewal lets its units begin at random within so many seconds, unless it says otherwise."""
HOST_SKEW_S: Final = 300.0
"""How far a host's date may be off before it counts against the host's certificate."""

_LOT_DIGITS: Final = 16

Uniform = Callable[[float, float], float]
Standing = Literal["unknown", "fresh", "due", "expired"]


class Life(msgspec.Struct, frozen=True, kw_only=True):
    """The two dates of a certificate."""

    not_before: float
    not_after: float


class HostTime(msgspec.Struct, frozen=True, kw_only=True):
    """What a host said the time was, and the unit's monotonic clock at that moment."""

    said: float
    heard_at: float

    def now(self, monotonic: float) -> float:
        """What the host's clock shows when the unit's monotonic clock shows `monotonic`."""
        return self.said + max(0.0, monotonic - self.heard_at)


def heard_time(time: str | None, monotonic: float) -> HostTime | None:
    """The `time` of a welcome. None when it was left out, or is no RFC 3339 time with its offset."""
    try:
        said = dt.datetime.fromisoformat(time or "")
    except ValueError:
        return None
    return None if said.tzinfo is None else HostTime(said=said.timestamp(), heard_at=monotonic)


def lot_of(fingerprint: str) -> float:
    """The lot, 0 to less than 1, that a certificate draws: of the SHA-256 of its DER, as hex digits.

    Raises ValueError for a text that does not begin with 16 of them.
    """
    if len(fingerprint) < _LOT_DIGITS:
        raise ValueError("a fingerprint has 64 hexadecimal digits")
    # 53 bits: a whole 64 would round up to 1 where the digits are all F.
    return (int(fingerprint[:_LOT_DIGITS], 16) >> 11) / 2.0**53


def due_at(life: Life, lot: float) -> float:
    """When a certificate that drew `lot` is due."""
    whole = life.not_after - life.not_before
    return life.not_before + whole * (DUE_AFTER + DUE_SPREAD * (2 * lot - 1))


def standing(life: Life, lot: float, now: float | None) -> Standing:
    """How a certificate stands at the host's time `now`; `unknown` for a unit that has heard no time yet."""
    if now is None:
        return "unknown"
    if now > life.not_after:
        return "expired"
    return "due" if now >= due_at(life, lot) else "fresh"


def retry_delay(
    attempt: int,
    *,
    left_s: float | None,
    uniform: Uniform,
    asked_s: float | None = None,
    cap_s: float = RETRY_CAP_S,
) -> float:
    """Seconds from a try that failed to the next one; `attempt` is 0 after the first failure.

    The wait doubles up to `cap_s`. While the certificate still holds, for `left_s` seconds, the wait is at most half of
    that, so tries come closer as its end comes near: none is slept away. Never sooner than `RETRY_FIRST_S`, whatever
    time is left. `asked_s` is what the host asked for (Retry-After): no try comes sooner than that, and it is kept even
    above `cap_s`, though not beyond one day.
    """
    upper = min(RETRY_FIRST_S * 2.0 ** min(attempt + 1, 64), cap_s)
    wait = uniform(upper / 2, upper)
    if left_s is not None and left_s > 0:
        wait = min(wait, left_s / 2)
    return max(wait, RETRY_FIRST_S, min(asked_s or 0.0, RETRY_CAP_S))


def asked_delay(within_s: float, since_try_s: float | None, uniform: Uniform) -> float:
    """Seconds until a unit does what the host asked for: at random within `within_s`, and no sooner after its last try
    than any other try.
    """
    soonest = 0.0 if since_try_s is None else max(0.0, RETRY_FIRST_S - since_try_s)
    return max(uniform(0.0, within_s), soonest)


def host_certificate_stale(life: Life, now: float | None) -> bool:
    """Whether a host's certificate must be refused for its dates. Never while no time was heard yet (`now` is None)."""
    return now is not None and not life.not_before - HOST_SKEW_S <= now <= life.not_after + HOST_SKEW_S
