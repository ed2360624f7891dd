"""A unit fetches the files of an offer, one after the other, while its session stands."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Final, TypeAlias

from adapter_sim.box import Box
from adapter_sim.download import DownloadFailed
from adapter_sim.happenings import What
from adapter_sim.partial import Partial
from protocol.messages import OfferedFile

__all__ = ["Fetch", "Fetcher"]

Fetch: TypeAlias = Callable[[str, OfferedFile, Partial, int | None], Awaitable[None]]
"""Brings a file, by digest, from what is here of it to its end, or hangs up after so many bytes. Raises
DownloadFailed."""

_NO_DOOR: Final = "no_door"


class Fetcher:
    """One unit's. At most one offer is fetched at a time; a new one, and `stop`, end what is under way."""

    __slots__ = ("_box", "_fetch", "_task", "_tell")

    def __init__(self, box: Box, fetch: Fetch | None, tell: Callable[..., None]) -> None:
        self._box = box
        self._fetch = fetch
        self._tell = tell
        self._task: asyncio.Task[None] | None = None

    def begin(self, files: Sequence[tuple[str, OfferedFile]], then: Callable[[str | None], None]) -> None:
        """Fetch them all, then call `then` with None, or with why that came to nothing for now."""
        self.stop()
        self._task = asyncio.get_running_loop().create_task(self._run(files, then))

    def stop(self) -> None:
        """The session is over, or the power is. What is here of a file stays."""
        self._box.partials.stop()
        if self._task is not None:
            self._task.cancel()
            self._task = None

    async def _run(self, files: Sequence[tuple[str, OfferedFile]], then: Callable[[str | None], None]) -> None:
        why = None
        try:
            for digest, file in files:
                await self._one(digest, file)
        except DownloadFailed as failed:
            why = failed.reason
            self._told("download_failed", reason=failed.reason)
        self._task = None
        then(why)

    async def _one(self, digest: str, file: OfferedFile) -> None:
        if self._fetch is None:
            raise DownloadFailed(_NO_DOOR, "this unit knows no bootstrap door")
        partial = self._box.partials.begin(digest)
        while True:
            before = len(partial.data)
            self._told("download_began", digest=digest, first=before)
            try:
                await self._fetch(digest, file, partial, self._box.habits.cut_downloads_after)
                break
            except DownloadFailed:
                if len(partial.data) <= before:
                    raise  # nothing came of it: not now
        self._box.partials.done(digest, partial, damaged=self._box.habits.damages_downloads)
        self._told("downloaded", digest=digest, bytes=len(partial.data))

    def _told(self, what: What, **fields: object) -> None:
        self._tell(what, **fields)
