"""`servicehost customer` and `servicehost delegate`: who the customers are, whom they have named; through the API."""

from collections.abc import Sequence
from typing import Annotated, Final

from cyclopts import App, Parameter

from servicehost.cli.asking import ABOUT_HOSTS, ReasonFlag, UrlFlag, asked
from servicehost.cli.code_names import customer_named, management_named, service_named
from servicehost.cli.tables import OutputFlag, write_items, write_one

CUSTOMERS: Final = ("customer_code", "name", "created_at")
DELEGATES: Final = ("number", "name", "telephone", "service_codes", "attends_from", "attends_until", "stands")
SiteFlag = Annotated[Sequence[str], Parameter(name="--site", negative=())]

customer = App(name="customer", help=f"Take up customers, and see which contracts they have.\n\n{ABOUT_HOSTS}")
delegate = App(name="delegate", help=f"Name who may attend at a site for the customer.\n\n{ABOUT_HOSTS}")


@customer.command
def add(name: str, /, *, code: str | None = None, url: UrlFlag = None, output: OutputFlag = None) -> None:
    """Take up a customer. Their management contracts follow with `servicehost contract add`.

    Parameters
    ----------
    name
        The customer's name.
    code
        The customer code, if it is not to be chosen.
    """
    order = {"name": name} | ({} if code is None else {"customer_code": customer_named(code)})
    write_one(asked(url).call("POST", "customers", json=order), output)


@customer.command
def show(code: str, /, *, url: UrlFlag = None, output: OutputFlag = None) -> None:
    """Show a customer with their management contracts.

    Parameters
    ----------
    code
        The customer code, as it was read out: capitals, full-width characters and hyphens do no harm.
    """
    write_one(asked(url).call("GET", f"customers/{customer_named(code)}"), output)


@customer.command(name="list")
def list_customers(*, url: UrlFlag = None, output: OutputFlag = None) -> None:
    """List customers in the order of their codes."""
    write_items(asked(url).all("customers"), CUSTOMERS, output)


@delegate.command(name="add")
def add_delegate(
    contract: str,
    name: str,
    /,
    *,
    telephone: str,
    site: SiteFlag = (),
    from_: Annotated[str | None, Parameter(name="--from")] = None,
    until: str | None = None,
    url: UrlFlag = None,
    output: OutputFlag = None,
) -> None:
    """Name somebody who may attend; for operation managers.

    Parameters
    ----------
    contract
        The management code.
    name
        Who may attend.
    telephone
        How they are reached.
    site
        Service code of an adapter where they may attend; may be given several times, without it all of the contract.
    from_
        From when on, as 2026-04-01T00:00:00+09:00; without it from now on.
    until
        Until when; without it until you end it.
    """
    order: dict[str, object] = {"name": name, "telephone": telephone}
    order["service_codes"] = [service_named(one) for one in site]
    order |= {key: value for key, value in (("attends_from", from_), ("attends_until", until)) if value is not None}
    write_one(asked(url).call("POST", f"contracts/{management_named(contract)}/delegates", json=order), output)


@delegate.command(name="list")
def list_delegates(contract: str, /, *, url: UrlFlag = None, output: OutputFlag = None) -> None:
    """List the delegates of a contract, also those whose naming was ended.

    Parameters
    ----------
    contract
        The management code.
    """
    write_items(asked(url).all(f"contracts/{management_named(contract)}/delegates"), DELEGATES, output)


@delegate.command
def end(delegate: int, /, *, reason: ReasonFlag, url: UrlFlag = None, output: OutputFlag = None) -> None:
    """End the naming of a delegate.

    Parameters
    ----------
    delegate
        The delegate's number.
    """
    write_one(asked(url).call("POST", f"delegates/{delegate}/end", json={"reason": reason}), output)
