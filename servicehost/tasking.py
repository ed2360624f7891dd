"""Opens what tasks need on one host: their use cases, and the alarm that ends what has waited too long."""

from dataclasses import dataclass
from pathlib import Path

from servicehost.backends.result_files import FilesOfResults
from servicehost.operations.intake import Intake
from servicehost.operations.task_catalogue import TaskCatalogue, open_task_catalogue
from servicehost.policies import task_policy
from servicehost.ports.clock import Clock
from servicehost.ports.line import Line
from servicehost.ports.reads import Reads
from servicehost.ports.store import Store
from servicehost.settings.tasks import TasksSettings
from servicehost.workers.alarm import Alarm
from servicehost.workers.rounds import EXPIRE_AT_ONCE, Round

__all__ = ["Tasking", "open_tasking"]

_BETWEEN_S = 1.0
"""Between two rounds of the alarm: so often it looks at most, however soon one instant follows the other."""

_FORGET_EVERY_S = 3_600.0
_SWEEP_EVERY_S = 300.0
"""A folder is listed; the store is asked only when something is there."""


@dataclass(frozen=True, slots=True)
class Tasking:
    """The use cases, and what goes on by itself."""

    catalogue: TaskCatalogue
    rounds: tuple[Round, ...]


def open_tasking(
    settings: TasksSettings, *, store: Store, reads: Reads, clock: Clock, line: Line, intake: Intake, folder: Path
) -> Tasking:
    """Joins the intake's count of tasks in flight to the line and to the alarm. Large results lie in `folder`."""

    async def end_all() -> None:
        while await catalogue.end_due_tasks(EXPIRE_AT_ONCE) == EXPIRE_AT_ONCE:
            pass

    async def forget_all() -> None:
        while await catalogue.forget_tasks(EXPIRE_AT_ONCE):
            pass

    async def sweep() -> None:
        await catalogue.sweep_results(EXPIRE_AT_ONCE)

    alarm = Alarm(reads.next_task_due, end_all, clock)
    policy = task_policy(settings)
    files = FilesOfResults(folder, most_bytes=settings.results_bytes)
    catalogue = open_task_catalogue(
        store=store, reads=reads, clock=clock, line=line, files=files, policy=policy, due=alarm.by
    )
    intake.slots.nudge, intake.slots.due = line.nudge, alarm.by
    return Tasking(
        catalogue,
        (
            Round("end_due_tasks", alarm.round, _BETWEEN_S),
            Round("forget_tasks", forget_all, _FORGET_EVERY_S),
            Round("sweep_results", sweep, _SWEEP_EVERY_S),
        ),
    )
