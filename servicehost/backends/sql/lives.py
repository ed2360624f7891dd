"""Units' lives, many units at once, and the ends of contracts."""

from collections.abc import Collection, Sequence
from typing import Final

from sqlalchemy import and_, insert, select, update
from sqlalchemy.exc import IntegrityError

from servicehost.backends.sql import tables
from servicehost.backends.sql.prepared import ByKeys
from servicehost.backends.sql.rows import Scoped, to_binding
from servicehost.domain.errors import Conflict
from servicehost.domain.unit import Binding, Life, Unit

__all__ = ["UNUSED_SESSION", "Lives", "unit_row"]

_unit = tables.unit.c
_session = tables.session.c
_adapter = tables.adapter.c
_binding = tables.binding.c
_NAMES = ByKeys(select(_unit.distribution_id), (_unit.distribution_id,), _unit.management_code)
_PRINTED = ByKeys(select(_unit.model, _unit.serial), (_unit.model, _unit.serial), _unit.management_code)
UNUSED_SESSION: Final = {"epoch": 0, "host": "", "run": 0, "opened_at": 0, "heard_at": 0, "modules": "[]"}
"""What every unit is born with beside its number."""


def unit_row(unit: Unit) -> dict[str, object]:
    """What a unit is registered with."""
    return {
        "distribution_id": unit.distribution_id,
        "model": unit.model,
        "serial": unit.serial,
        "registered_at": unit.registered_at,
        "life_since": unit.registered_at,
        "ownership": unit.ownership.value,
        "channel": unit.channel.value,
    }


class Lives(Scoped):
    """`ports.lives.Lives`."""

    def add_units(self, units: Sequence[Unit]) -> None:
        self._own([None])
        if not units:
            return
        try:
            with self._on.begin_nested():
                added = insert(tables.unit).returning(_unit.unit_id)
                numbers = self._on.execute(added, [unit_row(unit) for unit in units]).scalars().all()
        except IntegrityError as error:
            raise Conflict("unit_exists", "One of these units is registered already") from error
        self._on.execute(insert(tables.session), [{"unit_id": number, **UNUSED_SESSION} for number in numbers])

    def taken(
        self, distribution_ids: Collection[str], printed: Collection[tuple[str, str]]
    ) -> tuple[set[str], set[tuple[str, str]]]:
        names = {row[0] for row in self._by_keys(_NAMES, distribution_ids)}
        return names, {(row[0], row[1]) for row in self._by_keys(_PRINTED, printed)}

    def set_life(self, unit_id: int, life: Life, at: int, reason: str) -> None:
        self._on.execute(
            update(tables.unit)
            .where(_unit.unit_id == unit_id, *self._within(_unit.management_code))
            .values(life=life.value, life_since=at, life_reason=reason)
        )

    def fence_off(self, unit_id: int, at: int, ending: str) -> None:
        standing = and_(_session.unit_id == unit_id, _session.epoch > 0, _session.ended_at.is_(None))
        self._on.execute(
            update(tables.session)
            .where(standing, *self._within(_session.management_code))
            .values(epoch=_session.epoch + 1, ended_at=at, ending=ending)
        )

    def set_out_of_service(self, service_code: str, at: int | None) -> None:
        self._on.execute(
            update(tables.adapter)
            .where(_adapter.service_code == service_code, *self._within(_adapter.management_code))
            .values(out_of_service_at=at)
        )

    def overdue(self, now: int, limit: int) -> list[Binding]:
        chosen = (
            select(tables.binding)
            .join(tables.adapter, _adapter.service_code == _binding.service_code)
            .join(tables.session, _session.unit_id == _binding.unit_id)
            .where(_binding.unbound_at.is_(None), _adapter.out_of_service_at <= now)
            .where(_session.epoch > 0, _session.ended_at.is_(None), *self._within(_binding.management_code))
            .order_by(_binding.number)
            .limit(limit)
        )
        return [to_binding(row) for row in self._on.execute(chosen).mappings()]
