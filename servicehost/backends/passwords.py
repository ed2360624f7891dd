"""argon2id, off the event loop and at most a few at a time: each costs about 64 MiB and a tenth of a second."""

import asyncio
from collections.abc import Callable
from typing import Final, TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError

from servicehost.domain.errors import Busy

__all__ = ["Argon2Hasher"]

_T = TypeVar("_T")
_RETRY_S: Final = 5


class Argon2Hasher:
    """Implements `ports.hasher.Hasher`. `at_once` hashes run together, `waiting` more may wait."""

    def __init__(self, *, at_once: int = 2, waiting: int = 32, argon2: PasswordHasher | None = None) -> None:
        self._argon2 = argon2 or PasswordHasher()
        self._running = asyncio.Semaphore(at_once)
        self._places = at_once + waiting
        # Made now, once: the first stranger must not be told from the second by its time.
        self._nobody = self._argon2.hash("nobody has this password")

    async def hash(self, password: str) -> str:
        return await self._run(lambda: self._argon2.hash(password))

    async def verify(self, password_hash: str | None, password: str) -> bool:
        kept = self._nobody if password_hash is None else password_hash
        return await self._run(lambda: self._matches(kept, password)) and password_hash is not None

    def _matches(self, kept: str, password: str) -> bool:
        try:
            return self._argon2.verify(kept, password)
        except VerifyMismatchError:
            return False
        except (VerificationError, InvalidHashError) as error:
            raise ValueError("a password hash in the store cannot be read") from error

    async def _run(self, work: Callable[[], _T]) -> _T:
        if self._places == 0:
            raise Busy("log_ins_busy", "Many people log in at this moment. Try again in a few seconds.", _RETRY_S)
        self._places -= 1
        try:
            async with self._running:
                return await asyncio.to_thread(work)
        finally:
            self._places += 1
