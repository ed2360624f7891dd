"""`servicehost adapter list | show | count`: which adapters there are and how each is, through the API of a host."""

from typing import Any, Final

from servicehost.cli.asking import UrlFlag, asked
from servicehost.cli.code_names import service_named
from servicehost.cli.given import queried
from servicehost.cli.selecting import GroupFlag, QueryFlag, SavedQueryFlag, TagFlag, selection_of
from servicehost.cli.tables import OutputFlag, write_items, write_one

__all__ = ["count", "list_adapters", "show"]

COLUMNS: Final = ("service_code", "memo", "presence", "state", "unit", "startup", "drift", "push")


def list_adapters(
    *,
    group: GroupFlag = None,
    tag: TagFlag = None,
    query: QueryFlag = None,
    saved: SavedQueryFlag = None,
    url: UrlFlag = None,
    output: OutputFlag = None,
) -> None:
    """List adapters in the order of their service codes: all, or those of a group, a tag or a query.

    As a table with the unit of each, whether that unit is there and how far its config is, the revision that it starts
    with, the modules in which it runs something else, and where the newest push is; as JSON with everything.
    """
    if (group, tag, saved) == (None, None, None):
        found = asked(url).all("adapters", **queried(query=query))
    else:
        selection, host = selection_of([], group, tag, query, saved), asked(url)
        codes = frozenset(host.call("POST", "selections", json=selection)["service_codes"])
        found = [one for one in host.all("adapters") if one["service_code"] in codes]
    write_items(found, COLUMNS, output, line=_line)


def show(service_code: str, /, *, url: UrlFlag = None, output: OutputFlag = None) -> None:
    """Show an adapter: its terms, its unit and how that is, its configs, its newest push, its groups and tags.

    Parameters
    ----------
    service_code
        The adapter.
    """
    write_one(asked(url).call("GET", f"adapters/{service_named(service_code)}"), output)


def count(*, url: UrlFlag = None, output: OutputFlag = None) -> None:
    """Count your adapters: how many there are and are reachable, and where pushes, faults and exchanges stand."""
    write_one(asked(url).call("GET", "fleet"), output)


def _line(adapter: dict[str, Any]) -> dict[str, Any]:
    unit, state, startup, push = (adapter[name] or {} for name in ("unit", "config_state", "startup", "push"))
    return {
        "service_code": adapter["service_code"],
        "memo": adapter["memo"] or adapter["site_name"],
        "presence": unit.get("presence", "no_unit"),
        "state": state.get("stage"),
        "unit": unit.get("distribution_id"),
        "startup": startup.get("revision"),
        "drift": _drift(adapter["drift"]),
        "push": push.get("phase"),
    }


def _drift(modules: list[int] | None) -> str:
    """In the words of a query, and the modules that differ."""
    if modules is None:
        return "unknown"
    return ", ".join(map(str, modules)) or "no"
