"""The blocks of PROTOCOL.md's "From a box to a session", and a shell in which they are run as a reader would."""

import asyncio
import os
import re
import signal
import sys
from asyncio.subprocess import PIPE, Process
from contextlib import suppress
from pathlib import Path
from typing import Self

from tests.journeys.host_process import ROOT
from tests.journeys.waiting import LIMIT_S

__all__ = ["Reader", "section", "steps"]

_STEP = re.compile(r"^<!-- step: (\S+) -->\n```(\w+)\n(.*?)^```$", re.DOTALL | re.MULTILINE)


def section(page: str) -> str:
    """The text from its heading to the next one."""
    _, heading, after = page.partition("\n## From a box to a session\n")
    assert heading, "PROTOCOL.md has no such section"
    return after.partition("\n## ")[0]


def steps(text: str) -> dict[str, str]:
    """Each block by the name in the comment before it, in the page's order."""
    return {name: block for name, _, block in _STEP.findall(text)}


class Reader:
    """Someone with a terminal in an empty folder, who types the page's blocks one after another. Use as `async with`.

    Everything that comes out of a block, and what is started beside it, ends with the reader.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        plain = {name: value for name, value in os.environ.items() if not name.startswith("SERVICEHOST_")}
        self.environment = plain | {
            "PATH": f"{Path(sys.executable).parent}:{plain['PATH']}",
            "PYTHONPATH": str(ROOT),
            "HOME": str(folder),
            "XDG_STATE_HOME": str(folder / "state"),
            "NO_PROXY": "127.0.0.1",
        }
        self._processes: list[Process] = []
        self._typed = 0

    async def __aenter__(self) -> Self:
        # -e and pipefail: a command that fails ends the reading, whichever it is.
        self._shell = await self._started("bash", "-eu", "-o", "pipefail")
        return self

    async def __aexit__(self, *_: object) -> None:
        for process in self._processes:
            # A shell that has ended by itself may have left others of its group behind.
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            await process.wait()

    async def beside(self, block: str, **settings: str) -> Path:
        """Run a block in a terminal of its own; where its output goes."""
        log = self.folder / "beside.log"
        with log.open("wb") as out:
            await self._started("bash", "-c", block, out=out.fileno(), **settings)
        return log

    async def types(self, block: str, *answers: str) -> str:
        """Run a block in the one shell, with these lines for whatever asks; all it said. Fails when it fails."""
        self._typed += 1
        name = self.folder / f".block-{self._typed}"
        name.with_suffix(".sh").write_text(block)
        name.with_suffix(".in").write_text("".join(f"{answer}\n" for answer in answers))
        assert self._shell.stdin is not None
        assert self._shell.stdout is not None
        self._shell.stdin.write(f". {name}.sh <{name}.in >{name}.out 2>&1; echo done\n".encode())
        done = b""
        with suppress(TimeoutError):
            done = await asyncio.wait_for(self._shell.stdout.readline(), LIMIT_S)
        said = name.with_suffix(".out").read_text()
        assert done == b"done\n", f"{block}\nfailed, or took more than {LIMIT_S} s: {said}"
        return said

    async def _started(self, *words: str, out: int = PIPE, **more: str) -> Process:
        process = await asyncio.create_subprocess_exec(
            *words,
            stdin=PIPE,
            stdout=out,
            stderr=out if out >= 0 else None,
            cwd=self.folder,
            env=self.environment | more,
            start_new_session=True,
        )
        self._processes.append(process)
        return process
