"""Customers, delegates, notices, ends of contracts."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_CORRECTS = sa.text("UPDATE charge_proposal SET corrects = :corrects WHERE proposal = :proposal")


def upgrade() -> None:
    _customers()
    _delegates()
    _links()
    _columns()
    _without_exchange("unit_return")
    corrections = _let_go_of_corrections()
    _without_exchange("charge_proposal")
    for proposal, corrects in corrections:
        op.execute(_CORRECTS.bindparams(corrects=corrects, proposal=proposal))


def _without_exchange(table: str) -> None:
    """What falls due at the end of a contract has none."""
    with op.batch_alter_table(table, schema=None, table_kwargs={"sqlite_autoincrement": True}) as batch_op:
        batch_op.alter_column("exchange", existing_type=_NUMBER, nullable=True)


def _let_go_of_corrections() -> list[tuple[int, int]]:
    """Rows of the table that is built anew must not name rows of the one that goes; which did, by number."""
    named = "SELECT proposal, corrects FROM charge_proposal WHERE corrects IS NOT NULL"
    found = [(row[0], row[1]) for row in op.get_bind().execute(sa.text(named))]
    op.execute("UPDATE charge_proposal SET corrects = NULL")
    return found


def _customers() -> None:
    op.create_table(
        "customer",
        sa.Column("customer_code", sa.String(length=12), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("customer_code", name=op.f("pk_customer")),
    )


def _delegates() -> None:
    op.create_table(
        "delegate",
        sa.Column("number", _NUMBER, nullable=False),
        sa.Column("management_code", sa.String(length=12), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("telephone", sa.String(length=40), nullable=False),
        sa.Column("service_codes", sa.Text(), nullable=False),
        sa.Column("attends_from", sa.BigInteger(), nullable=False),
        sa.Column("attends_until", sa.BigInteger(), nullable=True),
        sa.Column("named_by", sa.String(length=64), nullable=False),
        sa.Column("named_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("ended_by", sa.String(length=64), nullable=True),
        sa.Column("end_reason", sa.String(length=255), nullable=False),
        sa.ForeignKeyConstraint(
            ["management_code"], ["management_contract.management_code"], name=op.f("fk_delegate_management_code")
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_delegate")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("delegate", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_delegate_management_code_number"), ["management_code", "number"], unique=False
        )


def _links() -> None:
    op.create_table(
        "first_password_link",
        sa.Column("link_hash", sa.String(length=64), nullable=False),
        sa.Column("management_code", sa.String(length=12), nullable=True),
        sa.Column("person_id", _NUMBER, nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("made_by", sa.String(length=64), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("used_at", sa.BigInteger(), nullable=True),
        sa.Column("voided_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["management_code"],
            ["management_contract.management_code"],
            name=op.f("fk_first_password_link_management_code"),
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.person_id"], name=op.f("fk_first_password_link_person_id")),
        sa.PrimaryKeyConstraint("link_hash", name=op.f("pk_first_password_link")),
    )
    with op.batch_alter_table("first_password_link", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_first_password_link_person_id"), ["person_id"], unique=False)


def _columns() -> None:
    with op.batch_alter_table("management_contract", schema=None) as batch_op:
        batch_op.add_column(sa.Column("customer_code", sa.String(length=12), nullable=True))
        batch_op.add_column(sa.Column("ends_at", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("end_reason", sa.String(length=255), server_default="", nullable=False))
        batch_op.add_column(sa.Column("ended_at", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("erased_at", sa.BigInteger(), nullable=True))
        batch_op.create_index(batch_op.f("ix_management_contract_customer_code"), ["customer_code"], unique=False)
    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.add_column(sa.Column("organisation", sa.String(length=100), server_default="", nullable=False))
        batch_op.add_column(sa.Column("telephone", sa.String(length=40), server_default="", nullable=False))
        batch_op.add_column(sa.Column("mail", sa.String(length=254), server_default="", nullable=False))
    with op.batch_alter_table("adapter", schema=None) as batch_op:
        batch_op.add_column(sa.Column("site_name", sa.String(length=255), server_default="", nullable=False))
        batch_op.add_column(sa.Column("brought_in", sa.String(length=64), nullable=True))
        batch_op.add_column(sa.Column("option_ends_at", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("end_carried_at", sa.BigInteger(), nullable=True))
        batch_op.create_index(batch_op.f("ix_adapter_brought_in"), ["brought_in"], unique=True)
    # What an adapter was ordered for was, until now, written nowhere but in its memo.
    op.execute("UPDATE adapter SET site_name = memo")
