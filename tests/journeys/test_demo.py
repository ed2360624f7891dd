"""`servicehost demo`, as a person runs it: it ends by itself or by Ctrl-C, and leaves nothing behind."""

import asyncio
import os
import secrets
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.journeys.host_process import ROOT
from tests.journeys.waiting import LIMIT_S, until

MARK = "JOURNEY_MARK"
pytestmark = [
    pytest.mark.timeout(240),
    pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="needs /proc to see who is left"),
]


class Demo:
    """A demonstration; whatever it starts bears its mark."""

    def __init__(self, process: asyncio.subprocess.Process, mark: str, folder: Path) -> None:
        self.process = process
        self.said = b""
        self._mark = f"{MARK}={mark}".encode()
        self._folder = folder

    async def hears(self, word: str) -> None:
        """Wait until it says that."""
        assert self.process.stdout is not None
        async with asyncio.timeout(3 * LIMIT_S):
            while word.encode() not in self.said:
                piece = await self.process.stdout.read(4096)
                assert piece, f"it ended before it said {word}: {self.said.decode()}"
                self.said += piece

    async def ends(self) -> int:
        assert self.process.stdout is not None
        async with asyncio.timeout(3 * LIMIT_S):
            self.said += await self.process.stdout.read()
            return await self.process.wait()

    def left(self) -> list[int]:
        """Processes of its own that still run."""
        found: list[int] = []
        for process in Path("/proc").glob("[0-9]*"):
            try:
                environment = (process / "environ").read_bytes().split(b"\0")
            except OSError:
                continue
            if self._mark in environment:
                found.append(int(process.name))
        return found

    def folders(self) -> list[Path]:
        return list(self._folder.iterdir())


@asynccontextmanager
async def demo(folder: Path, *words: str, **environment: str) -> AsyncIterator[Demo]:
    mark = secrets.token_hex(8)
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "servicehost",
        "demo",
        *words,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        cwd=ROOT,
        env={**os.environ, **environment, MARK: mark, "TMPDIR": str(folder), "PYTHONUNBUFFERED": "1"},
        start_new_session=True,
    )
    running = Demo(process, mark, folder)
    try:
        yield running
    finally:
        for pid in running.left():
            os.kill(pid, signal.SIGKILL)
        await process.wait()


async def test_a_demonstration_ends_by_itself_and_leaves_nothing_behind(tmp_path: Path) -> None:
    # A real host's settings in the environment are not the demonstration's.
    real = {"SERVICEHOST_STORE_DATABASE": "/nowhere/real.sqlite3"}
    async with demo(tmp_path, "--adapters", "3", "--for", "3", **real) as running:
        assert await running.ends() == 0, running.said.decode()
        assert running.left() == []
        assert running.folders() == []
    said = running.said.decode()
    assert "Master ID" in said
    assert "wss://[::1]:" in said
    assert "connected: 3" in said


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl-C", "SIGTERM"])
async def test_a_demonstration_that_is_stopped_ends_cleanly(tmp_path: Path, number: signal.Signals) -> None:
    async with demo(tmp_path, "--adapters", "2") as running:
        await running.hears("password")
        assert len(running.left()) == 3  # itself, the host, the fleet
        running.process.send_signal(number)
        assert await running.ends() == 0, running.said.decode()

        async def nobody() -> bool:
            return running.left() == []

        assert await until(nobody, "its processes have gone")
        assert running.folders() == []
    assert "Traceback" not in running.said.decode()
