"""`servicehost places`: the list of municipalities and postal codes that a running host goes by."""

from cyclopts import App

from servicehost.cli.asking import ABOUT_HOSTS, UrlFlag, asked
from servicehost.cli.tables import OutputFlag, write_items, write_one

app = App(name="places", help=f"Look into the list of places that a host goes by.\n\n{ABOUT_HOSTS}")


@app.command
def age(*, url: UrlFlag = None, output: OutputFlag = None) -> None:
    """Show how old the list is, and what it holds."""
    write_one(asked(url).call("GET", "places"), output)


@app.command(name="list")
def list_(*, prefecture: str | None = None, url: UrlFlag = None, output: OutputFlag = None) -> None:
    """List municipalities with their codes.

    Parameters
    ----------
    prefecture
        Only those of this prefecture, by its code from 01 to 47.
    """
    query = {} if prefecture is None else {"prefecture": prefecture}
    write_items(asked(url).all("places/municipalities", **query), ("code", "prefecture", "name", "kana"), output)


@app.command
def prefectures(*, url: UrlFlag = None, output: OutputFlag = None) -> None:
    """List the prefectures with their codes."""
    write_items(asked(url).call("GET", "places/prefectures")["items"], ("code", "name", "kana"), output)


@app.command(name="postal-code")
def postal_code(code: str, /, *, url: UrlFlag = None, output: OutputFlag = None) -> None:
    """List the municipalities that a postal code lies in.

    Parameters
    ----------
    code
        Seven digits, with or without a hyphen.
    """
    found = asked(url).call("GET", f"places/postal-codes/{code}")["items"]
    write_items(found, ("code", "prefecture", "name", "kana"), output)
