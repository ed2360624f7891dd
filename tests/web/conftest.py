from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.builders.api import Api, open_api
from tests.builders.case_api import CaseApi, open_case_api


@pytest.fixture
async def api() -> AsyncIterator[Api]:
    async with open_api() as opened:
        yield opened


@pytest.fixture
async def cases(tmp_path: Path) -> AsyncIterator[CaseApi]:
    async with open_case_api(tmp_path) as opened:
        yield opened
