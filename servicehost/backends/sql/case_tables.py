"""The tables of faults and exchanges, beside those of `tables`. Every row carries its management contract."""

from typing import Final

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, Integer, String, Table, Text, text

from servicehost.backends.sql.tables import METADATA, Number, of_adapter, tenant

__all__ = [
    "acceptance_point",
    "boot",
    "carrier_notice",
    "exchange",
    "exchange_step",
    "fact",
    "fault",
    "outbox",
    "spare",
    "symptom",
]

_ENDED: Final = "('closed', 'declined', 'cancelled', 'failed')"

boot = Table(
    "boot",
    METADATA,
    Column("unit_id", Number, ForeignKey("unit.unit_id"), primary_key=True, autoincrement=False),
    Column("boot_id", String(64), primary_key=True),
    tenant(nullable=True),
    Column("cause", String(32), nullable=False),
    Column("at", BigInteger, nullable=False),
)

fault = Table(
    "fault",
    METADATA,
    Column("fault", Number, primary_key=True),
    *of_adapter(),
    Column("unit_id", Number, ForeignKey("unit.unit_id")),
    Column("phase", String(16), nullable=False),
    Column("cause", String(16)),
    Column("opened_at", BigInteger, nullable=False),
    Column("changed_at", BigInteger, nullable=False),
    Column("closed_at", BigInteger),
    Column("reason", String(32)),
    # One open fault for each adapter.
    Index(
        "uq_fault_open",
        "service_code",
        unique=True,
        sqlite_where=text("phase <> 'closed'"),
        postgresql_where=text("phase <> 'closed'"),
    ),
    Index(None, "management_code", "fault"),
    sqlite_autoincrement=True,
)

symptom = Table(
    "symptom",
    METADATA,
    Column("fault", Number, ForeignKey("fault.fault"), primary_key=True, autoincrement=False),
    Column("kind", String(32), primary_key=True),
    Column("component", String(64), primary_key=True),
    tenant(),
    Column("unit_id", Number, ForeignKey("unit.unit_id"), nullable=False),
    Column("evidence", String(255), nullable=False),
    Column("first_at", BigInteger, nullable=False),
    Column("last_at", BigInteger, nullable=False),
    Column("times", Integer, nullable=False),
)

exchange = Table(
    "exchange",
    METADATA,
    Column("exchange", Number, primary_key=True),
    *of_adapter(),
    Column("fault", Number, ForeignKey("fault.fault"), index=True),
    Column("state", String(16), nullable=False),
    Column("method", String(16)),
    Column("charge", String(16)),
    Column("requested_by", String(64), nullable=False),
    Column("requested_at", BigInteger, nullable=False),
    Column("changed_at", BigInteger, nullable=False),
    Column("attendee", String(100), nullable=False),
    Column("old_unit_id", Number, ForeignKey("unit.unit_id")),
    Column("new_unit_id", Number, ForeignKey("unit.unit_id")),
    Column("expected_firmware", String(64)),
    Column("reserved_at", BigInteger),
    Column("ordered_at", BigInteger),
    Column("swap_now_at", BigInteger),
    Column("swap_now_by", String(255)),
    Column("swapped_at", BigInteger),
    Column("old_binding", BigInteger),
    Column("binding", BigInteger),
    Column("reason", String(255)),
    Column("judged", Text),
    # Which time round it is: each sends another replacement, under another name for the carrier.
    Column("round", Integer, nullable=False, server_default="1"),
    # The exchange after which the network was not well, too late to reopen it.
    Column("former", Number),
    # The adapter on stand-by whose unit has taken over.
    Column("standby_code", String(12)),
    # The replaced unit stays where it is: nothing is to come back.
    Column("keeps_old", Boolean, nullable=False, server_default="0"),
    Column("reopened_at", BigInteger),
    # Why it is held before it is ordered, and where it was sent.
    Column("held", String(24)),
    Column("destination", Text),
    # One open exchange for each adapter, and one for each reserved unit.
    Index(
        "uq_exchange_open",
        "service_code",
        unique=True,
        sqlite_where=text(f"state NOT IN {_ENDED}"),
        postgresql_where=text(f"state NOT IN {_ENDED}"),
    ),
    Index(
        "uq_exchange_new_unit",
        "new_unit_id",
        unique=True,
        sqlite_where=text(f"state NOT IN {_ENDED}"),
        postgresql_where=text(f"state NOT IN {_ENDED}"),
    ),
    Index(None, "management_code", "exchange"),
    sqlite_autoincrement=True,
)

exchange_step = Table(
    "exchange_step",
    METADATA,
    Column("step", Number, primary_key=True),
    tenant(),
    Column("exchange", Number, ForeignKey("exchange.exchange"), nullable=False, index=True),
    Column("state", String(16), nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("by", String(255), nullable=False),
    Column("reason", String(255)),
    sqlite_autoincrement=True,
)

acceptance_point = Table(
    "acceptance_point",
    METADATA,
    Column("exchange", Number, ForeignKey("exchange.exchange"), primary_key=True, autoincrement=False),
    Column("point", String(16), primary_key=True),
    tenant(),
    Column("holds", Boolean, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("expected", String(128), nullable=False),
    Column("found", String(128), nullable=False),
)

fact = Table(
    "fact",
    METADATA,
    Column("fact", Number, primary_key=True),
    tenant(),
    Column("fault", Number, ForeignKey("fault.fault"), index=True),
    Column("exchange", Number, ForeignKey("exchange.exchange"), index=True),
    Column("name", String(32), nullable=False),
    Column("value", String(32), nullable=False),
    Column("source", String(16), nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("author", String(64), nullable=False),
    Column("settles", Boolean, nullable=False),
    Column("evidence", Text, nullable=False),
    sqlite_autoincrement=True,
)

spare = Table(
    "spare",
    METADATA,
    Column("unit_id", Number, ForeignKey("unit.unit_id"), primary_key=True, autoincrement=False),
    # The contract for which it is set aside; none while it is free.
    tenant(nullable=True),
    Column("model", String(64), nullable=False),
    Column("state", String(16), nullable=False),
    Column("stocked_at", BigInteger, nullable=False),
    Column("exchange", Number, ForeignKey("exchange.exchange")),
    # Where it lies, or lay before it left.
    Column("depot", String(32), nullable=False, server_default="main"),
    Column("firmware", String(64), nullable=False, server_default=""),
    Index(None, "model", "state"),
)

carrier_notice = Table(
    "carrier_notice",
    METADATA,
    Column("message_id", String(128), primary_key=True),
    tenant(),
    Column("exchange", Number, ForeignKey("exchange.exchange"), nullable=False, index=True),
    Column("kind", String(16), nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("digest", String(64), nullable=False, server_default=""),
)

outbox = Table(
    "outbox",
    METADATA,
    Column("number", Number, primary_key=True),
    *of_adapter(),
    Column("cause", String(48), nullable=False),
    Column("operation", String(32), nullable=False),
    Column("detail", Text, nullable=False),
    Column("caused_at", BigInteger, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("next_try_at", BigInteger, nullable=False),
    Column("failure", String(64)),
    Column("text", String(255)),
    Column("parked_at", BigInteger),
    Index(
        "ix_outbox_waiting",
        "service_code",
        "number",
        sqlite_where=text("parked_at IS NULL"),
        postgresql_where=text("parked_at IS NULL"),
    ),
    sqlite_autoincrement=True,
)
