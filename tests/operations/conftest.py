"""A real store for the use cases, with two customers in it."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import pytest

from servicehost.backends.sql.reads import SqlReads
from servicehost.backends.sql.store import SqlStore
from servicehost.domain.contract import EVERYTHING
from servicehost.domain.push import Push
from servicehost.operations.phone_home import phone_home
from servicehost.ports.desk import Welcomed
from servicehost.ports.store import Batch
from tests.builders.databases import dump, fresh_database, opened
from tests.builders.estate import Estate, build_estate
from tests.builders.office import Office, open_office
from tests.builders.units import US, a_call
from tests.builders.world import World as CaseWorld

T = TypeVar("T")
NOW = 1_000


class World(msgspec.Struct, frozen=True, kw_only=True):
    """The store, what lies in it, and the short way to both."""

    store: SqlStore
    reads: SqlReads
    one: Estate
    two: Estate
    dump: Callable[[], Any]

    async def batch(self, work: Callable[[Batch], T]) -> T:
        return await self.store.batch(EVERYTHING, work)

    async def hello(self, estate: Estate, *modules: Any, **fields: Any) -> Welcomed:
        call = a_call(estate.unit.distribution_id, *modules, **fields)
        (answer,) = await self.batch(lambda batch: phone_home(batch, [call], US, NOW))
        assert isinstance(answer, Welcomed)
        return answer

    async def push(self, number: int) -> Push:
        push = await self.reads.push(EVERYTHING, number)
        assert push is not None
        return push

    async def save(self, push: Push, **fields: Any) -> Push:
        changed = msgspec.structs.replace(push, **fields)
        await self.batch(lambda batch: batch.save_pushes([changed]))
        return changed

    async def startup(self, estate: Estate) -> str | None:
        async with self.store.transaction(EVERYTHING) as tx:
            (adapter,) = await tx.adapters([estate.service_code])
        return adapter.startup_digest

    async def event_names(self) -> list[str]:
        return [event.sub_type for event in await self.reads.events(EVERYTHING, limit=1_000)]


@pytest.fixture
async def office() -> Office:
    return await open_office()


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    database = fresh_database(tmp_path)
    async with opened(database) as (store, reads):
        one, two = await build_estate(store, 1), await build_estate(store, 2)
        yield World(store=store, reads=reads, one=one, two=two, dump=lambda: dump(database))


@pytest.fixture
async def case_world(tmp_path: Path) -> AsyncIterator[CaseWorld]:
    made = CaseWorld(tmp_path)
    await made.found()
    yield made
    await made.close()
