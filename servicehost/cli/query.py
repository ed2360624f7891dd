"""`servicehost query`: adapters found by a query, and saved queries, through the API of a running host."""

from typing import Final

from cyclopts import App

from servicehost.cli.asking import ABOUT_HOSTS, UrlFlag, asked
from servicehost.cli.tables import OutputFlag, write_items, write_one

COLUMNS: Final = ("query", "management_code", "name", "text")
FOUND: Final = ("service_code", "memo", "site_name")
ABOUT_QUERIES: Final = """A query is one line: presence:connected site:大阪 -tag:vip "startup<3" (memo:a or memo:b).
Fields: code contract memo site model serial firmware group tag presence state drift item option mobile ended startup
has. Texts are asked with : (contains), = and !=; startup with < and > as well; tags as tag:NAME or tag:NAME=VALUE.
"""

app = App(name="query", help=f"Find adapters, and keep what is often looked for.\n\n{ABOUT_QUERIES}\n{ABOUT_HOSTS}")


@app.command
def find(text: str, /, *, url: UrlFlag = None, output: OutputFlag = None) -> None:
    """List the adapters of which a query holds.

    Parameters
    ----------
    text
        The query.
    """
    write_items(asked(url).all("adapters", query=text), FOUND, output)


@app.command(name="list")
def list_(*, url: UrlFlag = None, output: OutputFlag = None) -> None:
    """List the saved queries."""
    write_items(asked(url).all("queries"), COLUMNS, output)


@app.command
def save(management_code: str, name: str, text: str, /, *, url: UrlFlag = None, output: OutputFlag = None) -> None:
    """Keep a query under a name.

    Parameters
    ----------
    management_code
        The management contract.
    name
        What it is called.
    text
        The query.
    """
    order = {"management_code": management_code, "name": name, "text": text}
    write_one(asked(url).call("POST", "queries", json=order), output)


@app.command
def change(
    query: int, text: str, /, *, name: str | None = None, url: UrlFlag = None, output: OutputFlag = None
) -> None:
    """Change a saved query.

    Parameters
    ----------
    query
        The number of the saved query.
    text
        What it asks from now on.
    name
        What it is called from now on; without it, as now.
    """
    host = asked(url)
    standing = host.call("GET", f"queries/{query}")
    order = {"name": standing["name"] if name is None else name, "text": text}
    seen = {"If-Match": f'"{standing["version"]}"'}
    write_one(host.call("PUT", f"queries/{query}", json=order, headers=seen), output)


@app.command
def drop(query: int, /, *, url: UrlFlag = None) -> None:
    """Drop a saved query.

    Parameters
    ----------
    query
        The number of the saved query.
    """
    asked(url).call("DELETE", f"queries/{query}")
