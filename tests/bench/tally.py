"""Counting what came back, with a deadline, so that no load waits for ever or counts what did not happen."""

import asyncio

from tests.bench.subject import LoadError

GRACE_S = 30.0


class Tally:
    """Counts to a number; `done` waits for it. The first failure ends the wait."""

    __slots__ = ("_count", "_failure", "_reached", "_wanted", "_what")

    def __init__(self, wanted: int, what: str) -> None:
        self._wanted = wanted
        self._what = what
        self._count = 0
        self._failure: str | None = None
        self._reached = asyncio.Event()
        if wanted == 0:
            self._reached.set()

    def add(self) -> None:
        """One more came."""
        self._count += 1
        if self._count >= self._wanted:
            self._reached.set()

    def fail(self, reason: str) -> None:
        """What is counted cannot be completed."""
        self._failure = self._failure or reason
        self._reached.set()

    async def done(self, grace_s: float = GRACE_S) -> int:
        """The number that came, at least the wanted one; `LoadError` with the cause after a failure or `grace_s`."""
        try:
            async with asyncio.timeout(grace_s):
                await self._reached.wait()
        except TimeoutError:
            self.fail(f"no more came for {grace_s:g} s")
        if self._failure is not None:
            raise LoadError(f"{self._count:,} of {self._wanted:,} {self._what}: {self._failure}")
        return self._count
