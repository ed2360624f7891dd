"""Processes that commit without end and say what is durable; the test kills them in the middle."""

import asyncio
import os
import sys
from pathlib import Path

from servicehost.backends.sql.store import open_store
from servicehost.domain.contract import EVERYTHING
from servicehost.ports.store import Batch
from tests.builders.estate import an_event


def name(verb: str, number: int, part: int) -> str:
    return f"{verb} {number} {part}"


async def main(database: Path) -> None:
    store = open_store(database)
    run = await store.begin_run("h", 1)

    def work(batch: Batch, number: int) -> None:
        batch.add_events([an_event(None, reason=name(f"batch{run}", number, part)) for part in range(5)])
        batch.renew_lease("h", run, 1, number)

    for number in range(1_000_000):
        await store.batch(EVERYTHING, lambda batch, number=number: work(batch, number))  # type: ignore[misc]  # mypy cannot infer a lambda with a default
        os.write(1, f"batch{run} {number}\n".encode())
        async with store.transaction(EVERYTHING) as tx:
            for part in range(2):
                await tx.add_events([an_event(None, reason=name(f"transaction{run}", number, part))])
        os.write(1, f"transaction{run} {number}\n".encode())


def nurse(database: Path) -> None:
    """For each line read, a process of its own that works until it is killed. Importing once makes a round short."""
    for _ in sys.stdin:
        child = os.fork()
        if child == 0:
            asyncio.run(main(database))
        os.write(1, f"child {child}\n".encode())
        os.waitpid(child, 0)
        os.write(1, b"gone\n")


if __name__ == "__main__":
    nurse(Path(sys.argv[1]))
