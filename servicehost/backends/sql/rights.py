"""Declared locations, requests for the option and statements about sites, on one connection."""

from typing import Any

import msgspec
from sqlalchemy import Table, insert, select, update

from servicehost.backends.sql import tables
from servicehost.backends.sql.right_rows import (
    location_row,
    made_records,
    questions,
    request_row,
    statement_row,
    to_location,
)
from servicehost.backends.sql.right_tables import declared_location, option_request, site_statement
from servicehost.backends.sql.rows import Scoped
from servicehost.domain.declared_location import DeclaredLocation
from servicehost.domain.errors import NotFound
from servicehost.domain.fact import Fact
from servicehost.domain.option import OptionRequest
from servicehost.domain.standing import RightRecord

__all__ = ["RightRows"]

_declared = declared_location.c
_request = option_request.c
_DECIDED = ("state", "rule", "location", "decided_at", "decided_by", "reason")


class RightRows(Scoped):
    """Tables `declared_location`, `option_request` and `site_statement`."""

    def right_record(self, service_code: str) -> RightRecord | None:
        asked = questions([service_code], self._within(tables.adapter.c.management_code))
        return made_records([self._on.execute(one).mappings().all() for one in asked]).get(service_code)

    def add_declared_location(self, declared: DeclaredLocation) -> DeclaredLocation:
        number = self._put(declared_location, location_row(declared))
        return msgspec.structs.replace(declared, number=number)

    def due_locations(self, now: int, limit: int) -> list[DeclaredLocation]:
        chosen = (
            select(declared_location)
            .where(_declared.applied_at.is_(None), _declared.effective_at <= now)
            .where(*self._within(_declared.management_code))
            .order_by(_declared.effective_at, _declared.number)
            .limit(limit)
        )
        return [to_location(row) for row in self._on.execute(chosen).mappings()]

    def mark_location_applied(self, number: int, at: int) -> None:
        mine = self._within(_declared.management_code)
        self._on.execute(update(declared_location).where(_declared.number == number, *mine).values(applied_at=at))

    def add_option_request(self, request: OptionRequest) -> OptionRequest:
        return msgspec.structs.replace(request, number=self._put(option_request, request_row(request)))

    def save_option_request(self, request: OptionRequest) -> None:
        decided = {name: getattr(request, name) for name in _DECIDED}
        mine = self._within(_request.management_code)
        self._on.execute(update(option_request).where(_request.number == request.number, *mine).values(decided))

    def add_site_statement(self, management_code: str, service_code: str, fact: Fact, note: str) -> None:
        self._put(site_statement, statement_row(management_code, service_code, fact, note))

    def _put(self, table: Table, row: dict[str, Any]) -> int:
        """Raises NotFound unless it is about an adapter of that contract, and in scope."""
        self._own([row["management_code"]])
        mine = tables.adapter.c
        chosen = select(mine.management_code).where(mine.service_code == row["service_code"])
        if self._on.execute(chosen).scalar() != row["management_code"]:
            raise NotFound("adapter_not_found", f"There is no adapter {row['service_code']}")
        number: int = self._on.execute(insert(table).values(row).returning(table.c.number)).scalar_one()
        return number
