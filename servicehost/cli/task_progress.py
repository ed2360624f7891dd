"""Waits for the ends of tasks, shows on a terminal how far they are, and then what came of them."""

import sys
import time
from collections.abc import Sequence
from typing import Any, Final

from servicehost.cli.bar import progress_bar
from servicehost.cli.errors import REFUSED
from servicehost.cli.tables import write_items

__all__ = ["OPEN", "copy_result", "told"]

OPEN: Final = ("queued", "in_progress")
_LOOK_S: Final = 0.5


def told(host: Any, ordered: dict[str, Any], output: Any, *, wait: bool) -> int:
    """Writes what became of an order, once every task has ended if it is to wait: of one that succeeded, what it
    brought. The exit code: 0 when all were ordered, or all succeeded."""
    results = ordered["results"]
    if not wait:
        write_items(results, ("service_code", "task", "code", "detail"), output)
        return 0 if all(one["task"] is not None for one in results) else REFUSED
    ended = _all_ended(host, ordered)
    if len(ended) == 1 and ended[0].get("state") == "succeeded":
        for one in host.call("GET", f"tasks/{ended[0]['task']}")["results"]:
            copy_result(host, ended[0]["task"], one["module"], sys.stdout.buffer.write)
    else:
        write_items(ended, ("service_code", "task", "state", "reason", "text", "code"), output)
    return 0 if all(one.get("state") == "succeeded" for one in ended) else REFUSED


def copy_result(host: Any, task: int, module: int, take: Any) -> None:
    """As they come: they may be large, and are no JSON of ours even where they are some."""
    host.copy(f"tasks/{task}/results/{module}", take, {}, seen=None)


def _all_ended(host: Any, ordered: dict[str, Any]) -> list[dict[str, Any]]:
    """Each task once all have ended, and after them what was refused."""
    given = [one["task"] for one in ordered["results"] if one["task"] is not None]
    refused = [one for one in ordered["results"] if one["task"] is None]
    if ordered["batches"]:
        return [*_batches_ended(host, ordered["batches"]), *refused]
    return [*(_ended(host, task) for task in given), *refused]


def _batches_ended(host: Any, numbers: Sequence[int]) -> list[dict[str, Any]]:
    """The tasks of these batches once every one has ended. A look costs one question a batch, however many tasks."""
    waiting = list(numbers)
    standing = {number: host.call("GET", f"task-batches/{number}") for number in numbers}
    with progress_bar("tasks", sum(one["adapters"] for one in standing.values())) as draw:
        while True:
            draw(sum(one["ended"] for one in standing.values()))
            waiting = [number for number in waiting if standing[number]["ended"] < standing[number]["adapters"]]
            if not waiting:
                break
            time.sleep(_LOOK_S)
            standing |= {number: host.call("GET", f"task-batches/{number}") for number in waiting}
    return [task for number in numbers for task in host.all("tasks", batch=str(number))]


def _ended(host: Any, number: int) -> dict[str, Any]:
    """The task of one adapter; on a terminal with a line that says where it is."""
    while (task := host.call("GET", f"tasks/{number}")["task"])["state"] in OPEN:
        _tell(task)
        time.sleep(_LOOK_S)
    if sys.stderr.isatty():
        sys.stderr.write("\r\x1b[K")
    ended: dict[str, Any] = task
    return ended


def _tell(task: dict[str, Any]) -> None:
    if sys.stderr.isatty():
        sys.stderr.write(f"\r\x1b[Ktask {task['task']} of {task['service_code']} is {task['state']}")
        sys.stderr.flush()
