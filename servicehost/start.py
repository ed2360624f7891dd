"""What can keep a host from starting: every cause with a name and a remedy."""

import errno
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Final

from alembic.util import CommandError as AlembicError
from sqlalchemy.exc import SQLAlchemyError

from servicehost.backends.authority.key_files import AuthorityFileError
from servicehost.domain.errors import Refused
from servicehost.ports.authority import AuthorityUnavailable

__all__ = ["StartFailed", "naming_failures", "naming_of_address"]


class StartFailed(Exception):
    """The host cannot start. `code` is stable, the text says what happened and what to do."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(f"{text} ({code})")
        self.code = code
        self.text = text


_ADDRESS: Final = {
    errno.EADDRINUSE: ("address_in_use", "another program listens there: stop it, or give this door another port"),
    errno.EACCES: ("address_not_permitted", "this port needs a privilege: take one above 1023"),
    errno.EADDRNOTAVAIL: ("address_not_here", "this machine has no such address: give the door one of its own"),
}


@contextmanager
def naming_failures() -> Iterator[None]:
    """Turn whatever is known to go wrong into StartFailed."""
    try:
        yield
    except Refused as error:
        raise StartFailed(error.code, error.text) from error
    except AuthorityFileError as error:
        raise StartFailed(error.code, f"{error.path}: {error.text}") from error
    except AuthorityUnavailable as error:
        raise StartFailed("authority_unavailable", str(error)) from error
    except AlembicError as error:
        text = (
            f"the database was made by another version of this program: {error}; run the newer one, or restore a backup"
        )
        raise StartFailed("database_of_another_version", text) from error
    except SQLAlchemyError as error:
        text = f"the database cannot be used: {error}; `servicehost doctor` looks into it"
        raise StartFailed("database_unusable", " ".join(text.split())) from error
    except ssl.SSLError as error:
        text = f"a door's certificate or key cannot be used: {error}; `servicehost doctor` says which"
        raise StartFailed("certificate_unusable", text) from error
    except OSError as error:
        raise StartFailed("file_unusable", f"{error.filename or 'a file'}: {error.strerror or error}") from error


@contextmanager
def naming_of_address(door: str, addresses: Sequence[str], port: int) -> Iterator[None]:
    """Turn the failure to listen into StartFailed, naming the table of settings."""
    try:
        yield
    except OSError as error:
        code, remedy = _ADDRESS.get(error.errno or 0, ("address_unusable", error.strerror or str(error)))
        where = f"[{door}] {', '.join(addresses)} port {port}"
        raise StartFailed(code, f"{where}: {remedy}") from error
