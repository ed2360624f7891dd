"""Read models for the API: snapshots that never wait for a writer and never write.

Every method takes the caller's scope first and shows nothing outside it.
"""

from collections.abc import Sequence
from typing import Protocol

import msgspec

from servicehost.domain.attempt import Attempt
from servicehost.domain.config import Mark, ModuleState, Revision
from servicehost.domain.contract import ManagementContract, Scope
from servicehost.domain.event import Event
from servicehost.domain.module import ModuleMark, drifted
from servicehost.domain.people import Person
from servicehost.domain.presence import Lease, SessionRow
from servicehost.domain.push import Push
from servicehost.domain.startup import StartupProof
from servicehost.domain.status import Status
from servicehost.domain.unit import Adapter, Unit
from servicehost.ports.addresses import AddressReads
from servicehost.ports.areas import AreaReads
from servicehost.ports.attempts import AttemptReads
from servicehost.ports.audit import AuditReads
from servicehost.ports.calls import CallReads
from servicehost.ports.case_reads import CaseReads
from servicehost.ports.concerns import ConcernReads
from servicehost.ports.config_proposals import ConfigProposalReads
from servicehost.ports.consents import ConsentReads
from servicehost.ports.custody import CustodyReads
from servicehost.ports.customers import CustomerReads
from servicehost.ports.enrolments import EnrolmentReads
from servicehost.ports.errands import ErrandReads
from servicehost.ports.events import EventReads
from servicehost.ports.fences import FenceReads
from servicehost.ports.groups import GroupReads
from servicehost.ports.life_reads import LifeReads
from servicehost.ports.modules import ModuleReads
from servicehost.ports.overview import OverviewReads
from servicehost.ports.presets import PresetReads
from servicehost.ports.revocations import CertificateReads
from servicehost.ports.rights import RightReads
from servicehost.ports.rollouts import RolloutReads
from servicehost.ports.scheduled_orders import ScheduledOrderReads
from servicehost.ports.snapshots import SnapshotReads
from servicehost.ports.stock import StockReads
from servicehost.ports.task_batches import NamedBatchReads
from servicehost.ports.tasks import TaskReads
from servicehost.ports.triage import TriageReads
from servicehost.ports.uploads import UploadReads

__all__ = ["AdapterView", "Reads", "UnitView"]


class UnitView(msgspec.Struct, frozen=True, kw_only=True):
    """A unit with its last session."""

    unit: Unit
    session: SessionRow
    firmware: str | None = None
    remote_address: str | None = None
    boot_cause: str | None = None
    clock_skew_ms: int | None = None
    certificate: str | None = None
    modules: tuple[ModuleState, ...] = ()
    status: Status | None = None
    service_code: str | None = None
    moved_to: tuple[str, ...] = ()
    startup: Mark | None = None
    """Of the adapter it serves."""
    push: Push | None = None
    """The newest of the adapter it serves."""
    last_attempt: Attempt | None = None


class AdapterView(msgspec.Struct, frozen=True, kw_only=True):
    """An adapter with the unit that serves it now, its newest revision and its newest push."""

    adapter: Adapter
    unit: UnitView | None = None
    working_revision: int | None = None
    working_digest: str | None = None
    startup_modules: tuple[ModuleMark, ...] = ()
    """Every module of the startup config; empty when the main one is all and fits in a frame."""
    proof: StartupProof | None = None
    """What is known against the startup config; None: nothing."""
    push: Push | None = None

    @property
    def working(self) -> Mark | None:
        """The newest revision; None: nothing was saved yet."""
        return _mark(self.working_revision, self.working_digest)

    @property
    def startup(self) -> Mark | None:
        """What its unit shall start with; None: nothing was confirmed yet."""
        return _mark(self.adapter.startup_revision, self.adapter.startup_digest)

    @property
    def drift(self) -> tuple[int, ...] | None:
        """The modules whose unit runs something else than the startup config; None while that cannot be said."""
        return drifted(() if self.unit is None else self.unit.modules, self.startup, self.startup_modules)


def _mark(revision: int | None, digest: str | None) -> Mark | None:
    return None if revision is None or digest is None else Mark(revision=revision, digest=digest)


class Reads(
    CaseReads,
    CustodyReads,
    StockReads,
    ErrandReads,
    RightReads,
    AreaReads,
    AddressReads,
    ConsentReads,
    CallReads,
    ConfigProposalReads,
    EnrolmentReads,
    LifeReads,
    FenceReads,
    CertificateReads,
    AttemptReads,
    AuditReads,
    ConcernReads,
    ModuleReads,
    SnapshotReads,
    ScheduledOrderReads,
    OverviewReads,
    EventReads,
    TriageReads,
    CustomerReads,
    RolloutReads,
    TaskReads,
    NamedBatchReads,
    UploadReads,
    GroupReads,
    PresetReads,
    Protocol,
):
    """Lists are in the order of their keys and hold at most `limit` rows after `after` (exclusive)."""

    async def adapters(self, scope: Scope, *, after: str = "", limit: int = 100) -> list[AdapterView]: ...

    async def adapter(self, scope: Scope, service_code: str) -> AdapterView | None: ...

    async def units(self, scope: Scope, *, after: int = 0, limit: int = 100) -> list[UnitView]: ...

    async def unit(self, scope: Scope, distribution_id: str) -> UnitView | None: ...

    async def contracts(self, scope: Scope, *, after: str = "", limit: int = 100) -> list[ManagementContract]: ...

    async def revisions(
        self, scope: Scope, service_code: str, module: int, *, after: int = 0, limit: int = 100
    ) -> list[Revision]: ...

    async def body(self, scope: Scope, service_code: str, module: int, revision: int) -> str | None: ...

    async def pushes(
        self,
        scope: Scope,
        *,
        service_code: str | None = None,
        after: int = 0,
        limit: int = 100,
        newest_first: bool = False,
    ) -> list[Push]:
        """After the push number `after`; newest_first turns the order and reads before it (0: from the newest)."""
        ...

    async def push(self, scope: Scope, push: int) -> Push | None: ...

    async def push_counts(self, scope: Scope) -> dict[str, int]:
        """How many pushes stand in each phase."""
        ...

    async def units_with_work(self, scope: Scope) -> list[int]:
        """The units bound to an adapter with a push that waits to be offered or answered, or with a task that waits to
        be given; in no order, each once."""
        ...

    async def events(
        self, scope: Scope, *, after: int = 0, limit: int = 100, newest_first: bool = False
    ) -> list[Event]:
        """After the event number `after`; newest_first turns the order and reads before it (0: from the newest)."""
        ...

    async def leases(self) -> Sequence[Lease]:
        """Every host's; a lease belongs to no tenant."""
        ...

    async def person_by_token(self, token_hash: str, now: int) -> Person | None:
        """Who holds the unexpired token, unless their contract has ended.

        The only read without a scope: the answer is what gives one.
        """
        ...
