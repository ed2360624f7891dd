"""`servicehost push`: configs on their way to adapters, one by one, through the API of a running host."""

from typing import Final

from cyclopts import App

from servicehost.cli.asking import ABOUT_HOSTS, UrlFlag, asked
from servicehost.cli.code_names import service_named
from servicehost.cli.given import queried
from servicehost.cli.tables import OutputFlag, write_items, write_one

COLUMNS: Final = ("push", "service_code", "revision", "target", "phase", "reason", "ordered_by", "changed_at")

app = App(
    name="push",
    help=f"Look at pushes, and take them back; `servicehost config push` orders them.\n\n{ABOUT_HOSTS}",
)


@app.command(name="list")
def list_(service_code: str | None = None, /, *, url: UrlFlag = None, output: OutputFlag = None) -> None:
    """List pushes in the order of their numbers: of which revision, how far each is or how it ended, and why.

    Parameters
    ----------
    service_code
        Only those to this adapter.
    """
    query = queried(service_code=None if service_code is None else service_named(service_code))
    write_items(asked(url).all("pushes", **query), COLUMNS, output)


@app.command
def show(push: int, /, *, url: UrlFlag = None, output: OutputFlag = None) -> None:
    """Show a push, how far it is or how it ended, and what the unit said against it.

    Parameters
    ----------
    push
        The push's number.
    """
    write_one(asked(url).call("GET", f"pushes/{push}"), output)


@app.command
def cancel(push: int, /, *, url: UrlFlag = None, output: OutputFlag = None) -> None:
    """Take back a push that its unit does not run yet.

    Parameters
    ----------
    push
        The push's number.
    """
    write_one(asked(url).call("POST", f"pushes/{push}/cancel"), output)


@app.command
def count(*, url: UrlFlag = None, output: OutputFlag = None) -> None:
    """Count the pushes in each phase."""
    write_one(asked(url).call("GET", "pushes/counts"), output)
