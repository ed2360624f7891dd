"""A host's engine of rollouts in a process of its own, to be killed: it steps, and every unit confirms its pushes.

`python -m tests.operations.rollout_process DATABASE` writes a line after each step, until the rollout has finished.
"""

import asyncio
import sys
from pathlib import Path

from servicehost.backends.sql.store import open_store
from servicehost.domain.contract import EVERYTHING
from servicehost.domain.push import Change, Phase
from servicehost.domain.rollout import RolloutState
from servicehost.operations.push_events import changed
from servicehost.operations.rollouts_catalogue import open_rollouts_catalogue
from servicehost.ports.store import Batch
from servicehost.runtime.clock import SystemClock
from tests.builders.yard import POLICY, make_startup
from tests.fakes.line import RecordingLine

__all__: list[str] = []


def confirm(batch: Batch) -> bool:
    """Whatever is under way is confirmed; whether the rollout goes on."""
    rollout = batch.rollout(1)
    assert rollout is not None
    pushed = batch.recallable_members(1, 10_000)
    now = SystemClock().wall()
    ended = [changed(push, Change(phase=Phase.CONFIRMED), now) for _, push in pushed]
    batch.save_pushes(ended)
    make_startup(batch, ended)
    return rollout.state is RolloutState.RUNNING


async def work(database: Path) -> None:
    clock, store = SystemClock(), open_store(database)
    # The units hold their sessions with another host, so a crash of this one is not theirs.
    ops = open_rollouts_catalogue(store=store, clock=clock, line=RecordingLine(), policy=POLICY)
    goes_on = True
    while goes_on:
        await store.batch(EVERYTHING, lambda batch: batch.renew_lease("h", 1, 0, clock.wall()))
        await ops.step_rollouts()
        sys.stdout.write("step\n")
        sys.stdout.flush()
        goes_on = await store.batch(EVERYTHING, confirm)
    await store.close()


if __name__ == "__main__":
    asyncio.run(work(Path(sys.argv[1])))
