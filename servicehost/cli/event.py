"""`servicehost event`: what happened, through the API of a running host."""

import sys
from typing import Annotated, Final

from cyclopts import App, Parameter

from servicehost.cli.asking import ABOUT_HOSTS, UrlFlag, asked
from servicehost.cli.tables import OutputFlag, write_items

COLUMNS: Final = ("event", "at", "severity", "event_class", "sub_type", "service_code", "actor", "reason")
ClassFlag = Annotated[str | None, Parameter(name="--class")]
SeverityFlag = Annotated[int | None, Parameter(name="--severity")]

app = App(name="event", help=f"Look at what happened, and export it.\n\n{ABOUT_HOSTS}")


def _query(**given: str | int | None) -> dict[str, str]:
    return {name: str(value) for name, value in given.items() if value is not None}


@app.command(name="list")
def list_(
    *,
    class_: ClassFlag = None,
    sub_type: str | None = None,
    severity: SeverityFlag = None,
    adapter: str | None = None,
    since: str | None = None,
    until: str | None = None,
    newest: Annotated[int, Parameter(name="--newest")] = 100,
    url: UrlFlag = None,
    output: OutputFlag = None,
) -> None:
    """List the newest events that fit, the newest last.

    Parameters
    ----------
    class_
        configuration, monitor or operation; several with commas.
    sub_type
        One or several with commas, for example push_confirmed,push_reverted.
    severity
        At least as grave: 0 emergency to 7 debug (RFC 5424).
    adapter
        Service code of one adapter.
    since
        From this time on, as 2026-11-23T04:05:06Z.
    until
        Before this time.
    newest
        So many at most.
    """
    host, found, after = asked(url), list[dict[str, object]](), 0
    query = _query(
        event_class=class_, sub_type=sub_type, severity=severity, service_code=adapter, since=since, until=until
    )
    while len(found) < newest:
        part = {"limit": str(min(500, newest - len(found))), "newest_first": "true", "after": str(after)}
        answer = host.call("GET", "events", params=query | part)
        found += answer["items"]
        if (after := answer["next"]) is None:
            break
    write_items(found[::-1], COLUMNS, output)


@app.command
def export(
    *,
    csv: bool = False,
    class_: ClassFlag = None,
    sub_type: str | None = None,
    severity: SeverityFlag = None,
    adapter: str | None = None,
    since: str | None = None,
    until: str | None = None,
    url: UrlFlag = None,
) -> None:
    """Write all events that fit to standard output, oldest first, a line of JSON each.

    Parameters
    ----------
    csv
        CSV instead, UTF-8 with a byte order mark.
    class_
        configuration, monitor or operation; several with commas.
    sub_type
        One or several with commas.
    severity
        At least as grave: 0 emergency to 7 debug (RFC 5424).
    adapter
        Service code of one adapter.
    since
        From this time on, as 2026-11-23T04:05:06Z.
    until
        Before this time.
    """
    query = _query(
        event_class=class_, sub_type=sub_type, severity=severity, service_code=adapter, since=since, until=until
    )
    # As bytes: what a program reads must not depend on the terminal's encoding.
    asked(url).copy("events.csv" if csv else "events.ndjson", sys.stdout.buffer.write, query, seen=None)


@app.command
def watch(
    *,
    class_: ClassFlag = None,
    sub_type: str | None = None,
    severity: SeverityFlag = None,
    adapter: str | None = None,
    after: int | None = None,
    url: UrlFlag = None,
) -> None:
    """Write events as they happen to standard output, a line of JSON each, until interrupted.

    A connection that is lost is made again, and goes on after the last event written.

    Parameters
    ----------
    class_
        configuration, monitor or operation; several with commas.
    sub_type
        One or several with commas.
    severity
        At least as grave: 0 emergency to 7 debug (RFC 5424).
    adapter
        Service code of one adapter.
    after
        Begin after the event of this number; without it with what happens from now on.
    """
    from servicehost.cli.following import follow  # noqa: PLC0415 - only this command follows

    query = _query(event_class=class_, sub_type=sub_type, severity=severity, service_code=adapter)
    follow(asked(url), query, after, sys.stdout.buffer)
