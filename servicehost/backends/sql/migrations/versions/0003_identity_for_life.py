"""Units' lives, certificates and their ends, connection attempts, the fence counter."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "attempt",
        sa.Column("attempt", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("management_code", sa.String(length=12), nullable=True),
        sa.Column("unit_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("distribution_id", sa.String(length=39), nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("host", sa.String(length=64), nullable=False),
        sa.Column("remote_address", sa.String(length=64), nullable=False),
        sa.Column("certificate", sa.String(length=64), nullable=True),
        sa.Column("tls_version", sa.String(length=16), nullable=True),
        sa.Column("outcome", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.String(length=64), nullable=False),
        sa.Column("detail", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["management_code"], ["management_contract.management_code"], name=op.f("fk_attempt_management_code")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.unit_id"], name=op.f("fk_attempt_unit_id")),
        sa.PrimaryKeyConstraint("attempt", name=op.f("pk_attempt")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("attempt", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_attempt_distribution_id_attempt"), ["distribution_id", "attempt"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_attempt_unit_id_attempt"), ["unit_id", "attempt"], unique=False)

    op.create_table(
        "enrolment_request",
        sa.Column("request", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("management_code", sa.String(length=12), nullable=True),
        sa.Column("unit_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key_fingerprint", sa.String(length=64), nullable=False),
        sa.Column("way", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.Column("last_asked_at", sa.BigInteger(), nullable=False),
        sa.Column("remote_address", sa.String(length=64), nullable=False),
        sa.Column("decided_at", sa.BigInteger(), nullable=True),
        sa.Column("decided_by", sa.String(length=64), nullable=True),
        sa.Column("reason", sa.String(length=255), nullable=True),
        sa.ForeignKeyConstraint(
            ["management_code"],
            ["management_contract.management_code"],
            name=op.f("fk_enrolment_request_management_code"),
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.unit_id"], name=op.f("fk_enrolment_request_unit_id")),
        sa.PrimaryKeyConstraint("request", name=op.f("pk_enrolment_request")),
        sa.UniqueConstraint("unit_id", "key_fingerprint", name=op.f("uq_enrolment_request_unit_id_key_fingerprint")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("enrolment_request", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_enrolment_request_state_request"), ["state", "request"], unique=False)

    op.create_table(
        "fence_change",
        sa.Column("change", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("management_code", sa.String(length=12), nullable=True),
        sa.Column("unit_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("below_epoch", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["management_code"], ["management_contract.management_code"], name=op.f("fk_fence_change_management_code")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.unit_id"], name=op.f("fk_fence_change_unit_id")),
        sa.PrimaryKeyConstraint("change", name=op.f("pk_fence_change")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("certificate", schema=None) as batch_op:
        batch_op.add_column(sa.Column("not_before", sa.BigInteger(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("anchor", sa.String(length=64), server_default="", nullable=False))
        batch_op.add_column(sa.Column("key_fingerprint", sa.String(length=64), server_default="", nullable=False))
        batch_op.add_column(sa.Column("way", sa.String(length=16), server_default="token", nullable=False))
        batch_op.add_column(sa.Column("pem", sa.Text(), server_default="", nullable=False))
        batch_op.add_column(sa.Column("first_used_at", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("superseded_at", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("revoked_at", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("revoked_reason", sa.String(length=64), nullable=True))

    with op.batch_alter_table("enrolment", schema=None) as batch_op:
        batch_op.add_column(sa.Column("key_fingerprint", sa.String(length=64), nullable=True))
        batch_op.add_column(sa.Column("certificate", sa.String(length=64), nullable=True))

    with op.batch_alter_table("session", schema=None) as batch_op:
        batch_op.add_column(sa.Column("takeovers", sa.Text(), nullable=True))

    with op.batch_alter_table("unit", schema=None) as batch_op:
        batch_op.add_column(sa.Column("life", sa.String(length=16), server_default="registered", nullable=False))
        batch_op.add_column(sa.Column("life_since", sa.BigInteger(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("life_reason", sa.String(length=255), server_default="", nullable=False))
        batch_op.add_column(sa.Column("held_at", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("moved_to", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("anchors", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("renew_asked_at", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("renew_reason", sa.String(length=32), nullable=True))

    with op.batch_alter_table("adapter", schema=None) as batch_op:
        batch_op.add_column(sa.Column("out_of_service_at", sa.BigInteger(), nullable=True))

    with op.batch_alter_table("binding", schema=None) as batch_op:
        batch_op.add_column(sa.Column("unbound_reason", sa.String(length=255), nullable=True))

    with op.batch_alter_table("session", schema=None) as batch_op:
        batch_op.add_column(sa.Column("anchor", sa.String(length=64), server_default="", nullable=False))

    # Units of an older database begin their life where they stand.
    op.execute("UPDATE unit SET life_since = registered_at")
    op.execute("UPDATE unit SET life = 'bound' WHERE unit_id IN (SELECT unit_id FROM binding WHERE unbound_at IS NULL)")
