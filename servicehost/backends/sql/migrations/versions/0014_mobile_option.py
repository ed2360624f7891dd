"""The mobile access option of an adapter."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("adapter", schema=None) as batch_op:
        batch_op.add_column(sa.Column("mobile", sa.Boolean(), server_default="0", nullable=False))
