"""`servicehost charge`: what exchanges cost the customer, through the API of a running host."""

import sys
from datetime import date
from typing import Annotated, Final, Literal, TypeAlias

from cyclopts import App, Parameter

from servicehost.cli.asking import ABOUT_HOSTS, ReasonFlag, UrlFlag, asked
from servicehost.cli.tables import OutputFlag, write_items, write_one

COLUMNS: Final = ("charge", "exchange", "service_code", "rule", "total", "currency", "tax", "state", "decided_by")
State: TypeAlias = Literal["proposed", "approved", "waived", "withdrawn"]

app = App(name="charge", help=f"Look at proposed charges, decide them, and export them for billing.\n\n{ABOUT_HOSTS}")


@app.command(name="list")
def list_(
    *, state: State | None = None, exchange: int | None = None, url: UrlFlag = None, output: OutputFlag = None
) -> None:
    """List charges, oldest first; as JSON with their rule, evidence and items.

    Parameters
    ----------
    state
        Only those in this state.
    exchange
        Only those of this exchange.
    """
    query = {name: str(value) for name, value in (("state", state), ("exchange", exchange)) if value is not None}
    write_items(asked(url).all("charges", **query), COLUMNS, output)


@app.command
def show(charge: int, /, *, url: UrlFlag = None, output: OutputFlag = None) -> None:
    """Show a charge: its rule, its evidence, its items, and who decided it.

    Parameters
    ----------
    charge
        The charge's number.
    """
    write_one(asked(url).call("GET", f"charges/{charge}"), output)


@app.command
def approve(charge: int, /, *, reason: ReasonFlag = "", url: UrlFlag = None, output: OutputFlag = None) -> None:
    """Approve a proposed charge: from then on it is billed.

    Parameters
    ----------
    charge
        The charge's number.
    reason
        Why; needed where the provider's policy leaves the charge to you.
    """
    write_one(asked(url).call("POST", f"charges/{charge}/approval", json={"reason": reason}), output)


@app.command
def waive(charge: int, /, *, reason: ReasonFlag, url: UrlFlag = None, output: OutputFlag = None) -> None:
    """Waive a proposed charge. It is not proposed again from the same facts.

    Parameters
    ----------
    charge
        The charge's number.
    """
    write_one(asked(url).call("POST", f"charges/{charge}/waiver", json={"reason": reason}), output)


@app.command
def export(
    *,
    from_: Annotated[date | None, Parameter(name="--from")] = None,
    to: Annotated[date | None, Parameter(name="--to")] = None,
    url: UrlFlag = None,
) -> None:
    """Write approved charges to standard output for billing: CSV, UTF-8 with a byte order mark, one line an item.

    Parameters
    ----------
    from_
        The first day of approval in Japan, as 2026-04-01; without it from the first ever.
    to
        The last day, itself included; without it up to now.
    """
    days = {name: day.isoformat() for name, day in (("from", from_), ("to", to)) if day is not None}
    raw: bytes = asked(url).call("GET", "charges.csv", params=days)
    # As bytes: what billing reads must not depend on the terminal's encoding.
    sys.stdout.buffer.write(raw)
