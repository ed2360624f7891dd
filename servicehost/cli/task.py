"""`servicehost task`: one operation on adapters, run once, through the API of a running host."""

import sys
from pathlib import Path
from typing import Annotated, Final, Literal, TypeAlias

from cyclopts import App, Parameter

from servicehost.cli.asking import ABOUT_HOSTS, ReasonFlag, UrlFlag, asked
from servicehost.cli.errors import CommandError
from servicehost.cli.selecting import GroupFlag, QueryFlag, SavedQueryFlag, TagFlag, selection_of
from servicehost.cli.tables import OutputFlag, write_items, write_one
from servicehost.cli.task_batch import app as batch_app
from servicehost.cli.task_progress import copy_result, told
from servicehost.cli.work import UNSAID, Kind, Work

COLUMNS: Final = ("task", "service_code", "kind", "state", "reason", "ordered_by", "changed_at")
State: TypeAlias = Literal[
    "queued", "in_progress", "succeeded", "failed", "timed_out", "rejected", "cancelled", "interrupted"
]

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
    work: Work = UNSAID,
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
    wait
        Wait until every task has ended.
    """
    meant = selection_of(service_codes or [], group, tag, query, saved)
    order = work.order(kind) | (meant if "service_codes" in meant else {"adapters": meant})
    order |= {"reason": reason} | ({} if name is None else {"name": name})
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
def count(*, url: UrlFlag = None, output: OutputFlag = None) -> None:
    """Count the tasks in each state."""
    write_one(asked(url).call("GET", "tasks/counts"), output)


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
