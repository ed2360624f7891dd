"""A host that is killed while it carries out a schedule, and the next one on its database: each time happens once."""

import asyncio
import random
import sqlite3
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from datetime import date, time
from pathlib import Path
from typing import Any

import pytest

from servicehost.domain.contract import EVERYTHING, Scope
from servicehost.domain.people import Person, Role
from servicehost.domain.schedule import Every, Recurrence, Schedule, next_after
from servicehost.domain.scheduled_order import Late, Plan, PushPlan, ScheduledOrder, ScheduleState, TaskPlan
from servicehost.domain.selection import Selection
from servicehost.operations.fire_schedules import fire_schedules
from servicehost.ports.store import Store
from tests.builders.databases import fresh_database
from tests.builders.tasks import PING
from tests.builders.yard import ANNA, TENANT, Yard, code_of, opened_yard
from tests.operations.schedule_process import TERMS

TIMES = 100
KILLS = 5


class Killed(BaseException):
    """The process is gone: nobody handles this."""


class Mortal:
    """A store of a host that dies at the n-th thing it does, a commit included; what is not committed is lost."""

    def __init__(self, store: Store, steps: int) -> None:
        self._store = store
        self._left = steps

    def step(self) -> None:
        self._left -= 1
        if self._left < 0:
            raise Killed

    @asynccontextmanager
    async def transaction(self, scope: Scope) -> AsyncIterator[Any]:
        async with self._store.transaction(scope) as tx:
            yield _MortalTransaction(tx, self)
            self.step()  # before the commit
        self.step()  # and after it


class _MortalTransaction:
    def __init__(self, tx: Any, host: Mortal) -> None:
        self._tx, self._host = tx, host

    def __getattr__(self, name: str) -> Any:
        self._host.step()
        return getattr(self._tx, name)


PUSHES = PushPlan(service_codes=(code_of(1),))
TASKS = TaskPlan(adapters=Selection(query="code:nxe"), work=PING, name="n")


async def daily(yard: Yard, times: int, plan: Plan = PUSHES) -> ScheduledOrder:
    """A schedule of one adapter, ordered by somebody who may."""
    recurrence = Recurrence(every=Every.DAY, at_time=time(0), starts_on=date(2027, 1, 16), count=times)
    schedule = Schedule(recurrence=recurrence)
    made = ScheduledOrder(
        number=0,
        management_code=TENANT,
        schedule=schedule,
        plan=plan,
        late=Late.RUN,
        note="",
        master_id=ANNA.master_id,
        ordered_by=ANNA.master_id,
        ordered_at=1,
        state=ScheduleState.WAITING,
        changed_at=1,
        due_at=next_after(schedule, yard.clock.wall()),
    )
    anna = Person(
        person_id=0,
        master_id=ANNA.master_id,
        name="Anna",
        role=Role.OPERATION_MANAGER,
        management_code=TENANT,
        password_hash="x",
        password_one_time=False,
    )
    async with yard.store.transaction(EVERYTHING) as tx:
        await tx.add_person(anna)
        return await tx.add_scheduled_order(made)


def fired(database: Path) -> tuple[list[tuple[str, int]], int]:
    """How each time ended and how much it ordered; and how many pushes and tasks there are, the yard's own left out."""
    with closing(sqlite3.connect(database)) as connection:
        times = connection.execute("SELECT outcome, pushes + tasks FROM occurrence").fetchall()
        ((pushes,),) = connection.execute("SELECT count(*) FROM push WHERE ordered_by != 'nobody'").fetchall()
        ((tasks, batches),) = connection.execute("SELECT count(*), count(DISTINCT batch) FROM task").fetchall()
    assert tasks == batches
    return times, pushes + tasks


@pytest.mark.parametrize("plan", [PUSHES, TASKS], ids=["pushes", "tasks"])
async def test_wherever_a_host_dies_the_next_one_carries_the_time_out_once(tmp_path: Path, plan: Plan) -> None:
    async with opened_yard(tmp_path, 1) as yard:
        made = await daily(yard, TIMES, plan)
        for steps in range(TIMES):
            due_at = await yard.reads.next_due_order()
            assert due_at is not None
            yard.clock.go_on((due_at - yard.clock.wall()) / 1000)
            common: dict[str, Any] = {"clock": yard.clock, "line": yard.line, "terms": TERMS}
            died = True
            try:
                await fire_schedules(store=Mortal(yard.store, steps), **common)  # type: ignore[arg-type]  # as much of a store as it needs
                died = False
            except Killed:
                pass
            await fire_schedules(store=yard.store, **common)
            times, ordered = fired(yard.database)
            assert times == [("fired", 1)] * (steps + 1)
            assert ordered == steps + 1
            if not died:
                break
        assert 10 < steps < TIMES - 1, "it has died at every step of the way once"
        standing = await yard.reads.scheduled_order_numbered(EVERYTHING, made.number)
        assert standing is not None
        assert standing.fired == steps + 1


async def killed_after(database: Path, lines: int) -> bool:
    """Whether there was no time left before so many were carried out."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.operations.schedule_process", str(database), stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    for _ in range(lines):
        if not await process.stdout.readline():
            assert await process.wait() == 0
            return True
    await asyncio.sleep(random.Random(lines).random() / 100)  # wherever it is by now
    process.kill()
    await process.wait()
    return False


@pytest.mark.slow
async def test_each_time_happens_once_however_often_the_process_is_killed(tmp_path: Path) -> None:
    yard = Yard(fresh_database(tmp_path))
    await yard.found(1)
    await daily(yard, TIMES)
    await yard.close()
    for kill in range(KILLS):
        assert not await killed_after(yard.database, 3 + 5 * kill)
    assert await killed_after(yard.database, TIMES + 1)
    times, pushes = fired(yard.database)
    assert times == [("fired", 1)] * TIMES
    assert pushes == TIMES
