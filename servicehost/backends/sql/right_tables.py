"""The tables of on-site rights: declared locations, requests for the option, statements about sites."""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, String, Table, text

from servicehost.backends.sql.tables import METADATA, Number, of_adapter

__all__ = ["declared_location", "option_request", "site_statement"]

declared_location = Table(
    "declared_location",
    METADATA,
    Column("number", Number, primary_key=True),
    *of_adapter(),
    Column("location", String(255), nullable=False),
    Column("coverage", String(16)),
    Column("effective_at", BigInteger, nullable=False),
    Column("declared_at", BigInteger, nullable=False),
    Column("declared_by", String(64), nullable=False),
    Column("source", String(32), nullable=False),
    Column("reason", String(255), nullable=False),
    # When the host carried it into the adapter's terms.
    Column("applied_at", BigInteger),
    # Where it lies by the list of places.
    Column("municipality", String(5)),
    Column("city", String(5)),
    Column("postal_code", String(7)),
    Index(None, "service_code", "number"),
    Index(
        "ix_declared_location_to_apply",
        "effective_at",
        sqlite_where=text("applied_at IS NULL"),
        postgresql_where=text("applied_at IS NULL"),
    ),
    sqlite_autoincrement=True,
)

option_request = Table(
    "option_request",
    METADATA,
    Column("number", Number, primary_key=True),
    *of_adapter(),
    Column("state", String(16), nullable=False),
    # The rule that made it wait for a decision.
    Column("rule", String(32)),
    # The declared location it was decided about.
    Column("location", Number, ForeignKey("declared_location.number")),
    Column("asked_at", BigInteger, nullable=False),
    Column("asked_by", String(64), nullable=False),
    Column("decided_at", BigInteger),
    Column("decided_by", String(64)),
    Column("reason", String(255), nullable=False),
    Index(None, "service_code", "number"),
    sqlite_autoincrement=True,
)

site_statement = Table(
    "site_statement",
    METADATA,
    Column("number", Number, primary_key=True),
    *of_adapter(),
    Column("name", String(32), nullable=False),
    Column("value", String(32), nullable=False),
    Column("source", String(16), nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("author", String(64), nullable=False),
    Column("note", String(255), nullable=False),
    Index(None, "service_code", "number"),
    sqlite_autoincrement=True,
)
