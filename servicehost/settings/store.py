"""Settings of the store and of the certificate authority: where the host keeps what must not be lost."""

from pathlib import Path
from typing import Annotated

import msgspec

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
    """`[authority]`: the certificate authority in files."""

    folder: Path = Path("authority")
    """Folder of root.pem, issuing.pem and issuing-key.pem; root-key.pem is better kept elsewhere."""
    passphrase_file: Path | None = None
    """File with the passphrase of the issuing key; empty: the key is not encrypted."""
