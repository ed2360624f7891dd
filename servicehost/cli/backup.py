"""`servicehost backup` and `servicehost restore`: the database of a host, sealed to a key, and back."""

import sqlite3
import sys
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from servicehost.cli.errors import CommandError
from servicehost.cli.sealed_files import opened_parts, owner_of, read_public, written_anew
from servicehost.cli.settings import SetFlag, SettingsFlag, loaded_settings

__all__ = ["backup", "restore"]


def backup(
    file: Path,
    /,
    *,
    to_key: Annotated[Path, Parameter(name="--to-key")],
    settings: SettingsFlag = None,
    set_: SetFlag = (),
) -> None:
    """Write the database of this host as it is at one instant into a new file, sealed to a key. A host may be running.

    Files beside the database are not in it: keys of the authority and of the audit, certificates of the doors, large
    results of tasks, settings.

    Parameters
    ----------
    file
        The file to make; only you may read it.
    to_key
        A public key, X25519 or RSA, in PEM (openssl genpkey -algorithm x25519). Keep the private one elsewhere.
    settings
        The settings file; else SERVICEHOST_SETTINGS names it, else it is ./servicehost.toml.
    set_
        One setting over all others, as table.key=value; may be repeated.
    """
    from servicehost.backends.envelope import sealed_stream  # noqa: PLC0415 - slow to import
    from servicehost.backends.sql.backup import backed_up  # noqa: PLC0415 - slow to import
    from servicehost.domain.errors import Refused  # noqa: PLC0415 - with the others

    database = loaded_settings(settings, set_).settings.store.database
    try:
        stream = sealed_stream(read_public(to_key))
        with written_anew(file) as out:
            out.write(stream.begin())
            for part in backed_up(database):
                out.write(stream.add(part))
            out.write(stream.end())
    except Refused as error:
        raise CommandError(f"{to_key}: {error.text}") from error
    except sqlite3.Error as error:
        raise CommandError(f"{database}: it cannot be read ({error})") from error


def restore(
    file: Path,
    /,
    *,
    key: Annotated[Path, Parameter(name="--key")],
    passphrase: Annotated[str | None, Parameter(name="--passphrase", env_var="SERVICEHOST_KEY_PASSPHRASE")] = None,
    settings: SettingsFlag = None,
    set_: SetFlag = (),
) -> None:
    """Make the database of this host anew from a backup. There must be none yet, and no host running.

    Units are then known as they were at the backup: what happened since is forgotten, and their next hello tells it.

    Parameters
    ----------
    file
        The backup.
    key
        The private key that it was sealed to.
    passphrase
        Of that key, if it has one.
    settings
        The settings file; else SERVICEHOST_SETTINGS names it, else it is ./servicehost.toml.
    set_
        One setting over all others, as table.key=value; may be repeated.
    """
    from servicehost.backends.sql.backup import BackupError, restored  # noqa: PLC0415 - slow to import
    from servicehost.backends.sql.writer import DatabaseLock  # noqa: PLC0415 - slow to import
    from servicehost.domain.errors import Refused  # noqa: PLC0415 - with the others

    database = loaded_settings(settings, set_).settings.store.database
    owner = owner_of(key, passphrase)
    try:
        lock = DatabaseLock(database)
        try:
            rows = restored(opened_parts(file, owner), database)
        finally:
            lock.release()
    except FileExistsError as error:
        raise CommandError(f"{error.filename or error}: there is a database; move it away first") from error
    except (BackupError, Refused) as error:
        raise CommandError(f"{file}: {error} ({error.code})") from error
    except (OSError, sqlite3.Error) as error:
        raise CommandError(f"{database}: it cannot be made ({error})") from error
    sys.stdout.write(f"{database}: {rows} rows restored\n")
