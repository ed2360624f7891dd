"""Make scheduled pushes scheduled orders, of pushes or of tasks."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_KEPT = (
    "number, management_code, schedule, late, note, master_id, ordered_by, ordered_at, state, changed_at, reason, "
    "due_at, fired"
)
_TIMES = "number, management_code, schedule, due_at, at, outcome, reason, pushes, first_push, last_push"


def upgrade() -> None:
    _orders()
    _occurrences()
    op.execute(
        f"INSERT INTO scheduled_order ({_KEPT}, kind, plan) "  # noqa: S608 - names of columns
        f"SELECT {_KEPT}, 'push', '{{\"kind\":\"push\",' || substr(push_order, 2) FROM push_schedule"
    )
    op.execute(f"INSERT INTO occurrence ({_TIMES}, tasks) SELECT {_TIMES}, 0 FROM scheduled_push")  # noqa: S608 - as above
    op.drop_table("scheduled_push")
    op.drop_table("push_schedule")


def _orders() -> None:
    op.create_table(
        "scheduled_order",
        sa.Column("number", _NUMBER, nullable=False),
        sa.Column("management_code", sa.String(12), nullable=False),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("schedule", sa.Text(), nullable=False),
        sa.Column("plan", sa.Text(), nullable=False),
        sa.Column("late", sa.String(8), nullable=False),
        sa.Column("note", sa.String(255), nullable=False),
        sa.Column("master_id", sa.String(64), nullable=False),
        sa.Column("ordered_by", sa.String(64), nullable=False),
        sa.Column("ordered_at", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(64), nullable=True),
        sa.Column("due_at", sa.BigInteger(), nullable=True),
        sa.Column("fired", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["management_code"],
            ["management_contract.management_code"],
            name=op.f("fk_scheduled_order_management_code"),
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_scheduled_order")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_scheduled_order_due",
        "scheduled_order",
        ["due_at"],
        sqlite_where=sa.text("due_at IS NOT NULL"),
        postgresql_where=sa.text("due_at IS NOT NULL"),
    )
    op.create_index(op.f("ix_scheduled_order_management_code_number"), "scheduled_order", ["management_code", "number"])


def _occurrences() -> None:
    op.create_table(
        "occurrence",
        sa.Column("number", _NUMBER, nullable=False),
        sa.Column("management_code", sa.String(12), nullable=False),
        sa.Column("schedule", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("outcome", sa.String(16), nullable=False),
        sa.Column("reason", sa.String(64), nullable=True),
        sa.Column("pushes", sa.Integer(), nullable=False),
        sa.Column("first_push", sa.BigInteger(), nullable=True),
        sa.Column("last_push", sa.BigInteger(), nullable=True),
        sa.Column("tasks", sa.Integer(), nullable=False),
        sa.Column("batch", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["management_code"],
            ["management_contract.management_code"],
            name=op.f("fk_occurrence_management_code"),
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_occurrence")),
        sa.UniqueConstraint("schedule", "due_at", name=op.f("uq_occurrence_schedule_due_at")),
        sqlite_autoincrement=True,
    )
