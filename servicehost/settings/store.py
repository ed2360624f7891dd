"""Settings of the store and of the certificate authority: where the host keeps what must not be lost."""

from pathlib import Path
from typing import Annotated, Literal

import msgspec

from servicehost.settings.fault import SettingFault

__all__ = ["AuthoritySettings", "StoreSettings"]


class StoreSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[store]`: the SQLite database."""

    database: Path = Path("store/servicehost.sqlite3")
    """The database file; its folder must be on a local disk, since the write-ahead log needs shared memory."""
    max_page_count: Annotated[int, msgspec.Meta(ge=0, le=4_294_967_294)] = 0
    """Largest size in pages of 4,096 bytes, after which writes are refused as store_full; 0 sets no limit."""
    reader_connections: Annotated[int, msgspec.Meta(ge=1, le=64)] = 4
    """Read-only connections that answer queries while the one writer writes."""


class AuthoritySettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[authority]`: the certificate authority, in files or elsewhere."""

    backend: Literal["files", "command"] = "files"
    """files: an authority of our own in a folder; command: one elsewhere, reached through a program."""
    folder: Path = Path("authority")
    """Folder of root.pem, issuing.pem and issuing-key.pem; root-key.pem is better kept elsewhere."""
    passphrase_file: Path | None = None
    """File with the passphrase of the authority's keys; empty: they are not encrypted, or a variable is named."""
    passphrase_variable: Annotated[str, msgspec.Meta(pattern="^([A-Za-z_][A-Za-z0-9_]*)?$", max_length=64)] = ""
    """Name of the environment variable with that passphrase, never the passphrase; no name beginning SERVICEHOST_."""
    command: tuple[str, ...] = ()
    """The program and its arguments: a request on standard input, the certificate and its chain on standard output."""
    command_due_s: Annotated[float, msgspec.Meta(ge=0.1, le=60)] = 4.0
    """How long the program may take for one certificate; enrolment waits 5 s in all."""
    anchors_file: Path | None = None
    """PEM file of the roots of the authority elsewhere: one, or two while it is rolled over."""
    chain_file: Path | None = None
    """PEM file of its issuing certificates, if its roots do not issue themselves."""

    def __post_init__(self) -> None:
        """Raises SettingFault `passphrase_twice`, `passphrase_variable_reserved`, `command_missing` or
        `anchors_missing`."""
        if self.passphrase_file is not None and self.passphrase_variable:
            raise SettingFault("passphrase_twice", "name either passphrase_file or passphrase_variable")
        if self.passphrase_variable.startswith("SERVICEHOST_"):
            text = "passphrase_variable: names that begin with SERVICEHOST_ are settings; take another"
            raise SettingFault("passphrase_variable_reserved", text)
        if self.backend == "command" and not self.command:
            raise SettingFault("command_missing", "backend is command: name the program in command")
        if self.backend == "command" and self.anchors_file is None:
            raise SettingFault("anchors_missing", "backend is command: name the file of its roots in anchors_file")
