"""`servicehost rollout`: config changes to many adapters in waves, through the API of a running host."""

import sys
import time
from typing import Annotated, Any, Final

from cyclopts import App, Parameter

from servicehost.cli.asking import ABOUT_HOSTS, UrlFlag, asked
from servicehost.cli.bar import bar
from servicehost.cli.errors import REFUSED
from servicehost.cli.rollout_plan import NoteFlag, create
from servicehost.cli.tables import OutputFlag, write_items, write_one

__all__ = ["app", "wave_line"]

COLUMNS: Final = ("rollout", "name", "state", "reason", "wave", "waves", "members", "confirmed", "failed")
MEMBER_COLUMNS: Final = ("position", "service_code", "wave", "state", "reason", "revision", "push", "undo_push")
_STANDS: Final = frozenset({"finished", "rolled_back", "halted", "paused"})
"""States in which nothing goes on by itself."""
_LOOK_S: Final = 1.0

app = App(name="rollout", help=f"Send a config change to many adapters, in waves that are proved.\n\n{ABOUT_HOSTS}")


app.command(create)


@app.command(name="list")
def list_(*, state: str | None = None, url: UrlFlag = None, output: OutputFlag = None) -> None:
    """List rollouts, oldest first.

    Parameters
    ----------
    state
        Only those in this state.
    """
    items = asked(url).all("rollouts", **({} if state is None else {"state": state}))
    write_items([_summed(one) for one in items], COLUMNS, output)


def _summed(one: dict[str, Any]) -> dict[str, Any]:
    return one | {state: sum(tally[state] for tally in one["tallies"]) for state in ("confirmed", "failed")}


@app.command
def show(
    rollout: int,
    /,
    *,
    members: Annotated[bool, Parameter(negative="")] = False,
    state: str | None = None,
    url: UrlFlag = None,
    output: OutputFlag = None,
) -> None:
    """Show one rollout, or its members in the order of their turns; of a draft who it would reach.

    Parameters
    ----------
    rollout
        Its number.
    members
        The members instead of the whole.
    state
        Only members in this state.
    """
    host = asked(url)
    found = host.call("GET", f"rollouts/{rollout}")
    if not members and state is None:
        write_one(found, output)
    elif found["state"] == "draft":
        write_items(host.call("GET", f"rollouts/{rollout}/preview")["items"], MEMBER_COLUMNS, output)
    else:
        query = {} if state is None else {"state": state}
        write_items(host.all(f"rollouts/{rollout}/members", **query), MEMBER_COLUMNS, output)


@app.command
def start(
    rollout: int,
    /,
    *,
    yes: Annotated[bool, Parameter(negative="")] = False,
    url: UrlFlag = None,
    output: OutputFlag = None,
) -> None:
    """Freeze targets and revisions, and let it run.

    Parameters
    ----------
    rollout
        Its number.
    yes
        Also to the adapter that you are operating through.
    """
    host = asked(url)
    write_one(_seen(host, rollout, "start", {"through_acknowledged": yes}), output)


@app.command
def approve(rollout: int, /, *, note: NoteFlag = "", url: UrlFlag = None, output: OutputFlag = None) -> None:
    """Approve what was frozen, as a second person.

    Parameters
    ----------
    rollout
        Its number.
    """
    write_one(_seen(asked(url), rollout, "approve", {"note": note}), output)


def _seen(host: Any, rollout: int, verb: str, body: dict[str, Any]) -> dict[str, Any]:
    """The deed upon the rollout as it stands now."""
    version = host.call("GET", f"rollouts/{rollout}")["version"]
    answer: dict[str, Any] = host.call(
        "POST", f"rollouts/{rollout}/{verb}", json=body, headers={"If-Match": f'"{version}"'}
    )
    return answer


@app.command
def pause(rollout: int, /, *, note: NoteFlag = "", url: UrlFlag = None, output: OutputFlag = None) -> None:
    """Begin nothing new; what is under way comes to its end.

    Parameters
    ----------
    rollout
        Its number.
    """
    write_one(_do(url, rollout, "pause", note), output)


@app.command
def resume(rollout: int, /, *, note: NoteFlag = "", url: UrlFlag = None, output: OutputFlag = None) -> None:
    """Let it go on; what has failed so far counts no more.

    Parameters
    ----------
    rollout
        Its number.
    """
    write_one(_do(url, rollout, "resume", note), output)


@app.command
def halt(rollout: int, /, *, note: NoteFlag = "", url: UrlFlag = None, output: OutputFlag = None) -> None:
    """End it for good, and take back what no unit tries yet.

    Parameters
    ----------
    rollout
        Its number.
    """
    write_one(_do(url, rollout, "halt", note), output)


@app.command(name="roll-back")
def roll_back(rollout: int, /, *, note: NoteFlag = "", url: UrlFlag = None, output: OutputFlag = None) -> None:
    """Give every adapter that got it its former config again.

    Parameters
    ----------
    rollout
        Its number.
    """
    write_one(_do(url, rollout, "roll-back", note), output)


def _do(url: str | None, rollout: int, verb: str, note: str) -> dict[str, Any]:
    answer: dict[str, Any] = asked(url).call("POST", f"rollouts/{rollout}/{verb}", json={"note": note})
    return answer


@app.command
def watch(rollout: int, /, *, url: UrlFlag = None) -> int:
    """Follow it until nothing goes on by itself: a bar for each wave. The exit code is 3 unless all came through.

    Parameters
    ----------
    rollout
        Its number.
    """
    host, before = asked(url), ""
    while True:
        found = host.call("GET", f"rollouts/{rollout}")
        drawn = "\n".join([_headline(found), *(wave_line(one) for one in found["tallies"])])
        if drawn != before:
            _draw(drawn, before)
            before = drawn
        if found["state"] in _STANDS:
            failed = any(one["failed"] or one["absent"] or one["kept"] for one in found["tallies"])
            return 0 if found["state"] in ("finished", "rolled_back") and not failed else REFUSED
        time.sleep(_LOOK_S)


def _headline(found: dict[str, Any]) -> str:
    reason = f" ({found['reason']})" if found["reason"] else ""
    return f"{found['name']}: {found['state']}{reason}, wave {found['wave']} of {found['waves']}"


def wave_line(tally: dict[str, Any]) -> str:
    """One wave: a bar of what is done, and in words what else there is."""
    done = sum(tally[state] for state in ("confirmed", "failed", "absent", "skipped", "undone", "kept"))
    words = [f"{count} {state}" for state, count in tally.items() if state not in ("wave", "members") and count]
    name = f"wave {tally['wave']}" if tally["wave"] else "skipped"
    return f"{name:<8} {bar(done, tally['members'])}  {', '.join(words)}"


def _draw(drawn: str, before: str) -> None:
    """In place on a terminal, one after the other in a file."""
    if before and sys.stdout.isatty():
        sys.stdout.write(f"\x1b[{before.count(chr(10)) + 1}A\x1b[J")
    sys.stdout.write(drawn + "\n")
    sys.stdout.flush()
