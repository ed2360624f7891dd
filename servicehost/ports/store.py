"""The store, which is the truth: two verbs.

`transaction` serves people's use cases: one at a time, read, decide, write. `batch` serves what arrives from
sessions: one transaction over a list of items, set-based. Both are durable when they end without an exception, and
change nothing when they end with one. Errors: StoreFull when the database cannot grow.
Every method works within the scope the block was opened with: what lies outside is as if it were not there.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Protocol, TypeVar

from servicehost.domain.config import ModuleState, Revision
from servicehost.domain.contract import ManagementContract, Scope
from servicehost.domain.event import Event
from servicehost.domain.module import ModuleMark
from servicehost.domain.people import Person
from servicehost.domain.push import Push
from servicehost.domain.unit import Adapter, Binding, Unit
from servicehost.ports.addresses import Addresses
from servicehost.ports.areas import Areas
from servicehost.ports.attempts import Attempts
from servicehost.ports.audit import AuditBatch, AuditTransaction
from servicehost.ports.calls import Calls
from servicehost.ports.cases import Cases
from servicehost.ports.config_proposals import ConfigProposals
from servicehost.ports.consents import Consents, ConsentTransaction
from servicehost.ports.custody import Custody
from servicehost.ports.customers import Customers
from servicehost.ports.destinations import Destinations
from servicehost.ports.enrolments import NO_PARTICULARS, Enrolments, Particulars
from servicehost.ports.errands import Errands
from servicehost.ports.events import EventWrites
from servicehost.ports.fences import AsyncFenceWrites, FenceWrites
from servicehost.ports.groups import Groups, GroupTransaction
from servicehost.ports.holds import Holds
from servicehost.ports.lives import Lives
from servicehost.ports.modules import NO_MODULES, ModuleBatch, ModuleWrites
from servicehost.ports.place_writes import PlaceWrites
from servicehost.ports.presets import Presets
from servicehost.ports.renewals import Renewals
from servicehost.ports.revocations import Revocations
from servicehost.ports.rights import Rights
from servicehost.ports.rollout_ends import RolloutEnds
from servicehost.ports.rollouts import Rollouts
from servicehost.ports.rollover import AnchorsBatch
from servicehost.ports.scheduled_orders import ScheduledOrderBatch, ScheduledOrderWrites
from servicehost.ports.session_rows import Arrival, Hearing, Place, SessionChange, SessionEnd
from servicehost.ports.snapshots import SnapshotWrites
from servicehost.ports.startups import StartupBatch
from servicehost.ports.stock import StockKeeping
from servicehost.ports.task_batches import NamedBatches
from servicehost.ports.tasks import TaskBatch
from servicehost.ports.token_rows import EnrolmentRow, TokenRow
from servicehost.ports.triage import TriageBatch
from servicehost.ports.uploads import UploadBatch

__all__ = ["Batch", "Store", "Transaction"]

T = TypeVar("T")


class Transaction(
    Enrolments,
    AsyncFenceWrites,
    AuditTransaction,
    ModuleWrites,
    ConsentTransaction,
    ConfigProposals,
    GroupTransaction,
    SnapshotWrites,
    ScheduledOrderWrites,
    PlaceWrites,
    Protocol,
):
    """One person's use case. Reads see the block's own writes."""

    async def on_batch(self, work: Callable[["Batch"], T]) -> T:
        """Run `work` in this very transaction: for what is written for the batch verb, and part of something larger."""
        ...

    # contracts and people
    async def add_contract(self, contract: ManagementContract) -> None:
        """Raises Conflict `contract_exists`."""
        ...

    async def contract(self, management_code: str) -> ManagementContract | None: ...

    async def add_person(self, person: Person) -> Person:
        """The person with its number (the one given is ignored). Raises Conflict `master_id_taken`."""
        ...

    async def person_by_master_id(self, master_id: str) -> Person | None: ...

    async def set_password(self, person_id: int, password_hash: str, *, one_time: bool) -> None: ...

    async def add_token(self, token: TokenRow) -> None: ...

    async def drop_token(self, token_hash: str) -> bool:
        """Whether there was one."""
        ...

    async def drop_tokens_of(self, person_id: int) -> int:
        """How many there were."""
        ...

    # units and adapters
    async def add_unit(self, unit: Unit) -> Unit:
        """The unit with its number. Raises Conflict `unit_exists`."""
        ...

    async def unit(self, distribution_id: str) -> Unit | None: ...

    async def add_enrolment(self, row: EnrolmentRow) -> None: ...

    async def enrolment(self, token_hash: str) -> EnrolmentRow | None: ...

    async def use_enrolment(
        self, token_hash: str, used_at: int, key_fingerprint: str | None = None, certificate: str | None = None
    ) -> bool:
        """True for exactly one caller."""
        ...

    async def add_certificate(
        self,
        unit_id: int,
        fingerprint: str,
        serial_number: str,
        not_after: int,
        at: int,
        *,
        particulars: Particulars = NO_PARTICULARS,
    ) -> None: ...

    async def add_adapter(self, adapter: Adapter) -> None:
        """Raises Conflict `adapter_exists`."""
        ...

    async def adapters(self, service_codes: Collection[str]) -> list[Adapter]:
        """Those that exist in scope, in the order of service codes."""
        ...

    async def binding_of_adapter(self, service_code: str) -> Binding | None:
        """The one in force."""
        ...

    async def binding_of_unit(self, unit_id: int) -> Binding | None:
        """The one in force."""
        ...

    async def bind(self, binding: Binding) -> Binding:
        """The binding with its number, which is greater than any before; the unit's life is then *bound*.

        Raises Conflict `bound_already`, or a `LifeRefusal`: who was returned, retired, lost or stolen serves nobody.
        """
        ...

    async def unbind(self, number: int, at: int, reason: str = "") -> None:
        """The unit is then registered again; one that is lost or stolen stays so."""
        ...

    # configs and pushes
    async def latest_revisions(self, service_codes: Collection[str], module: int) -> dict[str, Revision]:
        """The newest (working) revision by service code; adapters without one are left out."""
        ...

    async def revision(self, service_code: str, module: int, revision: int) -> Revision | None: ...

    async def add_content(self, management_code: str, digest: str, body: str) -> None:
        """Harmless when the tenant has that content already."""
        ...

    async def add_revisions(self, revisions: Sequence[Revision]) -> None: ...

    async def open_pushes(self, service_codes: Collection[str], module: int) -> dict[str, list[Push]]:
        """By service code, oldest first: one on trial at most, and one that waits at most."""
        ...

    async def push(self, push: int) -> Push | None: ...

    async def add_pushes(self, pushes: Sequence[Push]) -> list[Push]:
        """The pushes with their numbers, in the order given; numbers grow."""
        ...

    async def save_pushes(self, pushes: Sequence[Push]) -> None:
        """Writes phase, outcome, reason, rejected and changed_at."""
        ...

    async def expired_pushes(self, now: int, limit: int) -> list[Push]:
        """Recallable ones whose time is over, oldest first."""
        ...

    async def units_of(self, service_codes: Collection[str]) -> dict[str, int]:
        """The unit bound now, by service code."""
        ...

    async def add_events(self, events: Sequence[Event]) -> None: ...


class Batch(
    Cases,
    Custody,
    StockKeeping,
    Errands,
    Rights,
    Areas,
    Addresses,
    Destinations,
    Consents,
    Calls,
    TriageBatch,
    Lives,
    FenceWrites,
    Revocations,
    Holds,
    Attempts,
    Renewals,
    AuditBatch,
    AnchorsBatch,
    ModuleBatch,
    StartupBatch,
    ScheduledOrderBatch,
    EventWrites,
    Customers,
    Rollouts,
    RolloutEnds,
    TaskBatch,
    NamedBatches,
    UploadBatch,
    Groups,
    Presets,
    Protocol,
):
    """What arrived from sessions since the last commit, in one transaction. Results are dicts by the key asked for.

    The methods are plain calls, made from the work function that `Store.batch` runs: nothing foreign can be waited for
    while the one writer is held, and on SQLite a whole batch is one hop to the writer's thread.
    """

    def places_by_distribution_id(self, distribution_ids: Collection[str]) -> dict[str, Place]: ...

    def fences(self, unit_ids: Collection[int]) -> dict[int, tuple[int, int | None]]:
        """The epoch and the binding in force of each unit."""
        ...

    def modules_of(self, unit_ids: Collection[int]) -> dict[int, tuple[ModuleState, ...]]: ...

    def open_pushes(self, service_codes: Collection[str]) -> dict[str, list[Push]]: ...

    def pushes(self, numbers: Collection[int]) -> dict[int, Push]: ...

    def bodies(self, wanted: Collection[tuple[str, str]]) -> dict[tuple[str, str], str]:
        """Config bodies by (management code, digest)."""
        ...

    def add_pushes(self, pushes: Sequence[Push]) -> list[Push]: ...

    def save_pushes(self, pushes: Sequence[Push]) -> None: ...

    def set_startup(
        self, marks: Sequence[tuple[str, int, str]], modules: Mapping[str, tuple[ModuleMark, ...]] = NO_MODULES
    ) -> None:
        """(service code, revision, digest): what the adapter's units shall start with from now on; and, by service
        code, every module of it where that is more than a main one that fits in a frame. Whatever was known against
        the one before is dropped.
        """
        ...

    def arrive(self, arrivals: Sequence[Arrival]) -> None: ...

    def change_modules(self, changes: Sequence[SessionChange]) -> None: ...

    def end_sessions(self, ends: Sequence[SessionEnd]) -> None: ...

    def hear(self, hearings: Sequence[Hearing]) -> None: ...

    def unit_events_taken(self, keys: Collection[tuple[int, str, int]]) -> set[tuple[int, str, int]]:
        """Which of (unit, boot, sequence) were taken before."""
        ...

    def add_unit_events(self, keys: Sequence[tuple[int, str, int]], events: Sequence[Event]) -> None:
        """Adds the events, and knows their keys from now on.

        What can no longer be said again is forgotten: keys of the unit's other boots, and of this one all but the last
        `UNIT_EVENTS_KNOWN` sequences.
        """
        ...

    def add_events(self, events: Sequence[Event]) -> None: ...

    def renew_lease(self, host: str, run: int, started_at: int, now: int) -> None: ...


class Store(Protocol):
    """One store. Blocks of either verb are serialised: no two overlap."""

    def transaction(self, scope: Scope) -> AbstractAsyncContextManager[Transaction]:
        """One person's use case, as an `async with` block."""
        ...

    async def batch(self, scope: Scope, work: Callable[[Batch], T]) -> T:
        """Run `work` in one transaction and return what it returned, once that is durable.

        `work` is pure but for the batch; it may be run on another thread, and again after a conflict between hosts.
        """
        ...

    async def begin_run(self, host: str, now: int) -> int:
        """Take the host's lease for a new run; the number is greater than any before."""
        ...
