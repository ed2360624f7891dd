"""`servicehost contract`: contracts, and whose a code is, through the API of a host."""

from typing import Final

from cyclopts import App

from servicehost.cli.asking import ABOUT_HOSTS, ReasonFlag, UrlFlag, asked
from servicehost.cli.code_names import customer_named, management_named
from servicehost.cli.tables import OutputFlag, write_items, write_one

CONTRACTS: Final = ("management_code", "label", "customer_code", "ends_at", "ended_at")

contract = App(name="contract", help=f"Take up contracts, and find whose a code is.\n\n{ABOUT_HOSTS}")


@contract.command
def add(
    label: str,
    /,
    *,
    customer: str | None = None,
    code: str | None = None,
    url: UrlFlag = None,
    output: OutputFlag = None,
) -> None:
    """Take up a management contract.

    Parameters
    ----------
    label
        How the contract is called.
    customer
        The customer code of whose it is.
    code
        The management code, if it is not to be chosen.
    """
    order = {"label": label}
    if customer is not None:
        order["customer_code"] = customer_named(customer)
    if code is not None:
        order["management_code"] = management_named(code)
    write_one(asked(url).call("POST", "contracts", json=order), output)


@contract.command
def show(code: str, /, *, url: UrlFlag = None, output: OutputFlag = None) -> None:
    """Show a management contract: whose it is, its operation managers, its delegates.

    Parameters
    ----------
    code
        The management code.
    """
    write_one(asked(url).call("GET", f"contracts/{management_named(code)}"), output)


@contract.command(name="list")
def list_(*, url: UrlFlag = None, output: OutputFlag = None) -> None:
    """List management contracts in the order of their codes."""
    write_items(asked(url).all("contracts"), CONTRACTS, output)


@contract.command
def find(code: str, /, *, url: UrlFlag = None, output: OutputFlag = None) -> None:
    """Find whose a code is: for support and dispatchers, while somebody reads it out.

    Parameters
    ----------
    code
        A service code, management code or customer code; capitals, full-width characters and hyphens do no harm.
    """
    write_one(asked(url).call("GET", "code", params={"code": code}), output)


@contract.command(name="end")
def end_contract(
    code: str,
    /,
    *,
    reason: ReasonFlag,
    at: str | None = None,
    take_back: bool = False,
    url: UrlFlag = None,
    output: OutputFlag = None,
) -> None:
    """Set when a management contract ends; until then it can be changed or taken back.

    At that instant its people lose their rights. Its units are then told that they are out of service, units that were
    lent fall due, what is under way is cancelled, and some time later what says something of its people is erased.

    Parameters
    ----------
    code
        The management code.
    at
        When, as 2027-04-01T00:00:00+09:00; without it now.
    take_back
        Take the end back instead: the contract goes on.
    """
    path = f"contracts/{management_named(code)}/end"
    if take_back:
        asked(url).call("DELETE", path, params={"reason": reason})
        write_one(asked(url).call("GET", f"contracts/{management_named(code)}")["contract"], output)
        return
    write_one(asked(url).call("PUT", path, json=_ending(at, reason)), output)


def _ending(at: str | None, reason: str) -> dict[str, str]:
    return {"reason": reason} | ({} if at is None else {"ends_at": at})
