"""`servicehost init`: everything a host needs before its first start."""

import asyncio
import shlex
import sys
from ipaddress import IPv4Address, IPv6Address, ip_address
from pathlib import Path
from typing import Annotated, Literal

import msgspec
from cyclopts import Parameter

from servicehost.backends.authority.key_files import AuthorityFileError
from servicehost.cli.errors import CommandError
from servicehost.founding import AlreadyFounded, Founded, Wishes, found
from servicehost.runtime.clock import SystemClock
from servicehost.settings.fault import SettingsError


def init(
    folder: Path,
    /,
    *,
    name: Annotated[tuple[str, ...], Parameter(negative="")] = (),
    address: Annotated[tuple[str, ...], Parameter(negative="")] = (),
    host_name: str = "host-1",
    person_name: str = "Dispatcher",
    management_label: str | None = None,
    passphrase_file: Path | None = None,
    passphrase_variable: str = "",
    set_: Annotated[tuple[str, ...], Parameter(name="--set", negative="")] = (),
    output: Annotated[Literal["text", "json"], Parameter(name=("--output", "-o"))] = "text",
) -> None:
    """Make the folder of a new host: settings, certificate authority, the doors' certificate, database, first person.

    Prints a one-time password, which is kept nowhere else. A folder with anything in it is refused and left alone.

    Parameters
    ----------
    folder
        Where to make it; absent or empty.
    name
        A DNS name under which units reach this host, besides localhost; may be repeated.
    address
        An IP address under which units reach it, besides 127.0.0.1 and ::1; may be repeated.
    host_name
        The name of this host among the hosts of one store.
    person_name
        The name of the first person, a dispatcher.
    management_label
        Also take up a first management contract with this label.
    passphrase_file
        A file with a passphrase: the authority's private keys are encrypted with it, and every start needs it.
    passphrase_variable
        The name of an environment variable with that passphrase, instead of a file.
    set_
        A setting that differs from its default, as table.key=value; may be repeated.
    output
        text or json.
    """
    try:
        wishes = Wishes(
            host_name=host_name,
            names=name,
            addresses=tuple(map(_address, address)),
            person_name=person_name,
            management_label=management_label,
            settings=set_,
            passphrase_file=passphrase_file,
            passphrase_variable=passphrase_variable,
        )
        founded = asyncio.run(found(folder, wishes, clock=SystemClock()))
    except AlreadyFounded as error:
        raise CommandError(f"{error} (already_founded)") from error
    except SettingsError as error:
        raise CommandError(*map(str, error.problems)) from error
    except AuthorityFileError as error:
        raise CommandError(f"{error.path}: {error.text} ({error.code})") from error
    except ValueError as error:
        raise CommandError(f"{error} (bad_name)") from error
    except OSError as error:
        raise CommandError(f"{error.filename or folder}: {error.strerror} (file_unusable)", code=1) from error
    sys.stdout.write(_json(founded) if output == "json" else _text(founded))


def _address(text: str) -> IPv4Address | IPv6Address:
    try:
        return ip_address(text)
    except ValueError as error:
        raise CommandError(
            f"--address {text}: not an IP address; for a DNS name there is --name (bad_address)"
        ) from error


def _json(founded: Founded) -> str:
    return msgspec.json.format(msgspec.json.encode(founded), indent=2).decode() + "\n"


def _text(founded: Founded) -> str:
    contract = [] if founded.management_code is None else [("management contract", founded.management_code)]
    lines = [
        ("settings", founded.settings),
        ("root certificate", founded.root_certificate),
        ("its SHA-256", founded.root_fingerprint),
        *contract,
        ("Master ID", founded.master_id),
        ("one-time password", f"{founded.one_time_password}   (shown this once; it is kept nowhere)"),
    ]
    shown = "".join(f"  {what:<20} {value}\n" for what, value in lines)
    return f"Made a service host.\n{shown}{_next(founded.settings)}"


def _next(settings: str) -> str:
    return (
        f"Next: export SERVICEHOST_SETTINGS={shlex.quote(settings)}\n"
        "      servicehost serve     and then, in another terminal with the same variable:\n"
        "      servicehost login\n"
    )
