"""How far events have been removed by policy: nobody who comes back is to think that nothing happened."""

from sqlalchemy import BigInteger, Column, Integer, Table

from servicehost.backends.sql.tables import METADATA

__all__ = ["event_horizon"]

event_horizon = Table(
    "event_horizon",
    METADATA,
    # There is one row.
    Column("one", Integer, primary_key=True, autoincrement=False),
    Column("event", BigInteger, nullable=False),
    Column("removed_at", BigInteger, nullable=False),
)
