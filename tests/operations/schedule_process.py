"""A host's clock of schedules in a process of its own, to be killed: one time after the other comes.

`python -m tests.operations.schedule_process DATABASE` writes a line after each time, until none is to come.
"""

import asyncio
import sys
from pathlib import Path

from servicehost.backends.sql.reads import open_reads
from servicehost.backends.sql.store import open_store
from servicehost.operations.fire_schedules import fire_schedules
from servicehost.operations.order_task import TaskOrdering, TaskPolicy
from servicehost.operations.ordering import PushTerms
from servicehost.operations.planned import FiringTerms
from tests.fakes.clock import FixedClock
from tests.fakes.line import RecordingLine

__all__ = ["TERMS"]

TERMS = FiringTerms(pushes=PushTerms(), tasks=TaskOrdering(policy=TaskPolicy(), due=lambda at: None), grace_ms=1)


async def work(database: Path) -> None:
    store, reads = open_store(database), open_reads(database)
    while (due_at := await reads.next_due_order()) is not None:
        clock = FixedClock(due_at)
        await fire_schedules(store=store, clock=clock, line=RecordingLine(), terms=TERMS)
        sys.stdout.write("fired\n")
        sys.stdout.flush()
    await reads.close()
    await store.close()


if __name__ == "__main__":
    asyncio.run(work(Path(sys.argv[1])))
