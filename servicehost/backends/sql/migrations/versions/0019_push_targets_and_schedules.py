"""Push targets, schedules and the last-known-good config.

A push says what it changes on its unit; those made before changed both. What is known against a startup config has a
table of its own, and so have push orders that wait for their time, and what became of each time.
"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("push", sa.Column("target", sa.String(8), server_default="both", nullable=False))
    op.create_table(
        "startup_proof",
        sa.Column("management_code", sa.String(12), nullable=False),
        sa.Column("service_code", sa.String(12), nullable=False),
        sa.Column("push", sa.BigInteger(), nullable=True),
        sa.Column("good_revision", sa.Integer(), nullable=True),
        sa.Column("good_digest", sa.String(71), nullable=True),
        sa.Column("good_modules", sa.Text(), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=True),
        sa.Column("boot_id", sa.String(64), nullable=True),
        sa.Column("failed_revision", sa.Integer(), nullable=True),
        sa.Column("failed_digest", sa.String(71), nullable=True),
        sa.ForeignKeyConstraint(
            ["management_code", "service_code"],
            ["adapter.management_code", "adapter.service_code"],
            name=op.f("fk_startup_proof_management_code_service_code"),
        ),
        sa.PrimaryKeyConstraint("service_code", name=op.f("pk_startup_proof")),
    )
    _schedules()


def _schedules() -> None:
    op.create_table(
        "push_schedule",
        sa.Column("number", _NUMBER, nullable=False),
        sa.Column("management_code", sa.String(12), nullable=False),
        sa.Column("schedule", sa.Text(), nullable=False),
        sa.Column("push_order", sa.Text(), nullable=False),
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
            name=op.f("fk_push_schedule_management_code"),
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_push_schedule")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("push_schedule", schema=None) as batch_op:
        batch_op.create_index(
            "ix_push_schedule_due",
            ["due_at"],
            unique=False,
            sqlite_where=sa.text("due_at IS NOT NULL"),
            postgresql_where=sa.text("due_at IS NOT NULL"),
        )
        batch_op.create_index(
            batch_op.f("ix_push_schedule_management_code_number"), ["management_code", "number"], unique=False
        )
    op.create_table(
        "scheduled_push",
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
        sa.ForeignKeyConstraint(
            ["management_code"],
            ["management_contract.management_code"],
            name=op.f("fk_scheduled_push_management_code"),
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_scheduled_push")),
        sa.UniqueConstraint("schedule", "due_at", name=op.f("uq_scheduled_push_schedule_due_at")),
        sqlite_autoincrement=True,
    )
