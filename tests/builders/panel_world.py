"""The pages over the world of the story: a sendback whose unit never came back, what follows, and people who look."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from servicehost.domain.contract import EVERYTHING
from servicehost.domain.enrolment_request import EnrolmentRequest, RequestState, Way
from servicehost.domain.people import Role
from servicehost.operations.set_terms import Terms
from tests.builders.panel import Page, Visit, add_people, serve_world
from tests.builders.stories import SENDBACK, tell
from tests.builders.world import CODE, DISPATCHER, MODEL, OLD, OTHER_CODE, OTHER_TENANT, TENANT, World, distribution_id

__all__ = ["ANNA", "BEN", "DORA", "SAKI", "PanelWorld", "lapsed", "open_panel", "waits"]

ANNA, BEN, DORA, SAKI = "MID00000001", "MID00000002", "MID00000003", "MID00000004"
PEOPLE = {
    ANNA: (Role.OPERATION_MANAGER, TENANT),
    BEN: (Role.OPERATION_MANAGER, OTHER_TENANT),
    DORA: (Role.DISPATCHER, None),
    SAKI: (Role.SUPPORT, None),
}


@dataclass(kw_only=True)
class PanelWorld:
    """Anna and Ben are operation managers of two customers, Dora a dispatcher, Saki of support."""

    world: World
    base: str
    visits: dict[str, Visit] = field(default_factory=dict)

    async def visit(self, who: str) -> Visit:
        """Their browser, logged in once."""
        if who not in self.visits:
            self.visits[who] = Visit(base=self.base)
            assert (await self.visits[who].log_in(who)).status == 303
        return self.visits[who]

    async def page(self, who: str, path: str, **query: str) -> Page:
        """What they see there."""
        return await (await self.visit(who)).get(path, **query)

    async def send(self, who: str, path: str, **fields: str) -> Page:
        """A form, with the proof that any page of theirs carries."""
        visit = await self.visit(who)
        proof = (await visit.get("/panel/returns")).proof
        return await visit.post(path, form=proof, **fields)


@asynccontextmanager
async def open_panel(folder: Path) -> AsyncIterator[PanelWorld]:
    """The door over a founded world; closed at the end."""
    world = World(folder)
    try:
        await world.found()
        await add_people(world.store, dict(PEOPLE))
        async with serve_world(world) as base:
            yield PanelWorld(world=world, base=base)
    finally:
        await world.close()


async def lapsed(world: World) -> None:
    """Anna's unit was replaced by sendback and never came back; both customers have an option that is at risk."""
    await tell(world, SENDBACK)
    await world.passes(15 * 86_400)
    await world.ops.lapse_returns()
    await world.ops.run_reactions()
    for code, location in ((CODE, "東京都千代田区 1-1"), (OTHER_CODE, "北海道札幌市 2-2")):
        await world.ops.set_terms(DISPATCHER, code, Terms(option=True, declared_location=location))


async def waits(world: World) -> None:
    """A unit of Anna's waits for a certificate."""
    now = world.clock.wall()
    request = EnrolmentRequest(
        unit_id=OLD,
        distribution_id=distribution_id(OLD),
        model=MODEL,
        serial="S1",
        key_fingerprint="ab" * 32,
        way=Way.BIRTH,
        state=RequestState.PENDING,
        asked_at=now - 3_600_000,
        last_asked_at=now,
        remote_address="203.0.113.7",
    )
    async with world.store.transaction(EVERYTHING) as tx:
        await tx.put_enrolment_request(request)
