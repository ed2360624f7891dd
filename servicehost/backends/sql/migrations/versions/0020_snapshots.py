"""Named snapshots of configs: `snapshot` says who took it, when and why, `snapshot_member` which revisions each adapter
had. Both belong to a contract; revisions are never taken away, so no text is kept twice.
"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "snapshot",
        sa.Column("number", _NUMBER, nullable=False),
        sa.Column("management_code", sa.String(length=12), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("reason", sa.String(length=255), nullable=False),
        sa.Column("taken_by", sa.String(length=64), nullable=False),
        sa.Column("taken_at", sa.BigInteger(), nullable=False),
        sa.Column("members", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["management_code"], ["management_contract.management_code"], name="fk_snapshot_management_code"
        ),
        sa.PrimaryKeyConstraint("number", name="pk_snapshot"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_snapshot_management_code_name", "snapshot", ["management_code", "name"])
    op.create_table(
        "snapshot_member",
        sa.Column("snapshot", _NUMBER, autoincrement=False, nullable=False),
        sa.Column("management_code", sa.String(length=12), nullable=False),
        sa.Column("service_code", sa.String(length=12), nullable=False),
        sa.Column("working", sa.Integer(), nullable=True),
        sa.Column("startup", sa.Integer(), nullable=True),
        sa.Column("running", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["snapshot"], ["snapshot.number"], name="fk_snapshot_member_snapshot"),
        sa.ForeignKeyConstraint(
            ["management_code", "service_code"],
            ["adapter.management_code", "adapter.service_code"],
            name="fk_snapshot_member_management_code_service_code",
        ),
        sa.PrimaryKeyConstraint("snapshot", "service_code", name="pk_snapshot_member"),
    )
