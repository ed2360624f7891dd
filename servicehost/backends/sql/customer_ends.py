"""The ends of contracts, of options and of adapters, and the erasure that follows, on one connection."""

from typing import Any, Final

import msgspec
from sqlalchemy import Table, delete, or_, select, update

from servicehost.backends.sql import (
    area_tables,
    audit_tables,
    case_tables,
    consent_tables,
    custody_tables,
    destination_tables,
    right_tables,
    rollout_tables,
    snapshot_tables,
    stock_tables,
    tables,
    task_tables,
    triage_tables,
)
from servicehost.backends.sql.audit import Erasures
from servicehost.backends.sql.customer_tables import customer, delegate, first_password_link
from servicehost.backends.sql.errands import forget_everybody
from servicehost.backends.sql.rows import Scoped, as_text, to_adapter, to_contract
from servicehost.domain.address import Address
from servicehost.domain.contract import ManagementContract
from servicehost.domain.exchange import ExchangeState
from servicehost.domain.forgetting import is_ours
from servicehost.domain.unit import Adapter

__all__ = ["EndRows", "PersonalRows"]

_contract = tables.management_contract.c
_customer = customer.c
_adapter = tables.adapter.c
_person = tables.person.c
_token = tables.token.c
_link = first_password_link.c
_key = audit_tables.person_key.c
_event = tables.event.c
_call = consent_tables.phone_call.c
_shipping = area_tables.shipping_address.c
_sent = destination_tables.destination_word.c
_WORDS: Final = (
    (right_tables.declared_location, "reason"),
    (right_tables.option_request, "reason"),
    (right_tables.site_statement, "note"),
    (case_tables.fact, "evidence"),
    (custody_tables.handover, "note"),
    (custody_tables.unit_return, "reason"),
    (custody_tables.charge_proposal, "reason"),
    (tables.revision, "reason"),
    (tables.binding, "reason"),
    (rollout_tables.rollout, "name"),
    (rollout_tables.rollout, "note"),
    (rollout_tables.rollout, "reason"),
    (triage_tables.triage_answer, "note"),
    (triage_tables.triage_finding, "reason"),
    (consent_tables.consent, "reason"),
    (consent_tables.config_proposal, "reason"),
    (consent_tables.config_proposal, "answer"),
    (task_tables.task, "note"),
    (task_tables.task_batch, "name"),
    (task_tables.task_batch, "note"),
    (task_tables.task, "text"),
    (snapshot_tables.snapshot, "name"),
    (snapshot_tables.snapshot, "reason"),
    (area_tables.area_proposal, "reason"),
    (stock_tables.verdict_override, "reason"),
    (stock_tables.verdict_override, "withdrawn_reason"),
    (stock_tables.reservation, "override"),
)
"""Texts that people wrote beside what they did, by table."""
_SAID: Final = frozenset({ExchangeState.REQUESTED.value, ExchangeState.CANCELLED.value})
"""Who asks for an exchange, or calls it off, says why in their own words; every other reason is one of ours."""
_NOTES: Final = ("note", "evidence")
"""What people wrote, in the detail of an event."""
_OURS: Final = "contract_ended"


class EndRows(Scoped):
    """Ends in `management_contract` and `adapter`."""

    def set_contract_end(self, management_code: str, ends_at: int | None, reason: str) -> None:
        self._mark(management_code, ends_at=ends_at, end_reason=reason)

    def ended_contracts(self, now: int, limit: int) -> list[ManagementContract]:
        return self._contracts(
            _contract.ends_at <= now, _contract.ended_at.is_(None), by=_contract.ends_at, limit=limit
        )

    def mark_contract_ended(self, management_code: str, at: int) -> None:
        self._mark(management_code, ended_at=at)
        self._on.execute(
            delete(tables.token).where(_token.management_code == management_code, *self._within(_token.management_code))
        )
        open_links = (_link.management_code == management_code, _link.used_at.is_(None), _link.voided_at.is_(None))
        voided = update(first_password_link).where(*open_links, *self._within(_link.management_code))
        self._on.execute(voided.values(voided_at=at))

    def set_option_end(self, service_code: str, ends_at: int | None) -> None:
        self._set_end(service_code, option_ends_at=ends_at)

    def ended_options(self, now: int, limit: int) -> list[Adapter]:
        return self._adapters(_adapter.option_ends_at <= now, by=_adapter.option_ends_at, limit=limit)

    def ended_adapters(self, now: int, limit: int) -> list[Adapter]:
        came = (_adapter.out_of_service_at <= now, _adapter.end_carried_at.is_(None))
        return self._adapters(*came, by=_adapter.out_of_service_at, limit=limit)

    def mark_adapter_ended(self, service_code: str, at: int | None) -> None:
        self._set_end(service_code, end_carried_at=at)

    def contracts_to_erase(self, ended_before: int, limit: int) -> list[ManagementContract]:
        ripe = (_contract.ended_at <= ended_before, _contract.erased_at.is_(None))
        return self._contracts(*ripe, by=_contract.ended_at, limit=limit)

    def mark_contract_erased(self, management_code: str, at: int) -> None:
        self._mark(management_code, erased_at=at)

    def _mark(self, management_code: str, **values: object) -> None:
        mine = (_contract.management_code == management_code, *self._within(_contract.management_code))
        self._on.execute(update(tables.management_contract).where(*mine).values(**values))

    def _set_end(self, service_code: str, **values: object) -> None:
        mine = (_adapter.service_code == service_code, *self._within(_adapter.management_code))
        self._on.execute(update(tables.adapter).where(*mine).values(**values))

    def _contracts(self, *which: Any, by: Any, limit: int) -> list[ManagementContract]:
        chosen = select(tables.management_contract).where(*which, *self._within(_contract.management_code))
        rows = self._on.execute(chosen.order_by(by, _contract.management_code).limit(limit)).mappings()
        return [to_contract(row) for row in rows]

    def _adapters(self, *which: Any, by: Any, limit: int) -> list[Adapter]:
        chosen = select(tables.adapter).where(*which, *self._within(_adapter.management_code))
        rows = self._on.execute(chosen.order_by(by, _adapter.service_code).limit(limit)).mappings()
        return [to_adapter(row) for row in rows]


class PersonalRows(Erasures):
    """What says something of a contract's people, at its end."""

    def erase_people_of(self, management_code: str, password_hash: str, at: int) -> int:
        self._own([management_code])
        chosen = select(_person.master_id).where(_person.management_code == management_code, _person.name != "")
        master_ids = self._on.execute(chosen).scalars().all()
        erased = sum(self.erase_person(one, password_hash, at) for one in master_ids)
        self._on.execute(delete(first_password_link).where(_link.management_code == management_code))
        return erased

    def erase_named_of(self, management_code: str, at: int) -> int:
        self._own([management_code])
        exchange, named = case_tables.exchange.c, delegate.c
        attended = select(exchange.attendee).where(exchange.management_code == management_code, exchange.attendee != "")
        delegates = select(named.name).where(named.management_code == management_code, named.name != "")
        names = {name for chosen in (attended, delegates) for name in self._on.execute(chosen).scalars()}
        for name in sorted(names):
            self.erase_named(management_code, name, at)
        self._empty(delegate, management_code, name="", telephone="", end_reason="")
        self._overwrite(on=True)
        forget_everybody(self._on, management_code)
        self._overwrite(on=False)
        self._destroy_all("named", management_code, at, name=None)
        return len(names)

    def erase_places_of(self, management_code: str, at: int) -> int:
        self._own([management_code])
        self._overwrite(on=True)
        adapters = self._empty(tables.adapter, management_code, site_name="", memo="", declared_location="")
        unknown = {"location": "", "municipality": None, "city": None, "postal_code": None}
        self._empty(right_tables.declared_location, management_code, **unknown)
        self._destroy_all("contract", management_code, at)
        self._overwrite(on=False)
        return adapters

    def erase_shipping_addresses(self, management_code: str) -> int:
        mine = (_shipping.management_code == management_code, *self._within(_shipping.management_code))
        standing = update(area_tables.shipping_address).where(*mine, _shipping.postal_code.is_not(None))
        self._overwrite(on=True)
        erased = self._on.execute(standing.values({**dict.fromkeys(Address.__struct_fields__), "word": ""})).rowcount
        self._overwrite(on=False)
        return erased

    def erase_destinations_of(self, management_code: str) -> int:
        self._own([management_code])
        self._overwrite(on=True)
        stands = or_(_sent.postal_code.is_not(None), _sent.reason != "")
        words = update(destination_tables.destination_word).where(_sent.management_code == management_code, stands)
        empty = {**dict.fromkeys(Address.__struct_fields__), "reason": ""}
        erased = self._on.execute(words.values(empty)).rowcount
        gone = update(case_tables.exchange).where(
            case_tables.exchange.c.management_code == management_code, case_tables.exchange.c.destination.is_not(None)
        )
        erased += self._on.execute(gone.values(destination=None)).rowcount
        self._overwrite(on=False)
        return erased

    def erase_labels_of(self, management_code: str) -> int:
        self._own([management_code])
        self._overwrite(on=True)
        mine = update(tables.management_contract).where(_contract.management_code == management_code)
        erased = self._on.execute(mine.where(_contract.label != "").values(label="")).rowcount
        whose = select(_contract.customer_code).where(_contract.management_code == management_code)
        others = select(_contract.customer_code).where(
            _contract.customer_code == _customer.customer_code,
            _contract.management_code != management_code,
            _contract.erased_at.is_(None),
        )
        last = update(customer).where(_customer.customer_code.in_(whose), ~others.exists(), _customer.name != "")
        erased += self._on.execute(last.values(name="")).rowcount
        self._overwrite(on=False)
        return erased

    def erase_calls_of(self, management_code: str, at: int) -> int:
        self._own([management_code])
        self._overwrite(on=True)
        erased = self.empty_calls([_call.management_code == management_code, _call.erased_at.is_(None)], at)
        self._overwrite(on=False)
        return erased

    def erase_words_of(self, management_code: str) -> int:
        self._own([management_code])
        self._overwrite(on=True)
        texts = 0
        for table, column in _WORDS:
            written = (table.c.management_code == management_code, table.c[column] != "")
            texts += self._on.execute(update(table).where(*written).values({column: ""})).rowcount
        for table, when in (
            (case_tables.exchange, case_tables.exchange.c.state.in_(_SAID)),
            (case_tables.exchange_step, case_tables.exchange_step.c.state.in_(_SAID)),
        ):
            theirs = (table.c.management_code == management_code, when, table.c.reason.not_in(["", _OURS]))
            texts += self._on.execute(update(table).where(*theirs).values(reason="")).rowcount
        texts += self._empty_event_reasons(management_code)
        texts += self._empty_judged(management_code)
        texts += self._empty_notes(management_code)
        self._overwrite(on=False)
        return texts

    def _empty_event_reasons(self, management_code: str) -> int:
        """Whatever is not a word of the service's own was written by somebody."""
        mine = (_event.management_code == management_code, _event.reason.is_not(None), _event.reason != "")
        said = self._on.execute(select(_event.reason).where(*mine).distinct()).scalars().all()
        emptied = 0
        for reason in said:
            if not is_ours(reason):
                theirs = update(tables.event).where(*mine, _event.reason == reason)
                emptied += self._on.execute(theirs.values(reason="")).rowcount
        return emptied

    def _empty_judged(self, management_code: str) -> int:
        """The trace of a verdict repeats what stood beside the facts."""
        exchange, emptied = case_tables.exchange.c, 0
        mine = (exchange.management_code == management_code, exchange.judged.is_not(None))
        for number, judged in self._on.execute(select(exchange.exchange, exchange.judged).where(*mine)).all():
            read = msgspec.json.decode(judged)
            if _without_words(read):
                kept = update(case_tables.exchange).where(exchange.exchange == number)
                self._on.execute(kept.values(judged=as_text(read)))
                emptied += 1
        return emptied

    def _empty_notes(self, management_code: str) -> int:
        written = or_(*(_event.detail.contains(f'"{name}"') for name in _NOTES))
        noted = (_event.management_code == management_code, written)
        emptied = 0
        for number, detail in self._on.execute(select(_event.event, _event.detail).where(*noted)).all():
            read = msgspec.json.decode(detail)
            kept = {name: value for name, value in read.items() if name not in _NOTES}
            if kept != read:
                self._on.execute(update(tables.event).where(_event.event == number).values(detail=as_text(kept)))
                emptied += 1
        return emptied

    def _empty(self, table: Table, management_code: str, **values: str | None) -> int:
        return self._on.execute(update(table).where(table.c.management_code == management_code).values(values)).rowcount

    def _destroy_all(self, kind: str, management_code: str, at: int, **also: None) -> None:
        mine = (_key.kind == kind, _key.management_code == management_code, _key.key.is_not(None))
        gone = update(audit_tables.person_key).where(*mine)
        self._on.execute(gone.values(key=None, destroyed_at=at, **also))


def _without_words(read: Any) -> bool:
    """Empty the reasons of all statements in it, in place; whether there was one."""
    parts = read.values() if isinstance(read, dict) else read if isinstance(read, list) else ()
    found = False
    for statement in read.get("statements", ()) if isinstance(read, dict) else ():
        found = bool(statement.get("reason")) or found
        statement["reason"] = ""
    for part in parts:
        found = _without_words(part) or found
    return found
