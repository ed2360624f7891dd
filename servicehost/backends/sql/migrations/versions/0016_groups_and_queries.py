"""Groups of adapters with their members, tags, and saved queries."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "adapter_group",
        sa.Column("number", _NUMBER, nullable=False),
        sa.Column("management_code", sa.String(length=12), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("note", sa.String(length=255), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("made_by", sa.String(length=64), nullable=False),
        _of_contract("adapter_group"),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_adapter_group")),
        sa.UniqueConstraint("management_code", "name", name=op.f("uq_adapter_group_management_code_name")),
        sa.UniqueConstraint("management_code", "number", name=op.f("uq_adapter_group_management_code_number")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "group_member",
        sa.Column("number", _NUMBER, autoincrement=False, nullable=False),
        sa.Column("management_code", sa.String(length=12), nullable=False),
        sa.Column("service_code", sa.String(length=12), nullable=False),
        _of_adapter("group_member"),
        sa.ForeignKeyConstraint(
            ["management_code", "number"],
            ["adapter_group.management_code", "adapter_group.number"],
            name=op.f("fk_group_member_management_code_number"),
        ),
        sa.PrimaryKeyConstraint("number", "service_code", name=op.f("pk_group_member")),
    )
    op.create_index(op.f("ix_group_member_service_code"), "group_member", ["service_code"], unique=False)
    op.create_table(
        "adapter_tag",
        sa.Column("management_code", sa.String(length=12), nullable=False),
        sa.Column("service_code", sa.String(length=12), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("value", sa.String(length=100), nullable=False),
        _of_adapter("adapter_tag"),
        sa.PrimaryKeyConstraint("service_code", "name", name=op.f("pk_adapter_tag")),
    )
    op.create_index(op.f("ix_adapter_tag_management_code_name"), "adapter_tag", ["management_code", "name"])
    op.create_table(
        "saved_query",
        sa.Column("number", _NUMBER, nullable=False),
        sa.Column("management_code", sa.String(length=12), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("text", sa.String(length=1000), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("saved_at", sa.BigInteger(), nullable=False),
        sa.Column("saved_by", sa.String(length=64), nullable=False),
        _of_contract("saved_query"),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_saved_query")),
        sa.UniqueConstraint("management_code", "name", name=op.f("uq_saved_query_management_code_name")),
        sqlite_autoincrement=True,
    )


def _of_contract(table: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_management_code")
    return sa.ForeignKeyConstraint(["management_code"], ["management_contract.management_code"], name=name)


def _of_adapter(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["management_code", "service_code"],
        ["adapter.management_code", "adapter.service_code"],
        name=op.f(f"fk_{table}_management_code_service_code"),
    )
