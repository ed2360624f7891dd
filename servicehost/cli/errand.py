"""`servicehost exchange appointment | times | worksheet`: errands of exchanges, through the API of a running host."""

import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Literal, TypeAlias

from cyclopts import App, Parameter

from servicehost.cli.asking import ReasonFlag, UrlFlag, asked
from servicehost.cli.errors import CommandError
from servicehost.cli.tables import OutputFlag, write_one

__all__ = ["add_errand_commands"]

Milestone: TypeAlias = Literal["departed", "arrived", "started", "done"]
Miss: TypeAlias = Literal[
    "traffic",
    "weather",
    "disaster",
    "attendee_absent",
    "no_entry",
    "refused_on_site",
    "wrong_address",
    "customer_changed",
    "no_stock",
    "carrier",
    "driver_late",
]


def add_errand_commands(app: App) -> None:
    """Hang them below `servicehost exchange`."""
    app.command(appointment)
    app.command(times)
    app.command(worksheet)


def appointment(
    exchange: int,
    /,
    *,
    from_: Annotated[datetime | None, Parameter(name="--from")] = None,
    until: datetime | None = None,
    attendee: str | None = None,
    telephone: str | None = None,
    delegate: int | None = None,
    cabling: str = "",
    reason: ReasonFlag = "",
    url: UrlFlag = None,
    output: OutputFlag = None,
) -> None:
    """Show the appointments of an exchange; propose a window by --from and --until; agree it by --attendee too.

    Parameters
    ----------
    exchange
        The exchange's number.
    from_
        Beginning of the window, as 2026-11-24T10:00:00; without a zone it is this machine's time.
    until
        Its end.
    attendee
        Who attends: the window, proposed before, is agreed with them.
    telephone
        Their telephone number.
    delegate
        The number of the delegate who attends, instead of a name: theirs and the telephone are on record.
    cabling
        What they say of the cables, for the work sheet.
    reason
        Why an appointment that was agreed is changed.
    """
    if from_ is None and until is None and attendee is None and delegate is None:
        write_one(asked(url).call("GET", f"exchanges/{exchange}/errand"), output)
        return
    if from_ is None or until is None:
        raise CommandError("a window has two ends: give --from and --until")
    window = {"from_at": _instant(from_), "until_at": _instant(until)}
    path = f"exchanges/{exchange}/appointments"
    if attendee is None and delegate is None:
        body: dict[str, Any] = {"windows": [window], "reason": reason}
        write_one(asked(url).call("POST", path, json=body), output)
        return
    body = {"window": window, "cabling": cabling, **_who_attends(attendee, telephone, delegate)}
    write_one(asked(url).call("POST", f"{path}/agreement", json=body), output)


def _who_attends(attendee: str | None, telephone: str | None, delegate: int | None) -> dict[str, Any]:
    if delegate is not None:
        if attendee is not None or telephone is not None:
            raise CommandError("a delegate's name and telephone are on record: give --delegate alone")
        return {"delegate": delegate}
    if telephone is None:
        raise CommandError("the driver must be able to call who attends: give --telephone")
    return {"attendee": attendee, "telephone": telephone}


def times(
    exchange: int,
    milestone: Milestone | None = None,
    /,
    *,
    at: datetime | None = None,
    estimated: bool = False,
    missed: Miss | None = None,
    because: Miss | None = None,
    tracking: str | None = None,
    driver: str | None = None,
    telephone: str | None = None,
    company: str = "",
    url: UrlFlag = None,
    output: OutputFlag = None,
) -> None:
    """Show the target, the times and the lateness of an errand; with a milestone, --driver or --tracking report them.

    Parameters
    ----------
    exchange
        The exchange's number.
    milestone
        What happened; of what is shipped only departed and arrived.
    at
        When; without it now.
    estimated
        It is only thought to be then.
    missed
        The visit came to nothing, and why; another appointment is needed.
    because
        Why it is late; needed with an arrival after the target.
    tracking
        The carrier's tracking number.
    driver
        Name of the service driver.
    telephone
        The driver's telephone number.
    company
        The driver's company.
    """
    path = f"exchanges/{exchange}/errand"
    if missed is not None:
        write_one(asked(url).call("POST", f"{path}/missed-visits", json={"reason": missed}), output)
        return
    body: dict[str, Any] = {}
    if milestone is not None:
        when = datetime.now().astimezone() if at is None else at
        body["times"] = [{"milestone": milestone, "at": _instant(when), "estimated": estimated}]
    if driver is not None:
        body["driver"] = {"name": driver, "company": company, **({} if telephone is None else {"telephone": telephone})}
    if tracking is not None:
        body["tracking"] = tracking
    if body and because is not None:
        body["reason"] = because
    if body:
        write_one(asked(url).call("POST", f"{path}/times", json=body), output)
    elif because is not None:
        write_one(asked(url).call("POST", f"{path}/lateness", json={"reason": because}), output)
    else:
        write_one(asked(url).call("GET", path), output)


def worksheet(
    exchange: int,
    /,
    *,
    file: Annotated[Path | None, Parameter(name=("--file", "-f"))] = None,
    url: UrlFlag = None,
) -> None:
    """Write the work sheet of an exchange: one HTML file in Japanese, to be printed on A4 from a browser.

    Parameters
    ----------
    exchange
        The exchange's number.
    file
        Where to write it; without it to standard output. It names people: it is made readable by its owner alone.
    """
    raw: bytes = asked(url).call("GET", f"exchanges/{exchange}/worksheet")
    if file is None:
        sys.stdout.buffer.write(raw)
        return
    try:
        file.touch(mode=0o600)
        file.write_bytes(raw)
    except OSError as error:
        raise CommandError(f"{file}: it cannot be written ({error.strerror})") from error


def _instant(moment: datetime) -> str:
    return moment.astimezone().isoformat(timespec="seconds")
