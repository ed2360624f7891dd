"""Gets one unit connected, and again: when to dial, through the gate, over a line that may be cut."""

import asyncio
from collections.abc import Sequence
from typing import Protocol

from adapter_sim.config_text import Permission
from adapter_sim.dialer import Dialer, DialFailed, HostAddress, read_host_url
from adapter_sim.endings import Ending, undialled
from adapter_sim.guide import Guide
from adapter_sim.link import LinkOwner
from adapter_sim.redial import Redialer
from adapter_sim.timers import Timer
from adapter_sim.world import World
from protocol.messages import Redial

__all__ = ["Caller", "CallerOwner"]


class CallerOwner(Protocol):
    """The unit, as its caller knows it."""

    def dials(self) -> LinkOwner:
        """A dial begins; the answer is told whatever comes of it."""
        ...

    def permits(self, address: str, port: int) -> Permission:
        """Whether the unit's own config lets it reach an address."""
        ...

    def dial_failed(self, ending: Ending, redial_s: float) -> None:
        """No connection came about; the next dial is set."""
        ...


def _read(url: str) -> HostAddress | None:
    try:
        return read_host_url(url)
    except ValueError:
        return None


class Caller:
    """One dial at a time. It holds a place in the gate from the dial until `welcomed`, `again` or `stop`."""

    __slots__ = ("_dialer", "_dialing", "_guide", "_line_cut", "_owner", "_redial", "_redialer", "_world")

    def __init__(self, owner: CallerOwner, dialer: Dialer, world: World, guide: Guide | None = None) -> None:
        """With a guide nothing is dialled after a boot before it is `ready`."""
        self._owner = owner
        self._dialer = dialer
        self._world = world
        self._redialer = Redialer(hosts=dialer.hosts, uniform=world.uniform)
        self._dialing: asyncio.Task[None] | None = None
        self._redial: Timer | None = None
        self._line_cut = False
        self._guide = guide
        if guide is not None:
            guide.follow(self._led)

    @property
    def dialing(self) -> bool:
        """A dial is under way."""
        return self._dialing is not None

    @property
    def line_cut(self) -> bool:
        """No dial can succeed."""
        return self._line_cut

    def call_after(self, delay_s: float) -> None:
        """Dial so much later, instead of whatever was set before."""
        if self._redial is not None:
            self._redial.cancel()
        self._redial = self._world.timers.call_later(delay_s, self._due)

    def again(self, ending: Ending, *, welcomed: bool) -> float:
        """The session ended: dial again when the rules say, and answer after how many seconds that is."""
        self._world.gate.leave(self)
        if self._guide is not None and not welcomed:
            self._guide.failed()
        delay_s = self._redialer.delay(ending, welcomed=welcomed)
        self.call_after(delay_s)
        return delay_s

    def at_once(self) -> float:
        """The session was ended to be begun anew: dial now."""
        self._world.gate.leave(self)
        self.call_after(0.0)
        return 0.0

    def sooner(self, delay_s: float) -> None:
        """Something that may have been in the way is gone: if a dial is set, begin again with this one."""
        self._redialer.start_over()
        if self._redial is not None:
            self.call_after(delay_s)

    def stop(self) -> None:
        """No more dials."""
        if self._redial is not None:
            self._redial.cancel()
            self._redial = None
        if self._dialing is not None:
            self._dialing.cancel()
            self._dialing = None
        if self._guide is not None:
            self._guide.stop()
        self._world.gate.leave(self)

    def connected(self) -> None:
        """A socket stands. The dial's task has nothing left to do; a later dial must not wait for it to notice."""
        self._dialing = None

    def welcomed(self, policy: Redial) -> bool:
        """A host took the unit in and says how to dial from now on. Whether the unit had been sent to that host."""
        self._world.gate.leave(self)
        if self._guide is not None:
            self._guide.welcomed()
        self._redialer.welcomed(policy)
        return self._dialer.stay()

    def redirect(self, urls: Sequence[str]) -> tuple[str, ...]:
        """Dial the hosts of these URLs first from now on; those that could be read, in their order."""
        readable = {url: address for url in urls if (address := _read(url)) is not None}
        self._dialer.redirect(list(readable.values()))
        self._redialer.hosts = self._dialer.hosts
        return tuple(readable)

    def cut_line(self) -> None:
        """Dials fail until `mend_line`."""
        self._line_cut = True
        if self._guide is not None:
            self._guide.line_cut = True

    def mend_line(self) -> None:
        """The port sees its link again, and the unit dials as after a fresh loss."""
        if self._guide is not None:
            self._guide.line_cut = False
        if self._line_cut:
            self._line_cut = False
            self.sooner(self._world.uniform(0.0, self._redialer.policy.spread_s))

    def lose_location(self, *, lost: bool) -> None:
        """The location service does not answer this unit, or does again. Nothing to a unit that has none."""
        if self._guide is not None:
            self._guide.down = lost

    def _led(self, policy: Redial, moved: bool) -> None:
        self._redialer.policy, self._redialer.hosts = policy, self._dialer.hosts
        if moved:
            self.sooner(self._world.uniform(0.0, policy.spread_s))

    def _due(self) -> None:
        self._redial = None
        if self._guide is None or self._guide.ready:
            self._enter()
        else:
            self._guide.lead(self._enter)

    def _enter(self) -> None:
        self._world.gate.enter(self, self._begin)

    def _begin(self) -> None:
        owner = self._owner.dials()
        if self._line_cut:
            self._failed(undialled("line_cut", "the line is cut"))
        else:
            self._dialing = asyncio.get_running_loop().create_task(self._dial(owner))

    async def _dial(self, owner: LinkOwner) -> None:
        try:
            await self._dialer.dial(owner, self._owner.permits)
        except DialFailed as failed:
            self._dialing = None
            self._failed(failed.ending)

    def _failed(self, ending: Ending) -> None:
        self._owner.dial_failed(ending, self.again(ending, welcomed=False))
