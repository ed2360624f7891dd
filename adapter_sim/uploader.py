"""A unit uploads what a task has brought, one file after the other, over however many sessions."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Final, TypeAlias

from adapter_sim.happenings import What
from adapter_sim.upload import Sending, UploadFailed

__all__ = ["CUT_AFTER_BYTES", "Upload", "Uploader"]

Upload: TypeAlias = Callable[[str, bytes, Sending, int | None], Awaitable[None]]
"""Brings a file to a path of the door, from what is there of it to its end, or hangs up after so many bytes. Raises
UploadFailed."""

CUT_AFTER_BYTES: Final = 256 * 1024
_NO_DOOR: Final = "no_door"


class Uploader:
    """One unit's. The files of one task are uploaded at a time."""

    __slots__ = ("_sending", "_task", "_tell", "_upload")

    def __init__(self, upload: Upload | None, tell: Callable[..., None]) -> None:
        self._upload = upload
        self._tell = tell
        self._sending: Sending | None = None
        self._task: asyncio.Task[None] | None = None

    def begin(self, files: Mapping[str, bytes], *, cut: bool, then: Callable[[str | None], None]) -> None:
        """Upload them all, by path, then call `then` with None, or with why that came to nothing. With `cut` every
        transfer breaks off."""
        self.stop()
        self._task = asyncio.get_running_loop().create_task(self._run(files, cut, then))

    def stop(self) -> None:
        """The power is gone."""
        if self._sending is not None:
            self._sending.stopped = True
        if self._task is not None:
            self._task.cancel()
            self._task = None

    async def _run(self, files: Mapping[str, bytes], cut: bool, then: Callable[[str | None], None]) -> None:
        why = None
        try:
            for path, body in files.items():
                await self._one(path, body, CUT_AFTER_BYTES if cut else None)
        except UploadFailed as failed:
            why = failed.reason
            self._told("upload_failed", reason=failed.reason)
        self._task = None
        then(why)

    async def _one(self, path: str, body: bytes, cut_after: int | None) -> None:
        if self._upload is None:
            raise UploadFailed(_NO_DOOR, "this unit knows no bootstrap door")
        held = -1
        while True:
            sending = self._sending = Sending()
            try:
                await self._upload(path, body, sending, cut_after)
                break
            except UploadFailed as failed:
                if failed.reason != "transfer_broke_off" or sending.held <= held:
                    raise
                held = sending.held
                self._told("upload_cut", path=path, held=held)
        self._told("uploaded", path=path, bytes=len(body))

    def _told(self, what: What, **fields: object) -> None:
        self._tell(what, **fields)
