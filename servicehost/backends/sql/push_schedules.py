"""Push orders that wait for their time, on one connection, for a transaction, and for readers."""

from collections.abc import Callable, Sequence
from typing import Any, Final, TypeVar

import msgspec
from sqlalchemy import RowMapping, func, insert, select, update
from sqlalchemy.dialects.sqlite import insert as insert_or
from sqlalchemy.ext.asyncio import AsyncEngine

from servicehost.backends.sql.rows import Scoped, as_text
from servicehost.backends.sql.schedule_tables import push_schedule, scheduled_push
from servicehost.domain.contract import Scope
from servicehost.domain.push_schedule import (
    Late,
    Occurrence,
    OccurrenceEnd,
    PushSchedule,
    ScheduledOrder,
    ScheduleState,
)
from servicehost.domain.schedule import Schedule

__all__ = ["PushScheduleRows", "SqlPushScheduleReads", "SqlPushSchedules"]

T = TypeVar("T")
_schedule = push_schedule.c
_occurrence = scheduled_push.c
_SAVED: Final = ("schedule", "late", "state", "changed_at", "due_at", "reason", "fired")


class PushScheduleRows(Scoped):
    """Tables `push_schedule` and `scheduled_push`."""

    def push_schedule(self, number: int) -> PushSchedule | None:
        chosen = select(push_schedule).where(_schedule.number == number, *self._within(_schedule.management_code))
        row = self._on.execute(chosen).mappings().first()
        return None if row is None else _to_schedule(row)

    def add_push_schedule(self, schedule: PushSchedule) -> PushSchedule:
        self._own([schedule.management_code])
        added = insert(push_schedule).values(_row(schedule)).returning(_schedule.number)
        return msgspec.structs.replace(schedule, number=self._on.execute(added).scalar_one())

    def save_push_schedule(self, schedule: PushSchedule) -> None:
        mine = (_schedule.number == schedule.number, *self._within(_schedule.management_code))
        row = _row(schedule)
        self._on.execute(update(push_schedule).where(*mine).values({name: row[name] for name in _SAVED}))

    def waiting_push_schedules(self, management_code: str) -> int:
        mine = (_schedule.management_code == management_code, *self._within(_schedule.management_code))
        waiting = select(func.count()).select_from(push_schedule).where(_schedule.due_at.is_not(None), *mine)
        return int(self._on.execute(waiting).scalar_one())

    def due_push_schedules(self, now: int, limit: int) -> list[PushSchedule]:
        chosen = select(push_schedule).where(_schedule.due_at <= now, *self._within(_schedule.management_code))
        rows = self._on.execute(chosen.order_by(_schedule.due_at, _schedule.number).limit(limit)).mappings()
        return [_to_schedule(row) for row in rows]

    def add_occurrences(self, occurrences: Sequence[Occurrence]) -> int:
        self._own([one.management_code for one in occurrences])
        new = 0
        for one in occurrences:
            row = {**msgspec.structs.asdict(one), "outcome": one.outcome.value}
            new += self._on.execute(insert_or(scheduled_push).values(row).on_conflict_do_nothing()).rowcount
        return new

    def cancel_push_schedules(self, management_code: str, reason: str, at: int) -> list[int]:
        mine = (_schedule.management_code == management_code, *self._within(_schedule.management_code))
        cancelled = {"state": ScheduleState.CANCELLED.value, "reason": reason, "due_at": None, "changed_at": at}
        waiting = update(push_schedule).where(_schedule.due_at.is_not(None), *mine)
        return sorted(self._on.execute(waiting.values(cancelled).returning(_schedule.number)).scalars())

    def push_schedules_naming(self, management_code: str, service_code: str) -> list[PushSchedule]:
        mine = (_schedule.management_code == management_code, *self._within(_schedule.management_code))
        named = _schedule.push_order.contains(f'"{service_code}"', autoescape=True)
        chosen = select(push_schedule).where(_schedule.due_at.is_not(None), named, *mine)
        rows = self._on.execute(chosen.order_by(_schedule.number)).mappings()
        return [_to_schedule(row) for row in rows]

    def erase_schedule_notes_of(self, management_code: str) -> int:
        mine = (_schedule.management_code == management_code, *self._within(_schedule.management_code))
        return self._on.execute(update(push_schedule).where(_schedule.note != "", *mine).values(note="")).rowcount


class SqlPushSchedules:
    """`ports.push_schedules.PushScheduleWrites` for a transaction, which brings `_do`."""

    async def _do(self, call: Callable[..., T], *arguments: Any, **named: Any) -> T:
        raise NotImplementedError

    async def push_schedule(self, number: int) -> PushSchedule | None:
        return await self._do(PushScheduleRows.push_schedule, number)

    async def add_push_schedule(self, schedule: PushSchedule) -> PushSchedule:
        return await self._do(PushScheduleRows.add_push_schedule, schedule)

    async def save_push_schedule(self, schedule: PushSchedule) -> None:
        await self._do(PushScheduleRows.save_push_schedule, schedule)

    async def waiting_push_schedules(self, management_code: str) -> int:
        return await self._do(PushScheduleRows.waiting_push_schedules, management_code)

    async def due_push_schedules(self, now: int, limit: int) -> list[PushSchedule]:
        return await self._do(PushScheduleRows.due_push_schedules, now, limit)

    async def add_occurrences(self, occurrences: Sequence[Occurrence]) -> int:
        return await self._do(PushScheduleRows.add_occurrences, occurrences)


class SqlPushScheduleReads:
    """`ports.push_schedules.PushScheduleReads`."""

    _engine: AsyncEngine

    async def push_schedules(
        self, scope: Scope, *, waiting: bool = False, after: int = 0, limit: int = 100
    ) -> list[PushSchedule]:
        chosen = select(push_schedule).where(_schedule.number > after)
        if scope.management_code is not None:
            chosen = chosen.where(_schedule.management_code == scope.management_code)
        if waiting:
            chosen = chosen.where(_schedule.due_at.is_not(None))
        async with self._engine.connect() as connection:
            rows = (await connection.execute(chosen.order_by(_schedule.number).limit(limit))).mappings().all()
        return [_to_schedule(row) for row in rows]

    async def push_schedule_numbered(self, scope: Scope, number: int) -> PushSchedule | None:
        found = await self.push_schedules(scope, after=number - 1, limit=1)
        return next((one for one in found if one.number == number), None)

    async def occurrences(self, scope: Scope, schedule: int, *, limit: int = 100) -> list[Occurrence]:
        chosen = select(scheduled_push).where(_occurrence.schedule == schedule)
        if scope.management_code is not None:
            chosen = chosen.where(_occurrence.management_code == scope.management_code)
        async with self._engine.connect() as connection:
            rows = (await connection.execute(chosen.order_by(_occurrence.due_at.desc()).limit(limit))).mappings().all()
        return [_to_occurrence(row) for row in rows]

    async def next_due_push(self) -> int | None:
        async with self._engine.connect() as connection:
            earliest: int | None = (
                await connection.execute(select(func.min(_schedule.due_at)).where(_schedule.due_at.is_not(None)))
            ).scalar()
        return earliest


def _row(schedule: PushSchedule) -> dict[str, Any]:
    row = msgspec.structs.asdict(schedule)
    del row["number"]
    texts = {"schedule": as_text(schedule.schedule), "push_order": as_text(schedule.push_order)}
    return row | texts | {"late": schedule.late.value, "state": schedule.state.value}


def _to_schedule(row: RowMapping) -> PushSchedule:
    read = {
        "schedule": msgspec.json.decode(row["schedule"], type=Schedule),
        "push_order": msgspec.json.decode(row["push_order"], type=ScheduledOrder),
        "late": Late(row["late"]),
        "state": ScheduleState(row["state"]),
    }
    return PushSchedule(**(dict(row) | read))


def _to_occurrence(row: RowMapping) -> Occurrence:
    plain = {name: row[name] for name in Occurrence.__struct_fields__}
    return Occurrence(**(plain | {"outcome": OccurrenceEnd(row["outcome"])}))
