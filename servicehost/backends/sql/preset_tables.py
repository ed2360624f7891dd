"""The table of preset commands."""

from sqlalchemy import BigInteger, Column, Integer, String, Table, Text, UniqueConstraint

from servicehost.backends.sql.tables import METADATA, Number, tenant

__all__ = ["task_preset"]

task_preset = Table(
    "task_preset",
    METADATA,
    Column("number", Number, primary_key=True),
    tenant(),
    Column("name", String(100), nullable=False),
    Column("says", String(255), nullable=False),
    Column("kind", String(16), nullable=False),
    # Numbers of modules, and the placeholders (JSON both).
    Column("modules", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("placeholders", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("saved_at", BigInteger, nullable=False),
    Column("saved_by", String(64), nullable=False),
    UniqueConstraint("management_code", "name"),
    sqlite_autoincrement=True,
)
