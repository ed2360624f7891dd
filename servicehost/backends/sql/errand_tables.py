"""The table of errands: what is looked for stands in columns, the rest in one record."""

from sqlalchemy import BigInteger, Column, ForeignKey, Table, Text

from servicehost.backends.sql.tables import METADATA, Number, of_adapter

__all__ = ["errand"]

errand = Table(
    "errand",
    METADATA,
    Column("exchange", Number, ForeignKey("exchange.exchange"), primary_key=True, autoincrement=False),
    *of_adapter(),
    Column("changed_at", BigInteger, nullable=False),
    Column("target_at", BigInteger),
    Column("record", Text, nullable=False),
)
