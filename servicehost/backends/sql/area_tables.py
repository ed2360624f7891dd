"""The tables of closed areas, of what is proposed of the orders inside them, and of shipping addresses."""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, String, Table, text

from servicehost.backends.sql.tables import METADATA, Number, of_adapter

__all__ = ["area_proposal", "closed_area", "shipping_address"]

# The provider's own: a region belongs to no customer.
closed_area = Table(
    "closed_area",
    METADATA,
    Column("number", Number, primary_key=True),
    Column("code", String(5), nullable=False),
    Column("name", String(100), nullable=False),
    Column("state", String(16), nullable=False),
    Column("reason", String(255), nullable=False),
    Column("closed_at", BigInteger, nullable=False),
    Column("closed_by", String(64), nullable=False),
    Column("until", BigInteger),
    Column("review_at", BigInteger),
    Column("ended_at", BigInteger),
    Column("ended_by", String(64)),
    Column("end_reason", String(255), nullable=False),
    sqlite_autoincrement=True,
)

area_proposal = Table(
    "area_proposal",
    METADATA,
    Column("number", Number, primary_key=True),
    *of_adapter(),
    Column("area", Number, ForeignKey("closed_area.number"), nullable=False),
    Column("exchange", Number, ForeignKey("exchange.exchange"), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("state", String(16), nullable=False),
    # The downgrade that a restoring takes back.
    Column("undoes", Number, ForeignKey("area_proposal.number")),
    Column("proposed_at", BigInteger, nullable=False),
    Column("decided_at", BigInteger),
    Column("decided_by", String(64)),
    Column("reason", String(255), nullable=False),
    Column("notice_ja", String(1000), nullable=False),
    Column("notice_en", String(1000), nullable=False),
    # The decision before the closing that the order is not downgraded.
    Column("earlier_at", BigInteger),
    Column("earlier_by", String(64)),
    Index(None, "exchange", "number"),
    Index(None, "area", "state"),
    # Whoever proposes twice at once is stopped here.
    Index(
        "ix_area_proposal_open",
        "exchange",
        unique=True,
        sqlite_where=text("state = 'open'"),
        postgresql_where=text("state = 'open'"),
    ),
    sqlite_autoincrement=True,
)

# The parts of an address are null once it was erased.
shipping_address = Table(
    "shipping_address",
    METADATA,
    Column("number", Number, primary_key=True),
    *of_adapter(),
    Column("postal_code", String(7)),
    Column("municipality_code", String(5)),
    Column("prefecture", String(20)),
    Column("municipality", String(60)),
    Column("rest", String(120)),
    Column("addressee", String(100)),
    Column("telephone", String(11)),
    Column("said_at", BigInteger, nullable=False),
    Column("said_by", String(64), nullable=False),
    Column("word", String(255), nullable=False),
    Index(None, "service_code", "number"),
    sqlite_autoincrement=True,
)
