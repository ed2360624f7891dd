"""Files of sealed streams: written for the owner of this machine alone, opened without a plain copy on any disk."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING, Annotated, Final, TypeAlias

from cyclopts import Parameter

from servicehost.cli.errors import CommandError

if TYPE_CHECKING:
    from servicehost.backends.envelope import Owner

__all__ = ["KeyFlag", "PassphraseFlag", "opened_parts", "owner_of", "parts_of", "read_public", "written_anew"]

KeyFlag: TypeAlias = Annotated[Path, Parameter(name="--key", help="The private key that it was sealed to.")]
PassphraseFlag: TypeAlias = Annotated[
    str | None,
    Parameter(name="--passphrase", env_var="SERVICEHOST_KEY_PASSPHRASE", help="Of that key, if it has one."),
]
_PART: Final = 262_144


@contextmanager
def written_anew(file: Path) -> Iterator[IO[bytes]]:
    """A new file, mode 0600, that is gone again when it did not become whole. Raises CommandError if there is one."""
    try:
        number = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    except FileExistsError as error:
        raise CommandError(f"{file}: there is such a file already; name another") from error
    except OSError as error:
        raise CommandError(f"{file}: it cannot be written ({error.strerror})") from error
    try:
        with os.fdopen(number, "wb") as out:
            yield out
            out.flush()
            os.fsync(out.fileno())
    except BaseException:
        with suppress(OSError):
            file.unlink()
        raise


def read_public(key: Path) -> str:
    """The text of a public key file. Raises CommandError."""
    try:
        text = key.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"{key}: it cannot be read ({error})") from error
    if "PRIVATE KEY" in text:
        raise CommandError(f"{key}: this is a private key; give the public one (openssl pkey -in … -pubout)")
    return text


def owner_of(key: Path, passphrase: str | None) -> "Owner":
    """The private key of a file. Raises CommandError."""
    from servicehost.backends.envelope import read_private_key  # noqa: PLC0415 - slow to import

    try:
        return read_private_key(key.read_bytes(), None if passphrase is None else passphrase.encode())
    except (OSError, ValueError) as error:
        raise CommandError(f"{key}: no private key can be read from it ({error})") from error


def parts_of(file: Path) -> Iterator[bytes]:
    """A file, part by part. Raises CommandError."""
    try:
        with file.open("rb") as source:
            while part := source.read(_PART):
                yield part
    except OSError as error:
        raise CommandError(f"{file}: it cannot be read ({error.strerror})") from error


def opened_parts(file: Path, owner: "Owner") -> Iterator[bytes]:
    """What is sealed in it, each part verified before it is given out. Raises CommandError."""
    from servicehost.backends.envelope import opened  # noqa: PLC0415 - slow to import
    from servicehost.backends.stream_fault import StreamFault  # noqa: PLC0415 - with the other

    try:
        yield from opened(parts_of(file), owner)
    except StreamFault as error:
        raise CommandError(f"{file}: {error} ({error.code})") from error
