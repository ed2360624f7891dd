"""`servicehost stock`: the provider's spares by depot, model and firmware, through the API of a running host."""

from typing import Annotated, Final, Literal, TypeAlias

from cyclopts import App, Parameter

from servicehost.cli.asking import ABOUT_HOSTS, ReasonFlag, UrlFlag, asked
from servicehost.cli.tables import OutputFlag, write_items, write_one

COLUMNS: Final = ("distribution_id", "model", "firmware", "depot", "state", "exchange")
COUNTS: Final = ("depot", "model", "firmware", "free", "reserved", "out", "least", "low")
DEPOTS: Final = ("depot", "label", "area")
State: TypeAlias = Literal["free", "reserved", "out"]
DepotFlag: TypeAlias = Annotated[str | None, Parameter(name="--depot")]
ModelFlag: TypeAlias = Annotated[str | None, Parameter(name="--model")]

app = App(name="stock", help=f"See what lies in which depot, take units into stock, and move them.\n\n{ABOUT_HOSTS}")


@app.command(name="list")
def list_(
    *,
    depot: DepotFlag = None,
    model: ModelFlag = None,
    firmware: str | None = None,
    state: State | None = None,
    url: UrlFlag = None,
    output: OutputFlag = None,
) -> None:
    """List spares in the order of their registration.

    Parameters
    ----------
    depot
        Only those of this depot; main is where stock lies unless a depot was named.
    model
        Only those of this model.
    firmware
        Only those of this firmware.
    state
        Only those in this state.
    """
    given = {"depot": depot, "model": model, "firmware": firmware, "state": state}
    write_items(
        asked(url).all("spares", **{name: value for name, value in given.items() if value is not None}), COLUMNS, output
    )


@app.command
def count(*, url: UrlFlag = None, output: OutputFlag = None) -> None:
    """Count spares by depot, model and firmware, and say where they run low."""
    write_items(asked(url).call("GET", "stock")["items"], COUNTS, output)


@app.command
def place(
    distribution_id: str,
    /,
    *,
    depot: DepotFlag = None,
    firmware: str | None = None,
    url: UrlFlag = None,
    output: OutputFlag = None,
) -> None:
    """Take a unit that serves nobody into stock.

    Parameters
    ----------
    distribution_id
        The unit's Distribution ID.
    depot
        Where it lies; without it the main stock.
    firmware
        What it has; without it what the unit said last, if it ever did.
    """
    given = {"distribution_id": distribution_id, "depot": depot, "firmware": firmware}
    body = {name: value for name, value in given.items() if value is not None}
    write_one(asked(url).call("POST", "spares", json=body), output)


@app.command
def move(
    distribution_id: str,
    depot: str,
    /,
    *,
    reason: ReasonFlag = "",
    url: UrlFlag = None,
    output: OutputFlag = None,
) -> None:
    """Have a free spare carried to another depot; its custody follows.

    Parameters
    ----------
    distribution_id
        The unit's Distribution ID.
    depot
        Where it is carried.
    """
    body = {"depot": depot, "reason": reason}
    write_one(asked(url).call("POST", f"spares/{distribution_id}/move", json=body), output)


@app.command
def depots(*, url: UrlFlag = None, output: OutputFlag = None) -> None:
    """List the depots."""
    write_items(asked(url).call("GET", "depots")["items"], DEPOTS, output)


@app.command
def depot(name: str, /, *, label: str, area: str = "", url: UrlFlag = None, output: OutputFlag = None) -> None:
    """Open a depot, or change what is recorded of it.

    Parameters
    ----------
    name
        Its name: small letters, digits and hyphens.
    label
        What people call it.
    area
        How the addresses begin that it serves, with commas.
    """
    write_one(asked(url).call("PUT", f"depots/{name}", json={"label": label, "area": area}), output)


@app.command
def threshold(name: str, model: str, least: int, /, *, url: UrlFlag = None, output: OutputFlag = None) -> None:
    """Say below how many free units of a model a depot is low.

    Parameters
    ----------
    name
        The depot.
    model
        The model.
    least
        How many; 0 for never.
    """
    body = {"model": model, "least": least}
    write_one(asked(url).call("PUT", f"depots/{name}/threshold", json=body), output)
