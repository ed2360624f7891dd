"""`servicehost schedule`: pushes for later, through the API of a running host."""

from datetime import date, datetime
from typing import Any, Final, Literal

from cyclopts import App

from servicehost.cli.asking import ABOUT_HOSTS, ReasonFlag, UrlFlag, asked
from servicehost.cli.errors import CommandError
from servicehost.cli.tables import OutputFlag, write_items, write_one
from servicehost.domain.errors import Invalid
from servicehost.domain.schedule import zone_of

__all__ = ["app"]

COLUMNS: Final = ("number", "service_codes", "due_at", "state", "fixed", "target", "fired", "ordered_by", "note")
TIMES: Final = ("due_at", "at", "outcome", "reason", "pushes", "first_push", "last_push")

app = App(name="schedule", help=f"Push configs at a time, or at one time after the other.\n\n{ABOUT_HOSTS}")


@app.command(name="list")
def list_(*, ended: bool = False, url: UrlFlag = None, output: OutputFlag = None) -> None:
    """List scheduled pushes that wait.

    Parameters
    ----------
    ended
        Also those that are over.
    """
    write_items(asked(url).all("push-schedules", **({} if ended else {"waiting": "true"})), COLUMNS, output)


@app.command
def show(number: int, /, *, url: UrlFlag = None, output: OutputFlag = None) -> None:
    """Show what became of the latest times of one.

    Parameters
    ----------
    number
        Of the scheduled push.
    """
    write_items(asked(url).call("GET", f"push-schedules/{number}")["occurrences"], TIMES, output)


@app.command
def push(
    service_codes: list[str],
    /,
    *,
    revision: Literal["fixed", "working"] | int,
    at: str | None = None,
    every: Literal["day", "week", "month"] | None = None,
    time: str | None = None,
    days: str = "",
    day: int | None = None,
    interval: int = 1,
    starts_on: date | None = None,
    until: date | None = None,
    count: int | None = None,
    zone: str = "UTC",
    skip_late: bool = False,
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
    at
        RFC 3339 with an offset, as 2026-12-01T02:00:00+09:00.
    every
        How it comes again.
    time
        Local time of day, as 02:30.
    days
        Of every week, as mon,thu.
    day
        Of every month, 1 to 31; -1 is the last.
    interval
        Every n days, weeks or months.
    starts_on
        The first date that counts.
    until
        The last date that may be met.
    count
        How many dates.
    zone
        IANA time zone of the local time, as Asia/Tokyo.
    skip_late
        Do not make up for a time that was missed while the host was down.
    target
        both, running (until the next boot) or startup (from the next boot on).
    """
    recurring = {
        "every": every,
        "at_time": time,
        "days": days.split(",") if days else None,
        "day": day,
        "interval": interval,
        "starts_on": starts_on,
        "until": until,
        "count": count,
    }
    order: dict[str, Any] = {
        "service_codes": service_codes,
        "when": _when(at, recurring, zone),
        "fixed": revision != "working",
        "late": "skip" if skip_late else "run",
        "target": target,
        "reason": reason,
    }
    if isinstance(revision, int):
        order["revision"] = revision
    write_one(asked(url).call("POST", "push-schedules", json=order), output)


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
        Of the scheduled push.
    at
        RFC 3339 with an offset.
    zone
        In which it is shown.
    """
    body = {"when": _when(at, {}, zone), "reason": reason}
    write_one(asked(url).call("PUT", f"push-schedules/{number}/when", json=body), output)


@app.command
def cancel(number: int, /, *, reason: ReasonFlag = "", url: UrlFlag = None, output: OutputFlag = None) -> None:
    """Take one back. What it has ordered already goes on.

    Parameters
    ----------
    number
        Of the scheduled push.
    """
    write_one(asked(url).call("POST", f"push-schedules/{number}/cancel", json={"reason": reason}), output)


def _when(at: str | None, recurring: dict[str, Any], zone: str) -> dict[str, Any]:
    every = recurring.get("every")
    if (at is None) == (every is None):
        raise CommandError("give either --at or --every", code=2)
    if at is not None:
        return {"at": at, "time_zone": zone}
    if recurring["at_time"] is None:
        raise CommandError("--every needs --time", code=2)
    said = {name: value for name, value in recurring.items() if value is not None}
    said["starts_on"] = (recurring["starts_on"] or _today(zone)).isoformat()
    if recurring["until"] is not None:
        said["until"] = recurring["until"].isoformat()
    return {"recurrence": said, "time_zone": zone}


def _today(zone: str) -> date:
    try:
        return datetime.now(zone_of(zone)).date()
    except Invalid as error:
        raise CommandError(error.text, code=2) from error
