"""Rollouts, their members, and how many of these stand where.

A member names its push and its adapter at most once, and an adapter is a member of one unfinished rollout at most:
unique indexes see to it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "rollout",
        sa.Column("rollout", number, nullable=False),
        sa.Column("management_code", sa.String(length=12), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("note", sa.String(length=255), nullable=False),
        sa.Column("plan", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("state_since", sa.BigInteger(), nullable=False),
        sa.Column("state_by", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.String(length=255), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("created_by", sa.String(length=64), nullable=False),
        sa.Column("author", sa.String(length=64), nullable=False),
        sa.Column("consent", sa.BigInteger(), nullable=True),
        sa.Column("starter", sa.String(length=64), nullable=True),
        sa.Column("started_at", sa.BigInteger(), nullable=True),
        sa.Column("approved_by", sa.String(length=64), nullable=True),
        sa.Column("approved_at", sa.BigInteger(), nullable=True),
        sa.Column("members", sa.Integer(), nullable=False),
        sa.Column("waves", sa.Integer(), nullable=False),
        sa.Column("wave", sa.Integer(), nullable=False),
        sa.Column("undoing", sa.Boolean(), nullable=False),
        sa.Column("deadline_at", sa.BigInteger(), nullable=True),
        sa.Column("due_at", sa.BigInteger(), nullable=True),
        sa.Column("in_flight", sa.Integer(), nullable=False),
        sa.Column("paced_to", sa.BigInteger(), nullable=False),
        sa.Column("looked_at", sa.BigInteger(), nullable=False),
        sa.Column("gate_waived", sa.Integer(), nullable=False),
        sa.Column("forgiven_failed", sa.Integer(), nullable=False),
        sa.Column("forgiven_tried", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["management_code"], ["management_contract.management_code"], name=op.f("fk_rollout_management_code")
        ),
        sa.PrimaryKeyConstraint("rollout", name=op.f("pk_rollout")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("rollout", schema=None) as batch_op:
        batch_op.create_index(
            "ix_rollout_due_at",
            ["due_at"],
            unique=False,
            sqlite_where=sa.text("due_at IS NOT NULL"),
            postgresql_where=sa.text("due_at IS NOT NULL"),
        )
        batch_op.create_index(
            batch_op.f("ix_rollout_management_code_rollout"), ["management_code", "rollout"], unique=False
        )

    op.create_table(
        "rollout_count",
        sa.Column("rollout", number, autoincrement=False, nullable=False),
        sa.Column("wave", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("management_code", sa.String(length=12), nullable=False),
        sa.Column("members", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["management_code"], ["management_contract.management_code"], name=op.f("fk_rollout_count_management_code")
        ),
        sa.ForeignKeyConstraint(["rollout"], ["rollout.rollout"], name=op.f("fk_rollout_count_rollout")),
        sa.PrimaryKeyConstraint("rollout", "wave", "state", name=op.f("pk_rollout_count")),
    )
    op.create_table(
        "rollout_member",
        sa.Column("rollout", number, autoincrement=False, nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("management_code", sa.String(length=12), nullable=False),
        sa.Column("service_code", sa.String(length=12), nullable=False),
        sa.Column("wave", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.Column("site", sa.String(length=16), nullable=True),
        sa.Column("reason", sa.String(length=64), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=True),
        sa.Column("digest", sa.String(length=71), nullable=True),
        sa.Column("push", sa.BigInteger(), nullable=True),
        sa.Column("started_at", sa.BigInteger(), nullable=True),
        sa.Column("due_at", sa.BigInteger(), nullable=True),
        sa.Column("former_revision", sa.Integer(), nullable=True),
        sa.Column("former_digest", sa.String(length=71), nullable=True),
        sa.Column("undo_push", sa.BigInteger(), nullable=True),
        sa.Column("unfinished_of", sa.String(length=12), nullable=True),
        sa.ForeignKeyConstraint(
            ["management_code", "service_code"],
            ["adapter.management_code", "adapter.service_code"],
            name=op.f("fk_rollout_member_management_code_service_code"),
        ),
        sa.ForeignKeyConstraint(["rollout"], ["rollout.rollout"], name=op.f("fk_rollout_member_rollout")),
        sa.PrimaryKeyConstraint("rollout", "position", name=op.f("pk_rollout_member")),
    )
    with op.batch_alter_table("rollout_member", schema=None) as batch_op:
        batch_op.create_index(
            "ix_rollout_member_due_at",
            ["rollout", "due_at"],
            unique=False,
            sqlite_where=sa.text("due_at IS NOT NULL"),
            postgresql_where=sa.text("due_at IS NOT NULL"),
        )
        batch_op.create_index(
            batch_op.f("ix_rollout_member_management_code_service_code"),
            ["management_code", "service_code"],
            unique=False,
        )
        batch_op.create_index(batch_op.f("ix_rollout_member_push"), ["push"], unique=True)
        batch_op.create_index(
            batch_op.f("ix_rollout_member_rollout_service_code"), ["rollout", "service_code"], unique=True
        )
        batch_op.create_index(
            batch_op.f("ix_rollout_member_rollout_state_wave_position"),
            ["rollout", "state", "wave", "position"],
            unique=False,
        )
        batch_op.create_index(
            "ix_rollout_member_site_in_flight",
            ["management_code", "site"],
            unique=False,
            sqlite_where=sa.text("state IN ('pushed', 'soaking', 'undoing')"),
            postgresql_where=sa.text("state IN ('pushed', 'soaking', 'undoing')"),
        )
        batch_op.create_index(batch_op.f("ix_rollout_member_undo_push"), ["undo_push"], unique=True)
        batch_op.create_index(batch_op.f("ix_rollout_member_unfinished_of"), ["unfinished_of"], unique=True)
