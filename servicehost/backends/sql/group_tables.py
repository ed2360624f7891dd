"""The tables of groups, tags and saved queries."""

from sqlalchemy import BigInteger, Column, ForeignKeyConstraint, Index, Integer, String, Table, UniqueConstraint

from servicehost.backends.sql.tables import METADATA, Number, of_adapter, tenant

__all__ = ["adapter_group", "adapter_tag", "group_member", "saved_query"]

adapter_group = Table(
    "adapter_group",
    METADATA,
    Column("number", Number, primary_key=True),
    tenant(),
    Column("name", String(100), nullable=False),
    Column("note", String(255), nullable=False),
    Column("version", Integer, nullable=False),
    Column("made_at", BigInteger, nullable=False),
    Column("made_by", String(64), nullable=False),
    UniqueConstraint("management_code", "name"),
    # Unique so that a member can name its group together with the contract: never another customer's.
    UniqueConstraint("management_code", "number"),
    sqlite_autoincrement=True,
)

group_member = Table(
    "group_member",
    METADATA,
    Column("number", Number, primary_key=True, autoincrement=False),
    *of_adapter(primary_key=True),
    ForeignKeyConstraint(["management_code", "number"], ["adapter_group.management_code", "adapter_group.number"]),
    Index(None, "service_code"),
)

adapter_tag = Table(
    "adapter_tag",
    METADATA,
    *of_adapter(primary_key=True),
    Column("name", String(100), primary_key=True),
    # Empty for a tag without a value.
    Column("value", String(100), nullable=False),
    Index(None, "management_code", "name"),
)

saved_query = Table(
    "saved_query",
    METADATA,
    Column("number", Number, primary_key=True),
    tenant(),
    Column("name", String(100), nullable=False),
    Column("text", String(1000), nullable=False),
    Column("version", Integer, nullable=False),
    Column("saved_at", BigInteger, nullable=False),
    Column("saved_by", String(64), nullable=False),
    UniqueConstraint("management_code", "name"),
    sqlite_autoincrement=True,
)
