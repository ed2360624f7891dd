"""The tables of the audit, beside those of `tables`: chains, their heads, and the keys of personal values."""

from typing import Final

from sqlalchemy import BigInteger, Column, Index, LargeBinary, String, Table, Text

from servicehost.backends.sql.tables import METADATA, Number, tenant

__all__ = ["audit", "audit_head", "person_key"]

_CHAIN: Final = 12

audit = Table(
    "audit",
    METADATA,
    Column("chain", String(_CHAIN), primary_key=True),
    Column("number", Number, primary_key=True, autoincrement=False),
    # None in the system's chain.
    tenant(nullable=True),
    Column("at", BigInteger, nullable=False),
    # The canonical encoding itself, which the hash covers.
    Column("record", Text, nullable=False),
    Column("hash", String(64), nullable=False),
    Index(None, "at"),
)

audit_head = Table(
    "audit_head",
    METADATA,
    Column("chain", String(_CHAIN), primary_key=True),
    tenant(nullable=True),
    Column("number", Number, nullable=False),
    Column("hash", String(64), nullable=False),
)

person_key = Table(
    "person_key",
    METADATA,
    Column("key_number", Number, primary_key=True),
    # To whom the person belongs; none for the provider's own.
    tenant(nullable=True),
    Column("kind", String(8), nullable=False),
    # Whose it is; emptied with the key where the name itself says who that was.
    Column("name", String(100)),
    Column("key", LargeBinary(32)),
    Column("made_at", BigInteger, nullable=False),
    Column("destroyed_at", BigInteger),
    Index(None, "kind", "name"),
    sqlite_autoincrement=True,
)
