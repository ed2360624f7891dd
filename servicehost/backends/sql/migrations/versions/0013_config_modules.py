"""Config modules, snapshots, schedules."""

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Filled by the room it belongs to."""
