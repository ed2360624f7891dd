"""Settings of pushes."""

from typing import Annotated

import msgspec

__all__ = ["Pushes"]


class Pushes(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a push is given unless its order says otherwise."""

    confirm_timeout_s: Annotated[int, msgspec.Meta(ge=30, le=86_400)] = 600
    """How long a unit tries a config before it restores the one it ran, unless the host has said yes."""

    startup_tries: Annotated[int, msgspec.Meta(ge=1, le=100)] = 3
    """How often a startup config may fail on a unit before the last one that proved itself takes its place."""

    life_days: Annotated[int, msgspec.Meta(ge=1, le=3_650)] = 30
    """How long a push waits for an absent adapter before it expires."""

    max_adapters: Annotated[int, msgspec.Meta(ge=1, le=10_000)] = 10_000
    """Most adapters in one order."""

    schedules_kept: Annotated[int, msgspec.Meta(ge=1, le=100_000)] = 1_000
    """Most schedules of one contract that wait for their time."""

    late_after_s: Annotated[int, msgspec.Meta(ge=1, le=86_400)] = 300
    """What was scheduled, pushes or tasks, and is carried out later than this after its time is late: the host was
    down."""

    look_every_s: Annotated[float, msgspec.Meta(gt=0, le=3_600)] = 15.0
    """Pause between two looks of the host for pushes that wait although their unit is in session: a nudge was lost."""
