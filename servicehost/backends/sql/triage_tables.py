"""The tables of a triage: what sites answered, and what was decided beside what had been proposed."""

from typing import Final

from sqlalchemy import BigInteger, Column, ForeignKey, String, Table, Text

from servicehost.backends.sql.tables import METADATA, Number, tenant

__all__: Final = ["triage_answer", "triage_finding"]

triage_answer = Table(
    "triage_answer",
    METADATA,
    Column("number", Number, primary_key=True),
    tenant(),
    Column("fault", Number, ForeignKey("fault.fault"), nullable=False, index=True),
    Column("question", String(32), nullable=False),
    Column("reply", String(16), nullable=False),
    Column("source", String(32), nullable=False),
    Column("author", String(64), nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("note", Text, nullable=False),
    sqlite_autoincrement=True,
)

triage_finding = Table(
    "triage_finding",
    METADATA,
    Column("number", Number, primary_key=True),
    tenant(),
    Column("fault", Number, ForeignKey("fault.fault"), nullable=False, index=True),
    Column("author", String(64), nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("cause", String(16), nullable=False),
    # What the rule said when it was decided, and by which of its parts; nothing when it could propose nothing.
    Column("proposed", String(16)),
    Column("rule", String(32)),
    Column("reason", Text, nullable=False),
    # The evidence as it stood then (JSON): what the machine knew is overwritten by what it hears next.
    Column("seen", Text, nullable=False),
    sqlite_autoincrement=True,
)
