"""Killed with SIGKILL at any moment: nothing acknowledged is lost or there in halves, the database is sound."""

import contextlib
import os
import random
import selectors
import signal
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.builders.databases import fresh_database

PARTS = {"batch": 5, "transaction": 2}
ROOT = Path(__file__).parents[2]


@contextlib.contextmanager
def nursery(database: Path) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-m", "tests.faults.committer", str(database)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT, bufsize=0) as process:
        yield process
        assert process.stdin is not None
        process.stdin.close()


def killed_after(process: "subprocess.Popen[bytes]", acknowledgements: int, moment: random.Random) -> list[str]:
    """What a committing process had acknowledged when it was killed, somewhere after so many acknowledgements."""
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(b"go\n")
    pipe, said = process.stdout.fileno(), b""
    while b"child " not in said or said.count(b"\n") <= acknowledgements:
        said += heard(pipe)
    # Anywhere within the next commit: wait for nothing, or for the chance of one more word.
    with selectors.DefaultSelector() as selector:
        selector.register(pipe, selectors.EVENT_READ)
        selector.select(moment.uniform(0, 0.004))
    lines = said.decode().splitlines()
    (child,) = [int(line.split()[1]) for line in lines if line.startswith("child ")]
    os.kill(child, signal.SIGKILL)
    while not said.endswith(b"gone\n"):
        said += heard(pipe)
    return [line for line in said.decode().removesuffix("gone\n").splitlines() if not line.startswith("child ")]


def heard(pipe: int) -> bytes:
    part = os.read(pipe, 65_536)
    assert part, "the process ended by itself"
    return part


def rounds(database: Path, count: int) -> None:
    moment = random.Random(count)
    acknowledged: set[str] = set()
    with nursery(database) as process:
        for _ in range(count):
            acknowledged |= set(killed_after(process, moment.randint(1, 6), moment))
            check(database, acknowledged)


def check(database: Path, acknowledged: set[str]) -> None:
    with contextlib.closing(sqlite3.connect(database)) as connection:
        assert connection.execute("PRAGMA quick_check").fetchall() == [("ok",)]
        rows = connection.execute("SELECT reason FROM event WHERE actor = 'host'").fetchall()
    found = Counter(row[0].rsplit(" ", 1)[0] for row in rows)
    assert acknowledged <= set(found), "something acknowledged is lost"
    for what, parts in found.items():
        assert parts == PARTS[what.split()[0].rstrip("0123456789")], f"{what} is there in part, or twice"
    # Durable, but killed before it could say so: at most the last commit of each run.
    assert len(set(found) - acknowledged) <= len(
        {what.split()[0].lstrip("abcdefghijklmnopqrstuvwxyz") for what in found}
    )


def test_nothing_acknowledged_is_lost_when_the_process_is_killed(tmp_path: Path) -> None:
    rounds(fresh_database(tmp_path), 20)


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_nothing_acknowledged_is_lost_in_a_hundred_kills(tmp_path: Path) -> None:
    rounds(fresh_database(tmp_path), 100)
