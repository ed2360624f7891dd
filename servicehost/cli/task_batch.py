"""`servicehost task batch`: tasks that were ordered together, through the API of a running host."""

import time
from collections.abc import Sequence
from typing import Any, Final

from cyclopts import App

from servicehost.cli.asking import ABOUT_HOSTS, UrlFlag, asked
from servicehost.cli.bar import progress_bar
from servicehost.cli.tables import OutputFlag, write_items, write_one

__all__ = ["app", "batches_ended"]

COLUMNS: Final = ("batch", "name", "kind", "adapters", "ended", "management_code", "ordered_by", "ordered_at", "note")
_LOOK_S: Final = 0.5

app = App(name="batch", help=f"See how far tasks are that were ordered together.\n\n{ABOUT_HOSTS}")


@app.command(name="list")
def list_(*, url: UrlFlag = None, output: OutputFlag = None) -> None:
    """List batches, each with how many of its tasks have ended."""
    write_items(asked(url).all("task-batches"), COLUMNS, output)


@app.command
def show(batch: int, /, *, url: UrlFlag = None, output: OutputFlag = None) -> None:
    """Show how many tasks of a batch stand in each state.

    Parameters
    ----------
    batch
        Its number.
    """
    write_one(asked(url).call("GET", f"task-batches/{batch}"), output)


@app.command
def cancel(batch: int, /, *, url: UrlFlag = None, output: OutputFlag = None) -> None:
    """Take back all tasks of a batch that wait; what a unit has already comes to its end.

    Parameters
    ----------
    batch
        Its number.
    """
    write_one(asked(url).call("POST", f"task-batches/{batch}/cancel", json={}), output)


def batches_ended(host: Any, numbers: Sequence[int]) -> list[dict[str, Any]]:
    """The tasks of these batches once every one has ended. A look costs one question a batch, however many tasks."""
    waiting, done = list(numbers), 0
    standing = {number: host.call("GET", f"task-batches/{number}") for number in numbers}
    with progress_bar("tasks", sum(one["adapters"] for one in standing.values())) as advance:
        while True:
            now_done = sum(one["ended"] for one in standing.values())
            advance(now_done - done)
            done = now_done
            waiting = [number for number in waiting if standing[number]["ended"] < standing[number]["adapters"]]
            if not waiting:
                break
            time.sleep(_LOOK_S)
            standing |= {number: host.call("GET", f"task-batches/{number}") for number in waiting}
    return [task for number in numbers for task in host.all("tasks", batch=str(number))]
