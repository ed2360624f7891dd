"""How a command line says what a task does."""

from dataclasses import dataclass
from typing import Annotated, Any, Final, Literal, TypeAlias

from cyclopts import Parameter

from servicehost.cli.errors import CommandError

__all__ = ["UNSAID", "Kind", "Work"]

Kind: TypeAlias = Literal[
    "ping", "traceroute", "read_config", "read_status", "clear_status", "command", "reboot", "dump_debug"
]
_OF_ADDRESS: Final = ("ping", "traceroute")
_OF_MODULES: Final = ("read_config", "read_status", "clear_status", "command", "dump_debug")


@Parameter(name="*")
@dataclass(frozen=True, kw_only=True)
class Work:
    """The parameters of all kinds; each kind takes its own."""

    address: Annotated[str | None, Parameter(help="Of a ping or traceroute: where to.")] = None
    count: Annotated[int | None, Parameter(help="Of a ping: how many; of a traceroute: probes for each hop.")] = None
    line: Annotated[
        list[str] | None,
        Parameter(negative="", help="Of a command: a line in the unit's own language; may be given several times."),
    ] = None
    module: Annotated[
        list[int] | None, Parameter(negative="", help="The module, 0 unless said; may be given several times.")
    ] = None
    which: Annotated[Literal["running", "startup"] | None, Parameter(help="Of read_config: running or startup.")] = None
    request: Annotated[
        str | None, Parameter(help="Of read_status and clear_status: which part, in the module's own words.")
    ] = None
    time_out: Annotated[int | None, Parameter(help="Seconds that the unit may take.")] = None
    life: Annotated[
        int | None, Parameter(help="Seconds that the task waits for its turn, or for an absent adapter.")
    ] = None

    def order(self, kind: Kind) -> dict[str, Any]:
        """As the API takes it. Raises CommandError for what it would refuse for no reason that its words make plain."""
        given = {
            "address": self.address,
            "count": self.count,
            "lines": self.line,
            "modules": self.module,
            "which": self.which,
            "request": self.request,
        }
        work = {"kind": kind, **{name: value for name, value in given.items() if value is not None}}
        _check(kind, work)
        times = {"time_out_s": self.time_out, "life_s": self.life}
        return {"work": work, **{name: value for name, value in times.items() if value is not None}}


UNSAID: Final = Work()


def _check(kind: Kind, work: dict[str, Any]) -> None:
    if kind in _OF_ADDRESS and "address" not in work:
        raise CommandError(f"Say where to: servicehost task run {kind} nxe… --address 192.0.2.1")
    if kind == "command" and "lines" not in work:
        raise CommandError('Say what to do: servicehost task run command nxe… --line "show version"')
    if kind not in _OF_MODULES and "modules" in work:
        raise CommandError(f"{kind} is done by no module: leave --module out")
