"""The tables of depots, of what was set aside and why, and of verdicts that people have overridden."""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, String, Table, Text

from servicehost.backends.sql.tables import METADATA, Number, tenant

__all__ = ["depot", "reservation", "stock_threshold", "verdict_override"]

depot = Table(
    "depot",
    METADATA,
    Column("depot", String(32), primary_key=True),
    Column("label", String(100), nullable=False),
    Column("area", String(255), nullable=False),
    Column("changed_at", BigInteger, nullable=False),
    Column("changed_by", String(64), nullable=False),
)

stock_threshold = Table(
    "stock_threshold",
    METADATA,
    # The main stock needs no record, so it refers to none.
    Column("depot", String(32), primary_key=True),
    Column("model", String(64), primary_key=True),
    Column("least", Integer, nullable=False),
    Column("changed_at", BigInteger, nullable=False),
    Column("changed_by", String(64), nullable=False),
)

reservation = Table(
    "reservation",
    METADATA,
    Column("reservation", Number, primary_key=True),
    tenant(),
    Column("exchange", Number, ForeignKey("exchange.exchange"), nullable=False, index=True),
    Column("unit_id", Number, ForeignKey("unit.unit_id"), nullable=False),
    Column("distribution_id", String(39), nullable=False),
    Column("depot", String(32), nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("by", String(255), nullable=False),
    Column("why", Text, nullable=False),
    Column("misfits", Text, nullable=False),
    Column("override", String(255), nullable=False),
    sqlite_autoincrement=True,
)

verdict_override = Table(
    "verdict_override",
    METADATA,
    Column("override", Number, primary_key=True),
    tenant(),
    Column("exchange", Number, ForeignKey("exchange.exchange"), nullable=False),
    Column("verdict", String(16), nullable=False),
    # What the rules said at that time.
    Column("ruled", String(16), nullable=False),
    Column("reason", String(255), nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("by", String(64), nullable=False),
    Column("withdrawn_at", BigInteger),
    Column("withdrawn_by", String(64)),
    Column("withdrawn_reason", String(255)),
    Index(None, "exchange", "override"),
    sqlite_autoincrement=True,
)
