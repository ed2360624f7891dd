"""Texts compared in a process of its own, which is killed when its time is over."""

import asyncio
import sys
from contextlib import suppress
from pathlib import Path
from typing import Final

import msgspec

from servicehost.domain.errors import Busy, Conflict

__all__ = ["Comparison", "ProcessDiffer"]

LIMIT_S: Final = 10.0
AT_ONCE: Final = 2
WAITING: Final = 20
_RETRY_S: Final = 5
_WORKER: Final = "servicehost.backends.diff_worker"
_ROOT: Final = Path(__file__).resolve().parents[2]


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """What the process is given on standard input."""

    left: str
    right: str
    left_name: str
    right_name: str


class ProcessDiffer:
    """`ports.differ.Differ`: a process for each comparison, so many at once, the others in turn."""

    def __init__(self, *, limit_s: float = LIMIT_S, at_once: int = AT_ONCE, waiting: int = WAITING) -> None:
        self._limit_s = limit_s
        self._places = asyncio.Semaphore(at_once)
        self._room = at_once + waiting
        self._inside = 0

    async def unified(self, left: str, right: str, *, left_name: str, right_name: str) -> str:
        """See the port."""
        if self._inside >= self._room:
            raise Busy("diffs_busy", "As many comparisons wait as may; come back later", _RETRY_S)
        order = Comparison(left=left, right=right, left_name=left_name, right_name=right_name)
        self._inside += 1
        try:
            async with self._places:
                return await self._compared(await asyncio.to_thread(msgspec.json.encode, order))
        finally:
            self._inside -= 1

    async def _compared(self, order: bytes) -> str:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-P",
            "-m",
            _WORKER,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            cwd=_ROOT,
            env={"PYTHONPATH": str(_ROOT)},
        )
        try:
            async with asyncio.timeout(self._limit_s):
                out, _ = await process.communicate(order)
        except TimeoutError as error:
            text = f"The comparison takes longer than {self._limit_s:g} s; compare smaller texts"
            raise Conflict("diff_too_slow", text) from error
        finally:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()
        if process.returncode:
            raise RuntimeError(f"the comparing process ended with {process.returncode}")
        return out.decode()
