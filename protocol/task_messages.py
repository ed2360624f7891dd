"""What the two ends say to each other of tasks: one recorded operation on one adapter, run once.

Rules as in `protocol.messages`. A task is known by `task` and `issued_ms` together. The unit writes both to memory that
outlives a power cut before it begins, keeps them with the outcome until another task comes, and answers a task that is
given again from that memory: it never runs one twice.
"""

from typing import Annotated, Literal

import msgspec

from protocol.messages import Count, Digest, Encoding, Module, Seconds, Text, Word

__all__ = [
    "ClearStatus",
    "Command",
    "DumpDebug",
    "Hop",
    "Ping",
    "PingFigures",
    "ReadConfig",
    "ReadStatus",
    "Reboot",
    "TaskAnswer",
    "TaskDone",
    "TaskEnd",
    "TaskResult",
    "TaskRun",
    "TaskWork",
    "Traceroute",
    "UploadedFile",
]

TaskEnd = Literal["succeeded", "failed", "timed_out", "rejected", "interrupted"]
Address = Annotated[str, msgspec.Meta(max_length=255)]
Line = Annotated[str, msgspec.Meta(max_length=1024)]
Modules = Annotated[tuple[Module, ...], msgspec.Meta(min_length=1, max_length=32)]


class Ping(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="kind", tag="ping"):
    """Echo requests from the unit. Result: one of module 0, JSON, [PingFigures](#pingfigures)."""

    address: Address
    """An IP literal or a host name."""
    count: Annotated[int, msgspec.Meta(ge=1, le=100)] = 5
    size_bytes: Annotated[int, msgspec.Meta(ge=0, le=65_507)] = 56


class Traceroute(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="kind", tag="traceroute"):
    """The way from the unit. Result: one of module 0, JSON, a list of [Hop](#hop)."""

    address: Address
    count: Annotated[int, msgspec.Meta(ge=1, le=10)] = 3
    """Probes for each hop."""
    max_hops: Annotated[int, msgspec.Meta(ge=1, le=64)] = 30


class ReadConfig(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="kind", tag="read_config"):
    """The config as the unit itself has it. One result for each module."""

    which: Literal["running", "startup"] = "running"
    modules: Modules = (0,)


class ReadStatus(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="kind", tag="read_status"):
    """What a module says of itself. One result for each module."""

    modules: Modules = (0,)
    request: Text = ""
    """Which part, in the module's own words; empty: its usual one."""


class ClearStatus(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="kind", tag="clear_status"):
    """Set what a module counts to nothing. One result for each module."""

    modules: Modules = (0,)
    request: Text = ""


class Command(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="kind", tag="command"):
    """Commands in the module's own language, in order, up to the first that fails. One result for each module."""

    lines: Annotated[tuple[Line, ...], msgspec.Meta(min_length=1, max_length=10)]
    modules: Modules = (0,)


class Reboot(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="kind", tag="reboot"):
    """Restart. It has succeeded when the unit is back with the boot cause `reboot`; its result is `boot_id`, JSON."""


class DumpDebug(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="kind", tag="dump_debug"):
    """Everything that helps to find a fault, in the maker's own form. One result for each module."""

    modules: Modules = (0,)


TaskWork = Ping | Traceroute | ReadConfig | ReadStatus | ClearStatus | Command | Reboot | DumpDebug


class TaskRun(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Host -> unit, request. Run this once. Giving the same task again is harmless: see Tasks."""

    task: Count
    """Names the task, together with `issued_ms`."""
    issued_ms: Count
    """Milliseconds since 1970 by the host's clock when it was ordered."""
    work: TaskWork
    time_out_s: Seconds
    """End it as `timed_out` when it has run for so long."""
    max_result_bytes: Count = 0
    """The most that `results` may have as JSON; what is larger is uploaded, or ends the task as `failed`,
    `result_too_large`."""
    upload_path: Text = ""
    """Where results are uploaded at the bootstrap door: this path with the module's number at its end. Empty: they
    cannot be."""
    max_upload_bytes: Count = 0
    """The most that one module's uploaded result may have."""


class UploadedFile(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A result that was uploaded to its end before it is named here: see Large results."""

    size_bytes: Count
    digest: Digest
    """Of the whole; the task ends as `failed`, `digest_mismatch`, if the host has anything else."""


class TaskResult(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What one module gave."""

    module: Module = 0
    media_type: Word = "text/plain"
    """`text/plain`, `application/json`, `application/octet-stream` or another word of the unit's."""
    body: str = ""
    """The exact text, or its bytes in base64, as `encoding` says."""
    encoding: Encoding = "text"
    failed: Word = ""
    """Why this module gave nothing or not all, in a stable word; empty: it did."""
    file: UploadedFile | None = None
    """In the place of `body`."""


class TaskAnswer(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Unit -> host, the answer to `task.run`: `accepted` when it runs now or will, else how it has ended already.

    A unit that cannot begin yet answers with the error `busy`; it will be asked again.
    """

    outcome: Literal["accepted", "succeeded", "failed", "timed_out", "rejected", "interrupted"]
    reason: Word = ""
    """Why: `power_lost`, `unknown_module`, `not_supported`, `older_than_last` or a word of the unit's."""
    text: Text = ""
    """For people."""
    results: Annotated[tuple[TaskResult, ...], msgspec.Meta(max_length=32)] = ()


class TaskDone(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Unit -> host, request. How a task that was accepted has ended. Say it again in each session until answered."""

    task: Count
    issued_ms: Count
    outcome: TaskEnd
    reason: Word = ""
    text: Text = ""
    results: Annotated[tuple[TaskResult, ...], msgspec.Meta(max_length=32)] = ()


class PingFigures(msgspec.Struct, frozen=True, kw_only=True):
    """The JSON of a ping's result."""

    sent: Count
    received: Count
    shortest_ms: float | None = None
    mean_ms: float | None = None
    longest_ms: float | None = None


class Hop(msgspec.Struct, frozen=True, kw_only=True):
    """One step of a traceroute's result, which is a JSON list of these."""

    hop: Count
    address: str | None = None
    """None: nobody answered."""
    round_trips_ms: tuple[float, ...] = ()
