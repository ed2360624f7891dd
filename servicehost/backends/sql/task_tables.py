"""The tables of tasks and their results."""

from typing import Final

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, LargeBinary, String, Table, Text, text

from servicehost.backends.sql.tables import METADATA, Number, of_adapter, tenant

__all__ = ["task", "task_batch", "task_result", "task_upload"]

# Tasks of one contract that were ordered together.
task_batch: Final = Table(
    "task_batch",
    METADATA,
    Column("batch", Number, primary_key=True),
    tenant(),
    Column("name", String(100), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("adapters", Integer, nullable=False),
    Column("ordered_by", String(64), nullable=False),
    Column("ordered_at", BigInteger, nullable=False),
    Column("note", String(200), nullable=False),
    Index(None, "management_code", "batch"),
    sqlite_autoincrement=True,
)

task: Final = Table(
    "task",
    METADATA,
    Column("task", Number, primary_key=True),
    *of_adapter(),
    Column("kind", String(16), nullable=False),
    # The kind's parameters (JSON).
    Column("work", Text, nullable=False),
    Column("state", String(16), nullable=False),
    Column("reason", String(64), nullable=False),
    Column("ordered_by", String(64), nullable=False),
    Column("ordered_at", BigInteger, nullable=False),
    Column("changed_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("time_out_s", Integer, nullable=False),
    Column("started_at", BigInteger),
    Column("unit_id", Number),
    Column("due_at", BigInteger),
    Column("note", String(200), nullable=False),
    Column("text", String(1024), nullable=False),
    # With which others it was ordered.
    Column("batch", BigInteger),
    # The service code while the task is open: an adapter's oldest one is the first entry of the index, however many
    # wait.
    Column("open_of", String(12)),
    Index(
        "ix_task_open_of",
        "open_of",
        "task",
        sqlite_where=text("open_of IS NOT NULL"),
        postgresql_where=text("open_of IS NOT NULL"),
    ),
    Index(
        "ix_task_due_at",
        "due_at",
        sqlite_where=text("due_at IS NOT NULL"),
        postgresql_where=text("due_at IS NOT NULL"),
    ),
    # How far a batch is, without a look at its tasks.
    Index(
        "ix_task_batch_state",
        "batch",
        "state",
        sqlite_where=text("batch IS NOT NULL"),
        postgresql_where=text("batch IS NOT NULL"),
    ),
    Index(None, "service_code", "task"),
    Index(None, "management_code", "task"),
    sqlite_autoincrement=True,
)

# What a module gave, once for each task and module.
task_result: Final = Table(
    "task_result",
    METADATA,
    Column("task", Number, ForeignKey("task.task"), primary_key=True, autoincrement=False),
    Column("module", Integer, primary_key=True, autoincrement=False),
    tenant(),
    Column("media_type", String(64), nullable=False),
    Column("size_bytes", BigInteger, nullable=False),
    Column("digest", String(71), nullable=False),
    Column("body", LargeBinary),
    Column("failed", String(64), nullable=False),
    Column("removed_at", BigInteger),
    Index(None, "management_code"),
)

# A file that a unit uploaded to its end. The file itself lies in the folder of results beside the database.
task_upload: Final = Table(
    "task_upload",
    METADATA,
    Column("task", Number, ForeignKey("task.task"), primary_key=True, autoincrement=False),
    Column("module", Integer, primary_key=True, autoincrement=False),
    tenant(),
    Column("size_bytes", BigInteger, nullable=False),
    Column("digest", String(71), nullable=False),
    Column("held_at", BigInteger, nullable=False),
    Index(None, "management_code"),
)
