"""Custody: handovers, returns of units, proposals of charges."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "charge_proposal",
        sa.Column("proposal", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("management_code", sa.String(length=12), nullable=False),
        sa.Column("service_code", sa.String(length=12), nullable=False),
        sa.Column("exchange", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("unit_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("rule", sa.String(length=48), nullable=False),
        sa.Column("items", sa.Text(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=True),
        sa.Column("tax", sa.String(length=16), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("asks", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("proposed_at", sa.BigInteger(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("corrects", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("decided_at", sa.BigInteger(), nullable=True),
        sa.Column("decided_by", sa.String(length=64), nullable=True),
        sa.Column("reason", sa.String(length=255), nullable=False),
        sa.ForeignKeyConstraint(["corrects"], ["charge_proposal.proposal"], name=op.f("fk_charge_proposal_corrects")),
        sa.ForeignKeyConstraint(["exchange"], ["exchange.exchange"], name=op.f("fk_charge_proposal_exchange")),
        sa.ForeignKeyConstraint(
            ["management_code", "service_code"],
            ["adapter.management_code", "adapter.service_code"],
            name=op.f("fk_charge_proposal_management_code_service_code"),
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.unit_id"], name=op.f("fk_charge_proposal_unit_id")),
        sa.PrimaryKeyConstraint("proposal", name=op.f("pk_charge_proposal")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("charge_proposal", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_charge_proposal_management_code_proposal"), ["management_code", "proposal"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_charge_proposal_state_proposal"), ["state", "proposal"], unique=False)
        batch_op.create_index(
            "uq_charge_proposal_proposed",
            ["exchange", "unit_id"],
            unique=True,
            sqlite_where=sa.text("state = 'proposed'"),
            postgresql_where=sa.text("state = 'proposed'"),
        )

    op.create_table(
        "handover",
        sa.Column("handover", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("management_code", sa.String(length=12), nullable=True),
        sa.Column("unit_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("part", sa.String(length=16), nullable=False),
        sa.Column("source_holder", sa.String(length=16), nullable=True),
        sa.Column("source_name", sa.String(length=100), nullable=True),
        sa.Column("target_holder", sa.String(length=16), nullable=False),
        sa.Column("target_name", sa.String(length=100), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("by", sa.String(length=255), nullable=False),
        sa.Column("why", sa.String(length=48), nullable=False),
        sa.Column("reference", sa.String(length=128), nullable=False),
        sa.Column("note", sa.String(length=255), nullable=False),
        sa.Column("exchange", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(["exchange"], ["exchange.exchange"], name=op.f("fk_handover_exchange")),
        sa.ForeignKeyConstraint(
            ["management_code"], ["management_contract.management_code"], name=op.f("fk_handover_management_code")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.unit_id"], name=op.f("fk_handover_unit_id")),
        sa.PrimaryKeyConstraint("handover", name=op.f("pk_handover")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("handover", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_handover_exchange"), ["exchange"], unique=False)
        batch_op.create_index(batch_op.f("ix_handover_unit_id_handover"), ["unit_id", "handover"], unique=False)

    op.create_table(
        "unit_return",
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("management_code", sa.String(length=12), nullable=False),
        sa.Column("service_code", sa.String(length=12), nullable=False),
        sa.Column("exchange", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("unit_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.Column("changed_by", sa.String(length=255), nullable=False),
        sa.Column("why", sa.String(length=48), nullable=False),
        sa.Column("shipped_at", sa.BigInteger(), nullable=True),
        sa.Column("received_at", sa.BigInteger(), nullable=True),
        sa.Column("place", sa.String(length=100), nullable=False),
        sa.Column("missing", sa.Text(), nullable=False),
        sa.Column("inspected_at", sa.BigInteger(), nullable=True),
        sa.Column("inspected_by", sa.String(length=255), nullable=False),
        sa.Column("result", sa.String(length=16), nullable=True),
        sa.Column("damaged", sa.Text(), nullable=False),
        sa.Column("erased", sa.Boolean(), nullable=True),
        sa.Column("erasure", sa.String(length=32), nullable=False),
        sa.Column("loss", sa.String(length=32), nullable=True),
        sa.Column("reason", sa.String(length=255), nullable=False),
        sa.ForeignKeyConstraint(["exchange"], ["exchange.exchange"], name=op.f("fk_unit_return_exchange")),
        sa.ForeignKeyConstraint(
            ["management_code", "service_code"],
            ["adapter.management_code", "adapter.service_code"],
            name=op.f("fk_unit_return_management_code_service_code"),
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.unit_id"], name=op.f("fk_unit_return_unit_id")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_unit_return")),
        sa.UniqueConstraint("exchange", "unit_id", name=op.f("uq_unit_return_exchange_unit_id")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("unit_return", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_unit_return_management_code_number"), ["management_code", "number"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_unit_return_state_due_at"), ["state", "due_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_unit_return_unit_id"), ["unit_id"], unique=False)

    # ### end Alembic commands ###
