"""Faults, exchanges, stock, reactions; what the contract says of units and adapters."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "boot",
        sa.Column("unit_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("boot_id", sa.String(length=64), nullable=False),
        sa.Column("management_code", sa.String(length=12), nullable=True),
        sa.Column("cause", sa.String(length=32), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["management_code"], ["management_contract.management_code"], name=op.f("fk_boot_management_code")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.unit_id"], name=op.f("fk_boot_unit_id")),
        sa.PrimaryKeyConstraint("unit_id", "boot_id", name=op.f("pk_boot")),
    )
    op.create_table(
        "fault",
        sa.Column("fault", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("management_code", sa.String(length=12), nullable=False),
        sa.Column("service_code", sa.String(length=12), nullable=False),
        sa.Column("unit_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("phase", sa.String(length=16), nullable=False),
        sa.Column("cause", sa.String(length=16), nullable=True),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.Column("closed_at", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.String(length=32), nullable=True),
        sa.ForeignKeyConstraint(
            ["management_code", "service_code"],
            ["adapter.management_code", "adapter.service_code"],
            name=op.f("fk_fault_management_code_service_code"),
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.unit_id"], name=op.f("fk_fault_unit_id")),
        sa.PrimaryKeyConstraint("fault", name=op.f("pk_fault")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("fault", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_fault_management_code_fault"), ["management_code", "fault"], unique=False)
        batch_op.create_index(
            "uq_fault_open",
            ["service_code"],
            unique=True,
            sqlite_where=sa.text("phase <> 'closed'"),
            postgresql_where=sa.text("phase <> 'closed'"),
        )

    op.create_table(
        "outbox",
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("management_code", sa.String(length=12), nullable=False),
        sa.Column("service_code", sa.String(length=12), nullable=False),
        sa.Column("cause", sa.String(length=48), nullable=False),
        sa.Column("operation", sa.String(length=32), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("caused_at", sa.BigInteger(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("next_try_at", sa.BigInteger(), nullable=False),
        sa.Column("failure", sa.String(length=64), nullable=True),
        sa.Column("text", sa.String(length=255), nullable=True),
        sa.Column("parked_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["management_code", "service_code"],
            ["adapter.management_code", "adapter.service_code"],
            name=op.f("fk_outbox_management_code_service_code"),
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_outbox")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.create_index(
            "ix_outbox_waiting",
            ["service_code", "number"],
            unique=False,
            sqlite_where=sa.text("parked_at IS NULL"),
            postgresql_where=sa.text("parked_at IS NULL"),
        )

    op.create_table(
        "exchange",
        sa.Column("exchange", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("management_code", sa.String(length=12), nullable=False),
        sa.Column("service_code", sa.String(length=12), nullable=False),
        sa.Column("fault", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("method", sa.String(length=16), nullable=True),
        sa.Column("charge", sa.String(length=16), nullable=True),
        sa.Column("requested_by", sa.String(length=64), nullable=False),
        sa.Column("requested_at", sa.BigInteger(), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.Column("attendee", sa.String(length=100), nullable=False),
        sa.Column("old_unit_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("new_unit_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("expected_firmware", sa.String(length=64), nullable=True),
        sa.Column("reserved_at", sa.BigInteger(), nullable=True),
        sa.Column("ordered_at", sa.BigInteger(), nullable=True),
        sa.Column("swap_now_at", sa.BigInteger(), nullable=True),
        sa.Column("swap_now_by", sa.String(length=255), nullable=True),
        sa.Column("swapped_at", sa.BigInteger(), nullable=True),
        sa.Column("old_binding", sa.BigInteger(), nullable=True),
        sa.Column("binding", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.String(length=255), nullable=True),
        sa.Column("judged", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["fault"], ["fault.fault"], name=op.f("fk_exchange_fault")),
        sa.ForeignKeyConstraint(
            ["management_code", "service_code"],
            ["adapter.management_code", "adapter.service_code"],
            name=op.f("fk_exchange_management_code_service_code"),
        ),
        sa.ForeignKeyConstraint(["new_unit_id"], ["unit.unit_id"], name=op.f("fk_exchange_new_unit_id")),
        sa.ForeignKeyConstraint(["old_unit_id"], ["unit.unit_id"], name=op.f("fk_exchange_old_unit_id")),
        sa.PrimaryKeyConstraint("exchange", name=op.f("pk_exchange")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("exchange", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_exchange_fault"), ["fault"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_exchange_management_code_exchange"), ["management_code", "exchange"], unique=False
        )
        batch_op.create_index(
            "uq_exchange_new_unit",
            ["new_unit_id"],
            unique=True,
            sqlite_where=sa.text("state NOT IN ('closed', 'declined', 'cancelled', 'failed')"),
            postgresql_where=sa.text("state NOT IN ('closed', 'declined', 'cancelled', 'failed')"),
        )
        batch_op.create_index(
            "uq_exchange_open",
            ["service_code"],
            unique=True,
            sqlite_where=sa.text("state NOT IN ('closed', 'declined', 'cancelled', 'failed')"),
            postgresql_where=sa.text("state NOT IN ('closed', 'declined', 'cancelled', 'failed')"),
        )

    op.create_table(
        "symptom",
        sa.Column("fault", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("component", sa.String(length=64), nullable=False),
        sa.Column("management_code", sa.String(length=12), nullable=False),
        sa.Column("unit_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("evidence", sa.String(length=255), nullable=False),
        sa.Column("first_at", sa.BigInteger(), nullable=False),
        sa.Column("last_at", sa.BigInteger(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["fault"], ["fault.fault"], name=op.f("fk_symptom_fault")),
        sa.ForeignKeyConstraint(
            ["management_code"], ["management_contract.management_code"], name=op.f("fk_symptom_management_code")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.unit_id"], name=op.f("fk_symptom_unit_id")),
        sa.PrimaryKeyConstraint("fault", "kind", "component", name=op.f("pk_symptom")),
    )
    op.create_table(
        "acceptance_point",
        sa.Column(
            "exchange", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("point", sa.String(length=16), nullable=False),
        sa.Column("management_code", sa.String(length=12), nullable=False),
        sa.Column("holds", sa.Boolean(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("expected", sa.String(length=128), nullable=False),
        sa.Column("found", sa.String(length=128), nullable=False),
        sa.ForeignKeyConstraint(["exchange"], ["exchange.exchange"], name=op.f("fk_acceptance_point_exchange")),
        sa.ForeignKeyConstraint(
            ["management_code"],
            ["management_contract.management_code"],
            name=op.f("fk_acceptance_point_management_code"),
        ),
        sa.PrimaryKeyConstraint("exchange", "point", name=op.f("pk_acceptance_point")),
    )
    op.create_table(
        "carrier_notice",
        sa.Column("message_id", sa.String(length=128), nullable=False),
        sa.Column("management_code", sa.String(length=12), nullable=False),
        sa.Column("exchange", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["exchange"], ["exchange.exchange"], name=op.f("fk_carrier_notice_exchange")),
        sa.ForeignKeyConstraint(
            ["management_code"], ["management_contract.management_code"], name=op.f("fk_carrier_notice_management_code")
        ),
        sa.PrimaryKeyConstraint("message_id", name=op.f("pk_carrier_notice")),
    )
    with op.batch_alter_table("carrier_notice", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_carrier_notice_exchange"), ["exchange"], unique=False)

    op.create_table(
        "exchange_step",
        sa.Column("step", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("management_code", sa.String(length=12), nullable=False),
        sa.Column("exchange", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("by", sa.String(length=255), nullable=False),
        sa.Column("reason", sa.String(length=255), nullable=True),
        sa.ForeignKeyConstraint(["exchange"], ["exchange.exchange"], name=op.f("fk_exchange_step_exchange")),
        sa.ForeignKeyConstraint(
            ["management_code"], ["management_contract.management_code"], name=op.f("fk_exchange_step_management_code")
        ),
        sa.PrimaryKeyConstraint("step", name=op.f("pk_exchange_step")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("exchange_step", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_exchange_step_exchange"), ["exchange"], unique=False)

    op.create_table(
        "fact",
        sa.Column("fact", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("management_code", sa.String(length=12), nullable=False),
        sa.Column("fault", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("exchange", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("value", sa.String(length=32), nullable=False),
        sa.Column("source", sa.String(length=16), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("author", sa.String(length=64), nullable=False),
        sa.Column("settles", sa.Boolean(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["exchange"], ["exchange.exchange"], name=op.f("fk_fact_exchange")),
        sa.ForeignKeyConstraint(["fault"], ["fault.fault"], name=op.f("fk_fact_fault")),
        sa.ForeignKeyConstraint(
            ["management_code"], ["management_contract.management_code"], name=op.f("fk_fact_management_code")
        ),
        sa.PrimaryKeyConstraint("fact", name=op.f("pk_fact")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("fact", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_fact_exchange"), ["exchange"], unique=False)
        batch_op.create_index(batch_op.f("ix_fact_fault"), ["fault"], unique=False)

    op.create_table(
        "spare",
        sa.Column("unit_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("management_code", sa.String(length=12), nullable=True),
        sa.Column("model", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("stocked_at", sa.BigInteger(), nullable=False),
        sa.Column("exchange", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(["exchange"], ["exchange.exchange"], name=op.f("fk_spare_exchange")),
        sa.ForeignKeyConstraint(
            ["management_code"], ["management_contract.management_code"], name=op.f("fk_spare_management_code")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.unit_id"], name=op.f("fk_spare_unit_id")),
        sa.PrimaryKeyConstraint("unit_id", name=op.f("pk_spare")),
    )
    with op.batch_alter_table("spare", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_spare_model_state"), ["model", "state"], unique=False)

    with op.batch_alter_table("adapter", schema=None) as batch_op:
        batch_op.add_column(sa.Column("item", sa.String(length=16), server_default="entry", nullable=False))
        batch_op.add_column(sa.Column("option", sa.Boolean(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("declared_location", sa.String(length=255), server_default="", nullable=False))
        batch_op.add_column(sa.Column("coverage", sa.String(length=16), nullable=True))

    with op.batch_alter_table("session", schema=None) as batch_op:
        batch_op.add_column(sa.Column("reports", sa.Integer(), server_default="0", nullable=False))

    with op.batch_alter_table("unit", schema=None) as batch_op:
        batch_op.add_column(sa.Column("ownership", sa.String(length=16), server_default="rental", nullable=False))
        batch_op.add_column(sa.Column("channel", sa.String(length=16), server_default="direct", nullable=False))
