"""`servicehost unit`: the boxes, through the API of a running host."""

import sys
from pathlib import Path
from typing import Annotated, BinaryIO, Final, Literal

from cyclopts import App, Parameter

from servicehost.cli.asking import ABOUT_HOSTS, ReasonFlag, UrlFlag, asked
from servicehost.cli.errors import CommandError
from servicehost.cli.tables import OutputFlag, write_items, write_one
from servicehost.cli.unit_names import RevokedFor, known_as
from servicehost.cli.unit_records import bindings, custody, revoke_certificate
from servicehost.cli.unit_sessions import CERTIFICATE_COLUMNS, attempts, certificates, move, release, renew

LARGEST_FILE_BYTES: Final = 16_777_216
COLUMNS: Final = ("distribution_id", "model", "serial", "life", "presence", "service_code", "firmware")

app = App(name="unit", help=f"Enter units, look at them, and say what has become of them.\n\n{ABOUT_HOSTS}")
for _command in (attempts, certificates, bindings, custody, revoke_certificate, release, renew, move):
    app.command(_command)


@app.command
def register(
    distribution_id: str,
    model: str,
    serial: str,
    /,
    *,
    ownership: Literal["rental", "brought_in"] = "rental",
    channel: Literal["direct", "reseller"] = "direct",
    url: UrlFlag = None,
    output: OutputFlag = None,
) -> None:
    """Enter one box by what is printed on it.

    Parameters
    ----------
    distribution_id
        Eight groups of four hex digits.
    model
        As printed, such as SA-W2.
    serial
        Letters and digits.
    ownership
        Whose it is: rental or brought_in.
    channel
        Through whom it was bought: direct or reseller.
    """
    order = {
        "distribution_id": known_as(distribution_id),
        "model": model,
        "serial": serial,
        "ownership": ownership,
        "channel": channel,
    }
    write_one(asked(url).call("POST", "units", json=order), output)


@app.command(name="import")
def import_(
    file: Annotated[str, Parameter(allow_leading_hyphen=True)],
    /,
    *,
    dry_run: Annotated[bool, Parameter(negative="")] = False,
    url: UrlFlag = None,
    output: OutputFlag = None,
) -> None:
    """Enter many boxes from a CSV file, all of them or none. Try it with --dry-run first.

    The first line names the columns, in any order: distribution_id, model, serial, and if you like ownership and
    channel. UTF-8. The host reads the file; every row that is wrong is named with its line, its column and the reason.

    Parameters
    ----------
    file
        The file; - reads standard input.
    dry_run
        Look for everything that would be refused, and register nothing.
    """
    raw = _read(file)
    query = {"dry_run": "true" if dry_run else "false"}
    headers = {"Content-Type": "text/csv"}
    write_one(asked(url).call("POST", "units/imports", source=file, params=query, data=raw, headers=headers), output)


@app.command
def token(
    distribution_id: str,
    /,
    *,
    url: UrlFlag = None,
    output: Annotated[Literal["token", "json", "table"] | None, Parameter(name=("--output", "-o"))] = None,
) -> None:
    """Make the single-use token with which a unit gets its first certificate. It is shown this once.

    Parameters
    ----------
    distribution_id
        Eight groups of four hex digits.
    output
        token (nothing but it, for a script), json or table; without it a table on a terminal, JSON otherwise.
    """
    issued = asked(url).call("POST", f"units/{known_as(distribution_id)}/enrolment-tokens")
    if output == "token":
        sys.stdout.write(f"{issued['token']}\n")
    else:
        write_one(issued, output)


@app.command
def show(distribution_id: str, /, *, url: UrlFlag = None, output: OutputFlag = None) -> None:
    """Show one unit: its life, its presence and all that is known of it.

    Parameters
    ----------
    distribution_id
        Eight groups of four hex digits.
    """
    write_one(asked(url).call("GET", f"units/{known_as(distribution_id)}"), output)


@app.command(name="list")
def list_(*, url: UrlFlag = None, output: OutputFlag = None) -> None:
    """List every unit that you may see, in the order of registration."""
    write_items(asked(url).all("units"), COLUMNS, output)


@app.command
def life(
    distribution_id: str,
    life: Literal["returned", "retired", "lost", "stolen", "found", "registered"],
    /,
    *,
    reason: ReasonFlag,
    url: UrlFlag = None,
    output: OutputFlag = None,
) -> None:
    """Say what has become of a unit. One that is lost or stolen gets no session and no config from that moment on.

    Parameters
    ----------
    distribution_id
        Eight groups of four hex digits.
    life
        returned, retired, lost or stolen; found: it was lost or stolen; registered: it is to be used again.
    reason
        Why; it is kept with the unit.
    """
    path = f"units/{known_as(distribution_id)}/life"
    write_one(asked(url).call("PUT", path, json={"life": life, "reason": reason}), output)


@app.command
def revoke(
    distribution_id: str,
    /,
    *,
    reason: RevokedFor,
    note: str = "",
    url: UrlFlag = None,
    output: OutputFlag = None,
) -> None:
    """Revoke the unit's certificates: its session ends, and it is refused until it has enrolled anew with a new token.

    Parameters
    ----------
    distribution_id
        Eight groups of four hex digits.
    reason
        Why, in a word of RFC 5280; the unit is told it.
    note
        What people should know of it; kept in the audit.
    """
    path = f"units/{known_as(distribution_id)}/revocation"
    revoked = asked(url).call("POST", path, json={"reason": reason, "note": note})
    write_items(revoked["items"], CERTIFICATE_COLUMNS, output)


def _read(name: str) -> bytes:
    try:
        if name == "-":
            return _bounded(name, sys.stdin.buffer)
        with Path(name).open("rb") as file:
            return _bounded(name, file)
    except OSError as error:
        raise CommandError(f"{name}: it cannot be read ({error.strerror}); name a CSV file, or - for input") from error


def _bounded(name: str, file: BinaryIO) -> bytes:
    raw = file.read(LARGEST_FILE_BYTES + 1)
    if len(raw) > LARGEST_FILE_BYTES:
        raise CommandError(f"{name}: it is larger than {LARGEST_FILE_BYTES} bytes; send it in parts")
    return raw
