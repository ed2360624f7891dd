"""Recorded consents and calls."""

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Filled by the room it belongs to."""
