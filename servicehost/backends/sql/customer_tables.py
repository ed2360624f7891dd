"""The tables of customers: who they are, whom they have named to attend, and links to a first password."""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, String, Table, Text

from servicehost.backends.sql.tables import METADATA, Number, tenant

__all__ = ["customer", "delegate", "first_password_link"]

customer = Table(
    "customer",
    METADATA,
    # Above its management contracts, so of none of them.
    Column("customer_code", String(12), primary_key=True),
    Column("name", String(100), nullable=False),
    Column("created_at", BigInteger, nullable=False),
)

delegate = Table(
    "delegate",
    METADATA,
    Column("number", Number, primary_key=True),
    tenant(),
    Column("name", String(100), nullable=False),
    Column("telephone", String(40), nullable=False),
    # Service codes (JSON); empty: every adapter of the contract.
    Column("service_codes", Text, nullable=False),
    Column("attends_from", BigInteger, nullable=False),
    Column("attends_until", BigInteger),
    Column("named_by", String(64), nullable=False),
    Column("named_at", BigInteger, nullable=False),
    Column("ended_at", BigInteger),
    Column("ended_by", String(64)),
    Column("end_reason", String(255), nullable=False),
    Index(None, "management_code", "number"),
    sqlite_autoincrement=True,
)

first_password_link = Table(
    "first_password_link",
    METADATA,
    # Of the secret in the link: the link itself is kept nowhere.
    Column("link_hash", String(64), primary_key=True),
    tenant(nullable=True),
    Column("person_id", Number, ForeignKey("person.person_id"), nullable=False, index=True),
    Column("made_at", BigInteger, nullable=False),
    Column("made_by", String(64), nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("used_at", BigInteger),
    # When a later link, or the contract's end, took its place.
    Column("voided_at", BigInteger),
)
