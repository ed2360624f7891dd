from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.builders.world import World


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    made = World(tmp_path / "host.db")
    await made.found()
    yield made
    await made.close()
