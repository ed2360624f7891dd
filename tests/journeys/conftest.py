"""Fixtures of the journeys. Loopback, free ports and throwaway folders only."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.journeys.host_process import HostProcess, Nursery, started
from tests.journeys.people import Founding, founding
from tests.journeys.world import World, open_world


@pytest.fixture(scope="session")
def nursery() -> Iterator[Nursery]:
    """Where hosts come from."""
    opened = Nursery()
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def founded(nursery: Nursery, tmp_path_factory: pytest.TempPathFactory) -> Founding:
    """A host's folder to copy; founding one takes longer than starting it."""
    return asyncio.run(founding(nursery, tmp_path_factory.mktemp("founded") / "host"))


@pytest.fixture(scope="module")
def host(
    request: pytest.FixtureRequest, nursery: Nursery, founded: Founding, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[HostProcess]:
    """A host for all tests of a module that leave it running; the module's SETTINGS go over those of the folder."""
    folder = founded.copy(tmp_path_factory.mktemp("journey") / "host")
    running = started(nursery, folder, *getattr(request.module, "SETTINGS", ()))
    yield running
    running.kill()


@pytest.fixture
async def world(host: HostProcess, founded: Founding, tmp_path: Path) -> AsyncIterator[World]:
    """Units and people around the module's host."""
    async with open_world(host, founded, tmp_path) as opened:
        yield opened


@pytest.fixture
async def own_world(
    request: pytest.FixtureRequest, nursery: Nursery, founded: Founding, tmp_path: Path
) -> AsyncIterator[World]:
    """A host of the test's own, to kill, stop and start again; started with the module's OWN_SETTINGS."""
    own = HostProcess(nursery, founded.copy(tmp_path / "host"), *getattr(request.module, "OWN_SETTINGS", ()))
    try:
        await own.start()
        async with open_world(own, founded, tmp_path) as opened:
            yield opened
    finally:
        own.kill()
