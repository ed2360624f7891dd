"""Bodies of modules, offered as files: taken from the store when a unit first asks, and kept on disk for the next.

Nothing is remembered of who may have what: the store is asked each time, so a restarted host goes on where it was.
"""

import asyncio
import os
import re
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Final

from servicehost.domain.certificate import UnitIdentity
from servicehost.domain.contract import Scope
from servicehost.ports.modules import ModuleReads
from servicehost.ports.offered import OfferedFile

__all__ = ["MOST_BYTES", "OfferedModules"]

MOST_BYTES: Final = 1024 * 1024 * 1024
"""On disk, at once; those that nobody asked for longest give way."""
_DIGEST: Final = re.compile("[0-9a-f]{64}")


class OfferedModules:
    """Implements `ports.offered.Offered`. A token is a digest's hex."""

    def __init__(self, reads: ModuleReads, folder: Path, *, most_bytes: int = MOST_BYTES) -> None:
        self._reads = reads
        self._folder = folder
        self._most_bytes = most_bytes

    async def find(self, unit: UnitIdentity, token: str) -> OfferedFile | None:
        """See the port. A unit may have what an open push of its adapter holds, and nothing else."""
        if _DIGEST.fullmatch(token) is None:
            return None
        offered = await self._reads.offered_body(unit.distribution_id, unit.fingerprint, f"sha256:{token}")
        if offered is None:
            return None
        path = self._folder / token
        if not await asyncio.to_thread(_used, path):
            scope = Scope(management_code=offered.management_code)
            body = await self._reads.module_body(scope, offered.management_code, offered.digest)
            if body is None:
                return None
            await asyncio.to_thread(_keep, path, body, self._most_bytes)
        return OfferedFile(path=path, digest=token)


def _used(path: Path) -> bool:
    """Whether it is there; from now on it is the one that was asked for last."""
    try:
        os.utime(path)
    except FileNotFoundError:
        return False
    return True


def _keep(path: Path, body: bytes, most_bytes: int) -> None:
    """Write it whole or not at all. Transfers of what gives way go on: an open file is there until it is closed."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    kept = sorted((one.stat().st_mtime_ns, one.stat().st_size, one) for one in path.parent.iterdir())
    total = len(body) + sum(size for _, size, _ in kept)
    for _, size, one in kept:
        if total <= most_bytes:
            break
        with suppress(FileNotFoundError):
            one.unlink()
        total -= size
    descriptor, beside = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(descriptor, "wb") as file:
        file.write(body)
    Path(beside).replace(path)
