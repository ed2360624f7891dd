"""Founded hosts, and hosts that run as processes of their own on free ports of loopback."""

import asyncio
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import IO, Any, NamedTuple

import msgspec

from servicehost.doors import Doors
from servicehost.founding import SETTINGS_FILE, Founded, Wishes, found
from servicehost.runtime.clock import SystemClock

__all__ = ["FREE_PORTS", "LOOPBACK", "HostProcess", "RunningHost", "a_founded_host", "running_host", "start_host"]

LOOPBACK = tuple(f"{door}.addresses=127.0.0.1,::1" for door in ("adapters_door", "bootstrap_door"))
FREE_PORTS = tuple(f"{door}.port=0" for door in ("adapters_door", "bootstrap_door", "operators_door"))


@lru_cache(1)
def _template() -> tuple[Path, Founded]:
    folder = Path(tempfile.mkdtemp(prefix="servicehost-test-")) / "host"
    wishes = Wishes(management_label="Example", settings=(*LOOPBACK, *FREE_PORTS))
    return folder, asyncio.run(found(folder, wishes, clock=SystemClock()))


def a_founded_host(folder: Path) -> Founded:
    """A host of its own in `folder`/host, on loopback and free ports. To be called outside of any event loop.

    All of them have the same authority and first person: to found one takes half a second, to copy it none.
    """
    template, founded = _template()
    shutil.copytree(template, folder / "host")
    here = {"settings": str(folder / "host" / SETTINGS_FILE)}
    return msgspec.structs.replace(founded, **here)


class HostProcess(NamedTuple):
    """`servicehost serve` as a process; its log is read line by line from standard error."""

    process: "subprocess.Popen[str]"
    log: list[dict[str, Any]]

    @property
    def errors(self) -> IO[str]:
        assert self.process.stderr is not None
        return self.process.stderr

    def wait_for(self, event: str) -> dict[str, Any]:
        """Read the log up to a line of this event; fails when the process ends before."""
        for text in self.errors:
            if not text.startswith("{"):
                raise AssertionError(f"instead of {event}: {text}")
            self.log.append(json.loads(text))
            if self.log[-1]["event"] == event:
                return self.log[-1]
        raise AssertionError(f"the host ended before {event}: {self.log}")

    def ended(self) -> tuple[int, str]:
        """Wait for the end, which is due within 30 s; the exit code and what came at last on standard error."""
        rest = self.errors.read()
        return self.process.wait(30), rest


@contextmanager
def start_host(settings: str, *more: str, environment: Mapping[str, str] | None = None) -> Iterator[HostProcess]:
    """The process, which is killed at the end if it is still there."""
    command = [sys.executable, "-m", "servicehost", "serve", "--settings", settings, *more]
    process = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, env={**os.environ, **(environment or {})}
    )
    try:
        yield HostProcess(process, [])
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()
        if process.stderr is not None:
            process.stderr.close()


class RunningHost(NamedTuple):
    """A host that is ready."""

    founded: Founded
    host: HostProcess
    doors: Doors

    @property
    def folder(self) -> Path:
        return Path(self.founded.settings).parent


@contextmanager
def running_host(founded: Founded, *more: str, environment: Mapping[str, str] | None = None) -> Iterator[RunningHost]:
    """The host of this folder, ready."""
    with start_host(founded.settings, *more, environment=environment) as host:
        host.wait_for("ready")
        raw = (Path(founded.settings).parent / "run" / "doors.json").read_bytes()
        yield RunningHost(founded, host, msgspec.json.decode(raw, type=Doors))
