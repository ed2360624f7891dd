"""On-site rights: declared locations, requests for the option, statements about sites."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "declared_location",
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("management_code", sa.String(length=12), nullable=False),
        sa.Column("service_code", sa.String(length=12), nullable=False),
        sa.Column("location", sa.String(length=255), nullable=False),
        sa.Column("coverage", sa.String(length=16), nullable=True),
        sa.Column("effective_at", sa.BigInteger(), nullable=False),
        sa.Column("declared_at", sa.BigInteger(), nullable=False),
        sa.Column("declared_by", sa.String(length=64), nullable=False),
        sa.Column("source", sa.String(length=32), nullable=False),
        sa.Column("reason", sa.String(length=255), nullable=False),
        sa.Column("applied_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["management_code", "service_code"],
            ["adapter.management_code", "adapter.service_code"],
            name=op.f("fk_declared_location_management_code_service_code"),
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_declared_location")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("declared_location", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_declared_location_service_code_number"), ["service_code", "number"], unique=False
        )
        batch_op.create_index(
            "ix_declared_location_to_apply",
            ["effective_at"],
            unique=False,
            sqlite_where=sa.text("applied_at IS NULL"),
            postgresql_where=sa.text("applied_at IS NULL"),
        )
    op.create_table(
        "option_request",
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("management_code", sa.String(length=12), nullable=False),
        sa.Column("service_code", sa.String(length=12), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("rule", sa.String(length=32), nullable=True),
        sa.Column("location", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.Column("asked_by", sa.String(length=64), nullable=False),
        sa.Column("decided_at", sa.BigInteger(), nullable=True),
        sa.Column("decided_by", sa.String(length=64), nullable=True),
        sa.Column("reason", sa.String(length=255), nullable=False),
        sa.ForeignKeyConstraint(["location"], ["declared_location.number"], name=op.f("fk_option_request_location")),
        sa.ForeignKeyConstraint(
            ["management_code", "service_code"],
            ["adapter.management_code", "adapter.service_code"],
            name=op.f("fk_option_request_management_code_service_code"),
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_option_request")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("option_request", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_option_request_service_code_number"), ["service_code", "number"], unique=False
        )
    op.create_table(
        "site_statement",
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("management_code", sa.String(length=12), nullable=False),
        sa.Column("service_code", sa.String(length=12), nullable=False),
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("value", sa.String(length=32), nullable=False),
        sa.Column("source", sa.String(length=16), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("author", sa.String(length=64), nullable=False),
        sa.Column("note", sa.String(length=255), nullable=False),
        sa.ForeignKeyConstraint(
            ["management_code", "service_code"],
            ["adapter.management_code", "adapter.service_code"],
            name=op.f("fk_site_statement_management_code_service_code"),
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_site_statement")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("site_statement", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_site_statement_service_code_number"), ["service_code", "number"], unique=False
        )
    _carry_over()


def _carry_over() -> None:
    """What the terms say already becomes the first line of the history; options that were attached stay so."""
    op.execute(
        "INSERT INTO declared_location (management_code, service_code, location, coverage, effective_at, declared_at,"
        " declared_by, source, reason, applied_at)"
        " SELECT management_code, service_code, declared_location, coverage, created_at, created_at, 'host',"
        " 'records', '', created_at FROM adapter WHERE declared_location <> ''"
    )
    # Under a rule: the provider had decided on each of them when it was recorded by hand.
    op.execute(
        "INSERT INTO option_request (management_code, service_code, state, rule, location, asked_at, asked_by,"
        " decided_at, decided_by, reason)"
        " SELECT a.management_code, a.service_code, 'attached', CASE a.coverage WHEN 'island' THEN 'on_an_island'"
        " WHEN 'uncovered' THEN 'area_uncovered' ELSE 'coverage_unknown' END, d.number, a.created_at, 'host',"
        " a.created_at, 'host', '' FROM adapter a LEFT JOIN declared_location d ON d.service_code = a.service_code"
        " WHERE a.option"
    )
