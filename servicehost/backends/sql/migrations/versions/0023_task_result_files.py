"""Results of tasks that are too large for a row: which files units have uploaded to their ends."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "task_upload",
        sa.Column("task", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("module", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("management_code", sa.String(length=12), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.String(length=71), nullable=False),
        sa.Column("held_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["management_code"],
            ["management_contract.management_code"],
            name=op.f("fk_task_upload_management_code"),
        ),
        sa.ForeignKeyConstraint(["task"], ["task.task"], name=op.f("fk_task_upload_task")),
        sa.PrimaryKeyConstraint("task", "module", name=op.f("pk_task_upload")),
    )
    with op.batch_alter_table("task_upload") as batch_op:
        batch_op.create_index(batch_op.f("ix_task_upload_management_code"), ["management_code"], unique=False)
