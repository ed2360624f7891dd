"""A box's one task: written before it begins, run once, answered again from memory. Pure: time is an argument."""

from typing import Final

import msgspec

from adapter_sim.slot import NotNow
from adapter_sim.stored_task import Done, StoredTask
from protocol.messages import BootCause
from protocol.task_messages import Reboot, TaskAnswer, TaskDone, TaskResult, TaskRun

__all__ = ["TaskSlot"]

_BUSY_FOR_S: Final = 5


class TaskSlot:
    """Built from what flash has, it has booted. `stored` is what to keep; it changes with every verb but `owed`."""

    __slots__ = ("owed", "running", "stored")

    def __init__(self, stored: StoredTask | None, *, boot_id: str, cause: BootCause) -> None:
        self.stored = stored
        self.running: TaskRun | None = None
        self.owed: TaskDone | None = None
        """What the host has not acknowledged yet."""
        if stored is not None and stored.done is None:
            self._end(_after_boot(stored, boot_id, cause))

    def answer(self, run: TaskRun) -> TaskAnswer | NotNow | None:
        """The answer to a task that is known, or cannot begin; None: it is new, and `begin` may follow."""
        last = self.stored
        if last is not None and (last.task, last.issued_ms) == (run.task, run.issued_ms):
            return TaskAnswer(outcome="accepted") if last.done is None else _answer(last.done)
        if last is not None and run.task <= last.task and run.issued_ms <= last.issued_ms:
            return TaskAnswer(outcome="rejected", reason="older_than_last")
        if self.running is not None:
            return NotNow(reason="another_task_runs", retry_after_s=_BUSY_FOR_S)
        return None

    def begin(self, run: TaskRun) -> None:
        """Write its number. Only then may it run."""
        self.running, self.owed = run, None
        self.stored = StoredTask(task=run.task, issued_ms=run.issued_ms, reboots=isinstance(run.work, Reboot))

    def end(self, done: Done, *, said: bool) -> TaskAnswer:
        """It has ended; unless that is `said` in the answer to it, the host is owed the word."""
        self._end(done)
        if said:
            self.owed = None
        return _answer(done)

    def acknowledged(self, done: TaskDone) -> None:
        """The host has it."""
        if self.owed is done:
            self.owed = None

    def _end(self, done: Done) -> None:
        if self.stored is None:
            return
        self.running = None
        self.stored = msgspec.structs.replace(self.stored, done=done)
        self.owed = TaskDone(
            task=self.stored.task,
            issued_ms=self.stored.issued_ms,
            outcome=done.outcome,
            reason=done.reason,
            text=done.text,
            results=done.results,
        )


def _answer(done: Done) -> TaskAnswer:
    return TaskAnswer(outcome=done.outcome, reason=done.reason, text=done.text, results=done.results)


def _after_boot(stored: StoredTask, boot_id: str, cause: BootCause) -> Done:
    if stored.reboots and cause == "reboot":
        body = msgspec.json.encode({"boot_id": boot_id, "boot_cause": cause}).decode()
        return Done(outcome="succeeded", results=(TaskResult(media_type="application/json", body=body),))
    return Done(outcome="interrupted", reason="power_lost", text=f"the unit started again ({cause})")
