"""`servicehost call`: calls that support takes, through the API of a running host."""

from typing import Annotated, Any, Final, Literal, TypeAlias

from cyclopts import App, Parameter

from servicehost.cli.asking import ABOUT_HOSTS, UrlFlag, asked
from servicehost.cli.tables import OutputFlag, write_items, write_one

COLUMNS: Final = ("call", "at", "service_code", "caller_name", "match", "manager", "outcome", "reference", "said")
HOURS: Final = ("enquiry", "open_now", "answers_from", "text_en")
Match: TypeAlias = Literal["registered", "ambiguous", "contradicted", "unregistered", "no_contract"]
Outcome: TypeAlias = Literal["nothing", "fault", "exchange", "consent", "refused"]

app = App(name="call", help=f"Record calls, and whether who calls is registered.\n\n{ABOUT_HOSTS}")


@app.command
def record(
    *,
    caller: Annotated[str | None, Parameter(name="--caller")] = None,
    master_id: Annotated[str | None, Parameter(name="--master-id")] = None,
    number: Annotated[str, Parameter(name="--number")] = "",
    adapter: Annotated[str | None, Parameter(name="--adapter")] = None,
    at: Annotated[str | None, Parameter(name="--at")] = None,
    said: Annotated[str, Parameter(name="--said")] = "",
    answered: Annotated[str, Parameter(name="--answered")] = "",
    url: UrlFlag = None,
    output: OutputFlag = None,
) -> None:
    """Record a call while it lasts; the answer says whether the caller is registered.

    Parameters
    ----------
    caller
        The name the caller gives.
    master_id
        The Master ID the caller gives.
    number
        The number they call from.
    adapter
        The service code they name.
    at
        When, as 2026-11-23T09:00:00+09:00; without it now.
    said
        What was said.
    answered
        What was answered.
    """
    given: dict[str, Any] = {"caller_name": caller, "master_id": master_id, "service_code": adapter, "at": at}
    body = {"calling_number": number, "said": said, "answered": answered}
    body |= {name: value for name, value in given.items() if value is not None}
    write_one(asked(url).call("POST", "calls", json=body), output)


@app.command
def hours(*, url: UrlFlag = None, output: OutputFlag = None) -> None:
    """Show for each kind of enquiry whether a person answers now, and else from when on."""
    write_items(asked(url).call("GET", "enquiry-hours")["items"], HOURS, output)


@app.command
def show(call: int, /, *, url: UrlFlag = None, output: OutputFlag = None) -> None:
    """Show a call: who called and was registered, what was said, and what it led to.

    Parameters
    ----------
    call
        The call's number.
    """
    write_one(asked(url).call("GET", f"calls/{call}"), output)


@app.command
def conclude(
    call: int,
    outcome: Outcome,
    /,
    *,
    reference: Annotated[int | None, Parameter(name="--reference")] = None,
    answered: Annotated[str, Parameter(name="--answered")] = "",
    url: UrlFlag = None,
    output: OutputFlag = None,
) -> None:
    """Record what a call led to.

    Parameters
    ----------
    call
        The call's number.
    outcome
        What it led to.
    reference
        The number of that fault, exchange or consent.
    answered
        What was answered, instead of what was recorded before.
    """
    body: dict[str, Any] = {"outcome": outcome, "answered": answered}
    body |= {} if reference is None else {"reference": reference}
    write_one(asked(url).call("POST", f"calls/{call}/conclusion", json=body), output)


@app.command(name="list")
def list_(
    *,
    contract: Annotated[str | None, Parameter(name="--contract")] = None,
    adapter: Annotated[str | None, Parameter(name="--adapter")] = None,
    match: Match | None = None,
    open_only: Annotated[bool, Parameter(name="--open-only", negative="")] = False,
    url: UrlFlag = None,
    output: OutputFlag = None,
) -> None:
    """List calls, oldest first.

    Parameters
    ----------
    contract
        Only those of this management contract.
    adapter
        Only those about this adapter, by service code.
    match
        Only those whose caller was found to be so.
    open_only
        Only those of which it is not recorded yet what they led to.
    """
    wanted = {"management_code": contract, "service_code": adapter, "match": match}
    query = {name: value for name, value in wanted.items() if value is not None}
    query |= {"open_only": "true"} if open_only else {}
    write_items(asked(url).all("calls", **query), COLUMNS, output)
