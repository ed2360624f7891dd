"""`servicehost adapter`: replace an adapter's unit, or promote a standby adapter, through the API of a running host."""

from typing import Annotated, Any, Literal, TypeAlias

from cyclopts import App, Parameter

from servicehost.cli.asking import ABOUT_HOSTS, ReasonFlag, UrlFlag, asked
from servicehost.cli.tables import OutputFlag, write_one

Discarded: TypeAlias = Literal["startup_config", "waiting_pushes"]
After: TypeAlias = Literal["return", "keep"]
DiscardFlag: TypeAlias = Annotated[tuple[Discarded, ...], Parameter(name="--discard", negative="")]
AfterFlag: TypeAlias = Annotated[After | None, Parameter(name="--after")]
OverrideFlag: TypeAlias = Annotated[bool, Parameter(name="--override", negative="")]

app = App(name="adapter", help=f"Let another unit serve an adapter at once.\n\n{ABOUT_HOSTS}")


@app.command
def replace(
    service_code: str,
    unit: str,
    /,
    *,
    discard: DiscardFlag = (),
    after: AfterFlag = None,
    override: OverrideFlag = False,
    reason: ReasonFlag = "",
    url: UrlFlag = None,
    output: OutputFlag = None,
) -> None:
    """Let a unit that is at hand take the place of the adapter's unit; the config goes on.

    Parameters
    ----------
    service_code
        The adapter.
    unit
        The Distribution ID of the unit that takes the place.
    discard
        What of the old unit's is not carried over; may be given again.
    after
        What becomes of the old unit; without it what is rented comes back and the customer's own stays.
    override
        Take the unit although something does not fit; --reason says why.
    reason
        Why.
    url
        The host's HTTP address.
    output
        json or table; without it a table on a terminal, JSON otherwise.
    """
    body = {"unit": unit, **_how(discard, after, override=override, reason=reason)}
    write_one(asked(url).call("POST", f"adapters/{service_code}/replace", json=body), output)


@app.command
def promote(
    service_code: str,
    /,
    *,
    takes_over: Annotated[str | None, Parameter(name="--takes-over")] = None,
    discard: DiscardFlag = (),
    after: AfterFlag = None,
    override: OverrideFlag = False,
    reason: ReasonFlag = "",
    url: UrlFlag = None,
    output: OutputFlag = None,
) -> None:
    """Promote a standby adapter to the entry item, or let its unit take a failed entry adapter's place.

    Parameters
    ----------
    service_code
        The standby adapter.
    takes_over
        The failed entry adapter whose code and config its unit takes over; the standby slot is then empty.
    discard
        What of the old unit's is not carried over; may be given again.
    after
        What becomes of the old unit; without it what is rented comes back and the customer's own stays.
    override
        Take the unit although something does not fit; --reason says why.
    reason
        Why.
    url
        The host's HTTP address.
    output
        json or table; without it a table on a terminal, JSON otherwise.
    """
    body = _how(discard, after, override=override, reason=reason)
    if takes_over is not None:
        body["takes_over"] = takes_over
    write_one(asked(url).call("POST", f"adapters/{service_code}/promote", json=body), output)


@app.command
def compare(service_code: str, unit: str, /, *, url: UrlFlag = None, output: OutputFlag = None) -> None:
    """Say what would not fit if a unit took the place of the adapter's unit; changes nothing.

    Parameters
    ----------
    service_code
        The adapter.
    unit
        The Distribution ID of the unit in question.
    url
        The host's HTTP address.
    output
        json or table; without it a table on a terminal, JSON otherwise.
    """
    write_one(asked(url).call("GET", f"adapters/{service_code}/compatibility/{unit}"), output)


def _how(discard: tuple[Discarded, ...], after: After | None, *, override: bool, reason: str) -> dict[str, Any]:
    body: dict[str, Any] = {"discard": list(discard), "override": override, "reason": reason}
    return body if after is None else body | {"after_action": after}
