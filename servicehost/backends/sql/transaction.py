"""The transaction verb: people's use cases, each call one hop to the writer's thread."""

from collections.abc import Callable, Collection, Sequence
from typing import Any, TypeVar

from sqlalchemy import Connection

from servicehost.backends.sql.addresses import AddressRows
from servicehost.backends.sql.audit import Audit, Erasures
from servicehost.backends.sql.batch import SqlBatch
from servicehost.backends.sql.configs import Configs
from servicehost.backends.sql.consents import ConfigProposalRows, ConsentRows
from servicehost.backends.sql.contracts import Contracts, People
from servicehost.backends.sql.enrolments import EnrolmentRows, SqlEnrolments
from servicehost.backends.sql.events import Events
from servicehost.backends.sql.fences import Fences
from servicehost.backends.sql.groups import SelectRows
from servicehost.backends.sql.module_rows import ModuleRows
from servicehost.backends.sql.place_writes import SqlPlaceWrites
from servicehost.backends.sql.pushes import Pushes
from servicehost.backends.sql.rights import RightRows
from servicehost.backends.sql.rows import Scoped
from servicehost.backends.sql.scheduled_orders import ScheduledOrderRows, SqlScheduledOrders
from servicehost.backends.sql.snapshots import SnapshotRows, SqlSnapshots
from servicehost.backends.sql.units import Adapters, Units
from servicehost.backends.sql.writer import Writer
from servicehost.domain.audit import AuditEntry
from servicehost.domain.config import Revision
from servicehost.domain.config_proposal import ConfigProposal
from servicehost.domain.consent import Consent
from servicehost.domain.contract import ManagementContract, Scope
from servicehost.domain.event import Event
from servicehost.domain.people import Person
from servicehost.domain.push import Push
from servicehost.domain.selection import MOST, Selected, Selection
from servicehost.domain.unit import Adapter, Binding, Unit
from servicehost.ports.enrolments import NO_PARTICULARS, Particulars
from servicehost.ports.fences import FenceChange
from servicehost.ports.store import Batch
from servicehost.ports.token_rows import EnrolmentRow, TokenRow

__all__ = ["SqlTransaction"]

T = TypeVar("T")


class _Rows(
    Contracts,
    People,
    Units,
    EnrolmentRows,
    Adapters,
    Configs,
    ModuleRows,
    Pushes,
    Events,
    Fences,
    Audit,
    Erasures,
    ConsentRows,
    ConfigProposalRows,
    SelectRows,
    SnapshotRows,
    ScheduledOrderRows,
    AddressRows,
    RightRows,
    Scoped,
):
    """Every repository a use case may touch, on one connection."""


class SqlTransaction(SqlEnrolments, SqlSnapshots, SqlScheduledOrders, SqlPlaceWrites):
    """`ports.store.Transaction`: the repositories, called on the writer's thread."""

    def __init__(self, writer: Writer, scope: Scope) -> None:
        self._writer = writer
        self._scope = scope
        self.erased = False
        """Whether something was erased in it, of which older pages must not stay behind."""

    async def _do(self, call: Callable[..., T], *arguments: Any, **named: Any) -> T:
        def work(connection: Connection) -> T:
            return call(_Rows(connection, self._scope), *arguments, **named)

        return await self._writer.run(work)

    async def on_batch(self, work: Callable[[Batch], T]) -> T:
        """See the port."""

        def on(connection: Connection) -> T:
            batch = SqlBatch(connection, self._scope)
            try:
                return work(batch)
            finally:
                self.erased = self.erased or batch.erased

        return await self._writer.run(on)

    async def add_contract(self, contract: ManagementContract) -> None:
        await self._do(_Rows.add_contract, contract)

    async def contract(self, management_code: str) -> ManagementContract | None:
        return await self._do(_Rows.contract, management_code)

    async def add_person(self, person: Person) -> Person:
        return await self._do(_Rows.add_person, person)

    async def person_by_master_id(self, master_id: str) -> Person | None:
        return await self._do(_Rows.person_by_master_id, master_id)

    async def set_password(self, person_id: int, password_hash: str, *, one_time: bool) -> None:
        await self._do(_Rows.set_password, person_id, password_hash, one_time=one_time)

    async def add_token(self, token: TokenRow) -> None:
        await self._do(_Rows.add_token, token)

    async def drop_token(self, token_hash: str) -> bool:
        return await self._do(_Rows.drop_token, token_hash)

    async def drop_tokens_of(self, person_id: int) -> int:
        return await self._do(_Rows.drop_tokens_of, person_id)

    async def add_unit(self, unit: Unit) -> Unit:
        return await self._do(_Rows.add_unit, unit)

    async def unit(self, distribution_id: str) -> Unit | None:
        return await self._do(_Rows.unit, distribution_id)

    async def add_enrolment(self, row: EnrolmentRow) -> None:
        await self._do(_Rows.add_enrolment, row)

    async def enrolment(self, token_hash: str) -> EnrolmentRow | None:
        return await self._do(_Rows.enrolment, token_hash)

    async def use_enrolment(
        self, token_hash: str, used_at: int, key_fingerprint: str | None = None, certificate: str | None = None
    ) -> bool:
        return await self._do(_Rows.use_enrolment, token_hash, used_at, key_fingerprint, certificate)

    async def add_certificate(
        self,
        unit_id: int,
        fingerprint: str,
        serial_number: str,
        not_after: int,
        at: int,
        *,
        particulars: Particulars = NO_PARTICULARS,
    ) -> None:
        await self._do(
            _Rows.add_certificate, unit_id, fingerprint, serial_number, not_after, at, particulars=particulars
        )

    async def add_adapter(self, adapter: Adapter) -> None:
        await self._do(_Rows.add_adapter, adapter)

    async def adapters(self, service_codes: Collection[str]) -> list[Adapter]:
        return await self._do(_Rows.adapters, service_codes)

    async def binding_of_adapter(self, service_code: str) -> Binding | None:
        return await self._do(_Rows.binding_of_adapter, service_code)

    async def binding_of_unit(self, unit_id: int) -> Binding | None:
        return await self._do(_Rows.binding_of_unit, unit_id)

    async def bind(self, binding: Binding) -> Binding:
        return await self._do(_Rows.bind, binding)

    async def unbind(self, number: int, at: int, reason: str = "") -> None:
        await self._do(_Rows.unbind, number, at, reason)

    async def units_of(self, service_codes: Collection[str]) -> dict[str, int]:
        return await self._do(_Rows.units_of, service_codes)

    async def latest_revisions(self, service_codes: Collection[str], module: int) -> dict[str, Revision]:
        return await self._do(_Rows.latest_revisions, service_codes, module)

    async def revision(self, service_code: str, module: int, revision: int) -> Revision | None:
        return await self._do(_Rows.revision, service_code, module, revision)

    async def add_content(self, management_code: str, digest: str, body: str) -> None:
        await self._do(_Rows.add_content, management_code, digest, body)

    async def add_revisions(self, revisions: Sequence[Revision]) -> None:
        await self._do(_Rows.add_revisions, revisions)

    async def revision_sets(self, wanted: Collection[tuple[str, int]]) -> dict[str, tuple[Revision, ...]]:
        return await self._do(_Rows.revision_sets, wanted)

    async def adapters_at(self, address: str, service_codes: Collection[str]) -> list[str]:
        return await self._do(_Rows.adapters_at, address, service_codes)

    async def add_module_body(self, management_code: str, digest: str, body: bytes) -> None:
        await self._do(_Rows.add_module_body, management_code, digest, body)

    async def open_pushes(self, service_codes: Collection[str], module: int) -> dict[str, list[Push]]:
        return await self._do(_Rows.open_pushes, service_codes, module)

    async def push(self, push: int) -> Push | None:
        return await self._do(_Rows.push, push)

    async def add_pushes(self, pushes: Sequence[Push]) -> list[Push]:
        return await self._do(_Rows.add_pushes, pushes)

    async def save_pushes(self, pushes: Sequence[Push]) -> None:
        await self._do(_Rows.save_pushes, pushes)

    async def expired_pushes(self, now: int, limit: int) -> list[Push]:
        return await self._do(_Rows.expired_pushes, now, limit)

    async def add_fence_changes(self, changes: Sequence[FenceChange]) -> list[FenceChange]:
        return await self._do(_Rows.add_fence_changes, changes)

    async def add_events(self, events: Sequence[Event]) -> None:
        await self._do(_Rows.add_events, events)

    async def consents_of(self, management_codes: Collection[str], now: int) -> list[Consent]:
        return await self._do(_Rows.consents_of, management_codes, now)

    async def config_proposal(self, number: int) -> ConfigProposal | None:
        return await self._do(_Rows.config_proposal, number)

    async def add_config_proposal(self, proposal: ConfigProposal) -> ConfigProposal:
        return await self._do(_Rows.add_config_proposal, proposal)

    async def save_config_proposal(self, proposal: ConfigProposal) -> None:
        await self._do(_Rows.save_config_proposal, proposal)

    async def select_adapters(self, selection: Selection, now: int, most: int = MOST) -> Selected:
        return await self._do(_Rows.select_adapters, selection, now, most)

    async def append_audit(self, entries: Sequence[AuditEntry]) -> None:
        await self._do(_Rows.append_audit, entries)

    async def erase_person(self, master_id: str, password_hash: str, at: int) -> bool:
        self.erased = True
        return await self._do(_Rows.erase_person, master_id, password_hash, at)

    async def erase_named(self, management_code: str, name: str, at: int) -> bool:
        self.erased = True
        return await self._do(_Rows.erase_named, management_code, name, at)

    async def attends_open_exchange(self, management_code: str, name: str) -> bool:
        return await self._do(_Rows.attends_open_exchange, management_code, name)
