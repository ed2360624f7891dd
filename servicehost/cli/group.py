"""`servicehost group`: groups of adapters, through the API of a running host."""

from typing import Annotated, Final

from cyclopts import App, Parameter

from servicehost.cli.asking import ABOUT_HOSTS, UrlFlag, asked
from servicehost.cli.selecting import GroupFlag, QueryFlag, SavedQueryFlag, TagFlag, selection_of
from servicehost.cli.tables import OutputFlag, write_items, write_one

COLUMNS: Final = ("group", "management_code", "name", "members", "note")

app = App(name="group", help=f"Sort adapters into groups; an adapter may be in many.\n\n{ABOUT_HOSTS}")


@app.command(name="list")
def list_(*, url: UrlFlag = None, output: OutputFlag = None) -> None:
    """List the groups, each with how many adapters are in it."""
    write_items(asked(url).all("groups"), COLUMNS, output)


@app.command
def make(management_code: str, name: str, /, *, note: str = "", url: UrlFlag = None, output: OutputFlag = None) -> None:
    """Make a group, still without adapters.

    Parameters
    ----------
    management_code
        The management contract.
    name
        What it is called, at most 40 characters unless the host is set otherwise.
    note
        What else is to be said of it.
    """
    order = {"management_code": management_code, "name": name, "note": note}
    write_one(asked(url).call("POST", "groups", json=order), output)


@app.command
def rename(
    group: int, name: str, /, *, note: str | None = None, url: UrlFlag = None, output: OutputFlag = None
) -> None:
    """Give a group another name.

    Parameters
    ----------
    group
        The group's number.
    name
        What it is called from now on.
    note
        What else is to be said of it; without it what is said now.
    """
    host = asked(url)
    standing = host.call("GET", f"groups/{group}")
    order = {"name": name, "note": standing["note"] if note is None else note}
    seen = {"If-Match": f'"{standing["version"]}"'}
    write_one(host.call("PUT", f"groups/{group}", json=order, headers=seen), output)


@app.command
def add(
    number: Annotated[int, Parameter(name="GROUP")],
    service_codes: list[str] | None = None,
    /,
    *,
    group: GroupFlag = None,
    tag: TagFlag = None,
    query: QueryFlag = None,
    saved: SavedQueryFlag = None,
    url: UrlFlag = None,
    output: OutputFlag = None,
) -> None:
    """Put adapters into a group.

    Parameters
    ----------
    number
        The group's number.
    service_codes
        The adapters, unless they are found otherwise.
    """
    meant = selection_of(service_codes or [], group, tag, query, saved)
    write_one(asked(url).call("POST", f"groups/{number}/members", json={"add": meant}), output)


@app.command
def remove(group: int, service_codes: list[str], /, *, url: UrlFlag = None, output: OutputFlag = None) -> None:
    """Take adapters out of a group.

    Parameters
    ----------
    group
        The group's number.
    service_codes
        The adapters.
    """
    write_one(asked(url).call("POST", f"groups/{group}/members", json={"remove": service_codes}), output)


@app.command
def members(group: int, /, *, url: UrlFlag = None, output: OutputFlag = None) -> None:
    """List the adapters in a group.

    Parameters
    ----------
    group
        The group's number.
    """
    codes = asked(url).all(f"groups/{group}/members")
    write_items([{"service_code": code} for code in codes], ("service_code",), output)


@app.command
def drop(group: int, /, *, url: UrlFlag = None) -> None:
    """Drop a group; its adapters stay.

    Parameters
    ----------
    group
        The group's number.
    """
    asked(url).call("DELETE", f"groups/{group}")
