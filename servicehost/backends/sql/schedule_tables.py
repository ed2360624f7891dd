"""The tables of scheduled orders and known-good configs."""

from typing import Final

from sqlalchemy import BigInteger, Column, Index, Integer, String, Table, Text, UniqueConstraint, text

from servicehost.backends.sql.tables import METADATA, Number, of_adapter, tenant

__all__ = ["occurrence", "scheduled_order", "startup_proof"]

# A startup config that no unit has run yet, or that has failed; of all others there is no row.
startup_proof: Final = Table(
    "startup_proof",
    METADATA,
    *of_adapter(primary_key=True),
    # The push that a unit has stored as its startup config, and no unit has run yet.
    Column("push", BigInteger),
    Column("good_revision", Integer),
    Column("good_digest", String(71)),
    Column("good_modules", Text),
    Column("failures", Integer, nullable=False),
    Column("unit_id", BigInteger),
    Column("boot_id", String(64)),
    Column("failed_revision", Integer),
    Column("failed_digest", String(71)),
)

# An order of pushes or tasks that waits for its time, or comes again and again.
scheduled_order: Final = Table(
    "scheduled_order",
    METADATA,
    Column("number", Number, primary_key=True),
    tenant(),
    # push or task, as the plan says
    Column("kind", String(8), nullable=False),
    # When, and what (JSON); a config's text that goes along was saved as revisions when it was ordered.
    Column("schedule", Text, nullable=False),
    Column("plan", Text, nullable=False),
    Column("late", String(8), nullable=False),
    Column("note", String(255), nullable=False),
    Column("master_id", String(64), nullable=False),
    Column("ordered_by", String(64), nullable=False),
    Column("ordered_at", BigInteger, nullable=False),
    Column("state", String(16), nullable=False),
    Column("changed_at", BigInteger, nullable=False),
    Column("reason", String(64)),
    # When it is due next; nothing once it has ended.
    Column("due_at", BigInteger),
    Column("fired", Integer, nullable=False),
    Index(
        "ix_scheduled_order_due",
        "due_at",
        sqlite_where=text("due_at IS NOT NULL"),
        postgresql_where=text("due_at IS NOT NULL"),
    ),
    Index(None, "management_code", "number"),
    sqlite_autoincrement=True,
)

# One time of a schedule: written with its pushes or tasks, so that none happens twice.
occurrence: Final = Table(
    "occurrence",
    METADATA,
    Column("number", Number, primary_key=True),
    tenant(),
    Column("schedule", BigInteger, nullable=False),
    Column("due_at", BigInteger, nullable=False),
    Column("at", BigInteger, nullable=False),
    # fired, missed or refused; and why
    Column("outcome", String(16), nullable=False),
    Column("reason", String(64)),
    Column("pushes", Integer, nullable=False),
    Column("first_push", BigInteger),
    Column("last_push", BigInteger),
    Column("tasks", Integer, nullable=False),
    Column("batch", BigInteger),
    UniqueConstraint("schedule", "due_at"),
    sqlite_autoincrement=True,
)
