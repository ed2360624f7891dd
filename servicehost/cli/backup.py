"""`servicehost backup` and `servicehost restore`: the database of a host, sealed to a key, and back."""

import sqlite3
import sys
from pathlib import Path
from typing import Annotated, Final

from cyclopts import Parameter

from servicehost.cli.errors import REFUSED, CommandError
from servicehost.cli.sealed_files import KeyFlag, PassphraseFlag, opened_parts, owner_of, read_public, written_anew
from servicehost.cli.settings import SetFlag, SettingsFlag, loaded_settings

__all__ = ["backup", "restore"]

_ABSENT: Final = {
    "removed": "this result was removed meanwhile, and is not in the backup",
    "damaged": "this result is not what the host once measured, and is not in the backup",
}


def backup(
    file: Path,
    /,
    *,
    to_key: Annotated[Path, Parameter(name="--to-key")],
    settings: SettingsFlag = None,
    set_: SetFlag = (),
) -> int:
    """Write the database of this host as it is at one instant into a new file, sealed to a key. A host may be running.

    Large results of tasks are in it. One that is damaged on the disk is left out and named, and the exit code is 3.
    Other files beside the database are not in it: keys of the authority and of the audit, certificates of the doors,
    settings.

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

    database, absent = loaded_settings(settings, set_).settings.store.database, []

    def left_out(name: str, why: str) -> None:
        absent.append(why)
        sys.stderr.write(f"{name}: {_ABSENT[why]}\n")

    try:
        stream = sealed_stream(read_public(to_key))
        with written_anew(file) as out:
            out.write(stream.begin())
            for part in backed_up(database, left_out):
                out.write(stream.add(part))
            out.write(stream.end())
    except Refused as error:
        raise CommandError(f"{to_key}: {error.text}") from error
    except (sqlite3.Error, OSError) as error:
        raise CommandError(f"{database}: it cannot be read ({error})") from error
    return REFUSED if "damaged" in absent else 0


def restore(
    file: Path,
    /,
    *,
    key: KeyFlag,
    passphrase: PassphraseFlag = None,
    settings: SettingsFlag = None,
    set_: SetFlag = (),
) -> None:
    """Make the database of this host anew from a backup, with the large results of its tasks. There must be none yet,
    and no host running. It is done whole or not at all.

    Units are then known as they were at the backup: what happened since is forgotten, and their next hello tells it.

    Parameters
    ----------
    file
        The backup.
    settings
        The settings file; else SERVICEHOST_SETTINGS names it, else it is ./servicehost.toml.
    set_
        One setting over all others, as table.key=value; may be repeated.
    """
    from servicehost.backends.sql.backup import restored  # noqa: PLC0415 - slow to import
    from servicehost.backends.sql.writer import DatabaseLock  # noqa: PLC0415 - slow to import
    from servicehost.backends.stream_fault import StreamFault  # noqa: PLC0415 - with the others
    from servicehost.domain.errors import Refused  # noqa: PLC0415 - with the others

    database = loaded_settings(settings, set_).settings.store.database
    owner = owner_of(key, passphrase)
    try:
        lock = DatabaseLock(database)
        try:
            done = restored(opened_parts(file, owner), database)
        finally:
            lock.release()
    except FileExistsError as error:
        raise CommandError(f"{error.filename or error}: it is there already; move it away first") from error
    except (StreamFault, Refused) as error:
        raise CommandError(f"{file}: {error} ({error.code})") from error
    except (OSError, sqlite3.Error) as error:
        raise CommandError(f"{database}: it cannot be made ({error})") from error
    sys.stdout.write(f"{database}: {done.rows} rows restored, {done.files} large results of tasks\n")
