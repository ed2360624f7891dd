"""How many units have a task at once, and who has the next slot."""

from servicehost.domain.task import TaskLimits
from servicehost.operations.task_slots import TaskSlots


def slots(limit: int = 2) -> tuple[TaskSlots, list[int], list[int]]:
    made = TaskSlots(TaskLimits(in_flight=limit))
    nudged: list[int] = []
    due: list[int] = []
    made.nudge, made.due = nudged.extend, due.append
    return made, nudged, due


def test_room_is_what_is_left() -> None:
    made, _, due = slots()
    assert (made.room(0).free, made.room(0).holders) == (2, frozenset())
    made.take(7, 100)
    assert (made.room(0).free, made.room(0).holders) == (1, frozenset({7}))
    assert due == [100]


def test_who_was_held_back_first_has_the_slot_that_becomes_free() -> None:
    made, nudged, _ = slots(1)
    made.take(1, 100)
    made.hold_back(2)
    made.hold_back(3)
    made.release(1)
    assert nudged == [2]
    made.take(2, 100)
    made.release(2)
    assert nudged == [2, 3]


def test_a_release_of_nobody_moves_nothing() -> None:
    made, nudged, _ = slots(1)
    made.take(1, 100)
    made.hold_back(2)
    made.release(9)
    assert nudged == []
    assert made.room(0).free == 0


def test_who_never_answers_keeps_a_slot_no_longer_than_the_task_may_take() -> None:
    made, _, _ = slots(1)
    made.take(1, 100)
    assert made.room(100).free == 1
