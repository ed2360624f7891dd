"""Queries of adapters as SQL: every text of a person is a bound parameter, and nothing here is ever NULL in between.

The statement reads one row an adapter, with the unit that serves it, that unit's session and its host's lease; what is
asked of lists (groups, tags, pushes, faults) is an EXISTS. A test holds it to a
plain meaning of the language.
"""

import operator
from collections.abc import Callable
from typing import Any, Final, TypeAlias

import msgspec
from sqlalchemy import ColumnElement, Exists, and_, exists, false, func, not_, or_, select, true

from servicehost.backends.sql import tables
from servicehost.backends.sql.case_tables import fault
from servicehost.backends.sql.group_tables import adapter_group, adapter_tag, group_member
from servicehost.backends.sql.query_states import drift_in, presence_in, stage_in
from servicehost.domain.fault import FaultPhase
from servicehost.domain.query import SEARCHED, All, AnyOf, Field, Kind, Not, Operator, Query, Test, Word, kind_of

__all__ = ["JOINED", "Asked", "condition"]

_adapter = tables.adapter.c
_binding = tables.binding.c
_unit = tables.unit.c
_session = tables.session.c
_lease = tables.lease.c
_group = adapter_group.c
_member = group_member.c
_tag = adapter_tag.c

JOINED: Final = (
    tables.adapter.outerjoin(
        tables.binding, and_(_binding.service_code == _adapter.service_code, _binding.unbound_at.is_(None))
    )
    .outerjoin(tables.unit, _unit.unit_id == _binding.unit_id)
    .outerjoin(tables.session, _session.unit_id == _binding.unit_id)
    .outerjoin(tables.lease, _lease.host == _session.host)
)
"""What conditions speak of: select from it."""

_Condition: TypeAlias = ColumnElement[bool]
_TEXTS: Final[dict[Field, ColumnElement[str]]] = {
    Field.CODE: _adapter.service_code,
    Field.CONTRACT: _adapter.management_code,
    Field.MEMO: _adapter.memo,
    Field.SITE: _adapter.site_name,
    Field.MODEL: func.coalesce(_unit.model, ""),
    Field.SERIAL: func.coalesce(_unit.serial, ""),
    Field.FIRMWARE: func.coalesce(_session.firmware, ""),
}
_COMPARED: Final[dict[Operator, Callable[[Any, Any], Any]]] = {
    Operator.HAS: operator.eq,
    Operator.IS: operator.eq,
    Operator.IS_NOT: operator.ne,
    Operator.BELOW: operator.lt,
    Operator.AT_MOST: operator.le,
    Operator.ABOVE: operator.gt,
    Operator.AT_LEAST: operator.ge,
}


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """When, and by whom: a tenant, or (None) somebody who sees everything."""

    now: int
    tenant: str | None


def condition(query: Query, asked: Asked) -> _Condition:
    """What to put into the WHERE of a statement that selects from `JOINED`, beside what keeps it to a scope."""
    match query:
        case All(parts=parts):
            return and_(true(), *(condition(part, asked) for part in parts))
        case AnyOf(parts=parts):
            return or_(false(), *(condition(part, asked) for part in parts))
        case Not(part=part):
            return not_(condition(part, asked))
        case Word(text=text):
            return or_(*(_contains(_TEXTS[field], text) for field in SEARCHED))
        case Test(operator=Operator.IS_NOT) if kind_of(query.field) is not Kind.NUMBER:
            return not_(_is(query, asked))
    return _is(query, asked)


def _is(test: Test, asked: Asked) -> _Condition:
    answers: dict[Kind, Callable[[], _Condition]] = {
        Kind.TEXT: lambda: _text(test),
        Kind.NAME: lambda: _in_group(func.lower(_group.name) == test.value),
        Kind.TAG: lambda: _tagged(test),
        Kind.NUMBER: lambda: _COMPARED[test.operator](func.coalesce(_adapter.startup_revision, 0), test.number),
        Kind.CHOICE: lambda: _HOLDS[test.value]() if test.field is Field.HAS else _choice(test, asked),
    }
    return answers[kind_of(test.field)]()


def _text(test: Test) -> _Condition:
    column = _TEXTS[test.field]
    return _contains(column, test.value) if test.operator is Operator.HAS else func.lower(column) == test.value


def _contains(column: ColumnElement[str], text: str) -> _Condition:
    return func.lower(column).contains(text, autoescape=True)


def _in_group(*which: _Condition) -> Exists:
    members = select(_member.number).join(adapter_group, _group.number == _member.number)
    return members.where(_member.service_code == _adapter.service_code, *which).correlate(tables.adapter).exists()


def _tagged(test: Test) -> _Condition:
    named = (_tag.service_code == _adapter.service_code, func.lower(_tag.name) == test.value)
    value = () if test.detail is None else (func.lower(_tag.value) == test.detail,)
    return exists().where(*named, *value).correlate(tables.adapter)


_HOLDS: Final[dict[str, Callable[[], _Condition]]] = {
    "unit": lambda: _binding.unit_id.is_not(None),
    "startup": lambda: _adapter.startup_revision.is_not(None),
    "group": _in_group,
    "tag": lambda: exists().where(_tag.service_code == _adapter.service_code).correlate(tables.adapter),
    "push": lambda: exists().where(tables.push.c.open_of == _adapter.service_code).correlate(tables.adapter),
    "fault": lambda: (
        exists()
        .where(fault.c.service_code == _adapter.service_code, fault.c.phase != FaultPhase.CLOSED.value)
        .correlate(tables.adapter)
    ),
}


def _choice(test: Test, asked: Asked) -> _Condition:
    answers: dict[Field, Callable[[], _Condition]] = {
        Field.PRESENCE: lambda: presence_in(asked.now) == test.value,
        Field.STATE: lambda: stage_in(asked.now, asked.tenant) == test.value,
        Field.DRIFT: lambda: drift_in() == test.value,
        Field.ITEM: lambda: _adapter.item == test.value,
        Field.OPTION: lambda: _yes(_adapter.option, test.value),
        Field.MOBILE: lambda: _yes(_adapter.mobile, test.value),
        Field.ENDED: lambda: _yes(func.coalesce(_adapter.out_of_service_at <= asked.now, false()), test.value),
    }
    return answers[test.field]()


def _yes(holds: ColumnElement[bool], value: str) -> _Condition:
    return holds if value == "yes" else not_(holds)
