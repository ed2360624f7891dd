"""Rows of rights to nouns and back; the one question whose answers make an adapter's record."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import ColumnElement, RowMapping, Select, func, select

from servicehost.backends.sql import tables
from servicehost.backends.sql.area_rows import to_area
from servicehost.backends.sql.area_tables import closed_area, shipping_address
from servicehost.backends.sql.customer_rows import to_delegate
from servicehost.backends.sql.customer_tables import delegate
from servicehost.backends.sql.right_tables import declared_location, option_request, site_statement
from servicehost.domain.declared_location import DeclaredBy, DeclaredLocation
from servicehost.domain.delegate import Delegate
from servicehost.domain.fact import Fact
from servicehost.domain.fact_kind import Coverage, FactName, FactValue, Source
from servicehost.domain.instant import as_datetime, from_datetime
from servicehost.domain.option import AttachCode, OptionRequest, OptionState
from servicehost.domain.people import Role
from servicehost.domain.place import Place
from servicehost.domain.standing import RightRecord

__all__ = ["location_row", "made_records", "questions", "request_row", "statement_row", "to_location"]

_YES_NO: Final[Mapping[str, bool]] = {"true": True, "false": False}
_PLAIN: Final = tuple(name for name in DeclaredLocation.__struct_fields__ if name != "place")
_WRITTEN: Final[Mapping[bool, str]] = {value: text for text, value in _YES_NO.items()}


def location_row(one: DeclaredLocation) -> dict[str, Any]:
    """Without its number."""
    lies = one.place
    return {name: getattr(one, name) for name in _PLAIN if name != "number"} | {
        "municipality": None if lies is None else lies.municipality,
        "city": None if lies is None else lies.city,
        "postal_code": None if lies is None else lies.postal_code,
    }


def to_location(row: RowMapping) -> DeclaredLocation:
    """A row of `declared_location`."""
    fields = {name: row[name] for name in _PLAIN}
    fields["place"] = _to_place(row)
    coverage = None if row["coverage"] is None else Coverage(row["coverage"])
    return DeclaredLocation(**fields | {"coverage": coverage, "source": DeclaredBy(row["source"])})


def _to_place(row: RowMapping) -> Place | None:
    if row["municipality"] is None:
        return None
    return Place(municipality=row["municipality"], city=row["city"], postal_code=row["postal_code"] or "")


def request_row(one: OptionRequest) -> dict[str, Any]:
    """Without its number."""
    return {name: getattr(one, name) for name in OptionRequest.__struct_fields__ if name != "number"}


def _to_request(row: RowMapping) -> OptionRequest:
    fields = {name: row[name] for name in OptionRequest.__struct_fields__}
    rule = None if row["rule"] is None else AttachCode(row["rule"])
    return OptionRequest(**fields | {"state": OptionState(row["state"]), "rule": rule})


def statement_row(management_code: str, service_code: str, fact: Fact, note: str) -> dict[str, Any]:
    """Without its number."""
    return {
        "management_code": management_code,
        "service_code": service_code,
        "name": fact.name.value,
        "value": _WRITTEN[fact.value] if isinstance(fact.value, bool) else str(fact.value),
        "source": fact.source.value,
        "at": from_datetime(fact.time),
        "author": fact.author,
        "note": note,
    }


def _to_statement(row: RowMapping) -> Fact:
    value: FactValue = _YES_NO.get(row["value"], row["value"])
    return Fact(
        name=FactName(row["name"]),
        value=value,
        source=Source(row["source"]),
        time=as_datetime(row["at"]),
        author=row["author"],
    )


def questions(codes: Collection[str], within: Sequence[ColumnElement[bool]]) -> tuple[Select[Any], ...]:
    """What `made_records` reads, in its order; `within` keeps adapters to a scope."""
    mine = tables.adapter.c
    adapters = select(mine.service_code).where(mine.service_code.in_(list(codes)), *within)
    person = tables.person.c
    managers = (
        select(func.count())
        .where(
            person.management_code == mine.management_code,
            person.role == Role.OPERATION_MANAGER.value,
            person.name != "",  # who was erased has none
        )
        .scalar_subquery()
    )
    said, asked, declared = site_statement.c, option_request.c, declared_location.c
    newest_words = select(func.max(said.number)).where(said.service_code.in_(adapters))
    newest_asked = select(func.max(asked.number)).where(asked.service_code.in_(adapters))
    named, shipped = delegate.c, shipping_address.c
    contracts = select(mine.management_code).where(mine.service_code.in_(list(codes)), *within)
    return (
        select(mine.service_code, mine.management_code, managers.label("managers")).where(
            mine.service_code.in_(list(codes)), *within
        ),
        select(declared_location).where(declared.service_code.in_(adapters)).order_by(declared.number),
        select(option_request).where(asked.number.in_(newest_asked.group_by(asked.service_code))),
        select(site_statement)
        .where(said.number.in_(newest_words.group_by(said.service_code, said.name, said.source)))
        .order_by(said.number),
        select(closed_area).where(closed_area.c.ended_at.is_(None)).order_by(closed_area.c.number),
        select(delegate).where(named.management_code.in_(contracts), named.ended_at.is_(None)).order_by(named.number),
        select(shipped.service_code, shipped.postal_code).where(
            shipped.number.in_(
                select(func.max(shipped.number))
                .where(shipped.service_code.in_(adapters))
                .group_by(shipped.service_code)
            )
        ),
    )


def _covers(one: Delegate, management_code: str, service_code: str) -> bool:
    ours = one.management_code == management_code
    return ours and (not one.service_codes or service_code in one.service_codes)


def made_records(answers: Sequence[Iterable[RowMapping]]) -> dict[str, RightRecord]:
    """The records of the adapters, from the answers to `questions`."""
    adapters, declared, asked, said, closed, named, shipped = answers
    known = {row["service_code"] for row in shipped if row["postal_code"] is not None}
    areas = tuple(to_area(row) for row in closed)
    locations: dict[str, list[DeclaredLocation]] = defaultdict(list)
    for row in declared:
        locations[row["service_code"]].append(to_location(row))
    requests = {row["service_code"]: _to_request(row) for row in asked}
    statements: dict[str, list[Fact]] = defaultdict(list)
    for row in said:
        statements[row["service_code"]].append(_to_statement(row))
    delegates = [to_delegate(row) for row in named]
    return {
        row["service_code"]: RightRecord(
            locations=tuple(locations[row["service_code"]]),
            request=requests.get(row["service_code"]),
            statements=tuple(statements[row["service_code"]]),
            managers=row["managers"],
            areas=areas,
            shipped_to=row["service_code"] in known,
            delegates=tuple(one for one in delegates if _covers(one, row["management_code"], row["service_code"])),
        )
        for row in adapters
    }
