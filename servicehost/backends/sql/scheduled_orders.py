"""Orders that wait for their time, on one connection, for a transaction, and for readers."""

from collections.abc import Callable, Sequence
from typing import Any, Final, TypeVar

import msgspec
from sqlalchemy import RowMapping, func, insert, select, update
from sqlalchemy.dialects.sqlite import insert as insert_or
from sqlalchemy.ext.asyncio import AsyncEngine

from servicehost.backends.sql.rows import Scoped, as_text
from servicehost.backends.sql.schedule_tables import occurrence, scheduled_order
from servicehost.domain.contract import Scope
from servicehost.domain.schedule import Schedule
from servicehost.domain.scheduled_order import (
    Late,
    Occurrence,
    OccurrenceEnd,
    Plan,
    PlanKind,
    ScheduledOrder,
    ScheduleState,
    kind_of_plan,
    without_words,
)

__all__ = ["ScheduledOrderRows", "SqlScheduledOrderReads", "SqlScheduledOrders"]

T = TypeVar("T")
_schedule = scheduled_order.c
_occurrence = occurrence.c
_SAVED: Final = ("schedule", "late", "state", "changed_at", "due_at", "reason", "fired")


class ScheduledOrderRows(Scoped):
    """Tables `scheduled_order` and `occurrence`."""

    def scheduled_order(self, number: int) -> ScheduledOrder | None:
        chosen = select(scheduled_order).where(_schedule.number == number, *self._within(_schedule.management_code))
        row = self._on.execute(chosen).mappings().first()
        return None if row is None else _to_schedule(row)

    def add_scheduled_order(self, schedule: ScheduledOrder) -> ScheduledOrder:
        self._own([schedule.management_code])
        added = insert(scheduled_order).values(_row(schedule)).returning(_schedule.number)
        return msgspec.structs.replace(schedule, number=self._on.execute(added).scalar_one())

    def save_scheduled_order(self, schedule: ScheduledOrder) -> None:
        mine = (_schedule.number == schedule.number, *self._within(_schedule.management_code))
        row = _row(schedule)
        self._on.execute(update(scheduled_order).where(*mine).values({name: row[name] for name in _SAVED}))

    def waiting_scheduled_orders(self, management_code: str) -> int:
        mine = (_schedule.management_code == management_code, *self._within(_schedule.management_code))
        waiting = select(func.count()).select_from(scheduled_order).where(_schedule.due_at.is_not(None), *mine)
        return int(self._on.execute(waiting).scalar_one())

    def due_scheduled_orders(self, now: int, limit: int) -> list[ScheduledOrder]:
        chosen = select(scheduled_order).where(_schedule.due_at <= now, *self._within(_schedule.management_code))
        rows = self._on.execute(chosen.order_by(_schedule.due_at, _schedule.number).limit(limit)).mappings()
        return [_to_schedule(row) for row in rows]

    def add_occurrences(self, occurrences: Sequence[Occurrence]) -> int:
        self._own([one.management_code for one in occurrences])
        new = 0
        for one in occurrences:
            row = {**msgspec.structs.asdict(one), "outcome": one.outcome.value}
            new += self._on.execute(insert_or(occurrence).values(row).on_conflict_do_nothing()).rowcount
        return new

    def cancel_scheduled_orders(self, management_code: str, reason: str, at: int) -> list[ScheduledOrder]:
        mine = (_schedule.management_code == management_code, *self._within(_schedule.management_code))
        cancelled = {"state": ScheduleState.CANCELLED.value, "reason": reason, "due_at": None, "changed_at": at}
        waiting = update(scheduled_order).where(_schedule.due_at.is_not(None), *mine)
        rows = self._on.execute(waiting.values(cancelled).returning(*_schedule)).mappings().all()
        return sorted((_to_schedule(row) for row in rows), key=lambda one: one.number)

    def orders_naming(self, management_code: str, service_code: str) -> list[ScheduledOrder]:
        mine = (_schedule.management_code == management_code, *self._within(_schedule.management_code))
        named = _schedule.plan.contains(f'"{service_code}"', autoescape=True)
        chosen = select(scheduled_order).where(_schedule.due_at.is_not(None), named, *mine)
        rows = self._on.execute(chosen.order_by(_schedule.number)).mappings()
        return [_to_schedule(row) for row in rows]

    def erase_schedule_notes_of(self, management_code: str) -> int:
        mine = (_schedule.management_code == management_code, *self._within(_schedule.management_code))
        noted = self._on.execute(update(scheduled_order).where(_schedule.note != "", *mine).values(note="")).rowcount
        of_tasks = select(scheduled_order).where(_schedule.kind == PlanKind.TASK.value, *mine)
        for one in [_to_schedule(row) for row in self._on.execute(of_tasks).mappings().all()]:
            plan = as_text(without_words(one.plan))
            self._on.execute(update(scheduled_order).where(_schedule.number == one.number).values(plan=plan))
        return noted


class SqlScheduledOrders:
    """`ports.scheduled_orders.ScheduledOrderWrites` for a transaction, which brings `_do`."""

    async def _do(self, call: Callable[..., T], *arguments: Any, **named: Any) -> T:
        raise NotImplementedError

    async def scheduled_order(self, number: int) -> ScheduledOrder | None:
        return await self._do(ScheduledOrderRows.scheduled_order, number)

    async def add_scheduled_order(self, schedule: ScheduledOrder) -> ScheduledOrder:
        return await self._do(ScheduledOrderRows.add_scheduled_order, schedule)

    async def save_scheduled_order(self, schedule: ScheduledOrder) -> None:
        await self._do(ScheduledOrderRows.save_scheduled_order, schedule)

    async def waiting_scheduled_orders(self, management_code: str) -> int:
        return await self._do(ScheduledOrderRows.waiting_scheduled_orders, management_code)

    async def due_scheduled_orders(self, now: int, limit: int) -> list[ScheduledOrder]:
        return await self._do(ScheduledOrderRows.due_scheduled_orders, now, limit)

    async def add_occurrences(self, occurrences: Sequence[Occurrence]) -> int:
        return await self._do(ScheduledOrderRows.add_occurrences, occurrences)


class SqlScheduledOrderReads:
    """`ports.scheduled_orders.ScheduledOrderReads`."""

    _engine: AsyncEngine

    async def scheduled_orders(
        self, scope: Scope, *, kind: PlanKind | None = None, waiting: bool = False, after: int = 0, limit: int = 100
    ) -> list[ScheduledOrder]:
        chosen = select(scheduled_order).where(_schedule.number > after)
        if scope.management_code is not None:
            chosen = chosen.where(_schedule.management_code == scope.management_code)
        if kind is not None:
            chosen = chosen.where(_schedule.kind == kind.value)
        if waiting:
            chosen = chosen.where(_schedule.due_at.is_not(None))
        async with self._engine.connect() as connection:
            rows = (await connection.execute(chosen.order_by(_schedule.number).limit(limit))).mappings().all()
        return [_to_schedule(row) for row in rows]

    async def scheduled_order_numbered(self, scope: Scope, number: int) -> ScheduledOrder | None:
        found = await self.scheduled_orders(scope, after=number - 1, limit=1)
        return next((one for one in found if one.number == number), None)

    async def occurrences(self, scope: Scope, schedule: int, *, limit: int = 100) -> list[Occurrence]:
        chosen = select(occurrence).where(_occurrence.schedule == schedule)
        if scope.management_code is not None:
            chosen = chosen.where(_occurrence.management_code == scope.management_code)
        async with self._engine.connect() as connection:
            rows = (await connection.execute(chosen.order_by(_occurrence.due_at.desc()).limit(limit))).mappings().all()
        return [_to_occurrence(row) for row in rows]

    async def next_due_order(self) -> int | None:
        async with self._engine.connect() as connection:
            earliest: int | None = (
                await connection.execute(select(func.min(_schedule.due_at)).where(_schedule.due_at.is_not(None)))
            ).scalar()
        return earliest


def _row(schedule: ScheduledOrder) -> dict[str, Any]:
    row = msgspec.structs.asdict(schedule)
    del row["number"]
    texts = {"schedule": as_text(schedule.schedule), "plan": as_text(schedule.plan)}
    names = {"kind": kind_of_plan(schedule.plan).value, "late": schedule.late.value, "state": schedule.state.value}
    return row | texts | names


def _to_schedule(row: RowMapping) -> ScheduledOrder:
    read = {
        "schedule": msgspec.json.decode(row["schedule"], type=Schedule),
        "plan": msgspec.json.decode(row["plan"], type=Plan),
        "late": Late(row["late"]),
        "state": ScheduleState(row["state"]),
    }
    plain = {name: row[name] for name in ScheduledOrder.__struct_fields__}
    return ScheduledOrder(**(plain | read))


def _to_occurrence(row: RowMapping) -> Occurrence:
    plain = {name: row[name] for name in Occurrence.__struct_fields__}
    return Occurrence(**(plain | {"outcome": OccurrenceEnd(row["outcome"])}))
