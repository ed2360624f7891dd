"""A store in memory: what is on the shelf, and the two verbs. Values are never changed, only replaced, so a copy of the
shelf's dictionaries is enough to put everything back."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Callable, Collection, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, fields
from typing import TypeVar, cast

import msgspec

from servicehost.domain.attempt import Attempt
from servicehost.domain.audit import AuditEntry
from servicehost.domain.config import Revision
from servicehost.domain.contract import ManagementContract, Scope
from servicehost.domain.errors import NotFound, StoreFull
from servicehost.domain.event import Event
from servicehost.domain.module import ModuleMark
from servicehost.domain.people import Person
from servicehost.domain.presence import Lease
from servicehost.domain.push import OPEN_PHASES, Push
from servicehost.domain.startup import StartupProof
from servicehost.domain.unit import Adapter, Binding, Unit
from servicehost.ports.enrolments import KeptCertificate
from servicehost.ports.events import Horizon
from servicehost.ports.fences import FenceChange
from servicehost.ports.reads import UnitView
from servicehost.ports.store import Batch, Transaction
from servicehost.ports.token_rows import EnrolmentRow, TokenRow

__all__ = ["Shelf", "ShelfStore", "View"]

T = TypeVar("T")


@dataclass
class Shelf:
    """Everything, by key. `numbers` are the counters; `views` holds what each unit said last."""

    contracts: dict[str, ManagementContract] = field(default_factory=dict)
    people: dict[int, Person] = field(default_factory=dict)
    tokens: dict[str, TokenRow] = field(default_factory=dict)
    units: dict[int, Unit] = field(default_factory=dict)
    views: dict[int, UnitView] = field(default_factory=dict)
    enrolments: dict[str, EnrolmentRow] = field(default_factory=dict)
    certificates: dict[str, KeptCertificate] = field(default_factory=dict)
    uses: dict[str, int] = field(default_factory=dict)
    fences: dict[int, FenceChange] = field(default_factory=dict)
    attempts: dict[int, Attempt] = field(default_factory=dict)
    wishes: dict[int, tuple[int, str]] = field(default_factory=dict)
    adapters: dict[str, Adapter] = field(default_factory=dict)
    bindings: dict[int, Binding] = field(default_factory=dict)
    contents: dict[tuple[str, str], str] = field(default_factory=dict)
    raw_contents: dict[tuple[str, str], bytes] = field(default_factory=dict)
    manifests: dict[str, tuple[ModuleMark, ...]] = field(default_factory=dict)
    proofs: dict[str, StartupProof] = field(default_factory=dict)
    revisions: dict[tuple[str, int, int], Revision] = field(default_factory=dict)
    pushes: dict[int, Push] = field(default_factory=dict)
    events: dict[int, Event] = field(default_factory=dict)
    horizon: dict[int, Horizon] = field(default_factory=dict)
    unit_events: dict[tuple[int, str, int], str | None] = field(default_factory=dict)
    audit: dict[int, AuditEntry] = field(default_factory=dict)
    anchors: dict[int, tuple[str, ...]] = field(default_factory=dict)
    leases: dict[str, Lease] = field(default_factory=dict)
    numbers: dict[str, int] = field(default_factory=dict)

    def next(self, of: str) -> int:
        self.numbers[of] = self.numbers.get(of, 0) + 1
        return self.numbers[of]

    def copy(self) -> "Shelf":
        return Shelf(**{one.name: dict(getattr(self, one.name)) for one in fields(self)})

    def put_back(self, before: "Shelf") -> None:
        for one in fields(self):
            setattr(self, one.name, getattr(before, one.name))


class View:
    """The shelf as one scope sees it; what both verbs have in common."""

    def __init__(self, shelf: Shelf, scope: Scope) -> None:
        self._shelf = shelf
        self._scope = scope

    def _own(self, management_codes: Iterable[str | None]) -> None:
        """Nobody writes into another's contract."""
        if not all(self._scope.sees(code) for code in management_codes):
            raise NotFound("no_contract", "No such management contract")

    def _of_adapters(self, things: Iterable[Binding | Push | Revision]) -> None:
        """What belongs to an adapter belongs to the adapter's own contract."""
        for thing in things:
            adapter = self._shelf.adapters.get(thing.service_code)
            if adapter is None or adapter.management_code != thing.management_code:
                raise NotFound("not_in_contract", "No such adapter in this management contract")

    def binding_in_force(self, *, unit_id: int | None = None, service_code: str | None = None) -> Binding | None:
        found = (
            binding
            for binding in self._shelf.bindings.values()
            if binding.unbound_at is None and (binding.unit_id == unit_id or binding.service_code == service_code)
        )
        return next((one for one in found if self._scope.sees(one.management_code)), None)

    def sees_unit(self, unit_id: int) -> bool:
        """A unit goes with the contract it serves; in stock it is the provider's."""
        if self._scope.management_code is None:
            return unit_id in self._shelf.units
        return self.binding_in_force(unit_id=unit_id) is not None

    def open_of(self, service_codes: Collection[str], module: int | None = None) -> dict[str, list[Push]]:
        wanted = set(service_codes)
        found: dict[str, list[Push]] = {}
        for number in sorted(self._shelf.pushes):
            push = self._shelf.pushes[number]
            fits = push.service_code in wanted and push.phase in OPEN_PHASES and module in (None, push.module)
            if fits and self._scope.sees(push.management_code):
                found.setdefault(push.service_code, []).append(push)
        return found

    def put_pushes(self, pushes: Sequence[Push]) -> list[Push]:
        self._own(push.management_code for push in pushes)
        self._of_adapters(pushes)
        added = [msgspec.structs.replace(push, push=self._shelf.next("push")) for push in pushes]
        self._shelf.pushes |= {push.push: push for push in added}
        return added

    def change_pushes(self, pushes: Sequence[Push]) -> None:
        for push in pushes:
            kept = self._shelf.pushes.get(push.push)
            if kept is not None and self._scope.sees(kept.management_code):
                self._shelf.pushes[push.push] = msgspec.structs.replace(
                    kept,
                    phase=push.phase,
                    outcome=push.outcome,
                    reason=push.reason,
                    rejected=push.rejected,
                    changed_at=push.changed_at,
                )

    def forget_events(self, before: int, limit: int, now: int) -> int:
        if self._scope.management_code is not None:
            return 0
        events = self._shelf.events
        old = list(itertools.takewhile(lambda number: events[number].at < before, sorted(events)[:limit]))
        for number in old:
            self._shelf.horizon[1] = Horizon(event=number, removed_at=now)
            del events[number]
        return len(old)

    def put_events(self, events: Sequence[Event]) -> None:
        self._own(event.management_code for event in events)
        for event in events:
            number = self._shelf.next("event")
            self._shelf.events[number] = msgspec.structs.replace(event, event=number)

    def put_audit(self, entries: Sequence[AuditEntry]) -> None:
        self._own(entry.management_code for entry in entries)
        for entry in entries:
            self._shelf.audit[self._shelf.next("audit")] = entry


class ShelfStore:
    """Implements `ports.store.Store`. With `full` every block that writes ends with StoreFull."""

    def __init__(self, shelf: Shelf) -> None:
        self.shelf = shelf
        self.full = False
        self._turn = asyncio.Lock()

    @asynccontextmanager
    async def transaction(self, scope: Scope) -> AsyncIterator[Transaction]:
        from tests.fakes.shelf_transaction import ShelfTransaction  # noqa: PLC0415 - it builds on this file

        async with self._turn:
            before = self.shelf.copy()
            try:
                # A block elsewhere would have every chance to get in between, were it not for the turn.
                await asyncio.sleep(0)
                # No enrolments lie on a shelf either.
                yield cast("Transaction", ShelfTransaction(self.shelf, scope))
                self._check_room(before)
            except BaseException:
                self.shelf.put_back(before)
                raise

    async def batch(self, scope: Scope, work: Callable[[Batch], T]) -> T:
        from tests.fakes.shelf_batch import ShelfBatch  # noqa: PLC0415 - it builds on this file

        async with self._turn:
            before = self.shelf.copy()
            try:
                # No faults and exchanges lie on a shelf: the steps of that story are tested on the real store.
                result = work(cast("Batch", ShelfBatch(self.shelf, scope)))
                self._check_room(before)
            except BaseException:
                self.shelf.put_back(before)
                raise
            return result

    async def begin_run(self, host: str, now: int) -> int:
        async with self._turn:
            last = self.shelf.leases.get(host)
            run = 1 if last is None else last.run + 1
            self.shelf.leases[host] = Lease(host=host, run=run, started_at=now, renewed_at=now)
            return run

    def _check_room(self, before: Shelf) -> None:
        if self.full and self.shelf != before:
            raise StoreFull()
