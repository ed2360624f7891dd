"""Settings that every unit is told at its welcome."""

from typing import Annotated

import msgspec

from protocol import timing

__all__ = ["UnitsSettings"]

Seconds = Annotated[float, msgspec.Meta(gt=0, le=86_400)]


class UnitsSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[units]`: what every unit is told at its welcome."""

    report_interval_s: Annotated[int, msgspec.Meta(ge=1, le=3_600)] = timing.REPORT_INTERVAL_S
    """Time between two reports; above adapters_door.ping_after_s every unit is pinged in between."""
    redial_spread_s: Seconds = 5.0
    """A unit that lost its session dials again after a random time of up to this."""
    redial_cap_s: Seconds = 60.0
    """Longest wait between two tries; the waits double up to it."""
    redial_slow_first_s: Seconds = 5.0
    """First wait after an ending that asks for slow redial."""
    redial_slow_cap_s: Seconds = 5_120.0
    """Longest wait after such an ending."""
    require_known_certificate: bool = False
    """Refuse units whose certificate is not on record; after a restored backup, honest units may be among them."""
    attempts_kept: Annotated[int, msgspec.Meta(ge=10, le=100_000)] = 1_000
    """Rows of the connection log that each unit keeps."""
    strangers_kept: Annotated[int, msgspec.Meta(ge=10, le=1_000_000)] = 10_000
    """Rows of the connection log kept of attempts that name no registered unit."""

    def __post_init__(self) -> None:
        """Raises ValueError when a cap is below its first wait."""
        if self.redial_cap_s < self.redial_spread_s:
            raise ValueError("redial_cap_s must not be below redial_spread_s")
        if self.redial_slow_cap_s < self.redial_slow_first_s:
            raise ValueError("redial_slow_cap_s must not be below redial_slow_first_s")
