"""`servicehost proposal`: configs that the provider's people propose, through the API of a running host."""

from pathlib import Path
from typing import Annotated, Final, Literal, TypeAlias

from cyclopts import App, Parameter

from servicehost.cli.asking import ABOUT_HOSTS, ReasonFlag, UrlFlag, asked
from servicehost.cli.errors import CommandError
from servicehost.cli.tables import OutputFlag, write_items, write_one

COLUMNS: Final = ("proposal", "service_code", "state", "proposed_by", "proposed_at", "reason", "decided_by", "revision")
State: TypeAlias = Literal["open", "accepted", "declined", "withdrawn"]

app = App(name="proposal", help=f"Propose configs to a customer, and answer such proposals.\n\n{ABOUT_HOSTS}")


@app.command
def make(
    service_code: str, file: Path, /, *, reason: ReasonFlag, url: UrlFlag = None, output: OutputFlag = None
) -> None:
    """Propose the config of a file for an adapter.

    Parameters
    ----------
    service_code
        The adapter's service code.
    file
        The whole config, UTF-8.
    reason
        Why it is proposed.
    """
    body = {"body": _text(file), "reason": reason}
    write_one(asked(url).call("POST", f"adapters/{service_code}/config/proposals", json=body), output)


def _text(file: Path) -> str:
    try:
        return file.read_bytes().decode()
    except OSError as error:
        raise CommandError(f"{file}: it cannot be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise CommandError(f"{file}: it is not UTF-8 (byte {error.start})") from error


@app.command(name="list")
def list_(
    *,
    adapter: Annotated[str | None, Parameter(name="--adapter")] = None,
    state: State | None = None,
    url: UrlFlag = None,
    output: OutputFlag = None,
) -> None:
    """List proposals, oldest first.

    Parameters
    ----------
    adapter
        Only those for this adapter, by service code.
    state
        Only those that stand so.
    """
    wanted = {"service_code": adapter, "state": state}
    query = {name: value for name, value in wanted.items() if value is not None}
    write_items(asked(url).all("config-proposals", **query), COLUMNS, output)


@app.command
def show(proposal: int, /, *, url: UrlFlag = None, output: OutputFlag = None) -> None:
    """Show one proposal with its text.

    Parameters
    ----------
    proposal
        The proposal's number.
    """
    write_one(asked(url).call("GET", f"config-proposals/{proposal}"), output)


@app.command
def accept(
    proposal: int,
    /,
    *,
    overtake: Annotated[bool, Parameter(name="--overtake", negative="")] = False,
    url: UrlFlag = None,
    output: OutputFlag = None,
) -> None:
    """Accept a proposal: it becomes the working config. Nothing runs it until it is pushed.

    Parameters
    ----------
    proposal
        The proposal's number.
    overtake
        Accept it although somebody has saved a config since it was written.
    """
    body = {"overtake": overtake}
    write_one(asked(url).call("POST", f"config-proposals/{proposal}/acceptance", json=body), output)


@app.command
def decline(proposal: int, /, *, reason: ReasonFlag, url: UrlFlag = None, output: OutputFlag = None) -> None:
    """Decline a proposal.

    Parameters
    ----------
    proposal
        The proposal's number.
    """
    write_one(asked(url).call("POST", f"config-proposals/{proposal}/decline", json={"reason": reason}), output)


@app.command
def withdraw(proposal: int, /, *, reason: ReasonFlag = "", url: UrlFlag = None, output: OutputFlag = None) -> None:
    """Take your own proposal back.

    Parameters
    ----------
    proposal
        The proposal's number.
    """
    write_one(asked(url).call("POST", f"config-proposals/{proposal}/withdrawal", json={"reason": reason}), output)
