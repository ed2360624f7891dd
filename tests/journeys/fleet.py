"""Simulated units inside the test: real sockets and enrolment, their happenings and their time in its hand."""

import asyncio
import random
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from adapter_sim.adapter import Adapter
from adapter_sim.ailments import AnyAilment
from adapter_sim.deeds import AnyDeed
from adapter_sim.dialer import HostAddress
from adapter_sim.enrol import BootstrapDoor
from adapter_sim.fleet import Fleet, FleetPlan
from adapter_sim.happenings import Happening, What
from adapter_sim.inventory import UnitEntry
from adapter_sim.world import World
from tests.journeys.host_process import HostProcess
from tests.journeys.waiting import LIMIT_S

__all__ = ["SkippingTimers", "Units"]


class _Timer:
    def __init__(self, timers: "SkippingTimers", due: float, call: Callable[[], None]) -> None:
        self.due = due
        self._timers = timers
        self._call = call
        self._handle: asyncio.TimerHandle | None = None

    def arm(self, delay_s: float) -> None:
        if self._handle is not None:
            self._handle.cancel()
        self._handle = asyncio.get_running_loop().call_later(delay_s, self._ring)

    def _ring(self) -> None:
        self._timers.waiting.pop(self, None)
        self._call()

    def cancel(self) -> None:
        self._timers.waiting.pop(self, None)
        if self._handle is not None:
            self._handle.cancel()


class SkippingTimers:
    """The loop's time, and whatever of it was skipped: a trial's ten minutes need not be waited for."""

    def __init__(self) -> None:
        self.waiting: dict[_Timer, None] = {}
        self._loop = asyncio.get_running_loop()
        self._skipped_s = 0.0

    def now(self) -> float:
        return self._loop.time() + self._skipped_s

    def wall(self) -> float:
        return time.time()

    def call_later(self, delay_s: float, call: Callable[[], None]) -> _Timer:
        timer = _Timer(self, self.now() + delay_s, call)
        self.waiting[timer] = None
        timer.arm(delay_s)
        return timer

    def skip(self, seconds: float) -> None:
        """That much later, at once; what falls due is called in its order."""
        self._skipped_s += seconds
        for timer in sorted(self.waiting, key=lambda timer: timer.due):
            timer.arm(max(0.0, timer.due - self.now()))


class Units:
    """A fleet that keeps what its units keep in `state`. `told` has every happening of each unit, in order."""

    def __init__(self, host: HostProcess, state: Path, *, source: str | None = None) -> None:
        self.folder = state
        self.timers = SkippingTimers()
        self.told: dict[str, list[Happening]] = defaultdict(list)
        self.listeners: list[Callable[[Happening], None]] = []
        self._read: dict[str, int] = defaultdict(int)
        self._news = asyncio.Event()
        self.late = False
        """Units that may choose a moment at random choose the last: what they shall do is then in the test's hand."""
        anchors = host.folder / "authority" / "root.pem"
        plan = FleetPlan(
            hosts=[HostAddress(name="127.0.0.1", port=host.adapters_port)],
            state=state,
            anchors=anchors,
            bootstrap=BootstrapDoor(f"https://127.0.0.1:{host.bootstrap_port}", anchors),
            source=source,
        )
        self._fleet = Fleet(plan, World(timers=self.timers, tell=self._tell, uniform=self._draw))

    def _draw(self, low: float, high: float) -> float:
        return high if self.late else random.uniform(low, high)

    def _tell(self, happening: Happening) -> None:
        self.told[happening.unit].append(happening)
        for listener in tuple(self.listeners):
            listener(happening)
        self._news.set()

    def __getitem__(self, unit: str) -> Adapter:
        return self._fleet.adapters[unit]

    async def power_on(self, *entries: UnitEntry, ailments: Sequence[AnyAilment] = ()) -> None:
        """Enrol these, if need be, and let them dial, unless something befalls them."""
        added = await asyncio.gather(*(self._fleet.add(entry, ailments) for entry in entries))
        assert all(added)

    async def put_away(self, unit: str) -> None:
        """The unit says goodbye and is gone; its folder stays, and `power_on` finds it again."""
        adapter = self._fleet.adapters.pop(unit)
        adapter.leave()
        await adapter.quiet()

    def do(self, deed: AnyDeed, unit: str) -> None:
        assert self._fleet.do(deed, unit)

    async def until(self, unit: str, what: What, **fields: object) -> dict[str, Any]:
        """The fields of the unit's next happening of this kind that has these; those before it are passed over."""
        seen: list[Happening] = []
        try:
            async with asyncio.timeout(LIMIT_S):
                while True:
                    if (happening := self._next(unit)) is None:
                        self._news.clear()
                        await self._news.wait()
                    elif happening.what == what and fields.items() <= happening.fields.items():
                        return happening.fields
                    else:
                        seen.append(happening)
        except TimeoutError:
            raise AssertionError(f"{unit} was not {what} {fields}, but {seen}") from None

    def _next(self, unit: str) -> Happening | None:
        if self._read[unit] == len(self.told[unit]):
            return None
        self._read[unit] += 1
        return self.told[unit][self._read[unit] - 1]

    def passed_over(self, unit: str) -> None:
        """`until` looks only at what happens from now on."""
        self._read[unit] = len(self.told[unit])

    def count(self, unit: str, what: What, **fields: object) -> int:
        """How often that has happened to the unit."""
        return sum(one.what == what and fields.items() <= one.fields.items() for one in self.told[unit])

    async def stop(self) -> None:
        await self._fleet.stop()
