"""Tasks that were ordered together, and tasks that are ordered by a schedule."""

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass
