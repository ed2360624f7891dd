"""The tables of snapshots: numbers of revisions, no texts."""

from typing import Final

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, String, Table, Text

from servicehost.backends.sql.tables import METADATA, Number, of_adapter, tenant

__all__ = ["snapshot", "snapshot_member"]

snapshot: Final = Table(
    "snapshot",
    METADATA,
    Column("number", Number, primary_key=True),
    tenant(),
    # Wide enough to be looked through when somebody is erased whose name stands in it. Unique within the contract while
    # nothing was erased: the repository sees to it.
    Column("name", String(100), nullable=False),
    Column("reason", String(255), nullable=False),
    Column("taken_by", String(64), nullable=False),
    Column("taken_at", BigInteger, nullable=False),
    Column("members", Integer, nullable=False),
    Index(None, "management_code", "name"),
    sqlite_autoincrement=True,
)

snapshot_member: Final = Table(
    "snapshot_member",
    METADATA,
    Column("snapshot", Number, ForeignKey("snapshot.number"), primary_key=True, autoincrement=False),
    *of_adapter(primary_key=True),
    Column("working", Integer),
    Column("startup", Integer),
    # Module and revision, pair by pair (JSON).
    Column("running", Text, nullable=False),
)
