"""The tables of consents, config proposals and calls. Every row carries its management contract where it has one."""

from sqlalchemy import BigInteger, Column, ForeignKey, ForeignKeyConstraint, Index, Integer, String, Table, Text

from servicehost.backends.sql.tables import METADATA, Number, of_adapter, tenant

__all__ = ["config_proposal", "consent", "consent_adapter", "phone_call"]

phone_call = Table(
    "phone_call",
    METADATA,
    Column("call", Number, primary_key=True),
    # None where nothing led to a contract.
    tenant(nullable=True),
    Column("service_code", String(12)),
    Column("at", BigInteger, nullable=False),
    Column("recorded_at", BigInteger, nullable=False),
    Column("recorded_by", String(64), nullable=False),
    Column("caller_name", String(100), nullable=False),
    Column("calling_number", String(32), nullable=False),
    Column("match", String(16), nullable=False),
    Column("manager", String(64)),
    Column("said", Text, nullable=False),
    Column("answered", Text, nullable=False),
    Column("outcome", String(16)),
    Column("reference", BigInteger),
    Column("concluded_at", BigInteger),
    Column("concluded_by", String(64)),
    # When what it said of a person was erased.
    Column("erased_at", BigInteger),
    ForeignKeyConstraint(["management_code", "service_code"], ["adapter.management_code", "adapter.service_code"]),
    Index(None, "management_code", "call"),
    sqlite_autoincrement=True,
)

consent = Table(
    "consent",
    METADATA,
    Column("number", Number, primary_key=True),
    tenant(),
    Column("given_by", String(64), nullable=False),
    Column("recorded_by", String(64), nullable=False),
    # What it allows, as JSON.
    Column("rights", Text, nullable=False),
    Column("to_role", String(32)),
    Column("to_person", String(64)),
    Column("given_at", BigInteger, nullable=False),
    Column("begins_at", BigInteger, nullable=False),
    Column("ends_at", BigInteger, nullable=False),
    Column("reason", String(255), nullable=False),
    # The call in which it was given.
    Column("call", Number, ForeignKey("phone_call.call")),
    Column("withdrawn_at", BigInteger),
    Column("withdrawn_by", String(64)),
    Index(None, "management_code", "ends_at"),
    sqlite_autoincrement=True,
)

consent_adapter = Table(
    "consent_adapter",
    METADATA,
    Column("consent", Number, ForeignKey("consent.number"), primary_key=True, autoincrement=False),
    *of_adapter(primary_key=True),
)

config_proposal = Table(
    "config_proposal",
    METADATA,
    Column("number", Number, primary_key=True),
    *of_adapter(),
    Column("module", Integer, nullable=False),
    Column("digest", String(71), nullable=False),
    Column("size_bytes", Integer, nullable=False),
    Column("base_revision", Integer, nullable=False),
    Column("proposed_by", String(64), nullable=False),
    Column("proposed_at", BigInteger, nullable=False),
    Column("reason", String(255), nullable=False),
    Column("state", String(16), nullable=False),
    Column("decided_at", BigInteger),
    Column("decided_by", String(64)),
    Column("answer", String(255), nullable=False),
    Column("revision", Integer),
    ForeignKeyConstraint(["management_code", "digest"], ["content.management_code", "content.digest"]),
    Index(None, "management_code", "number"),
    sqlite_autoincrement=True,
)
