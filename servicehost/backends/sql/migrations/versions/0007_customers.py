"""Customers, delegates, notices, ends of contracts."""

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Filled by the room it belongs to."""
