"""Evidence of a triage."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("session", schema=None) as batch_op:
        batch_op.add_column(sa.Column("report_gaps", sa.Text(), server_default="", nullable=False))
    _of_a_fault(
        "triage_answer",
        sa.Column("question", sa.String(length=32), nullable=False),
        sa.Column("reply", sa.String(length=16), nullable=False),
        sa.Column("source", sa.String(length=32), nullable=False),
        sa.Column("author", sa.String(length=64), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
    )
    _of_a_fault(
        "triage_finding",
        sa.Column("author", sa.String(length=64), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("cause", sa.String(length=16), nullable=False),
        sa.Column("proposed", sa.String(length=16), nullable=True),
        sa.Column("rule", sa.String(length=32), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("seen", sa.Text(), nullable=False),
    )


def _of_a_fault(name: str, *columns: "sa.Column[object]") -> None:
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        name,
        sa.Column("number", number, nullable=False),
        sa.Column("management_code", sa.String(length=12), nullable=False),
        sa.Column("fault", number, nullable=False),
        *columns,
        sa.ForeignKeyConstraint(["fault"], ["fault.fault"], name=op.f(f"fk_{name}_fault")),
        sa.ForeignKeyConstraint(
            ["management_code"], ["management_contract.management_code"], name=op.f(f"fk_{name}_management_code")
        ),
        sa.PrimaryKeyConstraint("number", name=op.f(f"pk_{name}")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table(name, schema=None) as batch_op:
        batch_op.create_index(batch_op.f(f"ix_{name}_fault"), ["fault"], unique=False)
