"""Consents, calls and proposals on one connection."""

from collections.abc import Collection

import msgspec
from sqlalchemy import insert, select, update

from servicehost.backends.sql import tables
from servicehost.backends.sql.consent_rows import (
    adapters_of,
    call_row,
    consent_row,
    made_consents,
    proposal_row,
    to_call,
    to_proposal,
)
from servicehost.backends.sql.consent_tables import config_proposal, consent, consent_adapter, phone_call
from servicehost.backends.sql.rows import Scoped, to_person
from servicehost.domain.config_proposal import ConfigProposal
from servicehost.domain.consent import Consent
from servicehost.domain.errors import NotFound
from servicehost.domain.people import Person, Role
from servicehost.domain.phone_call import Manager, PhoneCall

__all__ = ["CallRows", "ConfigProposalRows", "ConsentRows"]

_consent = consent.c
_call = phone_call.c
_proposal = config_proposal.c
_person = tables.person.c
_CONCLUDED = ("outcome", "reference", "answered", "concluded_at", "concluded_by")
_DECIDED = ("state", "decided_at", "decided_by", "answer", "revision")


class OfAdapters(Scoped):
    """What hangs on an adapter is of the adapter's contract."""

    def _check_adapters(self, management_code: str, service_codes: Collection[str]) -> None:
        mine = tables.adapter.c
        chosen = select(mine.service_code).where(
            mine.management_code == management_code, mine.service_code.in_(list(service_codes))
        )
        missing = sorted(set(service_codes) - set(self._on.execute(chosen).scalars()))
        if missing:
            raise NotFound("adapter_not_found", f"There is no adapter {missing[0]} in {management_code}")


class ConsentRows(OfAdapters):
    """Tables `consent` and `consent_adapter`."""

    def consents_of(self, management_codes: Collection[str], now: int) -> list[Consent]:
        chosen = (
            select(consent)
            .where(_consent.management_code.in_(list(management_codes)), *self._within(_consent.management_code))
            .where(_consent.ends_at > now, _consent.withdrawn_at.is_(None))
            .order_by(_consent.number)
        )
        rows = self._on.execute(chosen).mappings().all()
        return made_consents(rows, self._on.execute(adapters_of([row["number"] for row in rows])).mappings())

    def consent(self, number: int) -> Consent | None:
        chosen = select(consent).where(_consent.number == number, *self._within(_consent.management_code))
        rows = self._on.execute(chosen).mappings().all()
        return next(iter(made_consents(rows, self._on.execute(adapters_of([number])).mappings())), None)

    def add_consent(self, given: Consent) -> Consent:
        self._own([given.management_code])
        self._check_adapters(given.management_code, given.service_codes)
        added = insert(consent).values(consent_row(given)).returning(_consent.number)
        number: int = self._on.execute(added).scalar_one()
        named = [
            {"consent": number, "management_code": given.management_code, "service_code": code}
            for code in given.service_codes
        ]
        if named:
            self._on.execute(insert(consent_adapter), named)
        return msgspec.structs.replace(given, number=number)

    def has_contract(self, management_code: str) -> bool:
        mine = tables.management_contract.c.management_code
        chosen = select(mine).where(mine == management_code, *self._within(mine))
        return self._on.execute(chosen).first() is not None

    def providers_person(self, master_id: str) -> Person | None:
        of_provider = (_person.management_code.is_(None), _person.name != "")
        row = self._on.execute(select(tables.person).where(_person.master_id == master_id, *of_provider))
        found = row.mappings().first()
        return None if found is None else to_person(found)

    def withdraw_consent(self, number: int, by: str, at: int) -> None:
        mine = (_consent.number == number, *self._within(_consent.management_code))
        self._on.execute(update(consent).where(*mine).values(withdrawn_at=at, withdrawn_by=by))


class CallRows(OfAdapters):
    """Table `phone_call`, and who is known of those who call."""

    def operation_managers(self, management_code: str) -> list[Manager]:
        chosen = (
            select(_person.master_id, _person.name)
            .where(_person.management_code == management_code, _person.role == Role.OPERATION_MANAGER.value)
            .where(_person.name != "", *self._within(_person.management_code))  # who was erased has none
            .order_by(_person.master_id)
        )
        return [Manager(master_id=row[0], name=row[1]) for row in self._on.execute(chosen)]

    def known_person(self, master_id: str) -> Person | None:
        mine = self._within(_person.management_code)
        chosen = select(tables.person).where(_person.master_id == master_id, _person.name != "", *mine)
        row = self._on.execute(chosen).mappings().first()
        return None if row is None else to_person(row)

    def add_call(self, taken: PhoneCall) -> PhoneCall:
        self._own([taken.management_code])
        if taken.management_code is not None and taken.service_code is not None:
            self._check_adapters(taken.management_code, [taken.service_code])
        added = insert(phone_call).values(call_row(taken)).returning(_call.call)
        return msgspec.structs.replace(taken, call=self._on.execute(added).scalar_one())

    def call(self, call: int) -> PhoneCall | None:
        chosen = select(phone_call).where(_call.call == call, *self._within(_call.management_code))
        row = self._on.execute(chosen).mappings().first()
        return None if row is None else to_call(row)

    def save_call(self, taken: PhoneCall) -> None:
        mine = (_call.call == taken.call, *self._within(_call.management_code))
        concluded = {name: getattr(taken, name) for name in _CONCLUDED}
        self._on.execute(update(phone_call).where(*mine).values(concluded))


class ConfigProposalRows(OfAdapters):
    """Table `config_proposal`."""

    def config_proposal(self, number: int) -> ConfigProposal | None:
        chosen = select(config_proposal).where(_proposal.number == number, *self._within(_proposal.management_code))
        row = self._on.execute(chosen).mappings().first()
        return None if row is None else to_proposal(row)

    def add_config_proposal(self, proposal: ConfigProposal) -> ConfigProposal:
        self._own([proposal.management_code])
        self._check_adapters(proposal.management_code, [proposal.service_code])
        added = insert(config_proposal).values(proposal_row(proposal)).returning(_proposal.number)
        return msgspec.structs.replace(proposal, number=self._on.execute(added).scalar_one())

    def save_config_proposal(self, proposal: ConfigProposal) -> None:
        mine = (_proposal.number == proposal.number, *self._within(_proposal.management_code))
        written = {name: getattr(proposal, name) for name in _DECIDED}
        self._on.execute(update(config_proposal).where(*mine).values(written))
