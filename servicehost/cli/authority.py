"""`servicehost authority rollover`: from one trust anchor to the next without leaving a unit behind."""

import json
import sys
from typing import Annotated, Any, Literal

from cyclopts import App, Parameter

from servicehost.cli.asking import ReasonFlag, UrlFlag, asked

__all__ = ["app"]

_PATH = "authority/rollover"
Output = Annotated[Literal["text", "json"], Parameter(name=("--output", "-o"), help="text or json.")]

app = App(name="authority", help="Roll the certificate authority of a running host over.")
rollover = App(name="rollover", help="Roll the certificate authority of a running host over.")
app.command(rollover)


@rollover.command
def start(*, url: UrlFlag = None, output: Output = "text") -> None:
    """Put a next trust anchor in force beside the present one, and let every unit pick it up. Harmless twice."""
    _write(asked(url).call("POST", _PATH), output)


@rollover.command
def show(*, after: int = 0, limit: int = 100, url: UrlFlag = None, output: Output = "text") -> None:
    """Show which units have not followed yet, and why.

    Parameters
    ----------
    after
        Show the units after this number: the one the last line before named.
    limit
        How many units to name.
    """
    _write(asked(url).call("GET", _PATH, params={"after": str(after), "limit": str(limit)}), output)


@rollover.command
def end(
    *,
    force: Annotated[bool, Parameter(negative="")] = False,
    reason: ReasonFlag = "",
    url: UrlFlag = None,
    output: Output = "text",
) -> None:
    """Leave one trust anchor in force. Refused while a unit could not phone home any more.

    Parameters
    ----------
    force
        End it all the same; needs a reason.
    """
    _write(asked(url).call("POST", f"{_PATH}/end", json={"force": force, "reason": reason}), output)


@rollover.command
def abort(*, reason: ReasonFlag = "", url: UrlFlag = None, output: Output = "text") -> None:
    """Turn the rollover back. It ends at once, unless units have got certificates of the next authority already."""
    _write(asked(url).call("POST", f"{_PATH}/abort", json={"reason": reason}), output)


def _write(answer: dict[str, Any], output: str) -> None:
    sys.stdout.write(json.dumps(answer, indent=2) + "\n" if output == "json" else _text(answer))


def _text(answer: dict[str, Any]) -> str:
    if not answer["under_way"]:
        return "No rollover is under way: one trust anchor is in force.\n"
    counts = ", ".join(f"{count} {why}" for why, count in answer["counts"].items() if count)
    lines = [
        f"A rollover has been under way since {answer['begun_at']}, begun by {answer['begun_by']}"
        + (", and is turned back." if answer["towards"] == "present" else "."),
        f"  stays   {answer['stays']}",
        f"  leaves  {answer['leaves']}",
        f"Units that its end would strand now: {answer['stranded']}" + (f" ({counts})" if counts else ""),
        *(
            f"  {one['distribution_id']}  {one['why']}  last seen {one['seen_at'] or 'never'}"
            for one in answer["items"]
        ),
    ]
    if answer["next"] is not None:
        lines.append(f"More of them: --after {answer['next']}")
    elif not answer["stranded"]:
        lines.append("Every unit has followed: `servicehost authority rollover end` can end it.")
    return "\n".join(lines) + "\n"


def _line(unit: dict[str, Any]) -> str:
    return f"  {unit['distribution_id']}  {unit['why']}  last seen {unit['seen_at'] or 'never'}"
