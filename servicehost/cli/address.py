"""`servicehost address`: where rented units are shipped to, checked by the host's list of places."""

from typing import Annotated, Any, TypeAlias

from cyclopts import App, Parameter

from servicehost.cli.asking import ABOUT_HOSTS, UrlFlag, asked
from servicehost.cli.tables import OutputFlag, write_items, write_one

PostalCode: TypeAlias = Annotated[str, Parameter(name="--postal-code")]

app = App(name="address", help=f"Check addresses, and keep where rented units are shipped to.\n\n{ABOUT_HOSTS}")


@app.command
def check(
    *,
    postal_code: PostalCode,
    prefecture: str,
    municipality: str,
    rest: str,
    addressee: str,
    telephone: str,
    url: UrlFlag = None,
    output: OutputFlag = None,
) -> None:
    """Hold an address against the host's list of places, and keep nothing. The answer says how old the list is.

    Parameters
    ----------
    postal_code
        Seven digits, with or without a hyphen.
    prefecture
        Its name in full, or its code.
    municipality
        Its name with the ward, or its code.
    rest
        District, house number, building.
    addressee
        Who receives it.
    telephone
        Where they are reached.
    """
    write_one(asked(url).call("POST", "places/check", json=_body(locals())), output)


@app.command(name="set")
def set_(
    service_code: str,
    /,
    *,
    postal_code: PostalCode,
    prefecture: str,
    municipality: str,
    rest: str,
    addressee: str,
    telephone: str,
    word: str = "",
    url: UrlFlag = None,
    output: OutputFlag = None,
) -> None:
    """Say where units of an adapter are shipped to. The addresses before it stay in its history.

    Parameters
    ----------
    service_code
        The adapter.
    postal_code
        Seven digits, with or without a hyphen.
    prefecture
        Its name in full, or its code.
    municipality
        Its name with the ward, or its code.
    rest
        District, house number, building.
    addressee
        Who receives it.
    telephone
        Where they are reached.
    word
        How a postal code that the list does not know was made sure of.
    """
    body = _body(locals()) | {"word": word}
    write_one(asked(url).call("PUT", f"adapters/{service_code}/shipping-address", json=body), output)


@app.command
def show(service_code: str, /, *, url: UrlFlag = None, output: OutputFlag = None) -> None:
    """List the shipping addresses of an adapter; the last one counts.

    Parameters
    ----------
    service_code
        The adapter.
    """
    items = asked(url).all(f"adapters/{service_code}/shipping-addresses")
    write_items(items, ("number", "said_at", "said_by", "address", "word"), output)


def _body(given: dict[str, Any]) -> dict[str, Any]:
    names = ("postal_code", "prefecture", "municipality", "rest", "addressee", "telephone")
    return {name: given[name] for name in names}
