"""Places of the stock, compatibility, overrides."""

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Filled by the room it belongs to."""
