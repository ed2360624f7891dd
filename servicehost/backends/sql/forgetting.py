"""Free text outside the audit, where who is erased can be read: found in the tables themselves, so that a table added
later is reached as well."""

import json
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Column, ColumnElement, String, Table, Text, and_, or_, select, update

from servicehost.backends.sql import consent_tables, tables
from servicehost.backends.sql.rows import Scoped
from servicehost.domain.forgetting import is_ours, traces_of, without_in, without_words
from servicehost.domain.phone_call import plain_name

__all__ = ["CODES", "HANDLED", "MACHINES", "OWN_WORDS", "FreeText", "free_text_of"]

_WIDE: Final = 64
"""Narrower columns hold codes and numbers; wider ones what people write, or the beginning of it."""

MACHINES: Final[Mapping[str, frozenset[str]]] = {
    "audit": frozenset({"record"}),
    "certificate": frozenset({"pem"}),
    "consent": frozenset({"rights"}),
    "content": frozenset({"body"}),
    "person": frozenset({"password_hash"}),
    "push": frozenset({"rejected"}),
    "snapshot_member": frozenset({"running"}),
    "session": frozenset({"modules", "status", "takeovers"}),
    "unit": frozenset({"moved_to", "anchors"}),
    "unit_return": frozenset({"missing", "damaged"}),
    "charge_proposal": frozenset({"items"}),
}
"""Wide columns that hold no words of people: sealed, encoded, lists of codes; and configs, which are the customer's own
text, kept under their digest for as long as the contract lasts."""

HANDLED: Final[Mapping[str, frozenset[str]]] = {
    "person": frozenset({"name"}),
    "person_key": frozenset({"name"}),
    "exchange": frozenset({"attendee"}),
    "phone_call": frozenset({"caller_name"}),
    "delegate": frozenset({"name"}),
    "customer": frozenset({"name"}),
}
"""Whole names: another person's that contains this one is theirs and stays. Each is emptied by who erases its owner."""

NUMBERS: Final[Mapping[str, frozenset[str]]] = {
    "shipping_address": frozenset({"telephone"}),
    "destination_word": frozenset({"telephone"}),
}
"""Narrow columns that are looked at too: how somebody is reached who receives parcels."""

CODES: Final = frozenset(
    {
        *("hash", "digest", "startup_digest", "startup_modules", "modules", "certificate", "anchor", "key_fingerprint"),
        *("remote_address", "host", "boot_id", "firmware", "expected_firmware", "model", "serial", "brought_in"),
        *("service_codes", "revoked_reason", "failure", "report_gaps", "version", "life_reason"),
        *("master_id", "manager", "to_person", "made_by", "ordered_by", "requested_by", "recorded_by", "given_by"),
        *("asked_by", "proposed_by", "said_by", "earlier_by", "declared_by", "closed_by", "ended_by", "changed_by"),
        *("named_by", "decided_by", "concluded_by", "withdrawn_by", "inspected_by", "actor"),
    }
)
"""Wide columns, in whatever table, of digests, addresses, versions and Master IDs. One word there stays whoever is
erased: somebody may be called 0. A longer text there is looked at like any other."""

OWN_WORDS: Final[Sequence[tuple[str, str, str]]] = (
    ("revision", "author", "reason"),
    ("declared_location", "declared_by", "reason"),
    ("option_request", "decided_by", "reason"),
    ("site_statement", "author", "note"),
    ("fact", "author", "evidence"),
    ("triage_answer", "author", "note"),
    ("triage_finding", "author", "reason"),
    ("exchange_step", "by", "reason"),
    ("handover", "by", "note"),
    ("unit_return", "changed_by", "reason"),
    ("charge_proposal", "decided_by", "reason"),
    ("enrolment_request", "decided_by", "reason"),
    ("consent", "given_by", "reason"),
    ("consent", "recorded_by", "reason"),
    ("snapshot", "taken_by", "reason"),
    ("rollout", "author", "note"),
    ("task", "ordered_by", "note"),
    ("task_batch", "ordered_by", "note"),
    ("scheduled_order", "ordered_by", "note"),
    ("rollout", "state_by", "reason"),
    ("config_proposal", "proposed_by", "reason"),
    ("config_proposal", "decided_by", "answer"),
    ("area_proposal", "decided_by", "reason"),
    ("shipping_address", "said_by", "word"),
    ("destination_word", "said_by", "reason"),
    ("verdict_override", "by", "reason"),
    ("verdict_override", "withdrawn_by", "withdrawn_reason"),
    ("reservation", "by", "override"),
    ("event", "actor", "reason"),
)
"""Table, the column that says who wrote, and what they wrote: emptied with its author, unless it is a word of ours."""

_event = tables.event.c
_call = consent_tables.phone_call.c
_consent = consent_tables.consent.c
_TOLD: Final = ("note", "evidence")
"""In the detail of an event: what its actor wrote."""


def free_text_of(table: Table) -> list[Column[Any]]:
    """The columns of a table in which anybody's name may stand."""
    kept = MACHINES.get(table.name, frozenset()) | HANDLED.get(table.name, frozenset())
    narrow = NUMBERS.get(table.name, frozenset())
    return [
        column
        for column in table.c
        if isinstance(column.type, String)
        and (isinstance(column.type, Text) or (column.type.length or 0) >= _WIDE or column.name in narrow)
        and not column.primary_key
        and column.name not in kept
    ]


class FreeText(Scoped):
    """What is emptied, and what is taken out of texts that stay."""

    def forget_person(
        self, master_id: str, management_code: str | None, name: str, at: int, numbers: Collection[str] = ()
    ) -> None:
        """Their own words, their calls, and their name and numbers wherever they stand; `numbers`: those they gave.

        Consents that they have given and that have not ended are withdrawn: nobody is left who could.
        """
        numbers = {*numbers, *self._numbers_of(master_id)}
        self._empty_own_words(master_id)
        self.empty_calls([_call.manager == master_id], at)
        gone = update(consent_tables.consent).where(_consent.given_by == master_id, _consent.ends_at > at)
        self._on.execute(gone.where(_consent.withdrawn_at.is_(None)).values(withdrawn_at=at, withdrawn_by="host"))
        self._scrub(management_code, name, numbers)

    def forget_named(self, management_code: str, name: str, at: int, numbers: Collection[str] = ()) -> list[str]:
        """The same for somebody known by name alone: the names that their calls were kept under."""
        chosen = select(_call.call, _call.caller_name, _call.calling_number)
        rows = self._on.execute(chosen.where(_call.management_code == management_code, _call.manager.is_(None))).all()
        own = [row for row in rows if row[1] and plain_name(row[1]) == plain_name(name)]
        self.empty_calls([_call.call.in_([row[0] for row in own])], at)
        self._scrub(management_code, name, {*numbers, *(row[2] for row in own if row[2])})
        return [row[1] for row in own]

    def _numbers_of(self, master_id: str) -> set[str]:
        chosen = select(_call.calling_number).where(_call.manager == master_id, _call.calling_number != "")
        return set(self._on.execute(chosen).scalars())

    def empty_calls(self, whose: Collection[ColumnElement[bool]], at: int) -> int:
        """Who called, from where, what was said and answered: of how many calls."""
        empty = {"caller_name": "", "calling_number": "", "said": "", "answered": "", "erased_at": at}
        return self._on.execute(update(consent_tables.phone_call).where(*whose).values(empty)).rowcount

    def _empty_own_words(self, master_id: str) -> None:
        for name, author, words in OWN_WORDS:
            table = tables.METADATA.tables[name]
            chosen = select(*table.primary_key, table.c[words]).where(_by(table.c[author], master_id))
            for *key, text in self._on.execute(chosen).all():
                if text and not is_ours(text):
                    emptied = None if table.c[words].nullable else ""
                    self._on.execute(update(table).where(_is(table, key)).values({words: emptied}))
        self._empty_exchange_ends(master_id)
        self._empty_reasons_judged(master_id)
        self._empty_told(master_id)

    def _empty_exchange_ends(self, master_id: str) -> None:
        """Why an exchange was called off stands on the exchange itself too, without who said it."""
        from servicehost.backends.sql.case_tables import exchange, exchange_step  # noqa: PLC0415 - see OWN_WORDS

        by_them = select(exchange_step.c.exchange).where(
            exchange_step.c.state == exchange.c.state, _by(exchange_step.c.by, master_id)
        )
        chosen = select(exchange.c.exchange, exchange.c.reason).where(
            exchange.c.reason.is_not(None), exchange.c.exchange.in_(by_them)
        )
        for number, reason in self._on.execute(chosen).all():
            if not is_ours(reason):
                self._on.execute(update(exchange).where(exchange.c.exchange == number).values(reason=None))

    def _empty_reasons_judged(self, master_id: str) -> None:
        """A judgement repeats what was stated, with its reasons, as it was then."""
        from servicehost.backends.sql.case_tables import exchange  # noqa: PLC0415 - see OWN_WORDS

        def is_theirs(author: str) -> bool:
            return author == master_id or author.startswith((f"{master_id} under consent", f"{master_id} as proposed"))

        mentioned = exchange.c.judged.contains(master_id, autoescape=True)
        for number, judged in self._on.execute(select(exchange.c.exchange, exchange.c.judged).where(mentioned)).all():
            rest = without_words(judged, is_theirs)
            if rest != judged:
                self._on.execute(update(exchange).where(exchange.c.exchange == number).values(judged=rest))

    def _empty_told(self, master_id: str) -> None:
        chosen = select(_event.event, _event.detail).where(_by(_event.actor, master_id), _event.detail.is_not(None))
        for number, detail in self._on.execute(chosen).all():
            told = json.loads(detail)
            if any(name in told for name in _TOLD):
                rest = {name: value for name, value in told.items() if name not in _TOLD}
                text = json.dumps(rest, ensure_ascii=False, separators=(",", ":"))
                self._on.execute(update(tables.event).where(_event.event == number).values(detail=text))

    def _scrub(self, management_code: str | None, name: str, numbers: Collection[str]) -> None:
        traces = traces_of(name, numbers)
        if not traces:
            return
        for table in tables.METADATA.sorted_tables:
            columns = free_text_of(table)
            for key, row in self._texts(table, columns, management_code):
                changed = _changed(columns, row, traces)
                if changed:
                    self._on.execute(update(table).where(_is(table, key)).values(changed))

    def _texts(
        self, table: Table, columns: Sequence[Column[Any]], management_code: str | None
    ) -> Iterator[tuple[Sequence[Any], Sequence[Any]]]:
        """Keys and texts: of a contract's person its own rows and those of none, of the provider's everything."""
        if not columns:
            return
        keys = list(table.primary_key)
        chosen = select(*keys, *columns).where(or_(*(and_(one.is_not(None), one != "") for one in columns)))
        if management_code is not None and "management_code" in table.c:
            owner = table.c.management_code
            chosen = chosen.where(or_(owner == management_code, owner.is_(None)))
        for row in self._on.execute(chosen).all():
            yield row[: len(keys)], row[len(keys) :]


def _changed(columns: Sequence[Column[Any]], row: Sequence[Any], traces: Collection[re.Pattern[str]]) -> dict[str, str]:
    texts = {column.name: text for column, text in zip(columns, row, strict=True) if text}
    known = ((name, text, without_in(text, traces, codes=name in CODES)) for name, text in texts.items())
    return {name: rest for name, text, rest in known if rest != text}


def _by(author: ColumnElement[Any], master_id: str) -> ColumnElement[bool]:
    """Whose it is, under a consent or not, or as proposed by somebody else."""
    under = (author.startswith(f"{master_id} {word} ") for word in ("under consent", "as proposed by"))
    return or_(author == master_id, *under)


def _is(table: Table, key: Sequence[Any]) -> ColumnElement[bool]:
    return and_(*(column == value for column, value in zip(table.primary_key, key, strict=True)))
