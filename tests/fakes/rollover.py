"""A succession in memory, and use cases around it."""

from datetime import datetime
from typing import cast

import msgspec

from servicehost.domain.contract import Scope
from servicehost.domain.errors import Conflict
from servicehost.domain.instant import from_datetime
from servicehost.domain.rollover import Rollover, Towards, Trusting
from servicehost.operations.rollover_catalogue import RolloverCatalogue, open_rollover_catalogue
from servicehost.ports.clock import Clock
from servicehost.ports.store import Store
from tests.fakes.clock import FixedClock

__all__ = ["NEXT", "PRESENT", "MemorySuccession", "NoUnits", "no_rollover"]

PRESENT, NEXT = "aa" * 32, "bb" * 32


class MemorySuccession:
    """Implements `ports.rollover.Succession`. `fails` makes every step fail."""

    def __init__(self) -> None:
        self.state: Rollover | None = None
        self.steps: list[str] = []
        self.fails = False

    def rollover(self) -> Rollover | None:
        return self.state

    async def begin(self, *, now: datetime, by: str) -> Rollover:
        self._step("begin")
        begun = self.state or Rollover(
            begun_at=from_datetime(now),
            begun_by=by,
            present=PRESENT,
            next=NEXT,
            towards=Towards.NEXT,
            cross_signed=True,
        )
        self.state = msgspec.structs.replace(begun, towards=Towards.NEXT)
        return self.state

    async def turn_back(self) -> Rollover | None:
        self._step("turn_back")
        if self.state is not None:
            self.state = msgspec.structs.replace(self.state, towards=Towards.PRESENT)
        return self.state

    async def finish(self) -> None:
        self._step("finish")
        self.state = None

    def _step(self, name: str) -> None:
        if self.fails:
            raise Conflict("authority_unavailable", "no")
        self.steps.append(name)


class NoUnits:
    """Implements `ports.rollover.RolloverReads` where there is nobody."""

    async def trusting(self, scope: Scope, *, after: int = 0, limit: int = 1_000) -> list[Trusting]:
        return []


async def _nothing_to_change() -> None:
    pass


def no_rollover(store: Store | None = None, clock: Clock | None = None) -> RolloverCatalogue:
    """Use cases that find no rollover and no units; without a store nothing may be begun."""
    return open_rollover_catalogue(
        store=cast("Store", store),
        clock=clock or FixedClock(),
        reads=NoUnits(),
        succession=MemorySuccession(),
        trust_changed=_nothing_to_change,
    )
