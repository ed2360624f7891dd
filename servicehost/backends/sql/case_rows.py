"""Rows of the case tables to nouns and back."""

from collections.abc import Mapping
from typing import Any, Final

import msgspec
from sqlalchemy import RowMapping

from servicehost.backends.sql.rows import as_text
from servicehost.domain.acceptance import AcceptancePoint, Point
from servicehost.domain.charge import Charge
from servicehost.domain.destination import Destination
from servicehost.domain.exchange import Exchange, ExchangeState, Judged, Step
from servicehost.domain.fact import Fact
from servicehost.domain.fact_kind import Cause, FactName, FactValue, Source
from servicehost.domain.fault import Fault, FaultEnd, FaultPhase
from servicehost.domain.hold import Hold
from servicehost.domain.instant import as_datetime, from_datetime
from servicehost.domain.reaction import Operation, Reaction
from servicehost.domain.rules import Verdict
from servicehost.domain.symptom import SymptomKind
from servicehost.ports.case_reads import SymptomRow
from servicehost.ports.cases import FactRow

__all__ = [
    "exchange_row",
    "fact_row",
    "fault_row",
    "reaction_row",
    "to_exchange",
    "to_fact",
    "to_fault",
    "to_point",
    "to_reaction",
    "to_step",
    "to_symptom",
]

_judged: Final = msgspec.json.Decoder(Judged)
_destination: Final = msgspec.json.Decoder(Destination)
_MADE: Final = ("judged", "destination")
_detail: Final = msgspec.json.Decoder(dict[str, Any])
_YES_NO: Final[Mapping[str, bool]] = {"true": True, "false": False}
_WRITTEN: Final[Mapping[bool, str]] = {value: text for text, value in _YES_NO.items()}


def _fields(row: RowMapping, struct: type[msgspec.Struct], *but: str) -> dict[str, Any]:
    return {name: row[name] for name in struct.__struct_fields__ if name not in but}


def _written(struct: msgspec.Struct, *but: str) -> dict[str, Any]:
    return {name: getattr(struct, name) for name in struct.__struct_fields__ if name not in but}


def fault_row(fault: Fault) -> dict[str, Any]:
    """Without its number."""
    return _written(fault, "fault")


def to_fault(row: RowMapping) -> Fault:
    """A row of `fault`."""
    return Fault(
        phase=FaultPhase(row["phase"]),
        cause=None if row["cause"] is None else Cause(row["cause"]),
        reason=None if row["reason"] is None else FaultEnd(row["reason"]),
        **_fields(row, Fault, "phase", "cause", "reason"),
    )


def to_symptom(row: RowMapping) -> SymptomRow:
    """A row of `symptom`."""
    return SymptomRow(kind=SymptomKind(row["kind"]), **_fields(row, SymptomRow, "kind"))


def exchange_row(exchange: Exchange) -> dict[str, Any]:
    """Without its number."""
    made = {name: getattr(exchange, name) for name in _MADE}
    texts = {name: None if one is None else as_text(one) for name, one in made.items()}
    return _written(exchange, "exchange", *_MADE) | texts


def to_exchange(row: RowMapping) -> Exchange:
    """A row of `exchange`."""
    return Exchange(
        state=ExchangeState(row["state"]),
        method=None if row["method"] is None else Verdict(row["method"]),
        charge=None if row["charge"] is None else Charge(row["charge"]),
        judged=None if row["judged"] is None else _judged.decode(row["judged"]),
        held=None if row["held"] is None else Hold(row["held"]),
        destination=None if row["destination"] is None else _destination.decode(row["destination"]),
        **_fields(row, Exchange, "state", "method", "charge", "held", *_MADE),
    )


def to_step(row: RowMapping) -> Step:
    """A row of `exchange_step`."""
    return Step(state=ExchangeState(row["state"]), **_fields(row, Step, "state"))


def to_point(row: RowMapping) -> AcceptancePoint:
    """A row of `acceptance_point`."""
    return AcceptancePoint(point=Point(row["point"]), **_fields(row, AcceptancePoint, "point"))


def fact_row(row: FactRow) -> dict[str, Any]:
    """Without its number."""
    fact = row.fact
    return {
        "management_code": row.management_code,
        "fault": row.fault,
        "exchange": row.exchange,
        "name": fact.name.value,
        "value": _WRITTEN[fact.value] if isinstance(fact.value, bool) else str(fact.value),
        "source": fact.source.value,
        "at": from_datetime(fact.time),
        "author": fact.author,
        "settles": fact.settles,
        "evidence": row.evidence or fact.reason,
    }


def to_fact(row: RowMapping) -> FactRow:
    """A row of `fact`."""
    value: FactValue = _YES_NO.get(row["value"], row["value"])
    fact = Fact(
        name=FactName(row["name"]),
        value=value,
        source=Source(row["source"]),
        time=as_datetime(row["at"]),
        author=row["author"],
        settles=row["settles"],
        reason=row["evidence"],
    )
    return FactRow(fact=fact, **_fields(row, FactRow, "fact"))


def reaction_row(reaction: Reaction) -> dict[str, Any]:
    """Without its number."""
    return _written(reaction, "number", "detail") | {"detail": as_text(reaction.detail)}


def to_reaction(row: RowMapping) -> Reaction:
    """A row of `outbox`."""
    return Reaction(
        operation=Operation(row["operation"]),
        detail=_detail.decode(row["detail"]),
        **_fields(row, Reaction, "operation", "detail"),
    )
