"""The tables. Whatever belongs to a customer carries its management contract. Instants are milliseconds, UTC.

Columns that hold JSON are text: the structs of the domain, encoded by msgspec. `alembic` migrations build the same
tables step by step; a test compares the two.
"""

from typing import Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

__all__ = ["METADATA", "Number", "of_adapter", "tenant"]

METADATA: Final = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)
# SQLite makes a row's number cheap only when the key is INTEGER; elsewhere 32 bits would run out.
Number: Final = BigInteger().with_variant(Integer, "sqlite")


def tenant(*, nullable: bool = False) -> Column[str]:
    """The column that says whose a row is."""
    return Column("management_code", String(12), ForeignKey("management_contract.management_code"), nullable=nullable)


def of_adapter(*, primary_key: bool = False) -> tuple[Column[str], Column[str], ForeignKeyConstraint]:
    """The columns that say to which adapter, and so whose, a row is."""
    names = ["management_code", "service_code"]
    return (
        Column("management_code", String(12), nullable=False),
        Column("service_code", String(12), nullable=False, primary_key=primary_key),
        ForeignKeyConstraint(names, [f"adapter.{name}" for name in names]),
    )


management_contract = Table(
    "management_contract",
    METADATA,
    Column("management_code", String(12), primary_key=True),
    Column("label", String(100), nullable=False),
    Column("created_at", BigInteger, nullable=False),
    # Whose contract it is; none for those taken up before customers were on record. Without a foreign key, for which
    # SQLite would have to build the table anew under everything that hangs on it: the repository looks itself.
    Column("customer_code", String(12), index=True),
    # When it ends and why, when the host has carried that out, and when what says something of people was erased.
    Column("ends_at", BigInteger),
    Column("end_reason", String(255), nullable=False, server_default=""),
    Column("ended_at", BigInteger),
    Column("erased_at", BigInteger),
)

person = Table(
    "person",
    METADATA,
    Column("person_id", Number, primary_key=True),
    tenant(nullable=True),
    Column("master_id", String(64), nullable=False, unique=True),
    Column("name", String(100), nullable=False),
    Column("role", String(32), nullable=False),
    Column("password_hash", Text, nullable=False),
    Column("password_one_time", Boolean, nullable=False),
    Column("organisation", String(100), nullable=False, server_default=""),
    Column("telephone", String(40), nullable=False, server_default=""),
    Column("mail", String(254), nullable=False, server_default=""),
)

token = Table(
    "token",
    METADATA,
    Column("token_hash", String(64), primary_key=True),
    tenant(nullable=True),
    Column("person_id", Number, ForeignKey("person.person_id"), nullable=False, index=True),
    Column("created_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
)

unit = Table(
    "unit",
    METADATA,
    Column("unit_id", Number, primary_key=True),
    # The contract of the adapter the unit serves; none while it is the provider's stock.
    tenant(nullable=True),
    Column("distribution_id", String(39), nullable=False, unique=True),
    Column("model", String(64), nullable=False),
    Column("serial", String(64), nullable=False),
    Column("registered_at", BigInteger, nullable=False),
    Column("ownership", String(16), nullable=False, server_default="rental"),
    Column("channel", String(16), nullable=False, server_default="direct"),
    Column("life", String(16), nullable=False, server_default="registered"),
    Column("life_since", BigInteger, nullable=False, server_default="0"),
    Column("life_reason", String(255), nullable=False, server_default=""),
    # When two boxes were found to share this identity; nothing once a person has looked.
    Column("held_at", BigInteger),
    # Which hosts carry the unit now (JSON, in order), when it is not this service host.
    Column("moved_to", Text),
    # Fingerprints of the trust anchors that the unit says it holds (JSON).
    Column("anchors", Text),
    # Certificates issued before this are to be renewed, and why.
    Column("renew_asked_at", BigInteger),
    Column("renew_reason", String(32)),
    UniqueConstraint("model", "serial"),
)

enrolment = Table(
    "enrolment",
    METADATA,
    Column("token_hash", String(64), primary_key=True),
    tenant(nullable=True),
    Column("unit_id", Number, ForeignKey("unit.unit_id"), nullable=False, index=True),
    Column("created_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("used_at", BigInteger),
    # The key it was used with and what was issued for it: the same request again gets the same certificate again.
    Column("key_fingerprint", String(64)),
    Column("certificate", String(64)),
)

enrolment_request = Table(
    "enrolment_request",
    METADATA,
    Column("request", Number, primary_key=True),
    tenant(nullable=True),
    Column("unit_id", Number, ForeignKey("unit.unit_id"), nullable=False),
    Column("key_fingerprint", String(64), nullable=False),
    Column("way", String(16), nullable=False),
    Column("state", String(16), nullable=False),
    Column("asked_at", BigInteger, nullable=False),
    Column("last_asked_at", BigInteger, nullable=False),
    Column("remote_address", String(64), nullable=False),
    Column("decided_at", BigInteger),
    Column("decided_by", String(64)),
    Column("reason", String(255)),
    UniqueConstraint("unit_id", "key_fingerprint"),
    Index(None, "state", "request"),
    sqlite_autoincrement=True,
)

certificate = Table(
    "certificate",
    METADATA,
    Column("fingerprint", String(64), primary_key=True),
    tenant(nullable=True),
    Column("unit_id", Number, ForeignKey("unit.unit_id"), nullable=False, index=True),
    Column("serial_number", String(48), nullable=False),
    Column("issued_at", BigInteger, nullable=False),
    Column("not_before", BigInteger, nullable=False, server_default="0"),
    Column("not_after", BigInteger, nullable=False),
    # SHA-256 of the trust anchor it leads to, of its public key, and how the unit proved itself.
    Column("anchor", String(64), nullable=False, server_default=""),
    Column("key_fingerprint", String(64), nullable=False, server_default=""),
    Column("way", String(16), nullable=False, server_default="token"),
    Column("pem", Text, nullable=False, server_default=""),
    Column("first_used_at", BigInteger),
    # When a later certificate of the unit was first used, and when and why this one was revoked.
    Column("superseded_at", BigInteger),
    Column("revoked_at", BigInteger),
    Column("revoked_reason", String(64)),
)

fence_change = Table(
    "fence_change",
    METADATA,
    Column("change", Number, primary_key=True),
    tenant(nullable=True),
    Column("unit_id", Number, ForeignKey("unit.unit_id"), nullable=False),
    # Sessions of the unit with an epoch below this one have no place any more, for the reason of this close code.
    Column("below_epoch", BigInteger, nullable=False),
    Column("code", Integer, nullable=False),
    Column("at", BigInteger, nullable=False),
    sqlite_autoincrement=True,
)

attempt = Table(
    "attempt",
    METADATA,
    Column("attempt", Number, primary_key=True),
    tenant(nullable=True),
    Column("unit_id", Number, ForeignKey("unit.unit_id")),
    # As the certificate says, also when no such unit is registered.
    Column("distribution_id", String(39)),
    Column("at", BigInteger, nullable=False),
    Column("host", String(64), nullable=False),
    Column("remote_address", String(64), nullable=False),
    Column("certificate", String(64)),
    Column("tls_version", String(16)),
    Column("outcome", String(16), nullable=False),
    Column("reason", String(64), nullable=False),
    Column("detail", Text),
    Index(None, "unit_id", "attempt"),
    Index(None, "distribution_id", "attempt"),
    sqlite_autoincrement=True,
)

adapter = Table(
    "adapter",
    METADATA,
    Column("service_code", String(12), primary_key=True),
    tenant(),
    Column("memo", String(255), nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("startup_revision", Integer),
    Column("startup_digest", String(71)),
    # Every module of it (JSON); nothing when the main one is all and fits in a frame.
    Column("startup_modules", Text),
    Column("item", String(16), nullable=False, server_default="entry"),
    Column("option", Boolean, nullable=False, server_default="0"),
    Column("declared_location", String(255), nullable=False, server_default=""),
    Column("coverage", String(16)),
    # When the contract ends or has ended.
    Column("out_of_service_at", BigInteger),
    # As the order had it; the memo begins with it and goes its own way.
    Column("site_name", String(255), nullable=False, server_default=""),
    # Model-serial of the customer's own unit, as the order had it.
    Column("brought_in", String(64)),
    # When the option ends, and when the end of the contract was carried out.
    Column("option_ends_at", BigInteger),
    Column("end_carried_at", BigInteger),
    Column("mobile", Boolean, nullable=False, server_default="0"),
    Index(None, "brought_in", unique=True),
    # Unique so that what belongs to an adapter can name it together with its contract: never another customer's.
    Index(None, "management_code", "service_code", unique=True),
)

binding = Table(
    "binding",
    METADATA,
    Column("number", Number, primary_key=True),
    *of_adapter(),
    Column("unit_id", Number, ForeignKey("unit.unit_id"), nullable=False),
    Column("bound_at", BigInteger, nullable=False),
    Column("unbound_at", BigInteger),
    Column("reason", String(255), nullable=False),
    # Why it ended.
    Column("unbound_reason", String(255)),
    # One unit serves one adapter and one adapter has one unit, at any instant.
    Index(
        "uq_binding_service_code_in_force",
        "service_code",
        unique=True,
        sqlite_where=text("unbound_at IS NULL"),
        postgresql_where=text("unbound_at IS NULL"),
    ),
    Index(
        "uq_binding_unit_id_in_force",
        "unit_id",
        unique=True,
        sqlite_where=text("unbound_at IS NULL"),
        postgresql_where=text("unbound_at IS NULL"),
    ),
    sqlite_autoincrement=True,
)

session = Table(
    "session",
    METADATA,
    Column("unit_id", Number, ForeignKey("unit.unit_id"), primary_key=True, autoincrement=False),
    tenant(nullable=True),
    Column("epoch", BigInteger, nullable=False),
    # The binding in force, copied here so that a fence costs one row of one table.
    Column("binding", BigInteger),
    Column("host", String(64), nullable=False),
    Column("run", BigInteger, nullable=False),
    Column("opened_at", BigInteger, nullable=False),
    Column("heard_at", BigInteger, nullable=False),
    Column("ended_at", BigInteger),
    Column("ending", String(32)),
    Column("certificate", String(64)),
    # The trust anchor which that certificate leads to.
    Column("anchor", String(64), nullable=False, server_default=""),
    Column("remote_address", String(64)),
    Column("tls_version", String(16)),
    Column("firmware", String(64)),
    Column("boot_id", String(64)),
    Column("boot_cause", String(32)),
    Column("clock_skew_ms", BigInteger),
    Column("modules", Text, nullable=False),
    Column("status", Text),
    # How many reports this session has brought; no further than the acceptance check counts.
    Column("reports", Integer, nullable=False, server_default="0"),
    # Hellos of the last minutes that took the place of a session that answered, of another boot (JSON); mostly none.
    Column("takeovers", Text),
    # Milliseconds between its last reports, the newest last.
    Column("report_gaps", Text, nullable=False, server_default=""),
)

lease = Table(
    "lease",
    METADATA,
    Column("host", String(64), primary_key=True),
    Column("run", BigInteger, nullable=False),
    Column("started_at", BigInteger, nullable=False),
    Column("renewed_at", BigInteger, nullable=False),
)

content = Table(
    "content",
    METADATA,
    Column("management_code", String(12), ForeignKey("management_contract.management_code"), primary_key=True),
    Column("digest", String(71), primary_key=True),
    Column("body", Text, nullable=False),
)

revision = Table(
    "revision",
    METADATA,
    *of_adapter(primary_key=True),
    Column("module", Integer, primary_key=True),
    Column("revision", Integer, primary_key=True),
    Column("digest", String(71), nullable=False),
    Column("size_bytes", Integer, nullable=False),
    Column("saved_at", BigInteger, nullable=False),
    Column("author", String(64), nullable=False),
    Column("reason", String(255), nullable=False),
    Column("kind", String(8), nullable=False, server_default="text"),
    Column("name", String(64), nullable=False, server_default=""),
    Column("version", String(64), nullable=False, server_default=""),
)

push = Table(
    "push",
    METADATA,
    Column("push", Number, primary_key=True),
    *of_adapter(),
    Column("module", Integer, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("digest", String(71), nullable=False),
    Column("phase", String(16), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("ordered_by", String(64), nullable=False),
    Column("ordered_at", BigInteger, nullable=False),
    Column("changed_at", BigInteger, nullable=False),
    Column("confirm_timeout_s", Integer, nullable=False),
    Column("expires_at", BigInteger),
    Column("outcome", String(16)),
    Column("reason", String(64)),
    Column("rejected", Text),
    # The service code while the push is open, nothing once it has ended: what is under way is found however long the
    # history is, and a change from one open phase to the next touches no index.
    Column("open_of", String(12)),
    # Every module of the revision (JSON); nothing when the main one is all and fits in a frame.
    Column("modules", Text),
    Column("target", String(8), nullable=False, server_default="both"),
    Index(
        "ix_push_open_of",
        "open_of",
        sqlite_where=text("open_of IS NOT NULL"),
        postgresql_where=text("open_of IS NOT NULL"),
    ),
    Index(None, "service_code", "push"),
    sqlite_autoincrement=True,
)

unit_event = Table(
    "unit_event",
    METADATA,
    Column("unit_id", Number, ForeignKey("unit.unit_id"), primary_key=True, autoincrement=False),
    Column("boot_id", String(64), primary_key=True),
    Column("sequence", BigInteger, primary_key=True),
    tenant(nullable=True),
)

event = Table(
    "event",
    METADATA,
    Column("event", Number, primary_key=True),
    tenant(nullable=True),
    Column("at", BigInteger, nullable=False),
    Column("class", String(16), nullable=False),
    Column("sub_type", String(48), nullable=False),
    Column("severity", Integer, nullable=False),
    Column("service_code", String(12)),
    Column("unit_id", Number),
    Column("actor", String(64), nullable=False),
    Column("reason", String(64)),
    Column("detail", Text),
    Index(None, "management_code", "event"),
    Index(
        "ix_event_of_adapter",
        "service_code",
        "event",
        sqlite_where=text("service_code IS NOT NULL"),
        postgresql_where=text("service_code IS NOT NULL"),
    ),
    sqlite_autoincrement=True,
)
