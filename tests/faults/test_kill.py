"""Killed with SIGKILL at any moment: nothing acknowledged is lost or there in halves, the database is sound."""

import contextlib
import os
import random
import selectors
import sqlite3
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from tests.builders.databases import fresh_database

PARTS = {"batch": 5, "transaction": 2}
ROOT = Path(__file__).parents[2]


def killed_after(database: Path, acknowledgements: int, moment: random.Random) -> list[str]:
    """What the process had acknowledged when it was killed, somewhere after the given number of acknowledgements."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.faults.committer", str(database)], stdout=subprocess.PIPE, cwd=ROOT
    )
    assert process.stdout is not None
    said = b""
    with contextlib.closing(process.stdout) as pipe:
        while said.count(b"\n") < acknowledgements:
            part = os.read(pipe.fileno(), 65_536)
            assert part, "the process ended by itself"
            said += part
        # Anywhere within the next commit: wait for nothing, or for the chance of one more word.
        with selectors.DefaultSelector() as selector:
            selector.register(pipe, selectors.EVENT_READ)
            selector.select(moment.uniform(0, 0.004))
        process.kill()
        said += pipe.read()
    process.wait()
    return said.decode().splitlines()


def rounds(database: Path, count: int) -> None:
    moment = random.Random(count)
    acknowledged: set[str] = set()
    for _ in range(count):
        said = killed_after(database, moment.randint(1, 6), moment)
        acknowledged |= {line for line in said if len(line.split()) == 2}
        with contextlib.closing(sqlite3.connect(database)) as connection:
            assert connection.execute("PRAGMA quick_check").fetchall() == [("ok",)]
            found = Counter(
                row[0].rsplit(" ", 1)[0] for row in connection.execute("SELECT reason FROM event ORDER BY event")
            )
        assert acknowledged <= set(found), "something acknowledged is lost"
        for what, parts in found.items():
            assert parts == PARTS[what.rstrip("0123456789 ").split()[0]], f"{what} is there in part, or twice"
        unacknowledged = set(found) - acknowledged
        assert len(unacknowledged) <= len({what.split()[0] for what in found}), "at most the last of each run"


def test_nothing_acknowledged_is_lost_when_the_process_is_killed(tmp_path: Path) -> None:
    rounds(fresh_database(tmp_path), 20)


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_nothing_acknowledged_is_lost_in_a_hundred_kills(tmp_path: Path) -> None:
    rounds(fresh_database(tmp_path), 100)
