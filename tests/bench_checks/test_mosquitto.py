"""The peer itself, three sessions small, where it is installed."""

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.bench import identities, mosquitto
from tests.bench.mosquitto import Mosquitto
from tests.bench.subject import LoadError, Subject

HELD, EXTRA, HELPERS = 3, 2, 2
RATE = 1_000.0
BINARY = mosquitto.find()
pytestmark = pytest.mark.skipif(BINARY is None, reason="mosquitto is not installed")


@pytest_asyncio.fixture
async def peer(tmp_path: Path) -> AsyncIterator[Mosquitto]:
    assert BINARY is not None
    peer = Mosquitto(BINARY, identities.make(tmp_path, HELD + EXTRA + HELPERS, lambda _: None))
    try:
        await peer.start()
        await peer.connect(HELD)
        yield peer
    finally:
        await peer.stop()


async def test_each_load_gives_what_was_finished(peer: Mosquitto) -> None:
    subject: Subject = peer
    assert await subject.handshakes(EXTRA, RATE) == EXTRA
    await subject.rest()
    assert await subject.handshakes(EXTRA, RATE) == EXTRA
    assert await subject.push(20, RATE) == 20
    assert await subject.reports(20, RATE) == 20
    assert await subject.idle(0.01) == 1


async def test_more_sessions_than_identities_are_refused(peer: Mosquitto) -> None:
    with pytest.raises(LoadError, match="too few identities"):
        await peer.handshakes(EXTRA + 1, RATE)


async def test_a_load_over_a_lost_fleet_is_no_figure(peer: Mosquitto) -> None:
    os.kill(peer.pid, 9)
    with pytest.raises(LoadError, match=r"a session was lost|pushes delivered: D-00000"):
        await asyncio.wait_for(peer.push(20, RATE), 20)


async def test_stopped_twice_is_stopped_once(peer: Mosquitto) -> None:
    await peer.stop()
    await peer.stop()


async def test_a_broker_that_does_not_start_is_named(tmp_path: Path) -> None:
    assert BINARY is not None
    papers = identities.make(tmp_path, HELPERS, lambda _: None)
    papers.server_key.write_text("no key")
    peer = Mosquitto(BINARY, papers)
    with pytest.raises(LoadError, match="ended with"):
        await peer.start()
    await peer.stop()
