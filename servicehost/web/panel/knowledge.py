"""What the pages of one scope show, as the store said it last.

All of it is read once; after that only what events name, and adapters with a push under way, whose phases make no
events. Everything is read again now and then, because nothing tells when a unit was last heard.
"""

from collections.abc import Sequence
from typing import Final

from servicehost.domain.contract import Scope
from servicehost.domain.event import Event, EventClass
from servicehost.domain.push import Push
from servicehost.domain.rollout import UNFINISHED, RolloutState
from servicehost.domain.task import Task, TaskState
from servicehost.ports.clock import Clock
from servicehost.ports.concerns import Concerns
from servicehost.ports.reads import AdapterView, Reads
from servicehost.ports.rollouts import RolloutView
from servicehost.ports.tasks import TaskFilter
from servicehost.web.panel.cases import CaseSource, CasesSeen

__all__ = ["EVENTS_KEPT", "MAX_ADAPTERS", "Knowledge"]

MAX_ADAPTERS: Final = 10_000
"""What lies behind them, in the order of service codes, the page does not watch, and says so."""
EVENTS_KEPT: Final = 30
_PUSHES_KEPT: Final = 100
_ROLLOUTS_KEPT: Final = 10
_TASKS_KEPT: Final = 10
_ROLLOUT_ENDS: Final = frozenset({RolloutState.FINISHED, RolloutState.HALTED, RolloutState.ROLLED_BACK})
_ROLLOUTS_OPEN: Final = frozenset(RolloutState) - _ROLLOUT_ENDS
_MOVING: Final = frozenset({RolloutState.RUNNING, RolloutState.ROLLING_BACK})
_TASKS_OPEN: Final = frozenset({TaskState.QUEUED, TaskState.IN_PROGRESS})
_PART: Final = 100
"""Read at once: few enough that sessions do not feel it."""
_NEWS: Final = 200
"""With so many events at once, reading everything is cheaper than one thing after another."""
_SINGLY: Final = 50
"""So many adapters are read one by one at most."""
_REFRESH_S: Final = 15.0
_SHARE: Final = 4
"""Reading everything takes at most one part in so many of the time."""


class Knowledge:
    """One scope's. `read` comes first; then `catch_up` again and again. Never two of them at once."""

    def __init__(self, scope: Scope, reads: Reads, clock: Clock, cases: CaseSource) -> None:
        self.scope = scope
        self.adapters: dict[str, AdapterView] = {}
        self.customers: dict[str, str] = {}
        self.pushes: Sequence[Push] = ()
        self.push_counts: dict[str, int] = {}
        self.rollouts: Sequence[RolloutView] = ()
        """Those that have not ended, and behind them those that were seen to end."""
        self.tasks: Sequence[Task] = ()
        """The newest."""
        self.events: Sequence[Event] = ()
        self.cases = CasesSeen()
        self.concerns = Concerns()
        """What waits for the provider's people: nothing in a customer's scope, who could not settle it."""
        self.complete = True
        """False when there are more than `MAX_ADAPTERS`."""
        self._reads = reads
        self._clock = clock
        self._cases = cases
        self._event = 0
        self._read_at = 0.0
        self._took_s = 0.0
        self._owed = False

    @property
    def event(self) -> int:
        """The newest event that it includes."""
        return self._event

    async def read(self) -> None:
        """Everything, anew."""
        began = self._clock.monotonic()
        # The events first: what happens while the rest is read is read again, never missed.
        events = await self._reads.events(self.scope, newest_first=True, limit=EVENTS_KEPT)
        self._event = max(self._event, events[0].event if events else 0)
        self.events = events
        await self._read_adapters()
        await self._read_customers()
        await self._read_rest()
        self._read_at = self._clock.monotonic()
        self._took_s = self._read_at - began
        self._owed = False

    async def catch_up(self, newest: int) -> bool:
        """Take in what has happened up to the store's event number `newest`. Whether anything was read anew."""
        fresh: Sequence[Event] = ()
        if newest > self._event:
            fresh = await self._reads.events(self.scope, after=self._event, limit=_NEWS)
        stale = {event.service_code for event in fresh if event.service_code} | self._under_way()
        self._owed = self._owed or len(fresh) == _NEWS or len(stale) > _SINGLY or any(map(_concerns_many, fresh))
        if self._due():
            await self.read()
            self._event = max(self._event, newest)
            return True
        self._event = max(self._event, newest if len(fresh) < _NEWS else fresh[-1].event)
        if not fresh and not stale and not self._works():
            return False
        self.events = [*reversed(fresh), *self.events][:EVENTS_KEPT]
        for code in sorted(stale)[:_SINGLY]:
            await self._read_adapter(code)
        await self._read_rest()
        return True

    def _due(self) -> bool:
        since = self._clock.monotonic() - self._read_at
        longest = self._took_s * _SHARE
        return since >= (longest if self._owed else max(_REFRESH_S, longest))

    def _under_way(self) -> set[str]:
        return {code for code, view in self.adapters.items() if view.push is not None and not view.push.phase.ended}

    def _works(self) -> bool:
        """Whether a rollout or a task is under way: their steps make no events of their own."""
        rolls = any(view.rollout.state in _MOVING for view in self.rollouts)
        return rolls or any(task.state in _TASKS_OPEN for task in self.tasks)

    async def _read_adapters(self) -> None:
        found: dict[str, AdapterView] = {}
        after, more = "", True
        while more and len(found) < MAX_ADAPTERS:
            part = await self._reads.adapters(self.scope, after=after, limit=_PART)
            found |= {view.adapter.service_code: view for view in part}
            more = len(part) == _PART
            after = part[-1].adapter.service_code if part else after
        self.complete = not more
        self.adapters = found

    async def _read_adapter(self, code: str) -> None:
        view = await self._reads.adapter(self.scope, code)
        if view is not None and (code in self.adapters or len(self.adapters) < MAX_ADAPTERS):
            self.adapters[code] = view

    async def _read_customers(self) -> None:
        """Only the provider's people see more than one; a customer's own name is no news to them."""
        if self.scope.management_code is not None:
            return
        found: dict[str, str] = {}
        after, more = "", True
        while more and len(found) < MAX_ADAPTERS:
            part = await self._reads.contracts(self.scope, after=after, limit=_PART)
            found |= {contract.management_code: contract.label for contract in part}
            more = len(part) == _PART
            after = part[-1].management_code if part else after
        self.customers = found

    async def _read_rest(self) -> None:
        self.pushes = await self._reads.pushes(self.scope, newest_first=True, limit=_PUSHES_KEPT)
        self.push_counts = await self._reads.push_counts(self.scope)
        self.rollouts = await self._rollouts_now()
        self.tasks = await self._reads.tasks(self.scope, TaskFilter(), newest_first=True, limit=_TASKS_KEPT)
        self.cases = await self._cases(self.scope)
        if self.scope.management_code is None:
            self.concerns = await self._reads.concerns(self.scope)

    async def _rollouts_now(self) -> list[RolloutView]:
        """One that has ended since the last look stays to be seen, with its last figures; those are read no more."""
        going = await self._reads.rollouts(self.scope, states=_ROLLOUTS_OPEN, limit=_ROLLOUTS_KEPT, newest_first=True)
        numbers = {view.rollout.rollout for view in going}
        left = [view for view in self.rollouts if view.rollout.rollout not in numbers]
        ended = [
            view if _has_settled(view) else await self._reads.rollout_view(self.scope, view.rollout.rollout)
            for view in left[: _ROLLOUTS_KEPT - len(going)]
        ]
        return [*going, *(view for view in ended if view is not None)]


def _has_settled(view: RolloutView) -> bool:
    """Whether nothing of it changes unless somebody rolls it back, which makes it one of those that go on."""
    under_way = any(tally.of(*UNFINISHED) for tally in view.tallies.values())
    return view.rollout.state in _ROLLOUT_ENDS and not under_way


def _concerns_many(event: Event) -> bool:
    return event.service_code is None and event.class_ is EventClass.CONFIGURATION
