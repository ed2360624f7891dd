"""`servicehost snapshot`: what adapters had, kept under a name, through the API of a running host."""

import sys
from typing import Annotated, Any, Final, Literal, TypeAlias

from cyclopts import App, Parameter

from servicehost.cli.asking import ABOUT_HOSTS, ReasonFlag, UrlFlag, asked
from servicehost.cli.errors import REFUSED, CommandError
from servicehost.cli.selecting import GroupFlag, QueryFlag, SavedQueryFlag, TagFlag, selection_of
from servicehost.cli.tables import OutputFlag, write_items, write_one

__all__ = ["app"]

app = App(name="snapshot", help=f"Keep what adapters have under a name, and have it back.\n\n{ABOUT_HOSTS}")
PartWord: TypeAlias = Literal["working", "startup", "running"]
_COLUMNS: Final = ("snapshot", "management_code", "name", "members", "taken_by", "taken_at", "reason")


@app.command
def take(
    name: str,
    /,
    *adapters: str,
    group: GroupFlag = None,
    tag: TagFlag = None,
    query: QueryFlag = None,
    saved: SavedQueryFlag = None,
    contract: str | None = None,
    reason: ReasonFlag = "",
    url: UrlFlag = None,
    output: OutputFlag = None,
) -> None:
    """Keep the working, startup and running revisions of adapters, all at one instant.

    Parameters
    ----------
    name
        What to call it: 1 to 40 characters, once in a contract.
    adapters
        Service codes; without them, and without a group, a tag or a query: every adapter of the contract.
    contract
        The management contract; an operation manager's own unless said.
    """
    order: dict[str, Any] = {"name": name, "reason": reason}
    if adapters or [one for one in (group, tag, query, saved) if one is not None]:
        order["adapters"] = selection_of(list(adapters), group, tag, query, saved)
    if contract is not None:
        order["management_code"] = contract
    write_one(asked(url).call("POST", "snapshots", json=order), output)


@app.command(name="list")
def list_(*, contract: str | None = None, url: UrlFlag = None, output: OutputFlag = None) -> None:
    """List snapshots, oldest first.

    Parameters
    ----------
    contract
        Only those of this management contract.
    """
    query = {} if contract is None else {"management_code": contract}
    write_items(asked(url).all("snapshots", **query), _COLUMNS, output)


@app.command
def show(
    snapshot: int,
    /,
    *,
    changed: Annotated[bool, Parameter(negative="")] = False,
    url: UrlFlag = None,
    output: OutputFlag = None,
) -> None:
    """Show what each adapter had, what it has now, and what of it has changed.

    Parameters
    ----------
    snapshot
        Number of the snapshot.
    changed
        Only adapters of which something has changed.
    """
    members = asked(url).all(f"snapshots/{snapshot}/members")
    rows = [_row(one) for one in members if one["changed"] or not changed]
    write_items(rows, ("service_code", "working", "working_now", "startup", "startup_now", "changed"), output)


@app.command
def diff(snapshot: int, /, *adapters: str, url: UrlFlag = None) -> None:
    """Compare the working configs of a snapshot with those that stand now, as unified diffs of their main modules.

    Parameters
    ----------
    snapshot
        Number of the snapshot.
    adapters
        Service codes; none: all members.
    """
    host = asked(url)
    for one in _chosen(host, snapshot, adapters):
        if one["diff"] is not None:
            answer = host.call("GET", one["diff"].removeprefix("/api/v1/"))
            sys.stdout.buffer.write((answer["unified"] or "").encode())


@app.command
def restore(
    snapshot: int,
    /,
    *adapters: str,
    part: PartWord = "working",
    reason: ReasonFlag = "",
    yes: Annotated[bool, Parameter(negative="")] = False,
    url: UrlFlag = None,
    output: OutputFlag = None,
) -> None:
    """Bring adapters back as new working revisions, all or none. Nothing runs them until they are pushed.

    What has changed since the snapshot is listed first; it is refused when somebody saves in between.

    Parameters
    ----------
    snapshot
        Number of the snapshot.
    adapters
        Service codes; none: all members.
    part
        Which of their configs.
    yes
        Restore also adapters whose working config has changed since the snapshot was taken.
    """
    host = asked(url)
    members = _chosen(host, snapshot, adapters)
    changed = [_line(one) for one in members if "working" in one["changed"]]
    if changed and not yes:
        told = "These have changed since the snapshot; look with `snapshot diff`, then restore with --yes"
        raise CommandError(told, *changed, code=REFUSED)
    seen = [{"service_code": one["service_code"], "seen_revision": one["now"]["working"] or 0} for one in members]
    order = {"members": seen, "part": part, "reason": reason}
    answer = host.call("POST", f"snapshots/{snapshot}/restoration", json=order)
    write_items(answer["results"], ("service_code", "revision", "saved"), output)


@app.command
def delete(snapshot: int, /, *, reason: ReasonFlag = "", url: UrlFlag = None, output: OutputFlag = None) -> None:
    """Delete a snapshot; the revisions that it names stay.

    Parameters
    ----------
    snapshot
        Number of the snapshot.
    """
    write_one(asked(url).call("DELETE", f"snapshots/{snapshot}", params={"reason": reason}), output)


def _chosen(host: Any, snapshot: int, adapters: tuple[str, ...]) -> list[dict[str, Any]]:
    members = host.all(f"snapshots/{snapshot}/members")
    missing = sorted(set(adapters) - {one["service_code"] for one in members})
    if missing:
        raise CommandError(f"The snapshot {snapshot} does not hold {', '.join(missing)}")
    return [one for one in members if not adapters or one["service_code"] in adapters]


def _line(one: dict[str, Any]) -> str:
    return f"{one['service_code']}: working revision {one['then']['working']} then, {one['now']['working']} now"


def _row(one: dict[str, Any]) -> dict[str, Any]:
    return {
        **one,
        "working": one["then"]["working"],
        "working_now": one["now"]["working"],
        "startup": one["then"]["startup"],
        "startup_now": one["now"]["startup"],
        "changed": ", ".join(one["changed"]),
    }
