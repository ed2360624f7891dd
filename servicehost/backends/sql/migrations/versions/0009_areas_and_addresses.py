"""Shipping addresses and closed areas."""

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Filled by the room it belongs to."""
