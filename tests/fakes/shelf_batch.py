"""The shelf in what arrives from sessions."""

from collections.abc import Collection, Mapping, Sequence

import msgspec

from servicehost.domain.audit import AuditEntry
from servicehost.domain.config import Mark, ModuleState
from servicehost.domain.errors import NotFound
from servicehost.domain.event import UNIT_EVENTS_KNOWN, Event
from servicehost.domain.module import ModuleMark
from servicehost.domain.presence import Lease, SessionRow
from servicehost.domain.push import Push
from servicehost.domain.startup import Startup, StartupProof
from servicehost.domain.unit import Adapter, Unit
from servicehost.ports.modules import NO_MODULES
from servicehost.ports.reads import UnitView
from servicehost.ports.session_rows import Arrival, Hearing, Place, SessionChange, SessionEnd
from tests.fakes.no_tasks import NoTasksInBatch
from tests.fakes.shelf_identity import ShelfIdentity

__all__ = ["ShelfBatch"]


class ShelfBatch(NoTasksInBatch, ShelfIdentity):
    """Implements `ports.store.Batch`."""

    def places_by_distribution_id(self, distribution_ids: Collection[str]) -> dict[str, Place]:
        wanted = set(distribution_ids)
        units = (unit for unit in self._shelf.units.values() if unit.distribution_id in wanted)
        return {unit.distribution_id: self._place(unit) for unit in units if self.sees_unit(unit.unit_id)}

    def _place(self, unit: Unit) -> Place:
        binding = self.binding_in_force(unit_id=unit.unit_id)
        adapter = None if binding is None else self._shelf.adapters[binding.service_code]
        asked_at, reason = self._shelf.wishes.get(unit.unit_id, (None, None))
        proof = None if adapter is None else self._shelf.proofs.get(adapter.service_code)
        return Place(
            unit_id=unit.unit_id,
            distribution_id=unit.distribution_id,
            epoch=self._shelf.views[unit.unit_id].session.epoch,
            binding=None if binding is None else binding.number,
            service_code=None if binding is None else binding.service_code,
            management_code=None if binding is None else binding.management_code,
            startup_revision=None if adapter is None else adapter.startup_revision,
            startup_digest=None if adapter is None else adapter.startup_digest,
            startup_modules=() if adapter is None else self._shelf.manifests.get(adapter.service_code, ()),
            unproven_push=None if proof is None else proof.push,
            startup_failed=None if proof is None or proof.failed is None else proof.failed.digest,
            startup_failed_on=None if proof is None else proof.unit_id,
            startup_failed_boot=None if proof is None else proof.boot_id,
            life=unit.life,
            out_of_service_at=None if adapter is None else adapter.out_of_service_at,
            heard_at=self._shelf.views[unit.unit_id].session.heard_at,
            ended_at=self._shelf.views[unit.unit_id].session.ended_at,
            anchors=self._shelf.anchors.get(unit.unit_id),
            renew_asked_at=asked_at,
            renew_reason=reason,
        )

    def ask_renewals(self, unit_ids: Collection[int], reason: str, at: int) -> None:
        for unit_id in filter(self.sees_unit, unit_ids):
            self._shelf.wishes[unit_id] = (at, reason)

    def note_anchors(self, held: Sequence[tuple[int, tuple[str, ...]]]) -> None:
        self._shelf.anchors.update({unit: anchors for unit, anchors in held if self.sees_unit(unit)})

    def anchors_noted(self, unit_ids: Sequence[int]) -> dict[int, tuple[str, ...] | None]:
        return {unit: self._shelf.anchors.get(unit) for unit in unit_ids if self.sees_unit(unit)}

    def fences(self, unit_ids: Collection[int]) -> dict[int, tuple[int, int | None]]:
        fences: dict[int, tuple[int, int | None]] = {}
        for unit_id in filter(self.sees_unit, unit_ids):
            binding = self.binding_in_force(unit_id=unit_id)
            epoch = self._shelf.views[unit_id].session.epoch
            fences[unit_id] = (epoch, None if binding is None else binding.number)
        return fences

    def modules_of(self, unit_ids: Collection[int]) -> dict[int, tuple[ModuleState, ...]]:
        return {unit_id: self._shelf.views[unit_id].modules for unit_id in filter(self.sees_unit, unit_ids)}

    def open_pushes(self, service_codes: Collection[str]) -> dict[str, list[Push]]:
        return self.open_of(service_codes)

    def pushes(self, numbers: Collection[int]) -> dict[int, Push]:
        found = (self._shelf.pushes.get(number) for number in numbers)
        return {one.push: one for one in found if one is not None and self._scope.sees(one.management_code)}

    def bodies(self, wanted: Collection[tuple[str, str]]) -> dict[tuple[str, str], str]:
        contents = self._shelf.contents
        return {key: contents[key] for key in wanted if key in contents and self._scope.sees(key[0])}

    def add_pushes(self, pushes: Sequence[Push]) -> list[Push]:
        return self.put_pushes(pushes)

    def save_pushes(self, pushes: Sequence[Push]) -> None:
        self.change_pushes(pushes)

    def module_bodies(self, wanted: Collection[tuple[str, str]]) -> dict[tuple[str, str], bytes]:
        contents = self._shelf.raw_contents
        return {key: contents[key] for key in wanted if key in contents and self._scope.sees(key[0])}

    def set_startup(
        self, marks: Sequence[tuple[str, int, str]], modules: Mapping[str, tuple[ModuleMark, ...]] = NO_MODULES
    ) -> None:
        for code, revision, digest in marks:
            adapter = self._shelf.adapters.get(code)
            if adapter is not None and self._scope.sees(adapter.management_code):
                marked = msgspec.structs.replace(adapter, startup_revision=revision, startup_digest=digest)
                self._shelf.adapters[code] = marked
                self._shelf.manifests[code] = modules.get(code, ())
                self._shelf.proofs.pop(code, None)

    def startups(self, service_codes: Collection[str]) -> dict[str, Startup]:
        found = (self._shelf.adapters[code] for code in service_codes if code in self._shelf.adapters)
        return {one.service_code: self._startup(one) for one in found if self._scope.sees(one.management_code)}

    def _startup(self, adapter: Adapter) -> Startup:
        revision, digest = adapter.startup_revision, adapter.startup_digest
        return Startup(
            service_code=adapter.service_code,
            management_code=adapter.management_code,
            mark=None if revision is None or digest is None else Mark(revision=revision, digest=digest),
            modules=self._shelf.manifests.get(adapter.service_code, ()),
            proof=self._shelf.proofs.get(adapter.service_code),
        )

    def save_startup_proofs(self, proofs: Sequence[StartupProof]) -> None:
        self._shelf.proofs.update({one.service_code: one for one in proofs if self._scope.sees(one.management_code)})

    def arrive(self, arrivals: Sequence[Arrival]) -> None:
        for one in arrivals:
            if self.sees_unit(one.unit_id):
                session = SessionRow(epoch=one.epoch, host=one.host, run=one.run, opened_at=one.at, heard_at=one.at)
                self._change_view(
                    one.unit_id,
                    session=session,
                    firmware=one.firmware,
                    remote_address=one.remote_address,
                    boot_cause=one.boot_cause,
                    clock_skew_ms=one.clock_skew_ms,
                    certificate=one.certificate,
                    modules=one.modules,
                )

    def change_modules(self, changes: Sequence[SessionChange]) -> None:
        for one in changes:
            if self._stands(one.unit_id, one.epoch) is not None:
                self._change_view(one.unit_id, modules=one.modules)

    def end_sessions(self, ends: Sequence[SessionEnd]) -> None:
        for one in ends:
            session = self._stands(one.unit_id, one.epoch)
            if session is not None:
                ended = msgspec.structs.replace(session, ended_at=one.at, ending=one.ending)
                self._change_view(one.unit_id, session=ended)

    def hear(self, hearings: Sequence[Hearing]) -> None:
        for one in hearings:
            session = self._stands(one.unit_id, one.epoch)
            if session is not None:
                heard = msgspec.structs.replace(session, heard_at=one.at)
                self._change_view(one.unit_id, session=heard, status=one.status)

    def _stands(self, unit_id: int, epoch: int) -> SessionRow | None:
        """The unit's session, if it still is the one of that epoch."""
        if not self.sees_unit(unit_id):
            return None
        session = self._shelf.views[unit_id].session
        return session if session.epoch == epoch else None

    def _change_view(self, unit_id: int, **changes: object) -> None:
        view: UnitView = self._shelf.views[unit_id]
        self._shelf.views[unit_id] = msgspec.structs.replace(view, **changes)

    def unit_events_taken(self, keys: Collection[tuple[int, str, int]]) -> set[tuple[int, str, int]]:
        taken = self._shelf.unit_events
        return {key for key in keys if key in taken and self._scope.sees(taken[key])}

    def add_unit_events(self, keys: Sequence[tuple[int, str, int]], events: Sequence[Event]) -> None:
        if not all(self.sees_unit(unit_id) for unit_id, _, _ in keys):
            raise NotFound("no_unit", "No such unit")
        self.put_events(events)
        for key, event in zip(keys, events, strict=True):
            self._shelf.unit_events[key] = event.management_code
            self._forget_unit_events(*key)

    def _forget_unit_events(self, of: int, now: str, newest: int) -> None:
        known = self._shelf.unit_events
        for unit_id, boot_id, sequence in list(known):
            if unit_id == of and (boot_id != now or sequence <= newest - UNIT_EVENTS_KNOWN):
                del known[unit_id, boot_id, sequence]

    def add_events(self, events: Sequence[Event]) -> None:
        self.put_events(events)

    def append_audit(self, entries: Sequence[AuditEntry]) -> None:
        self.put_audit(entries)

    def renew_lease(self, host: str, run: int, started_at: int, now: int) -> None:
        lease = self._shelf.leases.get(host)
        if self._scope.management_code is None and lease is not None and lease.run == run:
            self._shelf.leases[host] = Lease(host=host, run=run, started_at=lease.started_at, renewed_at=now)
