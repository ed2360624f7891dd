"""The tables of rollouts, of their members, and of how many members stand where."""

from typing import Final

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, Integer, String, Table, Text, text

from servicehost.backends.sql.tables import METADATA, Number, of_adapter, tenant

__all__ = ["rollout", "rollout_count", "rollout_member"]

_IN_FLIGHT: Final = text("state IN ('pushed', 'soaking', 'undoing')")

rollout = Table(
    "rollout",
    METADATA,
    Column("rollout", Number, primary_key=True),
    tenant(),
    Column("name", String(100), nullable=False),
    Column("note", String(255), nullable=False),
    # What its author said (JSON).
    Column("plan", Text, nullable=False),
    Column("state", String(20), nullable=False),
    Column("state_since", BigInteger, nullable=False),
    Column("state_by", String(64), nullable=False),
    Column("reason", String(255)),
    Column("created_at", BigInteger, nullable=False),
    Column("created_by", String(64), nullable=False),
    Column("author", String(64), nullable=False),
    Column("consent", BigInteger),
    Column("starter", String(64)),
    Column("started_at", BigInteger),
    Column("approved_by", String(64)),
    Column("approved_at", BigInteger),
    Column("members", Integer, nullable=False),
    Column("waves", Integer, nullable=False),
    Column("wave", Integer, nullable=False),
    Column("undoing", Boolean, nullable=False),
    Column("deadline_at", BigInteger),
    # When the host looks at it again; nothing while it has nothing to do.
    Column("due_at", BigInteger),
    Column("in_flight", Integer, nullable=False),
    Column("paced_to", BigInteger, nullable=False),
    Column("looked_at", BigInteger, nullable=False),
    Column("gate_waived", Integer, nullable=False),
    Column("forgiven_failed", Integer, nullable=False),
    Column("forgiven_tried", Integer, nullable=False),
    Column("version", Integer, nullable=False),
    Index(None, "management_code", "rollout"),
    Index(
        "ix_rollout_due_at",
        "due_at",
        sqlite_where=text("due_at IS NOT NULL"),
        postgresql_where=text("due_at IS NOT NULL"),
    ),
    sqlite_autoincrement=True,
)

rollout_member = Table(
    "rollout_member",
    METADATA,
    Column("rollout", Number, ForeignKey("rollout.rollout"), primary_key=True, autoincrement=False),
    # Its place in the order of the turns.
    Column("position", Integer, primary_key=True, autoincrement=False),
    *of_adapter(),
    Column("wave", Integer, nullable=False),
    Column("state", String(16), nullable=False),
    Column("changed_at", BigInteger, nullable=False),
    # By what two of one place are known; the place itself is not kept here.
    Column("site", String(16)),
    Column("reason", String(64)),
    Column("revision", Integer),
    Column("digest", String(71)),
    Column("push", BigInteger),
    Column("started_at", BigInteger),
    Column("due_at", BigInteger),
    Column("former_revision", Integer),
    Column("former_digest", String(71)),
    Column("undo_push", BigInteger),
    # The service code until its state is an end: an adapter is in one unfinished rollout at most.
    Column("unfinished_of", String(12)),
    # One push for each member, and one member for each push: whatever is done twice is stopped here.
    Index(None, "rollout", "service_code", unique=True),
    Index(None, "push", unique=True),
    Index(None, "undo_push", unique=True),
    Index(None, "unfinished_of", unique=True),
    Index(None, "rollout", "state", "wave", "position"),
    Index(
        "ix_rollout_member_due_at",
        "rollout",
        "due_at",
        sqlite_where=text("due_at IS NOT NULL"),
        postgresql_where=text("due_at IS NOT NULL"),
    ),
    Index(
        "ix_rollout_member_site_in_flight",
        "management_code",
        "site",
        sqlite_where=_IN_FLIGHT,
        postgresql_where=_IN_FLIGHT,
    ),
    Index(None, "management_code", "service_code"),
)

# How many members of a wave are in a state, written with every move of a member: no look at a rollout reads them all.
rollout_count = Table(
    "rollout_count",
    METADATA,
    Column("rollout", Number, ForeignKey("rollout.rollout"), primary_key=True, autoincrement=False),
    Column("wave", Integer, primary_key=True, autoincrement=False),
    Column("state", String(16), primary_key=True),
    tenant(),
    Column("members", Integer, nullable=False),
)
