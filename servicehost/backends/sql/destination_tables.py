"""The table of dispatchers' words on where errands go."""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, String, Table

from servicehost.backends.sql.tables import METADATA, Number, of_adapter

__all__ = ["destination_word"]

# The parts of an address are null for the declared location, and once it was erased.
destination_word = Table(
    "destination_word",
    METADATA,
    Column("number", Number, primary_key=True),
    *of_adapter(),
    Column("exchange", Number, ForeignKey("exchange.exchange"), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("postal_code", String(7)),
    Column("municipality_code", String(5)),
    Column("prefecture", String(20)),
    Column("municipality", String(60)),
    Column("rest", String(120)),
    Column("addressee", String(100)),
    Column("telephone", String(11)),
    Column("reason", String(255), nullable=False),
    Column("said_at", BigInteger, nullable=False),
    Column("said_by", String(64), nullable=False),
    Index(None, "exchange", "number"),
    sqlite_autoincrement=True,
)
