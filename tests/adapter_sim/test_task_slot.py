"""A box's one task: known by number and instant together, written before it begins, answered again from memory."""

import pytest

from adapter_sim.slot import NotNow
from adapter_sim.stored_task import Done
from adapter_sim.task_slot import TaskSlot
from protocol.task_messages import Ping, Reboot, TaskAnswer, TaskRun

DONE = Done(outcome="succeeded")


def a_run(task: int = 5, issued_ms: int = 1_000, *, reboots: bool = False) -> TaskRun:
    work = Reboot() if reboots else Ping(address="192.0.2.1")
    return TaskRun(task=task, issued_ms=issued_ms, work=work, time_out_s=60)


def booted(slot: TaskSlot | None = None, cause: str = "power_on") -> TaskSlot:
    stored = None if slot is None else slot.stored
    return TaskSlot(stored, boot_id="b2", cause=cause)  # type: ignore[arg-type]  # the words of the wire


def test_a_new_task_begins_and_is_written_first() -> None:
    slot = booted()
    assert slot.answer(a_run()) is None
    slot.begin(a_run())
    assert slot.stored is not None
    assert (slot.stored.task, slot.stored.done) == (5, None)
    assert slot.answer(a_run()) == TaskAnswer(outcome="accepted")


def test_the_same_task_is_answered_from_memory_also_after_a_boot() -> None:
    slot = booted()
    slot.begin(a_run())
    slot.end(DONE, said=True)
    for one in (slot, booted(slot)):
        assert one.answer(a_run()) == TaskAnswer(outcome="succeeded")
        assert one.owed is None


@pytest.mark.parametrize(
    ("task", "issued_ms", "older"),
    [(4, 900, True), (4, 1_000, True), (5, 999, True), (6, 900, False), (4, 1_001, False), (6, 1_001, False)],
)
def test_older_is_what_is_greater_in_neither(task: int, issued_ms: int, older: bool) -> None:
    """A host restored from a backup counts from there again; a clock may be set back: neither makes a task old."""
    slot = booted()
    slot.begin(a_run())
    slot.end(DONE, said=True)
    answer = slot.answer(a_run(task, issued_ms))
    assert answer == (TaskAnswer(outcome="rejected", reason="older_than_last") if older else None)


def test_one_task_at_a_time() -> None:
    slot = booted()
    slot.begin(a_run())
    answer = slot.answer(a_run(6, 2_000))
    assert isinstance(answer, NotNow)
    assert answer.reason == "another_task_runs"


@pytest.mark.parametrize(
    ("reboots", "cause", "outcome"),
    [
        (False, "power_on", "interrupted"),
        (False, "reboot", "interrupted"),
        (True, "reboot", "succeeded"),
        (True, "power_on", "interrupted"),
    ],
)
def test_a_boot_in_the_middle_ends_a_task(reboots: bool, cause: str, outcome: str) -> None:
    slot = booted()
    slot.begin(a_run(reboots=reboots))
    after = booted(slot, cause)
    assert after.owed is not None
    assert (after.owed.task, after.owed.outcome) == (5, outcome)
    answer = after.answer(a_run(reboots=reboots))
    assert isinstance(answer, TaskAnswer)
    assert answer.outcome == outcome


def test_an_end_is_owed_until_it_is_acknowledged() -> None:
    slot = booted()
    slot.begin(a_run())
    slot.end(DONE, said=False)
    owed = slot.owed
    assert owed is not None
    slot.acknowledged(owed)
    assert slot.owed is None
