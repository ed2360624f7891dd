"""`servicehost tag`: tags on adapters, through the API of a running host."""

from typing import Annotated, Final

from cyclopts import App, Parameter

from servicehost.cli.asking import ABOUT_HOSTS, UrlFlag, asked
from servicehost.cli.selecting import GroupFlag, QueryFlag, SavedQueryFlag, TagFlag, selection_of
from servicehost.cli.tables import OutputFlag, write_items

COLUMNS: Final = ("management_code", "name", "value", "adapters")

app = App(name="tag", help=f"Put tags on adapters: names, with a value or without one.\n\n{ABOUT_HOSTS}")


@app.command(name="list")
def list_(*, url: UrlFlag = None, output: OutputFlag = None) -> None:
    """List the tags that adapters carry, each with how many do."""
    write_items(asked(url).all("tags"), COLUMNS, output)


@app.command(name="set")
def set_(
    service_codes: list[str] | None = None,
    /,
    *,
    put: Annotated[list[str] | None, Parameter(name="--put", negative="")] = None,
    take: Annotated[list[str] | None, Parameter(name="--take", negative="")] = None,
    group: GroupFlag = None,
    tag: TagFlag = None,
    query: QueryFlag = None,
    saved: SavedQueryFlag = None,
    url: UrlFlag = None,
    output: OutputFlag = None,
) -> None:
    """Put tags on adapters and take others off; all or nothing.

    Parameters
    ----------
    service_codes
        The adapters, unless they are found otherwise.
    put
        A tag to put on, as NAME or NAME=VALUE; may be given again.
    take
        The name of a tag to take off; may be given again.
    """
    meant = selection_of(service_codes or [], group, tag, query, saved)
    order = {"adapters": meant, "put": put or [], "take": take or []}
    codes = asked(url).call("POST", "tags", json=order)["service_codes"]
    write_items([{"service_code": code} for code in codes], ("service_code",), output)
