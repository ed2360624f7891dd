"""`servicehost adapter`: its commands; here memos, ends, another unit at once, a standby adapter promoted."""

from collections.abc import Callable
from typing import Annotated, Any, Final, Literal, TypeAlias

from cyclopts import App, Parameter

from servicehost.cli import adapter_list, adapter_rights, adapter_unit
from servicehost.cli.asking import ABOUT_HOSTS, ReasonFlag, UrlFlag, asked
from servicehost.cli.code_names import service_named
from servicehost.cli.tables import OutputFlag, write_one

Discarded: TypeAlias = Literal["startup_config", "waiting_pushes"]
After: TypeAlias = Literal["return", "keep"]
DiscardFlag: TypeAlias = Annotated[tuple[Discarded, ...], Parameter(name="--discard", negative="")]
AfterFlag: TypeAlias = Annotated[After | None, Parameter(name="--after")]
TakeBackFlag: TypeAlias = Annotated[bool, Parameter(name="--take-back", negative="")]
OverrideFlag: TypeAlias = Annotated[bool, Parameter(name="--override", negative="")]

_ROOMS: Final[dict[str, Callable[..., object]]] = {
    "list": adapter_list.list_adapters,
    "show": adapter_list.show,
    "count": adapter_list.count,
    "add": adapter_unit.add,
    "bind": adapter_unit.bind,
    "unbind": adapter_unit.unbind,
    "bindings": adapter_unit.bindings,
    "terms": adapter_rights.terms,
    "declare": adapter_rights.declare,
    "declarations": adapter_rights.declarations,
    "option": adapter_rights.option,
    "site": adapter_rights.site,
    "eligibility": adapter_rights.eligibility,
    "at-risk": adapter_rights.at_risk,
}

app = App(name="adapter", help=f"Look at adapters, bind units to them, and look after both.\n\n{ABOUT_HOSTS}")
for _name, _command in _ROOMS.items():
    app.command(_command, name=_name)


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
    """
    write_one(asked(url).call("GET", f"adapters/{service_code}/compatibility/{unit}"), output)


def _how(discard: tuple[Discarded, ...], after: After | None, *, override: bool, reason: str) -> dict[str, Any]:
    body: dict[str, Any] = {"discard": list(discard), "override": override, "reason": reason}
    return body if after is None else body | {"after_action": after}


@app.command
def memo(code: str, memo: str, /, *, url: UrlFlag = None, output: OutputFlag = None) -> None:
    """Write the memo of an adapter; for operation managers. The site name of the order stays.

    Parameters
    ----------
    code
        The service code.
    memo
        The memo; empty for none.
    """
    write_one(asked(url).call("PUT", f"adapters/{service_named(code)}/memo", json={"memo": memo}), output)


@app.command(name="end-option")
def end_option(
    code: str,
    /,
    *,
    reason: ReasonFlag,
    at: str | None = None,
    take_back: TakeBackFlag = False,
    url: UrlFlag = None,
    output: OutputFlag = None,
) -> None:
    """Set when the ultra-sendback option of an adapter ends, or take that back.

    Parameters
    ----------
    code
        The service code.
    at
        When, as 2027-04-01T00:00:00+09:00; without it now.
    take_back
        Take the end back instead: the option goes on.
    """
    path = f"adapters/{service_named(code)}/option/end"
    if take_back:
        asked(url).call("DELETE", path, params={"reason": reason})
        return
    order = {"reason": reason} | ({} if at is None else {"ends_at": at})
    write_one(asked(url).call("PUT", path, json=order), output)


@app.command(name="end")
def end_adapter(
    code: str,
    /,
    *,
    reason: ReasonFlag,
    at: str | None = None,
    take_back: TakeBackFlag = False,
    url: UrlFlag = None,
    output: OutputFlag = None,
) -> None:
    """Set when the contract of one adapter ends, or take that back.

    Parameters
    ----------
    code
        The service code.
    at
        When, as 2027-04-01T00:00:00+09:00; without it now.
    take_back
        Take the end back instead: its unit is admitted again when it next dials.
    """
    path = f"adapters/{service_named(code)}/end"
    if take_back:
        asked(url).call("DELETE", path, params={"reason": reason})
        return
    order = {"reason": reason} | ({} if at is None else {"out_of_service_at": at})
    write_one(asked(url).call("PUT", path, json=order), output)
