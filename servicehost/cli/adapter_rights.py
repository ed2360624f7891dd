"""`servicehost adapter`, about on-site swaps: terms, declared locations, the option, what is at risk; by the API."""

from collections.abc import Sequence
from typing import Annotated, Any, Final, Literal, TypeAlias

from cyclopts import Parameter

from servicehost.cli.asking import ReasonFlag, UrlFlag, asked
from servicehost.cli.code_names import service_named
from servicehost.cli.errors import CommandError
from servicehost.cli.given import given, queried
from servicehost.cli.tables import OutputFlag, write_items, write_one

__all__ = ["at_risk", "declarations", "declare", "eligibility", "option", "site", "terms"]

DECLARATIONS: Final = ("number", "location", "coverage", "effective_at", "in_force", "declared_by", "source", "reason")
AT_RISK: Final = ("service_code", "management_code", "eligible", "risks", "holds", "remedies")
Coverage: TypeAlias = Literal["covered", "island", "uncovered"]
OptionStep: TypeAlias = Literal["ask", "accept", "refuse", "detach"]


def terms(
    service_code: str,
    /,
    *,
    item: Literal["entry", "standby"] | None = None,
    option: bool | None = None,
    mobile: bool | None = None,
    location: str | None = None,
    coverage: Coverage | None = None,
    ownership: Literal["rental", "brought_in"] | None = None,
    channel: Literal["direct", "reseller"] | None = None,
    url: UrlFlag = None,
    output: OutputFlag = None,
) -> None:
    """Record what the contract of an adapter says; for dispatchers. What is left out stays as it is.

    Parameters
    ----------
    service_code
        The adapter.
    item
        The contract item it is assigned to.
    option
        Whether it has the ultra-sendback option.
    mobile
        Whether it has the mobile option.
    location
        The installation location declared for the option.
    coverage
        Whether drivers serve that location.
    ownership
        Whose the unit is.
    channel
        Through whom the adapter was bought.
    """
    order = given(
        item=item,
        option=option,
        mobile=mobile,
        declared_location=location,
        coverage=coverage,
        ownership=ownership,
        channel=channel,
    )
    write_one(asked(url).call("PUT", f"adapters/{service_named(service_code)}/terms", json=order), output)


def declare(
    service_code: str,
    location: str,
    /,
    *,
    from_: Annotated[str | None, Parameter(name="--from")] = None,
    coverage: Coverage | None = None,
    postal_code: Annotated[str | None, Parameter(name="--postal-code")] = None,
    prefecture: str | None = None,
    municipality: str | None = None,
    reason: ReasonFlag = "",
    url: UrlFlag = None,
    output: OutputFlag = None,
) -> None:
    """Declare where the unit of an adapter is installed, at any hour; earlier declarations stay in its history.

    Parameters
    ----------
    service_code
        The adapter.
    location
        The installation location, in full.
    from_
        From when on, as 2026-12-01T00:00:00+09:00; without it from now on.
    coverage
        Whether drivers serve it; for dispatchers.
    postal_code
        Where it lies, so that closed areas can be judged: seven digits; with prefecture and municipality.
    prefecture
        Its name in full, or its code.
    municipality
        Its name with the ward, or its code.
    """
    place = given(postal_code=postal_code, prefecture=prefecture, municipality=municipality)
    if len(place) not in (0, 3):
        raise CommandError("where it lies is said by --postal-code, --prefecture and --municipality together")
    order = given(location=location, effective_at=from_, coverage=coverage, place=place or None) | {"reason": reason}
    path = f"adapters/{service_named(service_code)}/declared-locations"
    write_one(asked(url).call("POST", path, json=order), output)


def declarations(service_code: str, /, *, url: UrlFlag = None, output: OutputFlag = None) -> None:
    """List every declared location of an adapter in the order in which they were made.

    Parameters
    ----------
    service_code
        The adapter.
    """
    items = asked(url).all(f"adapters/{service_named(service_code)}/declared-locations")
    write_items(items, DECLARATIONS, output)


def option(
    service_code: str,
    step: OptionStep,
    /,
    *,
    reason: ReasonFlag = "",
    url: UrlFlag = None,
    output: OutputFlag = None,
) -> None:
    """Ask for the ultra-sendback option of an adapter, decide on one that waits, or take it off at once.

    When it ends at a time of the contract's is said by end-option.

    Parameters
    ----------
    service_code
        The adapter.
    step
        ask: attached, waiting or declined by its rule; accept or refuse: what waits, for dispatchers, with a reason;
        detach: it is taken off, or the request taken back.
    """
    path, host = f"adapters/{service_named(service_code)}/option", asked(url)
    if step == "detach":
        host.call("DELETE", path, params=queried(reason=reason or None))
    elif step == "ask":
        write_one(host.call("PUT", path, json={"reason": reason}), output)
    else:
        write_one(host.call("POST", f"{path}/decision", json={"accept": step == "accept", "reason": reason}), output)


def site(
    service_code: str,
    /,
    *,
    state: Literal["staffed", "unmanned", "restricted"] | None = None,
    location: Literal["declared", "elsewhere"] | None = None,
    attended: bool | None = None,
    area: Literal["open", "no_entry", "mass_damage"] | None = None,
    reason: ReasonFlag = "",
    url: UrlFlag = None,
    output: OutputFlag = None,
) -> None:
    """Say what is the case at the site of an adapter; the answer says what would stand in the way of a swap now.

    Parameters
    ----------
    service_code
        The adapter.
    state
        Whether a driver finds somebody there and may go in.
    location
        Whether the unit stands where it was declared.
    attended
        Whether somebody can attend.
    area
        The state of the region around it; for dispatchers.
    """
    word = given(site=state, location=location, attended=attended, area=area)
    path = f"adapters/{service_named(service_code)}/site"
    write_one(asked(url).call("POST", path, json=word | {"reason": reason}), output)


def eligibility(service_code: str, /, *, url: UrlFlag = None, output: OutputFlag = None) -> None:
    """Show what would stand in the way of an on-site swap if the unit failed of itself now, and what to do about it.

    Parameters
    ----------
    service_code
        The adapter.
    """
    write_one(asked(url).call("GET", f"adapters/{service_named(service_code)}/eligibility"), output)


def at_risk(*, url: UrlFlag = None, output: OutputFlag = None) -> None:
    """List the adapters whose on-site swap is at risk now: why, and what to do about it."""
    write_items(asked(url).all("eligibility"), AT_RISK, output, line=_risk_line)


def _risk_line(adapter: dict[str, Any]) -> dict[str, Any]:
    both: Sequence[dict[str, Any]] = [*adapter["risks"], *adapter["holds"]]
    return adapter | {
        "risks": "; ".join(one["text_en"] for one in adapter["risks"]),
        "holds": "; ".join(one["text_en"] for one in adapter["holds"]),
        "remedies": "; ".join(dict.fromkeys(one["remedy_en"] for one in both if one["remedy_en"])),
    }
