"""How far events have been removed by policy, and a way to those of one adapter."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "event_horizon",
        sa.Column("one", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("event", sa.BigInteger(), nullable=False),
        sa.Column("removed_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("one", name=op.f("pk_event_horizon")),
    )
    with op.batch_alter_table("event", schema=None) as batch_op:
        batch_op.create_index(
            "ix_event_of_adapter",
            ["service_code", "event"],
            unique=False,
            sqlite_where=sa.text("service_code IS NOT NULL"),
            postgresql_where=sa.text("service_code IS NOT NULL"),
        )
