"""Add batches of tasks, and to each task the number of its batch."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "task_batch",
        sa.Column("batch", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("management_code", sa.String(length=12), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("adapters", sa.Integer(), nullable=False),
        sa.Column("ordered_by", sa.String(length=64), nullable=False),
        sa.Column("ordered_at", sa.BigInteger(), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["management_code"],
            ["management_contract.management_code"],
            name=op.f("fk_task_batch_management_code"),
        ),
        sa.PrimaryKeyConstraint("batch", name=op.f("pk_task_batch")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("ix_task_batch_management_code_batch"), "task_batch", ["management_code", "batch"], unique=False
    )
    op.add_column("task", sa.Column("batch", sa.BigInteger(), nullable=True))
    op.create_index(
        "ix_task_batch_state",
        "task",
        ["batch", "state"],
        unique=False,
        sqlite_where=sa.text("batch IS NOT NULL"),
        postgresql_where=sa.text("batch IS NOT NULL"),
    )
