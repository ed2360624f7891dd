"""Rows of consents, calls and proposals to nouns and back."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, Final

import msgspec
from sqlalchemy import ColumnElement, RowMapping, Select, and_, or_, select

from servicehost.backends.sql.consent_tables import config_proposal, consent, consent_adapter, phone_call
from servicehost.domain.config_proposal import ConfigProposal, DraftState
from servicehost.domain.consent import Consent, ConsentState
from servicehost.domain.people import Right, Role
from servicehost.domain.phone_call import CallerMatch, CallOutcome, PhoneCall

__all__ = [
    "adapters_of",
    "call_row",
    "consent_row",
    "in_state",
    "made_consents",
    "proposal_row",
    "reaching",
    "to_call",
    "to_proposal",
]

_rights: Final = msgspec.json.Decoder(tuple[Right, ...])
_consent = consent.c


def consent_row(one: Consent) -> dict[str, Any]:
    """Without its number and its adapters."""
    row = {name: getattr(one, name) for name in Consent.__struct_fields__ if name not in ("number", "service_codes")}
    return row | {"rights": msgspec.json.encode(one.rights).decode()}


def adapters_of(numbers: Sequence[int]) -> Select[Any]:
    """The adapters that these consents name."""
    return select(consent_adapter).where(consent_adapter.c.consent.in_(numbers)).order_by(*consent_adapter.primary_key)


def made_consents(rows: Iterable[RowMapping], adapters: Iterable[RowMapping]) -> list[Consent]:
    """In the order of the rows."""
    named: dict[int, list[str]] = defaultdict(list)
    for row in adapters:
        named[row["consent"]].append(row["service_code"])
    return [_to_consent(row, tuple(named[row["number"]])) for row in rows]


def _to_consent(row: RowMapping, service_codes: tuple[str, ...]) -> Consent:
    fields = {name: row[name] for name in Consent.__struct_fields__ if name != "service_codes"}
    role = None if row["to_role"] is None else Role(row["to_role"])
    return Consent(**fields | {"rights": _rights.decode(row["rights"]), "to_role": role}, service_codes=service_codes)


def in_state(state: ConsentState, now: int) -> ColumnElement[bool]:
    """What `Consent.state` says, as a condition."""
    kept = or_(_consent.withdrawn_at.is_(None), _consent.withdrawn_at > now)
    match state:
        case ConsentState.WITHDRAWN:
            return _consent.withdrawn_at <= now
        case ConsentState.PLANNED:
            return and_(kept, _consent.begins_at > now)
        case ConsentState.IN_FORCE:
            return and_(kept, _consent.begins_at <= now, _consent.ends_at > now)
        case ConsentState.EXPIRED:
            return and_(kept, _consent.begins_at <= now, _consent.ends_at <= now)


def reaching(service_code: str, owner: Select[Any]) -> ColumnElement[bool]:
    """Consents that name the adapter, or none and are of its contract, which `owner` selects."""
    named = select(consent_adapter.c.consent)
    return or_(
        _consent.number.in_(named.where(consent_adapter.c.service_code == service_code)),
        and_(_consent.number.not_in(named), _consent.management_code.in_(owner)),
    )


def call_row(one: PhoneCall) -> dict[str, Any]:
    """Without its number."""
    return {name: getattr(one, name) for name in PhoneCall.__struct_fields__ if name != "call"}


def to_call(row: RowMapping) -> PhoneCall:
    """A row of `phone_call`."""
    fields = {name: row[name] for name in phone_call.c.keys()}  # noqa: SIM118 - columns iterate as columns
    outcome = None if row["outcome"] is None else CallOutcome(row["outcome"])
    return PhoneCall(**fields | {"match": CallerMatch(row["match"]), "outcome": outcome})


def proposal_row(one: ConfigProposal) -> dict[str, Any]:
    """Without its number."""
    return {name: getattr(one, name) for name in ConfigProposal.__struct_fields__ if name != "number"}


def to_proposal(row: RowMapping) -> ConfigProposal:
    """A row of `config_proposal`."""
    fields = {name: row[name] for name in config_proposal.c.keys()}  # noqa: SIM118 - columns iterate as columns
    return ConfigProposal(**fields | {"state": DraftState(row["state"])})
