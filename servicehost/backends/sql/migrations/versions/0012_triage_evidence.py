"""Evidence of a triage."""

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Filled by the room it belongs to."""
