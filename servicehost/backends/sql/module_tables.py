"""The tables of config modules and snapshots."""

from typing import Final

from sqlalchemy import BigInteger, Column, ForeignKey, LargeBinary, String, Table

from servicehost.backends.sql.tables import METADATA

__all__ = ["module_body"]

# What does not travel as plain text in a frame: by the digest of its bytes, once for each tenant.
module_body: Final = Table(
    "module_body",
    METADATA,
    Column("management_code", String(12), ForeignKey("management_contract.management_code"), primary_key=True),
    Column("digest", String(71), primary_key=True),
    Column("size_bytes", BigInteger, nullable=False),
    Column("body", LargeBinary, nullable=False),
)
