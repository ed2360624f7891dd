"""The tables of custody: handovers, returns, proposals of charges. Every row carries its management contract."""

from typing import Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from servicehost.backends.sql.tables import METADATA, Number, of_adapter, tenant

__all__ = ["charge_proposal", "handover", "unit_return"]

_PROPOSED: Final = "state = 'proposed'"

handover = Table(
    "handover",
    METADATA,
    Column("handover", Number, primary_key=True),
    # The contract that sees it; none for what happens in the provider's own house.
    tenant(nullable=True),
    Column("unit_id", Number, ForeignKey("unit.unit_id"), nullable=False),
    Column("part", String(16), nullable=False),
    Column("source_holder", String(16)),
    Column("source_name", String(100)),
    Column("target_holder", String(16), nullable=False),
    Column("target_name", String(100), nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("by", String(255), nullable=False),
    Column("why", String(48), nullable=False),
    Column("reference", String(128), nullable=False),
    Column("note", String(255), nullable=False),
    Column("exchange", Number, ForeignKey("exchange.exchange"), index=True),
    Index(None, "unit_id", "handover"),
    sqlite_autoincrement=True,
)

unit_return = Table(
    "unit_return",
    METADATA,
    Column("number", Number, primary_key=True),
    *of_adapter(),
    # None: it is due because a contract has ended.
    Column("exchange", Number, ForeignKey("exchange.exchange")),
    Column("unit_id", Number, ForeignKey("unit.unit_id"), nullable=False, index=True),
    Column("state", String(16), nullable=False),
    Column("opened_at", BigInteger, nullable=False),
    Column("due_at", BigInteger, nullable=False),
    Column("changed_at", BigInteger, nullable=False),
    Column("changed_by", String(255), nullable=False),
    Column("why", String(48), nullable=False),
    Column("shipped_at", BigInteger),
    Column("received_at", BigInteger),
    Column("place", String(100), nullable=False),
    Column("missing", Text, nullable=False),
    Column("inspected_at", BigInteger),
    Column("inspected_by", String(255), nullable=False),
    Column("result", String(16)),
    Column("damaged", Text, nullable=False),
    # Why its collection is held.
    Column("held", String(24)),
    Column("erased", Boolean),
    Column("erasure", String(32), nullable=False),
    Column("loss", String(32)),
    Column("reason", String(255), nullable=False),
    UniqueConstraint("exchange", "unit_id"),
    Index(None, "state", "due_at"),
    Index(None, "management_code", "number"),
    sqlite_autoincrement=True,
)

charge_proposal = Table(
    "charge_proposal",
    METADATA,
    Column("proposal", Number, primary_key=True),
    *of_adapter(),
    Column("exchange", Number, ForeignKey("exchange.exchange")),
    Column("unit_id", Number, ForeignKey("unit.unit_id"), nullable=False),
    Column("rule", String(48), nullable=False),
    Column("items", Text, nullable=False),
    Column("total", Integer),
    Column("tax", String(16), nullable=False),
    Column("currency", String(3), nullable=False),
    Column("asks", Boolean, nullable=False),
    Column("state", String(16), nullable=False),
    Column("proposed_at", BigInteger, nullable=False),
    Column("evidence", Text, nullable=False),
    Column("corrects", Number, ForeignKey("charge_proposal.proposal")),
    Column("decided_at", BigInteger),
    Column("decided_by", String(64)),
    Column("reason", String(255), nullable=False),
    # One at most waits for a decision, for each unit of an exchange.
    Index(
        "uq_charge_proposal_proposed",
        "exchange",
        "unit_id",
        unique=True,
        sqlite_where=text(_PROPOSED),
        postgresql_where=text(_PROPOSED),
    ),
    Index(None, "management_code", "proposal"),
    Index(None, "state", "proposal"),
    sqlite_autoincrement=True,
)
