"""`servicehost area`: areas closed to on-site swaps, and what is proposed of the orders inside them."""

from typing import Annotated, Any, Final, Literal, TypeAlias

from cyclopts import App, Parameter

from servicehost.cli.asking import ABOUT_HOSTS, ReasonFlag, UrlFlag, asked
from servicehost.cli.errors import CommandError
from servicehost.cli.tables import OutputFlag, write_items, write_one

AREAS: Final = ("area", "code", "name", "state", "closed", "closed_at", "until", "review_at", "reason")
PROPOSALS: Final = ("proposal", "area", "kind", "exchange", "service_code", "state", "decided_by", "reason")
FAULTS: Final = ("municipality_code", "name", "faults", "contracts", "many")
State: TypeAlias = Literal["open", "accepted", "declined", "withdrawn"]
Kind: TypeAlias = Literal["downgrade", "recall", "restore"]

app = App(name="area", help=f"Close areas to on-site swaps, and decide about the orders inside.\n\n{ABOUT_HOSTS}")


@app.command
def close(
    code: str,
    /,
    *,
    reason: ReasonFlag,
    state: Literal["no_entry", "mass_damage"] = "no_entry",
    until: str | None = None,
    review: Annotated[str | None, Parameter(name="--review")] = None,
    url: UrlFlag = None,
    output: OutputFlag = None,
) -> None:
    """Close a prefecture, a city or a municipality. Orders inside are proposed to be downgraded; nothing more happens.

    Parameters
    ----------
    code
        Its code: two digits of a prefecture, five of a city or municipality; see servicehost places list.
    reason
        Why it is closed.
    state
        Whether it cannot be entered, or very many adapters are damaged.
    until
        When it opens again by itself, as 2026-12-01T09:00:00+09:00.
    review
        Without an end: when it is looked at again.
    """
    named = {"until": until, "review_at": review}
    body = {"code": code, "reason": reason, "state": state}
    body |= {name: at for name, at in named.items() if at is not None}
    write_one(asked(url).call("POST", "areas", json=body), output)


@app.command(name="list")
def list_(*, closed: bool = False, url: UrlFlag = None, output: OutputFlag = None) -> None:
    """List closed areas.

    Parameters
    ----------
    closed
        Only those that are closed now.
    """
    write_items(asked(url).all("areas", closed=str(closed).lower()), AREAS, output)


@app.command
def reopen(area: int, /, *, reason: ReasonFlag, url: UrlFlag = None, output: OutputFlag = None) -> None:
    """Open an area again. Orders that it downgraded and that have not gone out are proposed to be restored.

    Parameters
    ----------
    area
        The number of its closing.
    reason
        Why it is open again.
    """
    write_one(asked(url).call("POST", f"areas/{area}/reopening", json={"reason": reason}), output)


@app.command
def proposals(
    *, area: int | None = None, state: State | None = None, url: UrlFlag = None, output: OutputFlag = None
) -> None:
    """List what is proposed of orders; as JSON with what their customers are told.

    Parameters
    ----------
    area
        Only those of this closing.
    state
        Only those in this state.
    """
    query = {name: str(value) for name, value in (("area", area), ("state", state)) if value is not None}
    write_items(asked(url).all("area-proposals", **query), PROPOSALS, output)


@app.command
def decide(
    proposal: int | None = None,
    /,
    *,
    accept: Annotated[bool, Parameter(negative="--decline")],
    reason: ReasonFlag,
    area: int | None = None,
    kind: Kind = "downgrade",
    url: UrlFlag = None,
    output: OutputFlag = None,
) -> None:
    """Decide one proposal, or, with --area, all of a kind that wait there.

    Parameters
    ----------
    proposal
        The number of the proposal.
    accept
        --accept or --decline.
    area
        Decide all that wait of this closing instead.
    kind
        With --area: which ones.
    """
    word: dict[str, Any] = {"accept": accept, "reason": reason}
    if (proposal is None) == (area is None):
        raise CommandError("name either one proposal or --area")
    if area is None:
        write_one(asked(url).call("POST", f"area-proposals/{proposal}/decision", json=word), output)
        return
    decided = asked(url).call("POST", f"areas/{area}/decisions", json=word | {"kind": kind})
    write_items(decided["items"], PROPOSALS, output)


@app.command
def faults(*, url: UrlFlag = None, output: OutputFlag = None) -> None:
    """List the municipalities with open faults, and where they are so many that an area may have to be closed."""
    write_items(asked(url).call("GET", "areas/faults")["items"], FAULTS, output)
