import pytest

from tests.builders.office import Office, open_office


@pytest.fixture
async def office() -> Office:
    return await open_office()
