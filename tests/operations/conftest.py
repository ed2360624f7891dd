from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.builders.office import Office, open_office
from tests.builders.world import World


@pytest.fixture
async def office() -> Office:
    return await open_office()


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    made = World(tmp_path)
    await made.found()
    yield made
    await made.close()
