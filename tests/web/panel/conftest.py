from collections.abc import AsyncIterator, Callable

import pytest

from tests.builders.api import Api
from tests.builders.api import open_api as open_door
from tests.builders.panel import Visit
from tests.builders.world import World


@pytest.fixture
async def api() -> AsyncIterator[Api]:
    async with open_door() as opened:
        yield opened


@pytest.fixture
def visit(api: Api) -> Callable[[], Visit]:
    """A browser that nobody has used before."""
    return lambda: Visit(base=f"http://127.0.0.1:{api.port}")


@pytest.fixture
async def case_world(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    world = World(tmp_path_factory.mktemp("world"))
    await world.found()
    yield world
    await world.close()
