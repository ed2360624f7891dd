"""`servicehost return`: units that are to come back after an exchange, through the API of a running host."""

from typing import Annotated, Final, Literal, TypeAlias

from cyclopts import App, Parameter

from servicehost.cli.asking import ABOUT_HOSTS, ReasonFlag, UrlFlag, asked
from servicehost.cli.tables import OutputFlag, write_items, write_one

COLUMNS: Final = ("number", "exchange", "service_code", "model_serial", "state", "due_at", "missing", "result")
Accessory: TypeAlias = Literal["ac_adapter", "power_cable", "lan_cable", "antenna", "sim_card", "mount"]
LossWord: TypeAlias = Literal["never_returned", "lost_by_carrier", "providers_decision", "lost_before"]
State: TypeAlias = Literal["due", "shipped", "received", "inspected", "not_returned", "written_off", "called_off"]

app = App(name="return", help=f"See which units are to come back, and record those that did.\n\n{ABOUT_HOSTS}")


@app.command(name="list")
def list_(*, state: State | None = None, url: UrlFlag = None, output: OutputFlag = None) -> None:
    """List returns in the order in which they fell due.

    Parameters
    ----------
    state
        Only those in this state; not_returned are overdue.
    """
    query = {} if state is None else {"state": state}
    write_items(asked(url).all("returns", **query), COLUMNS, output)


@app.command
def show(number: int, /, *, url: UrlFlag = None, output: OutputFlag = None) -> None:
    """Show a return: what is to come back until when, and what has.

    Parameters
    ----------
    number
        The return's number.
    """
    write_one(asked(url).call("GET", f"returns/{number}"), output)


@app.command
def shipped(
    number: int,
    /,
    *,
    by: Literal["carrier", "service_driver"] = "carrier",
    name: str = "",
    reference: str = "",
    note: str = "",
    url: UrlFlag = None,
    output: OutputFlag = None,
) -> None:
    """Record that a unit is on its way back.

    Parameters
    ----------
    number
        The return's number.
    by
        Who carries it.
    name
        The name of the carrier or of the driver.
    reference
        The carrier's tracking number.
    note
        Anything to remember.
    """
    order = {"by": by, "name": name, "reference": reference, "note": note}
    write_one(asked(url).call("POST", f"returns/{number}/shipment", json=order), output)


@app.command(name="write-off")
def write_off(
    number: int, loss: LossWord, /, *, reason: ReasonFlag, url: UrlFlag = None, output: OutputFlag = None
) -> None:
    """Give up a unit that does not come back. The host then judges its charge again.

    Parameters
    ----------
    number
        The return's number.
    loss
        How it was lost.
    """
    write_one(asked(url).call("POST", f"returns/{number}/loss", json={"loss": loss, "reason": reason}), output)


@app.command
def receive(
    number: int,
    /,
    *,
    missing: Annotated[tuple[Accessory, ...], Parameter(name="--missing", negative="")] = (),
    place: str = "",
    note: str = "",
    url: UrlFlag = None,
    output: OutputFlag = None,
) -> None:
    """Record that a unit came back, whole or without some accessories; said again, with fewer of them missing.

    Parameters
    ----------
    number
        The return's number.
    missing
        A main accessory that did not come with it; may be repeated.
    place
        Where it was received.
    note
        Anything to remember.
    """
    order = {"place": place, "missing": list(missing), "note": note}
    write_one(asked(url).call("POST", f"returns/{number}/receipt", json=order), output)


@app.command
def inspect(
    number: int,
    result: Literal["fault_found", "no_fault_found", "damaged", "modified"],
    /,
    *,
    by: str = "",
    damaged: Annotated[tuple[Accessory, ...], Parameter(name="--damaged", negative="")] = (),
    erased: Annotated[bool | None, Parameter(negative="--not-erased")] = None,
    place: str = "",
    note: str = "",
    url: UrlFlag = None,
    output: OutputFlag = None,
) -> None:
    """Record what the inspection of a returned unit found. The host then judges its charge again.

    Parameters
    ----------
    number
        The return's number.
    result
        fault_found, no_fault_found, damaged or modified.
    by
        Who inspected it; without it you.
    damaged
        A main accessory that is damaged; may be repeated.
    erased
        Whether the customer's config is gone from it; say neither if nobody has looked.
    place
        Where it was inspected.
    note
        Anything to remember.
    """
    order: dict[str, object] = {"result": result, "by": by, "damaged": list(damaged), "place": place, "note": note}
    if erased is not None:
        order["erased"] = erased
    write_one(asked(url).call("POST", f"returns/{number}/inspection", json=order), output)
