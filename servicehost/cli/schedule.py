"""`servicehost schedule`: pushes and tasks for later, through the API of a running host."""

from typing import Any, Final, Literal

from cyclopts import App

from servicehost.cli.asking import ABOUT_HOSTS, ReasonFlag, UrlFlag, asked
from servicehost.cli.preset import SetFlag, values_of
from servicehost.cli.selecting import GroupFlag, QueryFlag, SavedQueryFlag, TagFlag, selection_of
from servicehost.cli.tables import OutputFlag, write_items, write_one
from servicehost.cli.times import UNSAID, Times, once
from servicehost.cli.work import UNSAID as NO_WORK
from servicehost.cli.work import Kind, Work

__all__ = ["app"]

COLUMNS: Final = ("number", "kind", "what", "due_at", "state", "reason", "fired", "ordered_by", "note")
TIMES: Final = ("due_at", "at", "outcome", "reason", "pushes", "first_push", "last_push", "tasks", "batch", "ended")

app = App(name="schedule", help=f"Push configs and run tasks at a time, or again and again.\n\n{ABOUT_HOSTS}")


@app.command(name="list")
def list_(
    *,
    ended: bool = False,
    kind: Literal["push", "task"] | None = None,
    url: UrlFlag = None,
    output: OutputFlag = None,
) -> None:
    """List schedules that wait.

    Parameters
    ----------
    ended
        Also those that are over.
    kind
        Only those of pushes or of tasks.
    """
    asks = ({} if ended else {"waiting": "true"}) | ({} if kind is None else {"kind": kind})
    write_items([one | {"what": _what(one)} for one in asked(url).all("schedules", **asks)], COLUMNS, output)


def _what(one: dict[str, Any]) -> str:
    """Short enough for a line of a table."""
    if one["push"] is not None:
        codes = one["push"]["service_codes"]
        return codes[0] if len(codes) == 1 else f"{len(codes)} adapters"
    name: str = one["task"]["name"]
    return name


@app.command
def show(number: int, /, *, url: UrlFlag = None, output: OutputFlag = None) -> None:
    """Show what became of the latest times of one.

    Parameters
    ----------
    number
        Of the schedule.
    """
    write_items(asked(url).call("GET", f"schedules/{number}")["occurrences"], TIMES, output)


@app.command
def push(
    service_codes: list[str],
    /,
    *,
    revision: Literal["fixed", "working"] | int,
    times: Times = UNSAID,
    target: Literal["startup", "running", "both"] = "both",
    reason: ReasonFlag = "",
    url: UrlFlag = None,
    output: OutputFlag = None,
) -> None:
    """Order a push for --at an instant, or --every day, week or month at a local --time.

    Parameters
    ----------
    service_codes
        The adapters, of one management contract.
    revision
        fixed: the working one of each as it stands now; working: whatever is the working one then; or a number.
    target
        both, running (until the next boot) or startup (from the next boot on).
    """
    order = times.order() | {"service_codes": service_codes, "fixed": revision != "working", "target": target}
    if isinstance(revision, int):
        order["revision"] = revision
    write_one(asked(url).call("POST", "schedules/pushes", json=order | {"reason": reason}), output)


@app.command
def task(
    kind: Kind,
    service_codes: list[str] | None = None,
    /,
    *,
    group: GroupFlag = None,
    tag: TagFlag = None,
    query: QueryFlag = None,
    saved: SavedQueryFlag = None,
    name: str | None = None,
    work: Work = NO_WORK,
    times: Times = UNSAID,
    reason: ReasonFlag = "",
    url: UrlFlag = None,
    output: OutputFlag = None,
) -> None:
    """Order a task for --at an instant, or --every day, week or month at a local --time.

    Who is in the group, carries the tag or fits the query is looked up when the time has come, each time anew.

    Parameters
    ----------
    kind
        What is to be done.
    service_codes
        The adapters, of one management contract.
    name
        What each batch is called; as the kind unless said.
    """
    meant = selection_of(service_codes or [], group, tag, query, saved)
    order = times.order() | work.order(kind) | _meant(meant, name, reason)
    write_one(asked(url).call("POST", "schedules/tasks", json=order), output)


@app.command
def preset(
    preset: int,
    service_codes: list[str] | None = None,
    /,
    *,
    set_: SetFlag = None,
    group: GroupFlag = None,
    tag: TagFlag = None,
    query: QueryFlag = None,
    saved: SavedQueryFlag = None,
    name: str | None = None,
    times: Times = UNSAID,
    reason: ReasonFlag = "",
    url: UrlFlag = None,
    output: OutputFlag = None,
) -> None:
    """Order a preset command as a task for later. It is filled now: changing the preset changes no schedule.

    Parameters
    ----------
    preset
        Its number.
    service_codes
        The adapters, of one management contract.
    name
        What each batch is called; as the preset unless said.
    """
    meant = selection_of(service_codes or [], group, tag, query, saved)
    work = {"preset": {"preset": preset, "values": values_of(set_)}}
    order = times.order() | work | _meant(meant, name, reason)
    write_one(asked(url).call("POST", "schedules/tasks", json=order), output)


def _meant(adapters: dict[str, Any], name: str | None, reason: str) -> dict[str, Any]:
    return {"adapters": adapters, "reason": reason} | ({} if name is None else {"name": name})


@app.command
def retime(
    number: int,
    at: str,
    /,
    *,
    zone: str = "UTC",
    reason: ReasonFlag = "",
    url: UrlFlag = None,
    output: OutputFlag = None,
) -> None:
    """Give one that waits another time, once.

    Parameters
    ----------
    number
        Of the schedule.
    at
        RFC 3339 with an offset.
    zone
        In which it is shown.
    """
    body = {"when": once(at, zone), "reason": reason}
    write_one(asked(url).call("PUT", f"schedules/{number}/when", json=body), output)


@app.command
def cancel(number: int, /, *, reason: ReasonFlag = "", url: UrlFlag = None, output: OutputFlag = None) -> None:
    """Take one back. What it has ordered already goes on.

    Parameters
    ----------
    number
        Of the schedule.
    """
    write_one(asked(url).call("POST", f"schedules/{number}/cancel", json={"reason": reason}), output)
