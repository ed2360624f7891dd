"""The shelf in people's use cases."""

from collections.abc import Callable, Collection, Sequence
from typing import TypeVar, cast

import msgspec

from servicehost.domain.audit import AuditEntry
from servicehost.domain.config import Revision
from servicehost.domain.contract import ManagementContract, Scope
from servicehost.domain.errors import Conflict, NotFound
from servicehost.domain.event import Event
from servicehost.domain.life import LifeSaid, next_life
from servicehost.domain.people import Person
from servicehost.domain.presence import SessionRow
from servicehost.domain.push import Push
from servicehost.domain.unit import Adapter, Binding, Unit
from servicehost.ports.enrolments import NO_PARTICULARS, KeptCertificate, Particulars
from servicehost.ports.fences import FenceChange
from servicehost.ports.reads import UnitView
from servicehost.ports.store import Batch
from servicehost.ports.token_rows import EnrolmentRow, TokenRow
from tests.fakes.no_consents import NoConsents
from tests.fakes.shelf import View
from tests.fakes.shelf_identity import ShelfIdentity

__all__ = ["ShelfTransaction"]

T = TypeVar("T")
_NEVER = SessionRow(epoch=0, host="", run=0, opened_at=0, heard_at=0)


class ShelfTransaction(NoConsents, ShelfIdentity):
    """Implements `ports.store.Transaction`, but for enrolment: that is tested on the real store."""

    async def on_batch(self, work: Callable[[Batch], T]) -> T:
        from tests.fakes.shelf_batch import ShelfBatch  # noqa: PLC0415 - it builds on this file

        # No faults and exchanges lie on a shelf: the steps of that story are tested on the real store.
        return work(cast("Batch", ShelfBatch(self._shelf, self._scope)))

    async def add_contract(self, contract: ManagementContract) -> None:
        self._own([contract.management_code])
        if contract.management_code in self._shelf.contracts:
            raise Conflict("contract_exists", f"There is a contract {contract.management_code} already")
        self._shelf.contracts[contract.management_code] = contract

    async def contract(self, management_code: str) -> ManagementContract | None:
        return self._shelf.contracts.get(management_code) if self._scope.sees(management_code) else None

    async def add_person(self, person: Person) -> Person:
        self._own([person.management_code])
        if any(one.master_id == person.master_id for one in self._shelf.people.values()):
            raise Conflict("master_id_taken", f"The Master ID {person.master_id} is taken")
        kept = msgspec.structs.replace(person, person_id=self._shelf.next("person"))
        self._shelf.people[kept.person_id] = kept
        return kept

    async def person_by_master_id(self, master_id: str) -> Person | None:
        found = (one for one in self._shelf.people.values() if one.master_id == master_id)
        return next((one for one in found if self._scope.sees(one.management_code)), None)

    def _person(self, person_id: int) -> Person | None:
        person = self._shelf.people.get(person_id)
        return person if person is not None and self._scope.sees(person.management_code) else None

    async def set_password(self, person_id: int, password_hash: str, *, one_time: bool) -> None:
        person = self._person(person_id)
        if person is not None:
            changed = msgspec.structs.replace(person, password_hash=password_hash, password_one_time=one_time)
            self._shelf.people[person_id] = changed

    async def add_token(self, token: TokenRow) -> None:
        if self._person(token.person_id) is None:
            raise NotFound("no_contract", "No such management contract")
        self._shelf.tokens[token.token_hash] = token

    async def drop_token(self, token_hash: str) -> bool:
        token = self._shelf.tokens.get(token_hash)
        if token is None or self._person(token.person_id) is None:
            return False
        del self._shelf.tokens[token_hash]
        return True

    async def drop_tokens_of(self, person_id: int) -> int:
        if self._person(person_id) is None:
            return 0
        gone = [key for key, token in self._shelf.tokens.items() if token.person_id == person_id]
        for key in gone:
            del self._shelf.tokens[key]
        return len(gone)

    async def add_unit(self, unit: Unit) -> Unit:
        self._own([None])
        printed = {(one.model, one.serial) for one in self._shelf.units.values()}
        known = {one.distribution_id for one in self._shelf.units.values()}
        if unit.distribution_id in known or (unit.model, unit.serial) in printed:
            raise Conflict("unit_exists", f"A unit {unit.distribution_id} is registered already")
        kept = msgspec.structs.replace(unit, unit_id=self._shelf.next("unit"), life_since=unit.registered_at)
        self._shelf.units[kept.unit_id] = kept
        self._shelf.views[kept.unit_id] = UnitView(unit=kept, session=_NEVER)
        return kept

    async def unit(self, distribution_id: str) -> Unit | None:
        found = (one for one in self._shelf.units.values() if one.distribution_id == distribution_id)
        return next((one for one in found if self.sees_unit(one.unit_id)), None)

    async def add_enrolment(self, row: EnrolmentRow) -> None:
        self._check_unit(row.unit_id)
        self._shelf.enrolments[row.token_hash] = row

    async def enrolment(self, token_hash: str) -> EnrolmentRow | None:
        row = self._shelf.enrolments.get(token_hash)
        return row if row is not None and self.sees_unit(row.unit_id) else None

    async def use_enrolment(
        self, token_hash: str, used_at: int, key_fingerprint: str | None = None, certificate: str | None = None
    ) -> bool:
        row = await self.enrolment(token_hash)
        if row is None or row.used_at is not None:
            return False
        self._shelf.enrolments[token_hash] = msgspec.structs.replace(
            row, used_at=used_at, key_fingerprint=key_fingerprint, certificate=certificate
        )
        return True

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
        self._check_unit(unit_id)
        self._shelf.certificates[fingerprint] = KeptCertificate(
            fingerprint=fingerprint,
            unit_id=unit_id,
            serial_number=serial_number,
            not_after=not_after,
            issued_at=at,
            **msgspec.structs.asdict(particulars),
        )

    def _check_unit(self, unit_id: int) -> None:
        if not self.sees_unit(unit_id):
            raise NotFound("no_unit", "No such unit")

    async def add_adapter(self, adapter: Adapter) -> None:
        self._own([adapter.management_code])
        if adapter.service_code in self._shelf.adapters:
            raise Conflict("adapter_exists", f"There is an adapter {adapter.service_code} already")
        self._shelf.adapters[adapter.service_code] = adapter

    async def adapters(self, service_codes: Collection[str]) -> list[Adapter]:
        found = (self._shelf.adapters.get(code) for code in sorted(set(service_codes)))
        return [one for one in found if one is not None and self._scope.sees(one.management_code)]

    async def binding_of_adapter(self, service_code: str) -> Binding | None:
        return self.binding_in_force(service_code=service_code)

    async def binding_of_unit(self, unit_id: int) -> Binding | None:
        return self.binding_in_force(unit_id=unit_id)

    async def bind(self, binding: Binding) -> Binding:
        self._own([binding.management_code])
        self._of_adapters([binding])
        if not self.sees_unit(binding.unit_id):
            raise NotFound("no_unit", "No such unit")
        everywhere = View(self._shelf, Scope(management_code=None))
        if everywhere.binding_in_force(unit_id=binding.unit_id, service_code=binding.service_code) is not None:
            raise Conflict("bound_already", "The adapter has a unit already, or the unit serves another adapter")
        kept = msgspec.structs.replace(binding, number=self._shelf.next("binding"))
        self._said(kept.unit_id, LifeSaid.BOUND, kept.bound_at, kept.reason)
        self._shelf.bindings[kept.number] = kept
        return kept

    async def unbind(self, number: int, at: int, reason: str = "") -> None:
        binding = self._shelf.bindings.get(number)
        if binding is not None and binding.unbound_at is None and self._scope.sees(binding.management_code):
            ended = msgspec.structs.replace(binding, unbound_at=at, unbound_reason=reason)
            self._shelf.bindings[number] = ended
            self._said(binding.unit_id, LifeSaid.UNBOUND, at, reason)

    def _said(self, unit_id: int, said: LifeSaid, at: int, reason: str) -> None:
        unit = self._shelf.units[unit_id]
        life = next_life(unit.life, said)
        if life is not None:
            moved = msgspec.structs.replace(unit, life=life, life_since=at, life_reason=reason)
            self._shelf.units[unit_id] = moved

    async def units_of(self, service_codes: Collection[str]) -> dict[str, int]:
        found = (self.binding_in_force(service_code=code) for code in sorted(set(service_codes)))
        return {one.service_code: one.unit_id for one in found if one is not None}

    async def latest_revisions(self, service_codes: Collection[str], module: int) -> dict[str, Revision]:
        wanted = set(service_codes)
        newest: dict[str, Revision] = {}
        for key in sorted(self._shelf.revisions):
            revision = self._shelf.revisions[key]
            fits = revision.service_code in wanted and revision.module == module
            if fits and self._scope.sees(revision.management_code):
                newest[revision.service_code] = revision
        return newest

    async def revision(self, service_code: str, module: int, revision: int) -> Revision | None:
        found = self._shelf.revisions.get((service_code, module, revision))
        return found if found is not None and self._scope.sees(found.management_code) else None

    async def add_content(self, management_code: str, digest: str, body: str) -> None:
        self._own([management_code])
        self._shelf.contents.setdefault((management_code, digest), body)

    async def add_revisions(self, revisions: Sequence[Revision]) -> None:
        self._own(revision.management_code for revision in revisions)
        self._of_adapters(revisions)
        for revision in revisions:
            self._shelf.revisions[revision.service_code, revision.module, revision.revision] = revision

    async def revision_sets(self, wanted: Collection[tuple[str, int]]) -> dict[str, tuple[Revision, ...]]:
        found: dict[str, tuple[Revision, ...]] = {}
        for _, one in sorted(self._shelf.revisions.items()):
            fits = (one.service_code, one.revision) in set(wanted) and one.module > 0
            if fits and self._scope.sees(one.management_code):
                found[one.service_code] = (*found.get(one.service_code, ()), one)
        return found

    async def adapters_at(self, address: str, service_codes: Collection[str]) -> list[str]:
        found = []
        for code in sorted(service_codes):
            binding = self.binding_in_force(service_code=code)
            view = None if binding is None else self._shelf.views[binding.unit_id]
            if (
                view is not None
                and (view.remote_address or "").startswith(f"{address}:")
                and view.session.ended_at is None
            ):
                found.append(code)
        return found

    async def add_module_body(self, management_code: str, digest: str, body: bytes) -> None:
        self._own([management_code])
        self._shelf.raw_contents.setdefault((management_code, digest), body)

    async def open_pushes(self, service_codes: Collection[str], module: int) -> dict[str, list[Push]]:
        return self.open_of(service_codes, module)

    async def push(self, push: int) -> Push | None:
        found = self._shelf.pushes.get(push)
        return found if found is not None and self._scope.sees(found.management_code) else None

    async def add_pushes(self, pushes: Sequence[Push]) -> list[Push]:
        return self.put_pushes(pushes)

    async def save_pushes(self, pushes: Sequence[Push]) -> None:
        self.change_pushes(pushes)

    async def expired_pushes(self, now: int, limit: int) -> list[Push]:
        over = [
            push
            for number, push in sorted(self._shelf.pushes.items())
            if push.phase.recallable
            and push.expires_at is not None
            and push.expires_at <= now
            and self._scope.sees(push.management_code)
        ]
        return over[:limit]

    async def add_fence_changes(self, changes: Sequence[FenceChange]) -> list[FenceChange]:
        return self.put_fences(changes)

    async def add_events(self, events: Sequence[Event]) -> None:
        self.put_events(events)

    async def append_audit(self, entries: Sequence[AuditEntry]) -> None:
        self.put_audit(entries)

    async def erase_person(self, master_id: str, password_hash: str, at: int) -> bool:
        person = await self.person_by_master_id(master_id)
        if person is None or person.name == "":
            return False
        emptied = msgspec.structs.replace(person, name="", password_hash=password_hash, password_one_time=False)
        self._shelf.people[person.person_id] = emptied
        await self.drop_tokens_of(person.person_id)
        return True

    async def erase_named(self, management_code: str, name: str, at: int) -> bool:
        """Nobody is known by name alone on a shelf: it holds no exchanges."""
        return False

    async def attends_open_exchange(self, management_code: str, name: str) -> bool:
        return False
