"""`servicehost reaction`: steps that follow from what happened in a case, through the API of a running host."""

from typing import Annotated, Final

from cyclopts import App, Parameter

from servicehost.cli.asking import ABOUT_HOSTS, UrlFlag, asked
from servicehost.cli.given import queried
from servicehost.cli.tables import OutputFlag, write_items, write_one

COLUMNS: Final = ("reaction", "operation", "service_code", "cause", "tries", "next_try_at", "parked_at", "text")

app = App(name="reaction", help=f"Look at steps that failed again and again, and send them again.\n\n{ABOUT_HOSTS}")


@app.command(name="list")
def list_(
    *,
    parked: Annotated[bool, Parameter(name="--parked", negative="")] = False,
    url: UrlFlag = None,
    output: OutputFlag = None,
) -> None:
    """List the steps that are still to be run, each with what it failed of.

    Parameters
    ----------
    parked
        Only those that are tried no more until a person sends them again.
    """
    write_items(asked(url).all("reactions", **queried(parked=parked)), COLUMNS, output)


@app.command
def resend(reaction: int, /, *, url: UrlFlag = None, output: OutputFlag = None) -> None:
    """Send a parked step again, once what it failed of is mended.

    Parameters
    ----------
    reaction
        The step's number.
    """
    write_one(asked(url).call("POST", f"reactions/{reaction}/resend"), output)
