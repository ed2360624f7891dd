from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.builders.panel_world import PanelWorld, lapsed, open_panel, waits


@pytest.fixture
async def panel(tmp_path: Path) -> AsyncIterator[PanelWorld]:
    async with open_panel(tmp_path) as opened:
        await lapsed(opened.world)
        await waits(opened.world)
        yield opened
