"""The first day of a host: its folder with settings, authority, the doors' certificate, database and first person."""

import os
import shutil
import tempfile
from collections.abc import Sequence
from datetime import datetime
from ipaddress import IPv4Address, IPv6Address
from pathlib import Path
from typing import Final, TypeVar

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives import hashes

from servicehost.backends.authority.doors import renew_door_certificate
from servicehost.backends.authority.files import ROOT, create_authority, load_issuer
from servicehost.backends.authority.local import LocalAuthority
from servicehost.backends.authority.location import renew_signer_if_due
from servicehost.backends.authority.passphrase import read_passphrase
from servicehost.backends.passwords import Argon2Hasher
from servicehost.backends.seal_files import open_seal
from servicehost.domain.acting import actor_of
from servicehost.domain.instant import as_datetime
from servicehost.domain.people import Role
from servicehost.opened import Truth, open_truth
from servicehost.operations.add_contract import add_contract
from servicehost.operations.add_person import AddedPerson, add_provider_person
from servicehost.ports.clock import Clock
from servicehost.settings.describe import toml_text
from servicehost.settings.fault import SettingsError, SettingsProblem
from servicehost.settings.load import load
from servicehost.settings.store import AuthoritySettings
from servicehost.settings.tables import Settings

__all__ = ["SETTINGS_FILE", "AlreadyFounded", "Founded", "Wishes", "found"]

T = TypeVar("T")
SETTINGS_FILE: Final = "servicehost.toml"
_LOCAL_NAMES: Final = ("localhost",)
_LOCAL_ADDRESSES: Final = (IPv4Address("127.0.0.1"), IPv6Address("::1"))
_HEAD: Final = """\
# Settings of this service host: only what differs from the defaults needs to stand here.
# Every setting with its meaning: config.example.toml, or `servicehost settings show`.
"""


class Wishes(msgspec.Struct, frozen=True, kw_only=True):
    """What may be chosen on the first day. `names` and `addresses` go into the doors' certificate besides localhost."""

    host_name: str = "host-1"
    names: tuple[str, ...] = ()
    addresses: tuple[IPv4Address | IPv6Address, ...] = ()
    person_name: str = "Dispatcher"
    management_label: str | None = None
    settings: tuple[str, ...] = ()
    """Further settings, each `table.key=value`, to be written into the settings file."""
    passphrase_file: Path | None = None
    """File whose content shall encrypt the authority's keys; the host will need it at every start."""
    passphrase_variable: str = ""
    """Or the name of the environment variable that holds it, now and at every start."""


class Founded(msgspec.Struct, frozen=True, kw_only=True):
    """What was made. The one-time password is nowhere else."""

    settings: str
    root_certificate: str
    root_fingerprint: str
    master_id: str
    one_time_password: str
    management_code: str | None = None


class AlreadyFounded(Exception):
    """There is something in the folder: nothing was changed."""


async def found(folder: Path, wishes: Wishes, *, clock: Clock) -> Founded:
    """Make `folder`, which must be absent or empty: all of it, or nothing. The folder has mode 0700, its secrets 0600.

    Raises AlreadyFounded, SettingsError, AuthorityFileError for a passphrase that is missing or empty,
    ValueError for a name that cannot stand in a certificate, OSError.
    """
    text = _settings_text(wishes)
    folder = Path.cwd() / folder
    _require_vacant(folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    before = os.umask(0o077)
    draft = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        (draft / SETTINGS_FILE).write_text(text, "utf-8")
        founded = await _furnish(draft, folder, wishes, clock)
        _move_in(draft, folder)
    finally:
        os.umask(before)
        shutil.rmtree(draft, ignore_errors=True)
    return founded


def _require_vacant(folder: Path) -> None:
    if folder.is_symlink() or (folder.exists() and (not folder.is_dir() or any(folder.iterdir()))):
        raise AlreadyFounded(f"{folder} is not empty, and nothing in it will be overwritten: name a new folder")


def _move_in(draft: Path, folder: Path) -> None:
    try:
        # A folder can be renamed onto an empty one and onto nothing else: the check and the deed are one step.
        draft.rename(folder)
    except OSError as error:
        raise AlreadyFounded(f"{folder} cannot be put in place: {error.strerror}; name a new folder") from error


async def _furnish(draft: Path, folder: Path, wishes: Wishes, clock: Clock) -> Founded:
    settings = load(draft / SETTINGS_FILE, environment={}).settings
    fingerprint = await _certificates(settings, wishes, as_datetime(clock.wall()))
    settings.store.database.parent.mkdir(parents=True, exist_ok=True)
    open_seal(settings.audit.key_file)
    truth = await open_truth(settings.store)
    try:
        added, code = await _first_person(truth, wishes, clock)
    finally:
        await truth.close()
    return Founded(
        settings=str(folder / SETTINGS_FILE),
        root_certificate=str(folder / AuthoritySettings().folder / ROOT),
        root_fingerprint=fingerprint,
        master_id=added.person.master_id,
        one_time_password=added.one_time_password,
        management_code=code,
    )


async def _certificates(settings: Settings, wishes: Wishes, now: datetime) -> str:
    named = settings.authority
    passphrase = read_passphrase(named.passphrase_file, named.passphrase_variable or None, os.environ)
    create_authority(named.folder, now=now, passphrase=passphrase)
    issuer = load_issuer(named.folder, passphrase=passphrase)
    authority = LocalAuthority(issuer)
    await renew_door_certificate(
        authority,
        settings.host.certificate_folder,
        names=_once((*_LOCAL_NAMES, *wishes.names)),
        addresses=_once((*_LOCAL_ADDRESSES, *wishes.addresses)),
        now=now,
    )
    await renew_signer_if_due(authority, settings.host.certificate_folder, now=now)
    return fingerprint_of(issuer.root)


async def _first_person(truth: Truth, wishes: Wishes, clock: Clock) -> tuple[AddedPerson, str | None]:
    added = await add_provider_person(
        Role.DISPATCHER, wishes.person_name, store=truth.store, clock=clock, hasher=Argon2Hasher()
    )
    if wishes.management_label is None:
        return added, None
    contract = await add_contract(actor_of(added.person), None, wishes.management_label, store=truth.store, clock=clock)
    return added, contract.management_code


def fingerprint_of(certificate: x509.Certificate) -> str:
    """SHA-256, in the form in which people compare it."""
    return certificate.fingerprint(hashes.SHA256()).hex(":").upper()


def _settings_text(wishes: Wishes) -> str:
    given = [f"host.name={wishes.host_name}", *wishes.settings]
    own = _passphrase_settings(wishes)
    flags = [*given, *(f"authority.{key}={value}" for key, value in own.items())]
    settings = load(None, environment={}, flags=flags).settings
    tables: dict[str, list[str]] = {}
    for flag in given:
        table, _, key = flag.partition("=")[0].partition(".")
        value = getattr(getattr(settings, table), key)
        if isinstance(value, Path):
            text = "init lays out the files itself; move them and change the settings file afterwards"
            raise SettingsError(SettingsProblem(code="path_at_init", where=f"flag {table}.{key}", text=text))
        tables.setdefault(table, []).append(f"{key} = {toml_text(value)}")
    for key, value in own.items():
        tables.setdefault("authority", []).append(f"{key} = {toml_text(value)}")
    return _HEAD + "".join(f"\n[{table}]\n" + "".join(f"{line}\n" for line in lines) for table, lines in tables.items())


def _passphrase_settings(wishes: Wishes) -> dict[str, Path | str]:
    """Where the passphrase is, never what it is."""
    named: dict[str, Path | str] = {}
    if wishes.passphrase_file is not None:
        named["passphrase_file"] = Path.cwd() / wishes.passphrase_file.expanduser()
    if wishes.passphrase_variable:
        named["passphrase_variable"] = wishes.passphrase_variable
    return named


def _once(things: Sequence[T]) -> tuple[T, ...]:
    return tuple(dict.fromkeys(things))
