"""`servicehost exchange`, from the request to its end, through the API of a running host."""

from collections.abc import Callable
from typing import Annotated, Final, Literal, TypeAlias

from cyclopts import Parameter

from servicehost.cli.asking import ReasonFlag, UrlFlag, asked
from servicehost.cli.code_names import service_named
from servicehost.cli.given import given, queried
from servicehost.cli.tables import OutputFlag, write_items, write_one
from servicehost.cli.unit_names import known_as

__all__ = ["COMMANDS"]

COLUMNS: Final = ("exchange", "service_code", "state", "verdict", "charge", "held", "requested_at", "requested_by")
FactWord: TypeAlias = Literal[
    "requester",
    "ownership",
    "channel",
    "item",
    "option",
    "cause",
    "area",
    "provider_downgrade",
    "site",
    "attendee",
    "location",
    "coverage",
    "inspection",
    "accessories",
]
SourceWord: TypeAlias = Literal[
    "contract", "triage", "site", "dispatcher", "attendee", "requester", "inspection", "file"
]
FailureWord: TypeAlias = Literal["carrier_refused", "dead_on_arrival", "lost_in_transit", "recalled", "wrong_model"]
_ANSWERS: Final = {"yes": True, "no": False}


def request(
    service_code: str,
    /,
    *,
    attendee: str | None = None,
    delegate: int | None = None,
    attended: bool | None = None,
    site: Literal["staffed", "unmanned", "restricted"] | None = None,
    location: Literal["declared", "elsewhere"] | None = None,
    former: int | None = None,
    reason: ReasonFlag = "",
    url: UrlFlag = None,
    output: OutputFlag = None,
) -> None:
    """Ask for an exchange of an adapter's unit. The verdict follows within moments: `servicehost exchange show`.

    Parameters
    ----------
    service_code
        The adapter.
    attendee
        Who attends when a driver comes.
    delegate
        The number of the delegate who attends, instead of a name.
    attended
        Whether somebody attends at all.
    site
        Whether a driver finds somebody there and may go in.
    location
        Whether the unit stands where it was declared.
    former
        The exchange that this one follows, if its new unit failed too.
    """
    order = given(
        service_code=service_named(service_code),
        attendee=attendee,
        delegate=delegate,
        attended=attended,
        site=site,
        location=location,
        former=former,
    )
    write_one(asked(url).call("POST", "exchanges", json=order | {"reason": reason}), output)


def list_exchanges(service_code: str | None = None, /, *, url: UrlFlag = None, output: OutputFlag = None) -> None:
    """List exchanges, oldest first.

    Parameters
    ----------
    service_code
        Only those of this adapter.
    """
    query = queried(service_code=None if service_code is None else service_named(service_code))
    write_items(asked(url).all("exchanges", **query), COLUMNS, output)


def show(exchange: int, /, *, url: UrlFlag = None, output: OutputFlag = None) -> None:
    """Show an exchange: verdict, charge and every rule in words, both units, steps, checks and what is not known.

    Parameters
    ----------
    exchange
        The exchange's number.
    """
    write_one(asked(url).call("GET", f"exchanges/{exchange}"), output)


def custody(exchange: int, /, *, url: UrlFlag = None, output: OutputFlag = None) -> None:
    """Show where the units of an exchange and their accessories are, and through whose hands they went.

    Parameters
    ----------
    exchange
        The exchange's number.
    """
    write_one(asked(url).call("GET", f"exchanges/{exchange}/custody"), output)


def fact(
    exchange: int,
    name: FactWord,
    value: str,
    /,
    *,
    source: SourceWord | None = None,
    settles: Annotated[bool, Parameter(name="--settles", negative="")] = False,
    attendee: str | None = None,
    delegate: int | None = None,
    reason: ReasonFlag = "",
    url: UrlFlag = None,
    output: OutputFlag = None,
) -> None:
    """State a fact of an exchange; as long as nothing is ordered it is judged again.

    Parameters
    ----------
    exchange
        The exchange's number.
    name
        What the fact is about.
    value
        What is the case: a word of the fact's, or yes or no.
    source
        By whose word; without it your own.
    settles
        It ends a difference between what several said.
    attendee
        With the fact attendee: who it is.
    delegate
        With the fact attendee: the number of the delegate who attends.
    """
    stated = given(source=source, attendee=attendee, delegate=delegate)
    order = stated | {"name": name, "value": _ANSWERS.get(value, value), "settles": settles, "reason": reason}
    write_one(asked(url).call("POST", f"exchanges/{exchange}/facts", json=order), output)


def reserve(
    exchange: int,
    distribution_id: str,
    /,
    *,
    override: Annotated[bool, Parameter(name="--override", negative="")] = False,
    firmware: str | None = None,
    reason: ReasonFlag = "",
    url: UrlFlag = None,
    output: OutputFlag = None,
) -> None:
    """Set a spare aside for an exchange; without this the host takes the nearest that fits.

    Parameters
    ----------
    exchange
        The exchange's number.
    distribution_id
        The spare: eight groups of four hex digits.
    override
        Take it although something does not fit; --reason says why.
    firmware
        The firmware that it is expected to have.
    """
    order = given(expected_firmware=firmware) | {"override": override, "reason": reason}
    order["distribution_id"] = known_as(distribution_id)
    write_one(asked(url).call("POST", f"exchanges/{exchange}/reservation", json=order), output)


def swap(exchange: int, /, *, attendee: str | None = None, url: UrlFlag = None, output: OutputFlag = None) -> None:
    """Say "swap now": the units change places as soon as the new one has said hello.

    Parameters
    ----------
    exchange
        The exchange's number.
    attendee
        Who says so at the site, by name.
    """
    write_one(asked(url).call("POST", f"exchanges/{exchange}/swap", json=given(attendee=attendee)), output)


def confirm(exchange: int, /, *, url: UrlFlag = None, output: OutputFlag = None) -> None:
    """Confirm that the network works again; the case closes within moments.

    Parameters
    ----------
    exchange
        The exchange's number.
    """
    write_one(asked(url).call("POST", f"exchanges/{exchange}/confirmation"), output)


def cancel(exchange: int, /, *, reason: ReasonFlag, url: UrlFlag = None, output: OutputFlag = None) -> None:
    """Call an exchange off while the old unit still has its place.

    Parameters
    ----------
    exchange
        The exchange's number.
    """
    write_one(asked(url).call("POST", f"exchanges/{exchange}/cancellation", json={"reason": reason}), output)


def fail(exchange: int, failure: FailureWord, /, *, url: UrlFlag = None, output: OutputFlag = None) -> None:
    """Report that an exchange cannot go on; after a swap the old unit serves again if it is still free.

    Parameters
    ----------
    exchange
        The exchange's number.
    failure
        What came between.
    """
    write_one(asked(url).call("POST", f"exchanges/{exchange}/failure", json={"failure": failure}), output)


COMMANDS: Final[dict[str, Callable[..., object]]] = {
    "request": request,
    "list": list_exchanges,
    "show": show,
    "custody": custody,
    "fact": fact,
    "reserve": reserve,
    "swap": swap,
    "confirm": confirm,
    "cancel": cancel,
    "fail": fail,
}
"""By their names below `servicehost exchange`."""
