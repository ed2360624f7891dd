"""`servicehost contract` and `servicehost adapter`: contracts, whose a code is, memos, through the API of a host."""

from typing import Final

from cyclopts import App

from servicehost.cli.asking import ABOUT_HOSTS, UrlFlag, asked
from servicehost.cli.code_names import customer_named, management_named, service_named
from servicehost.cli.tables import OutputFlag, write_items, write_one

CONTRACTS: Final = ("management_code", "label", "customer_code", "ends_at", "ended_at")

contract = App(name="contract", help=f"Take up contracts, and find whose a code is.\n\n{ABOUT_HOSTS}")
adapter = App(name="adapter", help=f"Look after the adapters of a contract.\n\n{ABOUT_HOSTS}")


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
    url
        The host's HTTP address.
    output
        json or table; without it a table on a terminal, JSON otherwise.
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
    url
        The host's HTTP address.
    output
        json or table; without it a table on a terminal, JSON otherwise.
    """
    write_one(asked(url).call("GET", f"contracts/{management_named(code)}"), output)


@contract.command(name="list")
def list_(*, url: UrlFlag = None, output: OutputFlag = None) -> None:
    """List management contracts in the order of their codes.

    Parameters
    ----------
    url
        The host's HTTP address.
    output
        json or table; without it a table on a terminal, JSON otherwise.
    """
    write_items(asked(url).all("contracts"), CONTRACTS, output)


@contract.command
def find(code: str, /, *, url: UrlFlag = None, output: OutputFlag = None) -> None:
    """Find whose a code is: for support and dispatchers, while somebody reads it out.

    Parameters
    ----------
    code
        A service code, management code or customer code; capitals, full-width characters and hyphens do no harm.
    url
        The host's HTTP address.
    output
        json or table; without it a table on a terminal, JSON otherwise.
    """
    write_one(asked(url).call("GET", "code", params={"code": code}), output)


@adapter.command
def memo(code: str, memo: str, /, *, url: UrlFlag = None, output: OutputFlag = None) -> None:
    """Write the memo of an adapter; for operation managers. The site name of the order stays.

    Parameters
    ----------
    code
        The service code.
    memo
        The memo; empty for none.
    url
        The host's HTTP address.
    output
        json or table; without it a table on a terminal, JSON otherwise.
    """
    write_one(asked(url).call("PUT", f"adapters/{service_named(code)}/memo", json={"memo": memo}), output)
