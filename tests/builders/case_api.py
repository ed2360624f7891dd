"""The operators' door of the world of `tests.builders.world`: a real store, people who log in, a unit with an adapter,
spares in stock, and time that obeys."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from servicehost.backends.sql.reads import open_reads
from servicehost.domain.acting import actor_of
from servicehost.domain.contract import EVERYTHING
from servicehost.domain.people import Actor, Person, Role
from servicehost.operations.catalogue import Catalogue, open_catalogue
from servicehost.operations.errand_catalogue import CarriersBell
from servicehost.operations.task_catalogue import open_task_catalogue
from servicehost.ports.authority import Authority
from servicehost.settings.operators_door import OperatorsDoor
from servicehost.settings.people import People
from servicehost.settings.pushes import Pushes
from servicehost.web.app import make_app
from tests.builders.api import Caller, opened_door
from tests.builders.config_room import config_room
from tests.builders.office import PASSWORD, ClosedAuthority
from tests.builders.world import OTHER_TENANT, TENANT, World
from tests.fakes.hasher import PlainHasher
from tests.fakes.no_results import NO_RESULTS
from tests.fakes.rollover import no_rollover

__all__ = ["CaseApi", "open_case_api"]


@dataclass(kw_only=True)
class CaseApi(Caller):
    """Anna is the operation manager of the world's adapter, Ben that of another contract."""

    world: World
    dispatcher: Actor
    support: Actor
    anna: Actor
    ben: Actor

    async def post(self, actor: Actor, path: str, **body: Any) -> Any:
        """The body of an answer that must be no refusal."""
        answer = await self.call("POST", path, actor, json=body)
        assert answer.status < 300, answer.text
        return answer.json

    async def get(self, actor: Actor, path: str) -> Any:
        """The same of a read."""
        answer = await self.call("GET", path, actor)
        assert answer.status == 200, answer.text
        return answer.json

    async def refused(self, actor: Actor, path: str, method: str = "POST", **body: Any) -> tuple[int, str]:
        """Status and code of a refusal."""
        answer = await self.call(method, path, actor, json=body)
        return answer.status, answer.code


@asynccontextmanager
async def open_case_api(folder: Path, *, bell: CarriersBell | None = None) -> AsyncIterator[CaseApi]:
    """The door and the world behind it, closed at the end. `bell`: by what a carrier is known that calls there."""
    world = World(folder, bell=bell)
    reads = open_reads(world.database)
    try:
        await world.found()
        catalogue = open_catalogue(
            store=world.store,
            clock=world.clock,
            line=world.line,
            hasher=PlainHasher(),
            authority=cast("Authority", ClosedAuthority()),
            people=People(),
            pushes=Pushes(),
            rollover=no_rollover(world.store, world.clock),
            configs=config_room(world.store, world.clock, reads),
            tasks=open_task_catalogue(
                store=world.store, reads=reads, clock=world.clock, line=world.line, files=NO_RESULTS
            ),
        )
        dispatcher, support, anna, ben = await _people(world, catalogue)
        app = make_app(
            catalogue, world.ops, reads, world.clock, OperatorsDoor(), ready=lambda: True, metrics=lambda: b""
        )
        async with opened_door(app) as (client, port):
            yield CaseApi(
                catalogue=catalogue,
                client=client,
                port=port,
                world=world,
                dispatcher=dispatcher,
                support=support,
                anna=anna,
                ben=ben,
            )
    finally:
        await reads.close()
        await world.close()


async def _people(world: World, catalogue: Catalogue) -> list[Actor]:
    """Four, all past their first log-in."""
    dispatcher = (await catalogue.add_provider_person(Role.DISPATCHER, "Dora")).person
    people = [dispatcher, (await catalogue.add_provider_person(Role.SUPPORT, "Saki")).person]
    for tenant, name in ((TENANT, "Anna"), (OTHER_TENANT, "Ben")):
        people.append((await catalogue.add_person(actor_of(dispatcher), tenant, name)).person)
    return [await _settled(world, person) for person in people]


async def _settled(world: World, person: Person) -> Actor:
    async with world.store.transaction(EVERYTHING) as tx:
        await tx.set_password(person.person_id, await PlainHasher().hash(PASSWORD), one_time=False)
    return actor_of(person)
