"""A world whose audit can be read: the real store, both catalogues, and people who call from somewhere."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import msgspec

from servicehost.backends.sql.reads import SqlReads, open_reads
from servicehost.domain.audit import SYSTEM
from servicehost.domain.contract import EVERYTHING, Scope
from servicehost.domain.people import Actor
from servicehost.domain.reaction import Retry
from servicehost.operations.case_catalogue import CaseCatalogue
from servicehost.operations.catalogue import Catalogue, open_catalogue
from servicehost.operations.importing import ImportOrder
from servicehost.operations.task_catalogue import open_task_catalogue
from servicehost.ports.audit import AuditLine
from servicehost.ports.authority import Authority
from servicehost.settings.people import People
from servicehost.settings.pushes import Pushes
from tests.builders.config_room import config_room
from tests.builders.office import ClosedAuthority
from tests.builders.world import DISPATCHER, MANAGER, OTHER_TENANT, SUPPORT, TENANT, World
from tests.fakes.hasher import PlainHasher
from tests.fakes.no_results import NO_RESULTS
from tests.fakes.rollover import no_rollover

__all__ = ["CALLED_FROM", "DORA", "MINE", "SAKI", "Audited", "open_audited", "record_in"]

CALLED_FROM = "203.0.113.7"


def _calling(actor: Actor, token: str) -> Actor:
    return msgspec.structs.replace(actor, source=CALLED_FROM, token=token)


DORA, SAKI, MINE = _calling(DISPATCHER, "d0"), _calling(SUPPORT, "50"), _calling(MANAGER, "a0")


def record_in(line: AuditLine) -> dict[str, Any]:
    """The record of a line."""
    record: dict[str, Any] = msgspec.json.decode(line.record)
    return record


@dataclass(kw_only=True)
class Audited:
    """Use cases by name from either catalogue, and what they leave behind."""

    world: World
    reads: SqlReads
    catalogue: Catalogue
    cases: CaseCatalogue
    # What the steps of a test find out on their way.
    anna: str = ""
    token: str = ""
    parked: int = 0
    archive: ImportOrder | None = None

    async def lines(self, chain: str | None = None, scope: Scope = EVERYTHING) -> list[AuditLine]:
        """Of one chain, or of all."""
        chains = [SYSTEM, TENANT, OTHER_TENANT, "nxm000000009"] if chain is None else [chain]
        return [line for one in chains for line in await self.reads.audit(scope, one, limit=10_000)]


@asynccontextmanager
async def open_audited(folder: Path) -> AsyncIterator[Audited]:
    """A founded world, closed at the end; a step that fails is parked at once."""
    world = World(folder, retry=Retry(tries=1))
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
            returns=world.policy,
        )
        yield Audited(world=world, reads=reads, catalogue=catalogue, cases=world.ops)
    finally:
        await reads.close()
        await world.close()
