"""Appointments, errands and their times."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("carrier_notice", schema=None) as batch_op:
        batch_op.add_column(sa.Column("digest", sa.String(length=64), nullable=False, server_default=""))
    op.create_table(
        "errand",
        sa.Column(
            "exchange", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("management_code", sa.String(length=12), nullable=False),
        sa.Column("service_code", sa.String(length=12), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.Column("target_at", sa.BigInteger(), nullable=True),
        sa.Column("record", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["exchange"], ["exchange.exchange"], name=op.f("fk_errand_exchange")),
        sa.ForeignKeyConstraint(
            ["management_code", "service_code"],
            ["adapter.management_code", "adapter.service_code"],
            name=op.f("fk_errand_management_code_service_code"),
        ),
        sa.PrimaryKeyConstraint("exchange", name=op.f("pk_errand")),
    )
