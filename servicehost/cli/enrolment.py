"""`servicehost enrolment`: units that ask for a person's yes, through the API of a running host."""

from typing import Final, Literal, TypeAlias

from cyclopts import App

from servicehost.cli.asking import ABOUT_HOSTS, ReasonFlag, UrlFlag, asked
from servicehost.cli.tables import OutputFlag, write_items, write_one

COLUMNS: Final = ("request", "distribution_id", "model", "serial", "way", "state", "asked_at", "remote_address")
State: TypeAlias = Literal["pending", "approved", "denied", "used"]

app = App(name="enrolment", help=f"See which units ask to be enrolled, and answer them.\n\n{ABOUT_HOSTS}")


@app.command(name="list")
def list_(*, state: State | None = None, url: UrlFlag = None, output: OutputFlag = None) -> None:
    """List requests, oldest first.

    Parameters
    ----------
    state
        Only those in this state; pending ones wait for you.
    """
    query = {} if state is None else {"state": state}
    write_items(asked(url).all("enrolment-requests", **query), COLUMNS, output)


@app.command
def show(request: int, /, *, url: UrlFlag = None, output: OutputFlag = None) -> None:
    """Show what a unit asked, from where, and what was answered.

    Parameters
    ----------
    request
        The request's number.
    """
    write_one(asked(url).call("GET", f"enrolment-requests/{request}"), output)


@app.command
def approve(request: int, /, *, url: UrlFlag = None, output: OutputFlag = None) -> None:
    """Say yes: the unit gets its certificate at its next try, for this key and once.

    Parameters
    ----------
    request
        The request's number.
    """
    write_one(asked(url).call("POST", f"enrolment-requests/{request}/approval"), output)


@app.command
def deny(request: int, /, *, reason: ReasonFlag, url: UrlFlag = None, output: OutputFlag = None) -> None:
    """Say no; the unit is told.

    Parameters
    ----------
    request
        The request's number.
    reason
        Why not; people read it.
    """
    write_one(asked(url).call("POST", f"enrolment-requests/{request}/denial", json={"reason": reason}), output)
