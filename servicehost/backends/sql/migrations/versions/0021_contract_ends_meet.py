"""Where errands go: dispatchers' words on it, why an order or a collection is held, and where a unit was sent; and, with a
proposal of a closed area, the decision that it comes after."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("exchange", schema=None) as batch_op:
        batch_op.add_column(sa.Column("held", sa.String(length=24), nullable=True))
        batch_op.add_column(sa.Column("destination", sa.Text(), nullable=True))
    with op.batch_alter_table("unit_return", schema=None) as batch_op:
        batch_op.add_column(sa.Column("held", sa.String(length=24), nullable=True))
    with op.batch_alter_table("area_proposal", schema=None) as batch_op:
        batch_op.add_column(sa.Column("earlier_at", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("earlier_by", sa.String(length=64), nullable=True))
    op.create_table(
        "destination_word",
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("management_code", sa.String(length=12), nullable=False),
        sa.Column("service_code", sa.String(length=12), nullable=False),
        sa.Column("exchange", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("postal_code", sa.String(length=7), nullable=True),
        sa.Column("municipality_code", sa.String(length=5), nullable=True),
        sa.Column("prefecture", sa.String(length=20), nullable=True),
        sa.Column("municipality", sa.String(length=60), nullable=True),
        sa.Column("rest", sa.String(length=120), nullable=True),
        sa.Column("addressee", sa.String(length=100), nullable=True),
        sa.Column("telephone", sa.String(length=11), nullable=True),
        sa.Column("reason", sa.String(length=255), nullable=False),
        sa.Column("said_at", sa.BigInteger(), nullable=False),
        sa.Column("said_by", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["exchange"], ["exchange.exchange"], name=op.f("fk_destination_word_exchange")),
        sa.ForeignKeyConstraint(
            ["management_code", "service_code"],
            ["adapter.management_code", "adapter.service_code"],
            name=op.f("fk_destination_word_management_code_service_code"),
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_destination_word")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("destination_word", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_destination_word_exchange_number"), ["exchange", "number"], unique=False)
