"""The host as a process: started, killed, stopped, held, and started again on the same folder and ports."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from servicehost.doors import Doors, read_doors
from tests.journeys.waiting import until

__all__ = ["ROOT", "HostProcess", "Nursery", "started"]

ROOT = Path(__file__).resolve().parents[2]
_STARTS = 5


class Nursery:
    """Starts hosts quickly: see `tests.journeys.nursery`. Close it when they are over."""

    def __init__(self) -> None:
        command = [sys.executable, "-m", "tests.journeys.nursery"]
        plain = {name: value for name, value in os.environ.items() if not name.startswith("SERVICEHOST_")}
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT, start_new_session=True, env=plain
        )

    def _ask(self, **order: Any) -> int | None:
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None
        assert stdout is not None
        stdin.write(msgspec.json.encode(order) + b"\n")
        stdin.flush()
        return msgspec.json.decode(stdout.readline(), type=int | None)

    def start(self, words: Sequence[str], log: Path) -> int:
        """Run `servicehost` with these words; the process's id."""
        child = self._ask(start=list(words), log=str(log))
        assert child is not None
        return child

    def look(self, child: int) -> int | None:
        """Its exit code, to be asked for once; None while it runs."""
        return self._ask(look=child)

    def wait(self, child: int) -> int:
        """Its exit code, when it has ended."""
        code = self._ask(wait=child)
        assert code is not None
        return code

    def close(self) -> None:
        with self._process as process:
            assert process.stdin is not None
            process.stdin.close()
            process.wait()


class HostProcess:
    """`servicehost serve` on `folder`; `settings` are `table.key=value`, over those of the folder."""

    def __init__(self, nursery: Nursery, folder: Path, *settings: str) -> None:
        self.folder = folder
        self.settings = list(settings)
        self.log = folder.parent / f"{folder.name}.log"
        self.starts = 0
        self.pid = 0
        self.exit_code: int | None = None
        """Of its last run, once that was seen to be over."""
        self._nursery = nursery
        self._doors: Doors | None = None

    @property
    def doors(self) -> Doors:
        """Where it listens; the same after every start."""
        assert self._doors is not None
        return self._doors

    @property
    def adapters_port(self) -> int:
        return self.doors.adapters_door[0][1]

    @property
    def bootstrap_port(self) -> int:
        return self.doors.bootstrap_door[0][1]

    @property
    def api_base(self) -> str:
        return f"http://127.0.0.1:{self.doors.operators_door[0][1]}"

    @property
    def running(self) -> bool:
        """Whether there is a process of it."""
        if self.pid and self.exit_code is None:
            self.exit_code = self._nursery.look(self.pid)
        return bool(self.pid) and self.exit_code is None

    async def start(self) -> Doors:
        """Run it and wait until it is ready. A port that somebody took meanwhile is tried for again."""
        for _ in range(_STARTS):
            assert not self.running
            said = self.log.stat().st_size if self.log.exists() else 0
            words = ["serve", "--settings", str(self.folder / "servicehost.toml")]
            words += [word for setting in (*self.settings, *self._ports()) for word in ("--set", setting)]
            self.pid, self.exit_code = self._nursery.start(words, self.log), None
            self.starts += 1
            if await until(self._ready_or_over, "the host is ready") == "ready":
                return self.doors
            if b"address_in_use" not in self.log.read_bytes()[said:]:
                break
        raise AssertionError(f"the host ended with {self.exit_code}: {self.last_words()}")

    def _ports(self) -> Sequence[str]:
        doors = self._doors
        if doors is None:
            return ()
        ports = {name: getattr(doors, name)[0][1] for name in ("adapters_door", "bootstrap_door", "operators_door")}
        return [f"{name}.port={port}" for name, port in ports.items()]

    async def _ready_or_over(self) -> str | None:
        doors = read_doors(self.folder / "run")
        if doors is not None and doors.pid == self.pid:
            self._doors = doors
            return "ready"
        return None if self.running else "over"

    def last_words(self) -> str:
        """The end of its log."""
        return self.log.read_text(errors="replace")[-3000:]

    def kill(self) -> None:
        """SIGKILL: nothing of it is left. Harmless when it is over."""
        if self.running:
            self._signal(signal.SIGKILL)
            self.exit_code = self._nursery.wait(self.pid)

    def ask_to_leave(self) -> None:
        """SIGTERM."""
        self._signal(signal.SIGTERM)

    def hold(self) -> None:
        """SIGSTOP: it does nothing at all until `go_on`."""
        self._signal(signal.SIGSTOP)

    def go_on(self) -> None:
        """SIGCONT."""
        self._signal(signal.SIGCONT)

    async def over(self, *, limit_s: float = 35) -> int:
        """Wait until it has ended; its exit code."""

        async def look() -> bool:
            return not self.running

        await until(look, "the host has ended", limit_s=limit_s)
        assert self.exit_code is not None
        return self.exit_code

    async def stop(self) -> int:
        """Ask twice, so that it hurries, and wait."""
        self.ask_to_leave()
        self.ask_to_leave()
        return await self.over()

    def _signal(self, number: signal.Signals) -> None:
        assert self.running
        os.kill(self.pid, number)


def started(nursery: Nursery, folder: Path, *settings: str) -> HostProcess:
    """A host that is ready, for where no event loop runs."""
    host = HostProcess(nursery, folder, *settings)
    try:
        asyncio.run(host.start())
    except BaseException:
        host.kill()
        raise
    return host
