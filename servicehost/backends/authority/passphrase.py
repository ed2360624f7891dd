"""Where the passphrase of the authority's keys comes from: a file or an environment variable, named in the settings."""

from collections.abc import Mapping
from pathlib import Path

from servicehost.backends.authority.key_files import AuthorityFileError, FileFault

__all__ = ["read_passphrase"]


def read_passphrase(file: Path | None, variable: str | None, environment: Mapping[str, str]) -> bytes | None:
    """The passphrase in `file` (without its line end), or else in the environment variable of that name; None for
    neither.

    Raises AuthorityFileError for a variable that is not set or empty, OSError for a file that cannot be read. The value
    is in no error.
    """
    if file is not None:
        return file.read_bytes().rstrip(b"\r\n")
    if variable is None:
        return None
    value = environment.get(variable)
    if not value:
        text = "this environment variable is to hold the passphrase of the authority's keys, and is not set"
        raise AuthorityFileError(FileFault.PASSPHRASE_UNSET, Path(f"${variable}"), text)
    return value.encode()
