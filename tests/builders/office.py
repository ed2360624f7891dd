"""The provider's office on a shelf: the use cases, people of every role, and two customers who must never meet."""

from dataclasses import dataclass

import msgspec

from protocol.identity import DistributionId, distribution_id_from_int
from servicehost.domain.acting import actor_of
from servicehost.domain.config import Revision
from servicehost.domain.people import Actor, Person, Role
from servicehost.domain.push import Phase, Push
from servicehost.domain.unit import Unit
from servicehost.operations.catalogue import Catalogue, open_catalogue
from servicehost.operations.push_config import PushOrder
from servicehost.operations.save_config import ConfigDraft
from servicehost.operations.task_catalogue import open_task_catalogue
from servicehost.ports.authority import Authority, AuthorityUnavailable
from servicehost.ports.hasher import Hasher
from servicehost.settings.people import People
from servicehost.settings.pushes import Pushes
from tests.builders.config_room import config_room
from tests.fakes.clock import FixedClock
from tests.fakes.hasher import PlainHasher
from tests.fakes.line import RecordingLine
from tests.fakes.no_results import NO_RESULTS
from tests.fakes.rollover import no_rollover
from tests.fakes.shelf import Shelf, ShelfStore
from tests.fakes.shelf_reads import ShelfReads

__all__ = ["ANNA_S", "BEN_S", "PASSWORD", "Office", "open_office", "unit_name"]

ANNA_S = "nxm000000001"
BEN_S = "nxm000000002"
PASSWORD = "correct horse battery"


class ClosedAuthority:
    """Implements `ports.authority.Authority` as far as an office needs it that enrols nobody."""

    async def issue_unit(self, *_: object, **__: object) -> object:
        raise AuthorityUnavailable("closed")


@dataclass(kw_only=True)
class Office:
    """Anna and Ben are operation managers of one contract each."""

    shelf: Shelf
    store: ShelfStore
    reads: ShelfReads
    clock: FixedClock
    line: RecordingLine
    hasher: Hasher
    catalogue: Catalogue
    dispatcher: Actor
    support: Actor
    anna: Actor
    ben: Actor

    async def adapter(self, service_code: str, management_code: str = ANNA_S) -> str:
        await self.catalogue.add_adapter(self.dispatcher, management_code, service_code, "")
        return service_code

    async def unit(self, number: int = 1) -> Unit:
        return await self.catalogue.register_unit(self.dispatcher, unit_name(number), "SA-W2", f"{number:06d}")

    async def bound(self, service_code: str, number: int = 1, management_code: str = ANNA_S) -> Unit:
        await self.adapter(service_code, management_code)
        unit = await self.unit(number)
        await self.catalogue.bind_unit(self.dispatcher, service_code, unit.distribution_id, "")
        self.line.ended.clear()
        return unit

    async def save(self, service_code: str, body: str, actor: Actor | None = None) -> Revision:
        return await self.catalogue.save_config(actor or self.anna, ConfigDraft(service_code=service_code, body=body))

    async def push(self, service_code: str, body: str | None = None, actor: Actor | None = None) -> Push:
        order = PushOrder(service_codes=[service_code], body=body)
        (ordered,) = await self.catalogue.push_config(actor or self.anna, order)
        assert ordered.push is not None
        return ordered.push

    def stands(self, push: Push, phase: Phase) -> None:
        """As if the unit had brought the push this far."""
        self.shelf.pushes[push.push] = msgspec.structs.replace(push, phase=phase)

    def sub_types(self, skip: int = 0) -> list[str]:
        """What the events say, after the first `skip`."""
        return [event.sub_type for _, event in sorted(self.shelf.events.items())][skip:]


def unit_name(number: int) -> DistributionId:
    return distribution_id_from_int(number)


async def open_office(authority: Authority | None = None, *, people: People | None = None) -> Office:
    shelf = Shelf()
    store, clock, line, hasher = ShelfStore(shelf), FixedClock(), RecordingLine(), PlainHasher()
    catalogue = open_catalogue(
        store=store,
        clock=clock,
        line=line,
        hasher=hasher,
        authority=authority or ClosedAuthority(),  # type: ignore[arg-type]  # it refuses the one thing it is asked
        people=people or People(),
        pushes=Pushes(),
        rollover=no_rollover(),
        configs=config_room(store, clock, ShelfReads(shelf)),
        tasks=open_task_catalogue(store=store, reads=ShelfReads(shelf), clock=clock, line=line, files=NO_RESULTS),
    )
    dispatcher = (await catalogue.add_provider_person(Role.DISPATCHER, "Dora")).person
    support = (await catalogue.add_provider_person(Role.SUPPORT, "Saki")).person
    managers = []
    for code, name in ((ANNA_S, "Anna"), (BEN_S, "Ben")):
        await catalogue.add_contract(actor_of(dispatcher), code, f"Contract of {name}")
        managers.append((await catalogue.add_person(actor_of(dispatcher), code, name)).person)
    for person in (dispatcher, support, *managers):
        shelf.people[person.person_id] = await _settled(person, hasher)
    actors = [actor_of(person) for person in (dispatcher, support, *managers)]
    return Office(
        shelf=shelf,
        store=store,
        reads=ShelfReads(shelf),
        clock=clock,
        line=line,
        hasher=hasher,
        catalogue=catalogue,
        dispatcher=actors[0],
        support=actors[1],
        anna=actors[2],
        ben=actors[3],
    )


async def _settled(person: Person, hasher: Hasher) -> Person:
    """The person after their first log-in, with PASSWORD."""
    return msgspec.structs.replace(person, password_hash=await hasher.hash(PASSWORD), password_one_time=False)
