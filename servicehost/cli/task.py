"""`servicehost task`: one operation on adapters, run once, through the API of a running host."""

import sys
from pathlib import Path
from typing import Annotated, Any, Final, Literal, TypeAlias

from cyclopts import App, Parameter

from servicehost.cli.asking import ABOUT_HOSTS, ReasonFlag, UrlFlag, asked
from servicehost.cli.errors import CommandError
from servicehost.cli.selecting import GroupFlag, QueryFlag, SavedQueryFlag, TagFlag, selection_of
from servicehost.cli.tables import OutputFlag, write_items, write_one
from servicehost.cli.task_batch import app as batch_app
from servicehost.cli.task_progress import copy_result, told

COLUMNS: Final = ("task", "service_code", "kind", "state", "reason", "ordered_by", "changed_at")
Kind: TypeAlias = Literal[
    "ping", "traceroute", "read_config", "read_status", "clear_status", "command", "reboot", "dump_debug"
]
State: TypeAlias = Literal[
    "queued", "in_progress", "succeeded", "failed", "timed_out", "rejected", "cancelled", "interrupted"
]
_OF_ADDRESS: Final = ("ping", "traceroute")
_OF_MODULES: Final = ("read_config", "read_status", "clear_status", "command", "dump_debug")

app = App(name="task", help=f"Run tasks on adapters, and see what they brought.\n\n{ABOUT_HOSTS}")
app.command(batch_app)


@app.command
def run(
    kind: Kind,
    service_codes: list[str] | None = None,
    /,
    *,
    group: GroupFlag = None,
    tag: TagFlag = None,
    query: QueryFlag = None,
    saved: SavedQueryFlag = None,
    name: str | None = None,
    address: str | None = None,
    count: int | None = None,
    line: list[str] | None = None,
    module: list[int] | None = None,
    which: Literal["running", "startup"] | None = None,
    request: str | None = None,
    time_out: int | None = None,
    life: int | None = None,
    wait: Annotated[bool, Parameter(negative="")] = False,
    reason: ReasonFlag = "",
    url: UrlFlag = None,
    output: OutputFlag = None,
) -> int:
    """Order a task on these adapters, or on those of a group, a tag or a query. Several make a batch.

    With --wait the exit code is 3 unless every task succeeded; of one adapter, what the task brought is then printed.
    Interrupting the wait takes nothing back.

    Parameters
    ----------
    kind
        What is to be done.
    service_codes
        The adapters.
    name
        What the batch is called; as the kind unless said.
    address
        Of a ping or traceroute: where to.
    count
        Of a ping: how many; of a traceroute: probes for each hop.
    line
        Of a command: a line in the unit's own language; may be given several times.
    module
        The module, 0 unless said; may be given several times.
    which
        Of read_config: running or startup.
    request
        Of read_status and clear_status: which part, in the module's own words.
    time_out
        Seconds that the unit may take.
    life
        Seconds that the task waits for its turn, or for an absent adapter.
    wait
        Wait until every task has ended.
    """
    given = {"address": address, "count": count, "lines": line, "modules": module, "which": which, "request": request}
    work = {"kind": kind, **{name: value for name, value in given.items() if value is not None}}
    _check(kind, work)
    meant = selection_of(service_codes or [], group, tag, query, saved)
    order = meant if "service_codes" in meant else {"adapters": meant}
    more = {"time_out_s": time_out, "life_s": life, "name": name}
    order |= {"work": work, "reason": reason, **{said: value for said, value in more.items() if value is not None}}
    host = asked(url)
    return told(host, host.call("POST", "tasks", json=order), output, wait=wait)


@app.command(name="list")
def list_(
    service_code: str | None = None,
    /,
    *,
    state: State | None = None,
    kind: Kind | None = None,
    url: UrlFlag = None,
    output: OutputFlag = None,
) -> None:
    """List tasks in the order of their numbers.

    Parameters
    ----------
    service_code
        Only those of this adapter.
    state
        Only those in this state.
    kind
        Only those of this kind.
    """
    query = {"service_code": service_code, "state": state, "kind": kind}
    write_items(asked(url).all("tasks", **{name: one for name, one in query.items() if one}), COLUMNS, output)


@app.command
def show(task: int, /, *, url: UrlFlag = None, output: OutputFlag = None) -> None:
    """Show a task, where it stands and what it brought.

    Parameters
    ----------
    task
        The task's number.
    """
    write_one(asked(url).call("GET", f"tasks/{task}"), output)


@app.command
def cancel(task: int, /, *, url: UrlFlag = None, output: OutputFlag = None) -> None:
    """Take back a task that no unit has been given yet.

    Parameters
    ----------
    task
        The task's number.
    """
    write_one(asked(url).call("POST", f"tasks/{task}/cancel", json={}), output)


@app.command
def result(
    task: int, /, *, module: int = 0, to: Annotated[str, Parameter(name="--to")] = "-", url: UrlFlag = None
) -> None:
    """Write the exact bytes that a module gave. Each reading is recorded at the host.

    Parameters
    ----------
    task
        The task's number.
    module
        The module.
    to
        A file to write them to; - is standard output.
    """
    host = asked(url)
    if to == "-":
        copy_result(host, task, module, sys.stdout.buffer.write)
        return
    try:
        with Path(to).open("wb") as file:
            copy_result(host, task, module, file.write)
    except OSError as error:
        raise CommandError(f"{to}: it cannot be written ({error.strerror})") from error


def _check(kind: str, work: dict[str, Any]) -> None:
    """What the API would refuse for no reason that its words make plain here."""
    if kind in _OF_ADDRESS and "address" not in work:
        raise CommandError(f"Say where to: servicehost task run {kind} nxe… --address 192.0.2.1")
    if kind == "command" and "lines" not in work:
        raise CommandError('Say what to do: servicehost task run command nxe… --line "show version"')
    if kind not in _OF_MODULES and "modules" in work:
        raise CommandError(f"{kind} is done by no module: leave --module out")
