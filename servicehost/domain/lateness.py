"""Whether an errand is late, and by how much: a function of its target, what was said of its arrival, and the time."""

import enum
from collections.abc import Mapping
from typing import Final

import msgspec

from servicehost.domain.errand import Errand, Milestone, time_of
from servicehost.domain.miss import MissReason
from servicehost.domain.rule import Text

__all__ = ["PUNCTUALITY_WORDS", "Lateness", "Punctuality", "lateness"]


class Punctuality(enum.StrEnum):
    """How an errand stands to its target."""

    NO_TARGET = "no_target"
    PENDING = "pending"
    EXPECTED_LATE = "expected_late"
    """Not there yet, and thought to come after the target."""
    OVERDUE = "overdue"
    """Not there, and the target has passed."""
    ON_TIME = "on_time"
    LATE = "late"


PUNCTUALITY_WORDS: Final[Mapping[Punctuality, Text]] = {
    Punctuality.NO_TARGET: Text(ja="目標時刻なし", en="no target"),
    Punctuality.PENDING: Text(ja="目標時刻前", en="before its target"),
    Punctuality.EXPECTED_LATE: Text(ja="遅延見込み", en="expected late"),
    Punctuality.OVERDUE: Text(ja="目標時刻超過", en="overdue"),
    Punctuality.ON_TIME: Text(ja="目標時刻内に到着", en="on time"),
    Punctuality.LATE: Text(ja="遅れて到着", en="late"),
}
"""Each standing in words."""


class Lateness(msgspec.Struct, frozen=True, kw_only=True):
    """`by_ms` after the target, or thought to be; 0 when it is not late. `reason_wanted`: the target was missed, and
    nobody has said why."""

    punctuality: Punctuality
    by_ms: int = 0
    reason: MissReason | None = None
    reason_wanted: bool = False


def lateness(errand: Errand, now: int, *, over: bool = False) -> Lateness:
    """`over`: the exchange has ended, or the units have changed places, so nothing more is awaited."""
    target, arrived = errand.target_at, time_of(errand, Milestone.ARRIVED)
    if target is None or (over and arrived is None):
        return Lateness(punctuality=Punctuality.NO_TARGET)
    if arrived is not None:
        on_time = Lateness(punctuality=Punctuality.ON_TIME)
        return on_time if arrived <= target else _missed(errand, Punctuality.LATE, arrived - target)
    thought = max(now, time_of(errand, Milestone.ARRIVED, estimated=True) or now)
    if now > target:
        return _missed(errand, Punctuality.OVERDUE, thought - target)
    if thought > target:
        return Lateness(punctuality=Punctuality.EXPECTED_LATE, by_ms=thought - target, reason=errand.late_because)
    return Lateness(punctuality=Punctuality.PENDING)


def _missed(errand: Errand, punctuality: Punctuality, by_ms: int) -> Lateness:
    reason = errand.late_because
    return Lateness(punctuality=punctuality, by_ms=by_ms, reason=reason, reason_wanted=reason is None)
