"""Config modules, snapshots, schedules."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "module_body",
        sa.Column("management_code", sa.String(length=12), nullable=False),
        sa.Column("digest", sa.String(length=71), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["management_code"],
            ["management_contract.management_code"],
            name="fk_module_body_management_code",
        ),
        sa.PrimaryKeyConstraint("management_code", "digest", name="pk_module_body"),
    )
    op.add_column("adapter", sa.Column("startup_modules", sa.Text(), nullable=True))
    op.add_column("push", sa.Column("modules", sa.Text(), nullable=True))
    op.add_column("revision", sa.Column("kind", sa.String(length=8), nullable=False, server_default="text"))
    op.add_column("revision", sa.Column("name", sa.String(length=64), nullable=False, server_default=""))
    op.add_column("revision", sa.Column("version", sa.String(length=64), nullable=False, server_default=""))
