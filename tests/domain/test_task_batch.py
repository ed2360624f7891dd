"""What becomes of a batch's tasks when somebody takes it back."""

import msgspec
import pytest

from servicehost.domain.task import TaskState
from servicehost.domain.task_batch import BatchProgress, NamedBatch, taken_back
from servicehost.domain.task_work import TaskKind
from tests.builders.tasks import a_task

BATCH = NamedBatch(
    batch=1, management_code="nxm000000001", name="n", kind=TaskKind.PING, adapters=3, ordered_by="x", ordered_at=1
)


def test_what_waits_is_cancelled_and_what_a_unit_has_is_left_as_it_is() -> None:
    waits = a_task()
    runs = msgspec.structs.replace(waits, task=2, state=TaskState.IN_PROGRESS, started_at=1, unit_id=1)
    (cancelled,), running = taken_back([waits, runs], 5_000)
    assert (cancelled.state, cancelled.reason) == (TaskState.CANCELLED, "cancelled_by_operator")
    assert (cancelled.changed_at, cancelled.due_at) == (5_000, None)
    assert running == [runs]


@pytest.mark.parametrize("state", TaskState)
def test_only_tasks_that_nothing_changes_any_more_count_as_ended(state: TaskState) -> None:
    assert BatchProgress(batch=BATCH, states={state: 3}).ended == (3 if state.ended else 0)


def test_tasks_that_are_kept_no_longer_count_as_ended() -> None:
    assert BatchProgress(batch=BATCH, states={TaskState.SUCCEEDED: 1}).ended == 3
