"""Tasks and their results.

Two new tables. What is open of an adapter, and what the clock has to look at next, are found by partial indexes, so that
the history costs nothing there.
"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "task",
        sa.Column("task", _NUMBER, nullable=False),
        sa.Column("management_code", sa.String(length=12), nullable=False),
        sa.Column("service_code", sa.String(length=12), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("work", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.String(length=64), nullable=False),
        sa.Column("ordered_by", sa.String(length=64), nullable=False),
        sa.Column("ordered_at", sa.BigInteger(), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("time_out_s", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=True),
        sa.Column("unit_id", _NUMBER, nullable=True),
        sa.Column("due_at", sa.BigInteger(), nullable=True),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.Column("text", sa.String(length=1024), nullable=False),
        sa.Column("open_of", sa.String(length=12), nullable=True),
        sa.ForeignKeyConstraint(
            ["management_code", "service_code"],
            ["adapter.management_code", "adapter.service_code"],
            name="fk_task_management_code_service_code",
        ),
        sa.PrimaryKeyConstraint("task", name="pk_task"),
        sqlite_autoincrement=True,
    )
    for name, columns, where in (
        ("ix_task_open_of", ["open_of", "task"], "open_of IS NOT NULL"),
        ("ix_task_due_at", ["due_at"], "due_at IS NOT NULL"),
    ):
        op.create_index(name, "task", columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))
    op.create_index("ix_task_service_code_task", "task", ["service_code", "task"])
    op.create_index("ix_task_management_code_task", "task", ["management_code", "task"])
    op.create_table(
        "task_result",
        sa.Column("task", _NUMBER, autoincrement=False, nullable=False),
        sa.Column("module", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("management_code", sa.String(length=12), nullable=False),
        sa.Column("media_type", sa.String(length=64), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.String(length=71), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("failed", sa.String(length=64), nullable=False),
        sa.Column("removed_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["management_code"], ["management_contract.management_code"], name="fk_task_result_management_code"
        ),
        sa.ForeignKeyConstraint(["task"], ["task.task"], name="fk_task_result_task"),
        sa.PrimaryKeyConstraint("task", "module", name="pk_task_result"),
    )
    op.create_index("ix_task_result_management_code", "task_result", ["management_code"])
