"""A unit's tasks while it has power: begun when given, ended at once or later, over however many sessions."""

from collections.abc import Callable
from typing import Protocol

from adapter_sim.box import Box
from adapter_sim.happenings import What
from adapter_sim.outcome import Outcome
from adapter_sim.slot import NotNow
from adapter_sim.stored_task import Done
from adapter_sim.timers import Timer
from adapter_sim.uploader import Upload, Uploader
from adapter_sim.world import World
from protocol.messages import BootCause
from protocol.task_messages import Reboot, TaskAnswer, TaskRun

__all__ = ["TaskOwner", "Tasking"]


class TaskOwner(Protocol):
    """The unit, as its tasks know it."""

    def reboot(self, cause: BootCause) -> None: ...

    def pump(self) -> None: ...

    def keep_flash(self) -> None: ...


class Tasking:
    """One unit's. Flash is kept before anything is said or done."""

    __slots__ = ("_box", "_outcome", "_owner", "_tell", "_timer", "_uploader", "_uploading", "_world")

    def __init__(
        self, owner: TaskOwner, box: Box, world: World, tell: Callable[..., None], upload: Upload | None = None
    ) -> None:
        self._owner = owner
        self._box = box
        self._world = world
        self._tell = tell
        self._timer: Timer | None = None
        self._uploader = Uploader(upload, tell)
        self._uploading = False
        self._outcome: Outcome | None = None
        """What was carried out at once and must be uploaded before its end is said."""

    def given(self, run: TaskRun) -> TaskAnswer | NotNow | None:
        """What to answer; None: nothing at all, as a unit that is mute does. `go_on` follows."""
        answer = self._box.tasks.answer(run)
        if answer is None:
            answer = self._begun(run)
        self._owner.keep_flash()
        if isinstance(answer, NotNow):
            self._told("task_postponed", run, reason=answer.reason)
        elif self._box.habits.task_trouble == "mute":
            return None
        return answer

    def go_on(self) -> None:
        """The answer was said."""
        run = self._box.tasks.running
        if run is None or self._timer is not None or self._uploading:
            return
        trouble = self._box.habits.task_trouble
        if isinstance(run.work, Reboot):
            self._later(0.0, lambda: self._owner.reboot("reboot"))
        elif trouble == "reboots":
            self._later(0.0, lambda: self._owner.reboot("watchdog"))
        elif trouble not in ("hangs", "mute"):
            self._later(self._box.habits.task_s, self._finish)

    def stop(self) -> None:
        """The power goes."""
        self._uploader.stop()
        self._uploading, self._outcome = False, None
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _begun(self, run: TaskRun) -> TaskAnswer | NotNow:
        box = self._box
        if box.slot.trial is not None:
            return NotNow(reason="config_on_trial", retry_after_s=5)
        box.tasks.begin(run)
        self._owner.keep_flash()
        if box.habits.task_trouble == "refuses":
            return box.tasks.end(Done(outcome="rejected", reason="refused"), said=True)
        self._told("task_ran", run, kind=run.work.__struct_config__.tag)
        if box.ends_at_once(run):
            outcome = self._carried_out(run)
            if outcome.files:
                self._outcome = outcome
                return TaskAnswer(outcome="accepted")
            answer = box.tasks.end(outcome.done, said=box.habits.task_trouble != "answers_twice")
            self._told("task_ended", run, outcome=answer.outcome)
            return answer
        return TaskAnswer(outcome="accepted")

    def _carried_out(self, run: TaskRun) -> Outcome:
        return self._box.carry_out(run, self._world.timers.now())

    def _finish(self) -> None:
        self._timer = None
        run = self._box.tasks.running
        if run is None or self._uploading:
            return
        outcome, self._outcome = self._outcome or self._carried_out(run), None
        if not outcome.files:
            self._ended(run, outcome.done)
            return
        self._uploading = True
        cut = self._box.habits.task_trouble == "cuts_upload"
        self._uploader.begin(outcome.files, cut=cut, then=lambda why: self._uploaded(run, outcome.done, why))

    def _uploaded(self, run: TaskRun, done: Done, why: str | None) -> None:
        self._uploading = False
        if self._box.tasks.running is run:
            self._ended(run, done if why is None else Done(outcome="failed", reason=why[:64]))

    def _ended(self, run: TaskRun, done: Done) -> None:
        answer = self._box.tasks.end(done, said=False)
        self._owner.keep_flash()
        self._told("task_ended", run, outcome=answer.outcome)
        self._owner.pump()

    def _later(self, after_s: float, do: Callable[[], None]) -> None:
        def due() -> None:
            self._timer = None
            do()

        self._timer = self._world.timers.call_later(after_s, due)

    def _told(self, what: What, run: TaskRun, **fields: object) -> None:
        self._tell(what, task=run.task, **fields)
