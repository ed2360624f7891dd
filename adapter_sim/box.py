"""A pure model of one adapter's box: what it runs, how it is, what it has to say. No I/O and no clock of its own.

`now` is monotonic seconds, `wall` seconds since 1970 as the world has it; both are arguments.
"""

import datetime as dt
from typing import Final, Literal, TypeAlias

import msgspec

from adapter_sim.config_text import Permission
from adapter_sim.event_queue import EventQueue
from adapter_sim.flash import Flash
from adapter_sim.modules import MAIN, BoxModule, lacking
from adapter_sim.outcome import Outcome, fitted
from adapter_sim.partial import Partials
from adapter_sim.shell import Seen, run
from adapter_sim.slot import ConfigSlot, NotNow
from adapter_sim.task_slot import TaskSlot
from protocol.messages import (
    BootCause,
    ConfigOffer,
    ConfigProgress,
    Event,
    Hello,
    OfferAnswer,
    OfferedFile,
    Report,
    Welcome,
)
from protocol.task_messages import Reboot, TaskDone, TaskRun

__all__ = ["CAPABILITIES", "Box", "Clock", "Habits", "Health", "Request", "Reversion", "TaskTrouble"]

Health = Literal["ok", "degraded", "failed"]
Reversion = Literal["apply_failed", "not_confirmed"]
Request: TypeAlias = ConfigProgress | TaskDone | Event
"""What a box asks of its host."""
TaskTrouble = Literal["hangs", "mute", "refuses", "answers_twice", "reboots", "cuts_upload", "lies_about_digest"]

CAPABILITIES: Final = ("config", "renew", "modules", "tasks")
_COMPONENTS: Final = ("flash", "fan", "temperature", "power", "self_test")
_ERROR: Final = 3


class Clock(msgspec.Struct, frozen=True, kw_only=True):
    """How a box's own clock errs: `skew_s` off, or, `since_1970`, a clock that starts at the epoch at every boot."""

    skew_s: float = 0.0
    since_1970: bool = False


class Habits(msgspec.Struct, frozen=True, kw_only=True):
    """What a box is and does whatever happens to it."""

    firmware: str = "1.0.0"
    clock: Clock = Clock()
    reverts: Reversion | None = None
    """Why no config is ever confirmed here: it fails when applied, or the host's yes is not heeded."""
    modules: tuple[BoxModule, ...] = ()
    """Those beside the main one."""
    room_bytes: int | None = None
    """How many bytes of an offer the flash takes; None: all."""
    cut_downloads_after: int | None = None
    """Every transfer of a file breaks off after so many bytes."""
    damages_downloads: bool = False
    """What is fetched arrives with another last byte."""
    task_s: float = 0.0
    """How long a task takes; nothing: its end is said in the answer to it."""
    task_trouble: TaskTrouble | None = None
    """What goes wrong with every task: it never ends, is not even answered, is refused, is answered again although that
    was taken, the box restarts in its middle, every transfer of a large result breaks off, or its digest is a lie."""
    dump_bytes: int = 4_096
    """The size of a debug dump of one module."""


class Box:
    """One box, powered on at `now`. Its methods are what can happen to it; `flash` is what survives `power_cut`."""

    __slots__ = ("boot_cause", "boot_id", "booted_at", "events", "habits", "health", "partials", "slot", "tasks")

    def __init__(self, *, boot_id: str, now: float, flash: Flash | None = None, habits: Habits | None = None) -> None:
        self.habits = habits or Habits()
        self.health: dict[str, Health] = dict.fromkeys(_COMPONENTS, "ok")
        self.partials = Partials()
        """What was fetched so far: in flash, but no further than this process."""
        self._boot(flash or Flash(), boot_id, "power_on", now)

    def _boot(self, flash: Flash, boot_id: str, cause: BootCause, now: float) -> None:
        self.slot = ConfigSlot(flash, self.habits.modules)
        self.tasks = TaskSlot(flash.task, boot_id=boot_id, cause=cause)
        self.slot.boot_trial(now)
        self.events = EventQueue()
        self.boot_id = boot_id
        self.boot_cause: BootCause = cause
        self.booted_at = now

    @property
    def flash(self) -> Flash:
        """What outlives a power cut: keep it after every change."""
        if self.slot.flash.task is not self.tasks.stored:
            self.slot.flash = msgspec.structs.replace(self.slot.flash, task=self.tasks.stored)
        return self.slot.flash

    # -- power --------------------------------------------------------------------------------------------------

    def boot(self, *, boot_id: str, cause: BootCause, now: float) -> None:
        """The power went and came back, or the box restarted itself: what was not in flash is gone.

        Unanswered events are lost, a trial has failed, and what is startup runs.
        """
        self._boot(self.flash, boot_id, cause, now)

    # -- config -------------------------------------------------------------------------------------------------

    def to_fetch(self, offer: ConfigOffer, now: float) -> list[tuple[str, OfferedFile]]:
        """Files, by digest, that must be here before the offer can be answered. None when the answer needs none."""
        self.slot.room_bytes = self.habits.room_bytes
        if self.slot.knows(offer, now) or self.slot.refuses(offer) or self.health["flash"] == "failed":
            return []
        return lacking(offer, self.partials.whole)

    def offer(self, offer: ConfigOffer, now: float) -> OfferAnswer | NotNow:
        """See `ConfigSlot.offer`. A box whose flash has failed stores nothing and says so."""
        self.slot.room_bytes = self.habits.room_bytes
        writable = self.health["flash"] != "failed"
        answer = self.slot.offer(offer, now, writable=writable, fetched=self.partials.whole)
        if not isinstance(answer, NotNow):
            self.partials.clear()
        return answer

    def begin_trial(self, now: float) -> bool:
        """Apply what was stored. True: a new connection must prove it now."""
        return self.slot.begin_trial(now)

    def told_hosts(self, hosts: tuple[str, ...]) -> None:
        """Keep the hosts that carry the box from now on; none: those it was born with."""
        self.slot.flash = msgspec.structs.replace(self.slot.flash, hosts=hosts)

    def check_trial(self) -> bool:
        """Look at what was just applied. True when the box found it unfit and restored what ran before."""
        if self.habits.reverts != "apply_failed":
            return False
        return self.slot.restore("apply_failed", "the config could not be applied")

    def reached(self) -> None:
        """A connection to a host stands."""
        self.slot.reached()

    def welcomed(self, welcome: Welcome) -> bool:
        """Take the host's yes. True when it confirmed the trial."""
        return self.habits.reverts is None and self.slot.welcomed(welcome.confirm)

    def denied(self, welcome: Welcome) -> bool:
        """Take the host's no. True when it ended the trial: what ran before runs again."""
        return self.slot.denied(welcome.revert)

    def expire(self, now: float) -> bool:
        """Restore what ran before if the trial's time is over. True when it did."""
        return self.slot.expire(now)

    # -- tasks --------------------------------------------------------------------------------------------------

    def ends_at_once(self, task: TaskRun) -> bool:
        """Whether the task has ended by the time it is answered."""
        return (
            self.habits.task_s <= 0
            and self.habits.task_trouble in (None, "answers_twice", "cuts_upload", "lies_about_digest")
            and not isinstance(task.work, Reboot)
        )

    def carry_out(self, task: TaskRun, now: float) -> Outcome:
        """Do it. What comes of it is for `tasks` to keep, once what must be uploaded first is with the host."""
        lies = self.habits.task_trouble == "lies_about_digest"
        return fitted(task, run(task.work, self._seen(now)), lies=lies)

    def _seen(self, now: float) -> Seen:
        slot, habits = self.slot, self.habits
        return Seen(
            config=slot.config,
            running=slot.running,
            startup=slot.flash.startup,
            modules=(MAIN, *(one.module for one in slot.beside)),
            firmware=habits.firmware,
            uptime_s=max(0, int(now - self.booted_at)),
            dump_bytes=habits.dump_bytes,
        )

    def permits(self, address: str, port: int) -> Permission:
        """Whether what runs now lets the box reach `address`, an IP literal, at `port`."""
        return self.slot.config.permits(address, port)

    # -- what it says -------------------------------------------------------------------------------------------

    def hello(
        self, *, wall: float, now: float, last_close: int | None = None, anchors: tuple[str, ...] | None = None
    ) -> Hello:
        """The greeting. It carries every mark, so progress that was still owed need not be said."""
        self.slot.owed = None
        return Hello(
            firmware=self.habits.firmware,
            boot_id=self.boot_id,
            boot_cause=self.boot_cause,
            modules=self.slot.states(),
            capabilities=CAPABILITIES,
            time=self.clock_text(wall=wall, now=now),
            last_close=last_close,
            anchors=anchors,
        )

    def report(self, *, now: float, addresses: tuple[str, ...] = ()) -> Report:
        """How the box is."""
        running = self.slot.running
        return Report(
            uptime_s=max(0, int(now - self.booted_at)),
            cpu_percent=3.0,
            memory_percent=41.0,
            temperature_c=71.0 if self.health["temperature"] != "ok" else 44.0,
            health=dict(self.health),
            running=(running.mark,) if running else (),
            addresses=addresses,
        )

    def next_request(self) -> Request | None:
        """What to ask the host next: progress, then a task's end, then events; each again until it is answered."""
        return self.slot.owed or self.tasks.owed or self.events.head

    def taken(self, request: Request) -> None:
        """The host answered `request`: it is durable there. What changed meanwhile stays owed.

        An event that was said in two sessions, one after the other, may be answered in both.
        """
        if isinstance(request, Event):
            if self.events.head is request:
                self.events.answered()
        elif isinstance(request, TaskDone):
            self.tasks.acknowledged(request)
        elif self.slot.owed is request:
            self.slot.owed = None

    # -- what befalls it ----------------------------------------------------------------------------------------

    def raise_event(self, sub_type: str, *, wall: float, now: float, text: str = "") -> bool:
        """Queue an event that is no alarm. False when the queue was full and it is lost."""
        time = self.clock_text(wall=wall, now=now)
        return self.events.put(Event(sequence=0, sub_type=sub_type, text=text, time=time))

    def raise_alarm(self, component: str, severity: int, *, wall: float, now: float, text: str = "") -> bool:
        """A part of the hardware fails (severity 3 or worse) or degrades. False when the event found no room."""
        self.health[component] = "failed" if severity <= _ERROR else "degraded"
        sub_type = "self_test_failed" if component == "self_test" else "hardware_alarm"
        time = self.clock_text(wall=wall, now=now)
        return self.events.put(
            Event(sequence=0, sub_type=sub_type, component=component, severity=severity, text=text, time=time)
        )

    def mend(self) -> None:
        """Every part is well again."""
        self.health = dict.fromkeys(self.health, "ok")

    def clock_text(self, *, wall: float, now: float) -> str:
        """What the box's own clock shows, RFC 3339 in UTC."""
        clock = self.habits.clock
        shown = now - self.booted_at if clock.since_1970 else wall + clock.skew_s
        moment = dt.datetime.fromtimestamp(max(0.0, shown), dt.UTC)
        return moment.isoformat(timespec="seconds").replace("+00:00", "Z")
