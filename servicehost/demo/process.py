"""Programs of ours as child processes: started, talked to in JSON lines, ended politely and by id."""

import asyncio
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import msgspec

__all__ = ["Child", "ChildFailed", "start_child"]

PATIENCE_S: Final = 35
SETTINGS: Final = "SERVICEHOST_"
LOOP_VARIABLE: Final = "SERVICEHOST_LOOP"


class ChildFailed(Exception):
    """A child process ended before its time; the text has its last words."""


class Child:
    """One child process. Its standard error goes to a file, whose end is quoted when it fails."""

    def __init__(self, name: str, process: asyncio.subprocess.Process, log: Path) -> None:
        self.name = name
        self.process = process
        self._log = log

    def say(self, line: Mapping[str, Any]) -> None:
        """Write one JSON line to its standard input."""
        assert self.process.stdin is not None  # noqa: S101 - opened as a pipe
        self.process.stdin.write(msgspec.json.encode(line) + b"\n")

    async def next_line(self) -> dict[str, Any] | None:
        """The next JSON line of its standard output; None at its end."""
        assert self.process.stdout is not None  # noqa: S101 - opened as a pipe
        line = await self.process.stdout.readline()
        return msgspec.json.decode(line, type=dict[str, Any]) if line else None

    @property
    def pid(self) -> int:
        """Its process id."""
        return self.process.pid

    def last_words(self) -> str:
        """The end of what it said on standard error."""
        return self._log.read_text(errors="replace")[-2000:].strip()

    def check(self) -> None:
        """Raises ChildFailed when it has ended."""
        if self.process.returncode is not None:
            raise ChildFailed(f"{self.name} ended with {self.process.returncode}: {self.last_words()}")

    async def stop(self) -> int:
        """Ask it to end, wait, and end it by force only when it does not. The exit code."""
        if self.process.returncode is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            async with asyncio.timeout(PATIENCE_S):
                return await self.process.wait()
        except TimeoutError:
            self.process.kill()
            return await self.process.wait()


def _without_settings(environment: Mapping[str, str]) -> dict[str, str]:
    """Settings in our environment are meant for a real host; above all they may name a real database."""
    return {
        name: value for name, value in environment.items() if name == LOOP_VARIABLE or not name.startswith(SETTINGS)
    }


async def start_child(name: str, module: str, arguments: Sequence[str], folder: Path) -> Child:
    """Run `python -m module arguments`, in a process group of its own so that Ctrl-C reaches only us."""
    log = folder / f"{name}.log"
    with log.open("wb") as errors:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            module,
            *arguments,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=errors,
            start_new_session=True,
            env=_without_settings(os.environ),
            limit=1024 * 1024,
        )
    return Child(name, process, log)
