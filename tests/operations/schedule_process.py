"""A host's clock of schedules in a process of its own, to be killed: one time after the other comes.

`python -m tests.operations.schedule_process DATABASE` writes a line after each time, until none is to come.
"""

import asyncio
import sys
from pathlib import Path

from servicehost.backends.sql.reads import open_reads
from servicehost.backends.sql.store import open_store
from servicehost.operations.fire_schedules import fire_schedules
from servicehost.operations.ordering import PushTerms
from tests.fakes.clock import FixedClock
from tests.fakes.line import RecordingLine

__all__: list[str] = []


async def work(database: Path) -> None:
    store, reads = open_store(database), open_reads(database)
    while (due_at := await reads.next_due_push()) is not None:
        clock = FixedClock(due_at)
        await fire_schedules(store=store, clock=clock, line=RecordingLine(), terms=PushTerms(), grace_ms=1)
        sys.stdout.write("fired\n")
        sys.stdout.flush()
    await reads.close()
    await store.close()


if __name__ == "__main__":
    asyncio.run(work(Path(sys.argv[1])))
