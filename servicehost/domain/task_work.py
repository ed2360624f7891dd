"""What a task does: each kind with its parameters, bounded. Pure values; the database and the API hold them as JSON."""

import enum
from typing import Annotated, Final, TypeAlias

import msgspec

from servicehost.domain.module import MAX_MODULE, MAX_MODULES
from servicehost.domain.people import Right

__all__ = [
    "MAX_LINES",
    "ClearStatus",
    "Command",
    "ConfigSlot",
    "DumpDebug",
    "Ping",
    "ReadConfig",
    "ReadStatus",
    "Reboot",
    "TaskKind",
    "TaskWork",
    "Traceroute",
    "kind_of",
    "modules_of",
    "only_looks",
    "right_for",
]

MAX_LINES: Final = 10
"""Lines of one command, as preset commands of the field have them."""
# An IP literal or a host name: nothing that a shell of some unit could take for more than that.
Address = Annotated[
    str, msgspec.Meta(min_length=1, max_length=253, pattern=r"^[0-9A-Za-z:]([0-9A-Za-z.:_-]*[0-9A-Za-z:])?(?!\n)$")
]
CommandLine = Annotated[str, msgspec.Meta(min_length=1, max_length=1024, pattern=r"^[^\x00-\x1f\x7f]+(?!\n)$")]
Request = Annotated[str, msgspec.Meta(max_length=1024, pattern=r"^[^\x00-\x1f\x7f]*(?!\n)$")]
Module = Annotated[int, msgspec.Meta(ge=0, le=MAX_MODULE)]
Modules = Annotated[
    tuple[Module, ...],
    msgspec.Meta(min_length=1, max_length=MAX_MODULES, extra_json_schema={"uniqueItems": True}),
]


class TaskKind(enum.StrEnum):
    """The eight operations of the field."""

    PING = "ping"
    TRACEROUTE = "traceroute"
    READ_CONFIG = "read_config"
    READ_STATUS = "read_status"
    CLEAR_STATUS = "clear_status"
    COMMAND = "command"
    REBOOT = "reboot"
    DUMP_DEBUG = "dump_debug"


class ConfigSlot(enum.StrEnum):
    """Which of the unit's configs."""

    RUNNING = "running"
    STARTUP = "startup"


class _Work(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="kind"):
    """What all kinds share."""


class Ping(_Work, frozen=True, kw_only=True, tag="ping"):
    """Echo requests from the adapter to an address."""

    address: Address
    count: Annotated[int, msgspec.Meta(ge=1, le=100)] = 5
    size_bytes: Annotated[int, msgspec.Meta(ge=0, le=65_507)] = 56


class Traceroute(_Work, frozen=True, kw_only=True, tag="traceroute"):
    """The way from the adapter to an address."""

    address: Address
    count: Annotated[int, msgspec.Meta(ge=1, le=10)] = 3
    max_hops: Annotated[int, msgspec.Meta(ge=1, le=64)] = 30


class ReadConfig(_Work, frozen=True, kw_only=True, tag="read_config"):
    """The config as the unit itself has it."""

    which: ConfigSlot = ConfigSlot.RUNNING
    modules: Modules = (0,)


class ReadStatus(_Work, frozen=True, kw_only=True, tag="read_status"):
    """What modules say of themselves; `request` names a part in the module's own words."""

    modules: Modules = (0,)
    request: Request = ""


class ClearStatus(_Work, frozen=True, kw_only=True, tag="clear_status"):
    """Sets what modules count to nothing."""

    modules: Modules = (0,)
    request: Request = ""


class Command(_Work, frozen=True, kw_only=True, tag="command"):
    """Lines in the modules' own language, in order, up to the first that fails."""

    lines: Annotated[tuple[CommandLine, ...], msgspec.Meta(min_length=1, max_length=MAX_LINES)]
    modules: Modules = (0,)


class Reboot(_Work, frozen=True, kw_only=True, tag="reboot"):
    """Restarts the unit."""


class DumpDebug(_Work, frozen=True, kw_only=True, tag="dump_debug"):
    """Everything that helps the maker to find a fault; may be large, and hold what the customer keeps secret."""

    modules: Modules = (0,)


TaskWork: TypeAlias = Ping | Traceroute | ReadConfig | ReadStatus | ClearStatus | Command | Reboot | DumpDebug

_ONLY_LOOK: Final = (Ping, Traceroute, ReadConfig, ReadStatus)


def kind_of(work: TaskWork) -> TaskKind:
    """Its name."""
    return TaskKind(str(work.__struct_config__.tag))


def modules_of(work: TaskWork) -> tuple[int, ...]:
    """The modules that carry it out, each with a result of its own; none for what the unit does as a whole."""
    return getattr(work, "modules", ())


def only_looks(work: TaskWork) -> bool:
    """Whether it neither changes anything at the customer's nor carries out more than people may read there anyway."""
    return isinstance(work, _ONLY_LOOK)


def right_for(work: TaskWork) -> Right:
    """What an order of it needs."""
    return Right.LOOK_INTO_UNITS if only_looks(work) else Right.OPERATE
