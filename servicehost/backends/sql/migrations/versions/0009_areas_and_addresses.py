"""Closed areas, where declared locations lie, and shipping addresses."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    with op.batch_alter_table("declared_location", schema=None) as batch_op:
        batch_op.add_column(sa.Column("municipality", sa.String(length=5), nullable=True))
        batch_op.add_column(sa.Column("city", sa.String(length=5), nullable=True))
        batch_op.add_column(sa.Column("postal_code", sa.String(length=7), nullable=True))
    op.create_table(
        "closed_area",
        sa.Column("number", number, nullable=False),
        sa.Column("code", sa.String(length=5), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.String(length=255), nullable=False),
        sa.Column("closed_at", sa.BigInteger(), nullable=False),
        sa.Column("closed_by", sa.String(length=64), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=True),
        sa.Column("review_at", sa.BigInteger(), nullable=True),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("ended_by", sa.String(length=64), nullable=True),
        sa.Column("end_reason", sa.String(length=255), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_closed_area")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "area_proposal",
        sa.Column("number", number, nullable=False),
        sa.Column("management_code", sa.String(length=12), nullable=False),
        sa.Column("service_code", sa.String(length=12), nullable=False),
        sa.Column("area", number, nullable=False),
        sa.Column("exchange", number, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("undoes", number, nullable=True),
        sa.Column("proposed_at", sa.BigInteger(), nullable=False),
        sa.Column("decided_at", sa.BigInteger(), nullable=True),
        sa.Column("decided_by", sa.String(length=64), nullable=True),
        sa.Column("reason", sa.String(length=255), nullable=False),
        sa.Column("notice_ja", sa.String(length=1000), nullable=False),
        sa.Column("notice_en", sa.String(length=1000), nullable=False),
        sa.ForeignKeyConstraint(["area"], ["closed_area.number"], name=op.f("fk_area_proposal_area")),
        sa.ForeignKeyConstraint(["exchange"], ["exchange.exchange"], name=op.f("fk_area_proposal_exchange")),
        sa.ForeignKeyConstraint(["undoes"], ["area_proposal.number"], name=op.f("fk_area_proposal_undoes")),
        sa.ForeignKeyConstraint(
            ["management_code", "service_code"],
            ["adapter.management_code", "adapter.service_code"],
            name=op.f("fk_area_proposal_management_code_service_code"),
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_area_proposal")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("area_proposal", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_area_proposal_exchange_number"), ["exchange", "number"], unique=False)
        batch_op.create_index(batch_op.f("ix_area_proposal_area_state"), ["area", "state"], unique=False)
        batch_op.create_index(
            "ix_area_proposal_open",
            ["exchange"],
            unique=True,
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        )
    op.create_table(
        "shipping_address",
        sa.Column("number", number, nullable=False),
        sa.Column("management_code", sa.String(length=12), nullable=False),
        sa.Column("service_code", sa.String(length=12), nullable=False),
        sa.Column("postal_code", sa.String(length=7), nullable=True),
        sa.Column("municipality_code", sa.String(length=5), nullable=True),
        sa.Column("prefecture", sa.String(length=20), nullable=True),
        sa.Column("municipality", sa.String(length=60), nullable=True),
        sa.Column("rest", sa.String(length=120), nullable=True),
        sa.Column("addressee", sa.String(length=100), nullable=True),
        sa.Column("telephone", sa.String(length=11), nullable=True),
        sa.Column("said_at", sa.BigInteger(), nullable=False),
        sa.Column("said_by", sa.String(length=64), nullable=False),
        sa.Column("word", sa.String(length=255), nullable=False),
        sa.ForeignKeyConstraint(
            ["management_code", "service_code"],
            ["adapter.management_code", "adapter.service_code"],
            name=op.f("fk_shipping_address_management_code_service_code"),
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_shipping_address")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("shipping_address", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_shipping_address_service_code_number"), ["service_code", "number"], unique=False
        )
