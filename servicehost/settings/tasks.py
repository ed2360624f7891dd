"""Settings of tasks."""

from typing import Annotated

import msgspec

__all__ = ["TasksSettings"]

Count = Annotated[int, msgspec.Meta(ge=1, le=100_000)]
Seconds = Annotated[int, msgspec.Meta(ge=1, le=86_400)]


class TasksSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a task is given unless its order says otherwise, and how many there may be."""

    life_s: Annotated[int, msgspec.Meta(ge=60, le=2_678_400)] = 86_400
    """How long a task waits for its turn, or for an absent adapter, before it ends as timed out, `expired`."""

    time_out_s: Seconds = 120
    """How long a unit may take for a task."""
    reboot_time_out_s: Seconds = 600
    """The same for a reboot, up to the session after it."""
    dump_time_out_s: Seconds = 3_600
    """The same for a debug dump, its transfer included."""
    grace_s: Seconds = 30
    """What a unit gets beyond that until the host calls the task timed out, `no_answer`."""

    queue_length: Count = 100
    """Most tasks of one adapter that have not ended; one more is refused."""
    in_flight: Count = 1_000
    """Most units of this host that have a task at once; the others' wait for their turn."""
    max_adapters: Annotated[int, msgspec.Meta(ge=1, le=10_000)] = 10_000
    """Most adapters in one order."""

    max_result_bytes: Annotated[int, msgspec.Meta(ge=1_024, le=250_000)] = 200_000
    """Most bytes that all results of one task may have together, as JSON in a frame; larger ones are uploaded."""
    max_upload_bytes: Annotated[int, msgspec.Meta(ge=0, le=104_857_600)] = 104_857_600
    """Most bytes of one module's result that is uploaded; 0: none is. More ends a task as `failed`,
    `result_too_large`."""
    results_bytes: Annotated[int, msgspec.Meta(ge=0, le=2**53 - 1)] = 10_737_418_240
    """Most bytes that uploaded results may have together, in the folder `results` beside the database; what goes beyond
    is refused as `results_full`."""
    kept_days: Annotated[int, msgspec.Meta(ge=0, le=36_500)] = 400
    """Days that tasks and what they brought are kept, a year and a month; 0: for ever."""
