"""The shelf as the API reads it."""

from collections import Counter
from collections.abc import Sequence

import msgspec

from servicehost.domain.config import Revision
from servicehost.domain.contract import EVERYTHING, ManagementContract, Scope
from servicehost.domain.event import Event
from servicehost.domain.people import Person
from servicehost.domain.presence import Lease
from servicehost.domain.push import Push
from servicehost.domain.unit import Adapter
from servicehost.ports.events import NOT_YET, EventPage, EventsWanted, Horizon
from servicehost.ports.modules import OfferedBody
from servicehost.ports.reads import AdapterView, UnitView
from tests.fakes.no_audit import NoAudit
from tests.fakes.no_cases import NoCases
from tests.fakes.no_consents import NoConsentReads
from tests.fakes.no_customers import NoCustomers
from tests.fakes.no_enrolments import NoEnrolments
from tests.fakes.no_groups import NoGroups
from tests.fakes.no_identity import NoIdentity
from tests.fakes.no_lives import NoLives
from tests.fakes.no_overview import NoOverview
from tests.fakes.no_rollouts import NoRollouts
from tests.fakes.no_scheduled_orders import NoScheduledOrders
from tests.fakes.no_snapshots import NoSnapshots
from tests.fakes.no_tasks import NoTasks
from tests.fakes.shelf import Shelf, View

__all__ = ["ShelfReads"]


class ShelfReads(
    NoCases,
    NoConsentReads,
    NoCustomers,
    NoEnrolments,
    NoIdentity,
    NoLives,
    NoAudit,
    NoTasks,
    NoOverview,
    NoGroups,
    NoRollouts,
    NoSnapshots,
    NoScheduledOrders,
):
    """Implements `ports.reads.Reads`."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf

    async def adapters(self, scope: Scope, *, after: str = "", limit: int = 100) -> list[AdapterView]:
        codes = sorted(code for code in self._shelf.adapters if code > after)
        found = [self._shelf.adapters[code] for code in codes if scope.sees(self._shelf.adapters[code].management_code)]
        return [self._view(adapter) for adapter in found[:limit]]

    async def adapter(self, scope: Scope, service_code: str) -> AdapterView | None:
        adapter = self._shelf.adapters.get(service_code)
        return self._view(adapter) if adapter is not None and scope.sees(adapter.management_code) else None

    def _view(self, adapter: Adapter) -> AdapterView:
        own = Scope(management_code=adapter.management_code)
        binding = View(self._shelf, own).binding_in_force(service_code=adapter.service_code)
        saved = [
            revision
            for revision in self._shelf.revisions.values()
            if revision.service_code == adapter.service_code and revision.module == 0
        ]
        newest = max(saved, key=lambda revision: revision.revision, default=None)
        pushes = [push for push in self._shelf.pushes.values() if push.service_code == adapter.service_code]
        return AdapterView(
            adapter=adapter,
            unit=None if binding is None else self._unit_view(binding.unit_id),
            working_revision=None if newest is None else newest.revision,
            working_digest=None if newest is None else newest.digest,
            startup_modules=self._shelf.manifests.get(adapter.service_code, ()),
            push=max(pushes, key=lambda push: push.push, default=None),
        )

    def _unit_view(self, unit_id: int) -> UnitView:
        binding = View(self._shelf, Scope(management_code=None)).binding_in_force(unit_id=unit_id)
        service_code = None if binding is None else binding.service_code
        unit = self._shelf.units[unit_id]
        return msgspec.structs.replace(self._shelf.views[unit_id], unit=unit, service_code=service_code)

    async def units(self, scope: Scope, *, after: int = 0, limit: int = 100) -> list[UnitView]:
        seen = View(self._shelf, scope)
        numbers = [number for number in sorted(self._shelf.units) if number > after and seen.sees_unit(number)]
        return [self._unit_view(number) for number in numbers[:limit]]

    async def unit(self, scope: Scope, distribution_id: str) -> UnitView | None:
        seen = View(self._shelf, scope)
        for unit in self._shelf.units.values():
            if unit.distribution_id == distribution_id and seen.sees_unit(unit.unit_id):
                return self._unit_view(unit.unit_id)
        return None

    async def contracts(self, scope: Scope, *, after: str = "", limit: int = 100) -> list[ManagementContract]:
        found = sorted(self._shelf.contracts.items())
        return [contract for code, contract in found if code > after and scope.sees(code)][:limit]

    async def revisions(
        self, scope: Scope, service_code: str, module: int, *, after: int = 0, limit: int = 100
    ) -> list[Revision]:
        found = [
            revision
            for (code, of_module, number), revision in sorted(self._shelf.revisions.items())
            if (code, of_module) == (service_code, module) and number > after and scope.sees(revision.management_code)
        ]
        return found[:limit]

    async def body(self, scope: Scope, service_code: str, module: int, revision: int) -> str | None:
        found = self._shelf.revisions.get((service_code, module, revision))
        if found is None or not scope.sees(found.management_code):
            return None
        return self._shelf.contents.get((found.management_code, found.digest))

    async def revision_set(self, scope: Scope, service_code: str, revision: int) -> list[Revision]:
        found = [
            one
            for one in self._shelf.revisions.values()
            if (one.service_code, one.revision) == (service_code, revision)
        ]
        return sorted((one for one in found if scope.sees(one.management_code)), key=lambda one: one.module)

    async def module_body(self, scope: Scope, management_code: str, digest: str) -> bytes | None:
        if not scope.sees(management_code):
            return None
        text = self._shelf.contents.get((management_code, digest))
        return self._shelf.raw_contents.get((management_code, digest)) if text is None else text.encode()

    async def offered_body(self, distribution_id: str, fingerprint: str, digest: str) -> OfferedBody | None:
        for unit in self._shelf.units.values():
            binding = View(self._shelf, EVERYTHING).binding_in_force(unit_id=unit.unit_id)
            if unit.distribution_id != distribution_id or binding is None:
                continue
            for push in self._shelf.pushes.values():
                mine = push.service_code == binding.service_code and not push.phase.ended
                if mine and any(one.digest == digest for one in push.modules):
                    return OfferedBody(management_code=push.management_code, digest=digest)
        return None

    async def pushes(
        self,
        scope: Scope,
        *,
        service_code: str | None = None,
        after: int = 0,
        limit: int = 100,
        newest_first: bool = False,
    ) -> list[Push]:
        found = [
            push
            for _, push in sorted(self._shelf.pushes.items(), reverse=newest_first)
            if service_code in (None, push.service_code) and scope.sees(push.management_code)
        ]
        if newest_first:
            return [push for push in found if not after or push.push < after][:limit]
        return [push for push in found if push.push > after][:limit]

    async def push(self, scope: Scope, push: int) -> Push | None:
        found = self._shelf.pushes.get(push)
        return found if found is not None and scope.sees(found.management_code) else None

    async def push_counts(self, scope: Scope) -> dict[str, int]:
        seen = (push for push in self._shelf.pushes.values() if scope.sees(push.management_code))
        return dict(Counter(push.phase.value for push in seen))

    async def units_with_work(self, scope: Scope) -> list[int]:
        waiting = {
            push.service_code
            for push in self._shelf.pushes.values()
            if push.phase.recallable and scope.sees(push.management_code)
        }
        bound = (binding for binding in self._shelf.bindings.values() if binding.unbound_at is None)
        return [binding.unit_id for binding in bound if binding.service_code in waiting]

    async def fault_counts(self, scope: Scope) -> dict[str, int]:
        """There are no faults on a shelf."""
        return {}

    async def exchange_counts(self, scope: Scope) -> dict[str, int]:
        """Nor exchanges."""
        return {}

    async def events(
        self, scope: Scope, *, after: int = 0, limit: int = 100, newest_first: bool = False
    ) -> list[Event]:
        seen = [event for _, event in sorted(self._shelf.events.items()) if scope.sees(event.management_code)]
        if newest_first:
            return [event for event in reversed(seen) if not after or event.event < after][:limit]
        return [event for event in seen if event.event > after][:limit]

    async def find_events(self, scope: Scope, wanted: EventsWanted) -> EventPage:
        count = len(self._shelf.events)
        seen = await self.events(scope, after=wanted.after, limit=count, newest_first=wanted.newest_first)
        found = [event for event in seen if wanted.filter.fits(event)]
        more = len(found) > wanted.limit
        return EventPage(items=found[: wanted.limit], next=found[wanted.limit - 1].event if more else None)

    async def event_horizon(self) -> Horizon:
        return self._shelf.horizon.get(1, NOT_YET)

    async def leases(self) -> Sequence[Lease]:
        return [lease for _, lease in sorted(self._shelf.leases.items())]

    async def person_by_token(self, token_hash: str, now: int) -> Person | None:
        token = self._shelf.tokens.get(token_hash)
        return None if token is None or token.expires_at <= now else self._shelf.people[token.person_id]
