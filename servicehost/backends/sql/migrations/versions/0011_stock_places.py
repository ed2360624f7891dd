"""Depots, reservations with their reasons, overridden verdicts, exchanges that are taken up again."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    with op.batch_alter_table("exchange", schema=None) as batch_op:
        batch_op.add_column(sa.Column("round", sa.Integer(), nullable=False, server_default="1"))
        batch_op.add_column(sa.Column("former", NUMBER, nullable=True))
        batch_op.add_column(sa.Column("standby_code", sa.String(length=12), nullable=True))
        batch_op.add_column(sa.Column("keeps_old", sa.Boolean(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("reopened_at", sa.BigInteger(), nullable=True))
    with op.batch_alter_table("spare", schema=None) as batch_op:
        batch_op.add_column(sa.Column("depot", sa.String(length=32), nullable=False, server_default="main"))
        batch_op.add_column(sa.Column("firmware", sa.String(length=64), nullable=False, server_default=""))
    _stock()
    _cases()


def _stock() -> None:
    op.create_table(
        "depot",
        sa.Column("depot", sa.String(length=32), nullable=False),
        sa.Column("label", sa.String(length=100), nullable=False),
        sa.Column("area", sa.String(length=255), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.Column("changed_by", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("depot", name=op.f("pk_depot")),
    )
    op.create_table(
        "stock_threshold",
        sa.Column("depot", sa.String(length=32), nullable=False),
        sa.Column("model", sa.String(length=64), nullable=False),
        sa.Column("least", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.Column("changed_by", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("depot", "model", name=op.f("pk_stock_threshold")),
    )


def _of_exchange(table: str) -> tuple[sa.ForeignKeyConstraint, sa.ForeignKeyConstraint]:
    return (
        sa.ForeignKeyConstraint(["exchange"], ["exchange.exchange"], name=op.f(f"fk_{table}_exchange")),
        sa.ForeignKeyConstraint(
            ["management_code"],
            ["management_contract.management_code"],
            name=op.f(f"fk_{table}_management_code"),
        ),
    )


def _cases() -> None:
    op.create_table(
        "reservation",
        sa.Column("reservation", NUMBER, nullable=False),
        sa.Column("management_code", sa.String(length=12), nullable=False),
        sa.Column("exchange", NUMBER, nullable=False),
        sa.Column("unit_id", NUMBER, nullable=False),
        sa.Column("distribution_id", sa.String(length=39), nullable=False),
        sa.Column("depot", sa.String(length=32), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("by", sa.String(length=255), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("misfits", sa.Text(), nullable=False),
        sa.Column("override", sa.String(length=255), nullable=False),
        *_of_exchange("reservation"),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.unit_id"], name=op.f("fk_reservation_unit_id")),
        sa.PrimaryKeyConstraint("reservation", name=op.f("pk_reservation")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("reservation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_reservation_exchange"), ["exchange"], unique=False)
    op.create_table(
        "verdict_override",
        sa.Column("override", NUMBER, nullable=False),
        sa.Column("management_code", sa.String(length=12), nullable=False),
        sa.Column("exchange", NUMBER, nullable=False),
        sa.Column("verdict", sa.String(length=16), nullable=False),
        sa.Column("ruled", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.String(length=255), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.Column("withdrawn_at", sa.BigInteger(), nullable=True),
        sa.Column("withdrawn_by", sa.String(length=64), nullable=True),
        sa.Column("withdrawn_reason", sa.String(length=255), nullable=True),
        *_of_exchange("verdict_override"),
        sa.PrimaryKeyConstraint("override", name=op.f("pk_verdict_override")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("verdict_override", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_verdict_override_exchange_override"), ["exchange", "override"], unique=False
        )
