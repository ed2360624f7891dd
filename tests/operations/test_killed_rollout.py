"""A rollout over ten thousand adapters whose host is killed again and again: none left out, none gets it twice."""

import asyncio
import random
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import pytest

from servicehost.domain.rollout import Gate, Pace, Wave
from tests.builders.databases import fresh_database
from tests.builders.yard import Yard

ADAPTERS = 10_000
KILLS = 12


async def founded(database: Path) -> None:
    """One adapter and its unit as they are made, and so many copies of both."""
    yard = Yard(database)
    await yard.found(1)
    await yard.close()
    with closing(sqlite3.connect(database)) as connection, connection:
        for table, change in COPIES:
            names = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
            columns = ", ".join(change.get(name, name) for name in names)
            connection.execute(
                f"WITH RECURSIVE n(n) AS (VALUES (2) UNION ALL SELECT n + 1 FROM n WHERE n < {ADAPTERS}) "  # noqa: S608
                f"INSERT INTO {table} SELECT {columns} FROM {table}, n"
            )


_CODE = "printf('nxe%09d', n)"
COPIES: tuple[tuple[str, dict[str, str]], ...] = (
    ("unit", {"unit_id": "n", "distribution_id": "'D-' || n", "serial": "'S' || n"}),
    ("adapter", {"service_code": _CODE}),
    ("binding", {"number": "n", "unit_id": "n", "service_code": _CODE}),
    ("revision", {"service_code": _CODE}),
    ("session", {"unit_id": "n", "binding": "n"}),
)


async def ordered(database: Path) -> None:
    yard = Yard(database)
    await yard.start(
        range(1, ADAPTERS + 1),
        waves=(Wave(count=10), Wave(percent=10)),
        gate=Gate(soak_s=0),
        pace=Pace(concurrency=400),
    )
    await yard.close()


async def killed_after(database: Path, steps: int) -> bool:
    """Whether the engine came to the end before it had made so many steps."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.operations.rollout_process", str(database), stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    for _ in range(steps):
        if not await process.stdout.readline():
            assert await process.wait() == 0
            return True
    # Wherever it is by now: between two transactions, in one, or in the middle of its commit.
    await asyncio.sleep(random.Random(steps).random() / 50)
    process.kill()
    await process.wait()
    return False


@pytest.mark.slow
async def test_none_is_left_out_and_none_gets_it_twice_however_often_the_host_is_killed(tmp_path: Path) -> None:
    database = fresh_database(tmp_path)
    await founded(database)
    await ordered(database)
    for kill in range(KILLS):
        if await killed_after(database, 1 + kill % 3):
            break
    else:
        assert await killed_after(database, 1_000)
    with closing(sqlite3.connect(database)) as connection:
        states = connection.execute("SELECT state, count(*) FROM rollout_member GROUP BY state").fetchall()
        pushes = connection.execute("SELECT count(*), count(DISTINCT service_code) FROM push").fetchone()
        ((rollout,),) = connection.execute("SELECT state FROM rollout").fetchall()
    assert states == [("confirmed", ADAPTERS)]
    assert pushes == (ADAPTERS, ADAPTERS)
    assert rollout == "finished"
