"""Tells a unit where its hosts are: asks the location service, keeps the answer, goes by that when there is none."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import msgspec

from adapter_sim.dialer import Dialer
from adapter_sim.happenings import Happening, What
from adapter_sim.location import Fetched, LocationService, LocationUnreachable, signature_check, trusted_in
from adapter_sim.shelf import Shelf
from adapter_sim.timers import Timer
from adapter_sim.world import World
from protocol.asking import LOST_AFTER_S, ask_again_delay, refresh_delay
from protocol.location import Location, LocationRefused, read_host_url, read_location, supersedes
from protocol.messages import Redial
from protocol.timing import redial_delay

__all__ = ["Guide", "GuidePlan"]


def _unheeded(_anchors: tuple[str, ...]) -> None:
    """For a unit whose anchors are in its maker's hands."""


class GuidePlan(msgspec.Struct, frozen=True, kw_only=True):
    """Whom a unit asks, whom it believes, and where it keeps the answer.

    `anchors` gives its present trust store, PEM. `learned` is handed the anchors of each document that takes the place
    of another, before the unit dials by it.
    """

    unit: str
    service: LocationService
    anchors: Callable[[], str]
    memory: Path
    learned: Callable[[tuple[str, ...]], None] = _unheeded


class Guide:
    """One unit's. Callbacks and timers; one question at a time, held in a task.

    `ready` says that the unit has a host to dial: one that it knew from its memory at boot, or one that it knows since
    the service was asked. `down` makes the
    service unreachable for this unit, `line_cut` everything. Every verb is harmless where it changes nothing.
    """

    __slots__ = (
        "_dialer",
        "_etag",
        "_failures",
        "_follow",
        "_held",
        "_lost_since",
        "_not_before",
        "_plan",
        "_questions",
        "_task",
        "_then",
        "_timer",
        "_world",
        "down",
        "line_cut",
        "ready",
    )

    def __init__(self, plan: GuidePlan, dialer: Dialer, world: World) -> None:
        self._plan: Final = plan
        self._dialer = dialer
        self._world = world
        self._held: Location | None = None
        self._etag: str | None = None
        self._follow: Callable[[Redial, bool], None] = lambda _redial, _moved: None
        self._then: Callable[[], None] | None = None
        self._task: asyncio.Task[None] | None = None
        self._timer: Timer | None = None
        self._questions = 0
        self._lost_since: float | None = None
        self._failures = 0
        self._not_before = 0.0
        self.down = self.line_cut = self.ready = False

    def follow(self, follow: Callable[[Redial, bool], None]) -> None:
        """Have `follow` called with the redial policy to go by, and whether the hosts are others than before."""
        self._follow = follow

    def lead(self, then: Callable[[], None]) -> None:
        """After a boot: call `then` once there is a host to dial, at once if one is kept, and ask in any case."""
        self._then = then
        self._recall()
        if self._held is not None:
            self._go()
        self._ask()

    def stop(self) -> None:
        """The unit is off. What it has learned is in its memory; what it was about to do is forgotten."""
        self.ready = False
        self._then = self._held = self._etag = self._lost_since = None
        self._questions = self._failures = 0
        self._not_before = 0.0
        self._forget_timer()
        if self._task is not None:
            self._task.cancel()
            self._task = None

    def welcomed(self) -> None:
        """A host took the unit in."""
        self._lost_since, self._failures, self._questions = None, 0, 0

    def failed(self) -> None:
        """A host did not. When all have not for a while the guide asks again, ever more rarely."""
        now = self._world.timers.now()
        self._lost_since = now if self._lost_since is None else self._lost_since
        self._failures += 1
        tried_all = self._failures >= self._dialer.hosts and now - self._lost_since >= LOST_AFTER_S
        if self.ready and tried_all and self._task is None and now >= self._not_before:
            self._ask()

    # -- the question -------------------------------------------------------------------------------------------

    def _ask(self) -> None:
        self._forget_timer()
        self._task = asyncio.get_running_loop().create_task(self._asking())

    async def _asking(self) -> None:
        try:
            fetched = await self._fetched()
            new = self._judged(fetched, source="service")
        except LocationUnreachable as error:
            self._unanswered("location_failed", error.reason, error.text)
        except LocationRefused as error:
            self._unanswered("location_refused", error.code, error.text)
        else:
            self._etag = fetched.etag
            if new is not None and fetched.text is not None:
                self._remember(fetched.text)
                self._adopt(new)
            self._answered(new=new is not None)

    def _remember(self, text: bytes) -> None:
        try:
            Shelf(self._plan.memory.parent).write(self._plan.memory.name, text)
        except OSError as error:
            self._tell("location_failed", reason="flash_unwritable", detail=str(error))

    async def _fetched(self) -> Fetched:
        if self.line_cut or self.down:
            reason = "line_cut" if self.line_cut else "location_down"
            raise LocationUnreachable(reason, "nothing goes out" if self.line_cut else "the service does not answer")
        return await self._plan.service.ask(self._anchors(), etag=self._etag)

    def _anchors(self) -> str:
        try:
            return self._plan.anchors()
        except (OSError, ValueError) as error:
            raise LocationUnreachable("anchors_unreadable", str(error)) from error

    def _judged(self, fetched: Fetched, *, source: str) -> Location | None:
        """The document if it takes the place of the one held. Raises LocationRefused."""
        if fetched.text is None:
            return None
        location = read_location(fetched.text, signature_check(trusted_in(self._anchors())))
        if not supersedes(location, self._held):
            return None
        told = {"source": source, "sequence": location.sequence, "hosts": location.hosts}
        self._tell("location_learned", **told, anchors=len(location.anchors))
        return location

    def _recall(self) -> None:
        """What is kept counts like an answer: believed only if it is signed."""
        try:
            text = self._plan.memory.read_bytes()
            kept = self._judged(Fetched(text=text, etag=None), source="flash")
        except FileNotFoundError:
            return
        except OSError as error:
            self._tell("location_failed", reason="flash_unreadable", detail=str(error))
        except (LocationRefused, LocationUnreachable) as error:
            reason = error.code if isinstance(error, LocationRefused) else error.reason
            self._tell("location_refused", reason=reason, detail=error.text)
        else:
            if kept is not None:
                self._adopt(kept)

    def _adopt(self, location: Location) -> None:
        self._held = location
        self._plan.learned(location.anchors)
        moved = self._dialer.walk([read_host_url(url) for url in location.hosts])
        self._follow(location.redial, moved)

    # -- the next question --------------------------------------------------------------------------------------

    def _answered(self, *, new: bool) -> None:
        if new and self._lost_since is None:
            self._questions = 0
        now = datetime.fromtimestamp(self._world.timers.wall(), UTC)
        wait_s = ask_again_delay(self._questions, self._world.uniform)
        if self._held is not None:
            wait_s = refresh_delay(self._held, now, self._questions, self._world.uniform)
        self._done(wait_s)

    def _unanswered(self, what: What, reason: str, text: str) -> None:
        if self._dialer.hosts:
            wait_s = ask_again_delay(self._questions, self._world.uniform)
        else:  # It has nothing else to do.
            wait_s = redial_delay(Redial(), self._questions, slow=False, hosts=1, uniform=self._world.uniform)
        self._tell(what, reason=reason, detail=text, again_s=round(wait_s, 3))
        self._done(wait_s)

    def _done(self, wait_s: float) -> None:
        timers = self._world.timers
        self._task = None
        self._not_before = timers.now() + ask_again_delay(self._questions, self._world.uniform)
        self._questions += 1
        self._timer = timers.call_later(wait_s, self._due)
        if self._dialer.hosts:
            self._go()

    def _go(self) -> None:
        self.ready = True
        then, self._then = self._then, None
        if then is not None:
            then()

    def _due(self) -> None:
        self._timer = None
        if self._task is None:
            self._ask()

    def _forget_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _tell(self, what: What, **fields: object) -> None:
        self._world.tell(Happening(unit=self._plan.unit, what=what, fields=fields))
