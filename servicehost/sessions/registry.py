"""Which session a unit has now. The newest epoch wins, and an old session's end can never harm the new one."""

import asyncio
from collections.abc import Iterable, Iterator
from typing import Final, Protocol

from protocol.codes import CloseCode
from protocol.messages import Renew
from servicehost.ports.desk import Fence

__all__ = ["Registered", "Registry"]

AT_ONCE: Final = 200
"""Sessions that look for work before the event loop hears others again: a push or a task may go to all at once."""
_NAMELESS: Final = "registered before it was welcomed"


class Registered(Protocol):
    """A session, as far as the registry is concerned."""

    @property
    def fence(self) -> Fence | None:
        """Its place; None before the welcome."""
        ...

    def look(self) -> None:
        """Look for work. Never raises."""
        ...

    def renew(self, renew: Renew) -> None:
        """Ask for a younger certificate. Never raises."""
        ...

    def leave(self, code: CloseCode, reason: str) -> None:
        """Say goodbye and end. Harmless twice; never raises."""
        ...


class Registry:
    """One session a unit. It is the `Line` to the units on this host."""

    __slots__ = ("_sessions", "taken_over")

    def __init__(self) -> None:
        self._sessions: dict[int, Registered] = {}
        self.taken_over = 0
        """Sessions ended here because a newer one of their unit came."""

    def __len__(self) -> int:
        return len(self._sessions)

    def __iter__(self) -> Iterator[Registered]:
        return iter(tuple(self._sessions.values()))

    def get(self, unit_id: int) -> Registered | None:
        """The session the unit has now."""
        return self._sessions.get(unit_id)

    def register(self, session: Registered) -> bool:
        """Make this the unit's session and end the one before it. False: a newer one is there, nothing was changed."""
        fence = _fence_of(session)
        old = self._sessions.get(fence.unit_id)
        if old is not None and old is not session and _fence_of(old).epoch > fence.epoch:
            return False
        # First the new one, then the goodbye: whatever the old one's end sets off finds the new one in its place.
        self._sessions[fence.unit_id] = session
        if old is not None and old is not session:
            self.taken_over += 1
            old.leave(CloseCode.TAKEN_OVER, "taken_over")
        return True

    def remove(self, session: Registered) -> bool:
        """Forget the session if it is still its unit's; whether it was."""
        fence = session.fence
        if fence is None or self._sessions.get(fence.unit_id) is not session:
            return False
        del self._sessions[fence.unit_id]
        return True

    def nudge(self, unit_ids: Iterable[int]) -> None:
        """See `ports.line.Line`. Units without a session here are passed over; of many, the first look at once."""
        self._nudge(tuple(unit_ids), 0)

    def _nudge(self, unit_ids: tuple[int, ...], first: int) -> None:
        following = first + AT_ONCE
        for unit_id in unit_ids[first:following]:
            session = self._sessions.get(unit_id)
            if session is not None:
                session.look()
        if following < len(unit_ids):
            asyncio.get_running_loop().call_soon(self._nudge, unit_ids, following)

    def renew(self, unit_ids: Iterable[int], renew: Renew) -> None:
        """See `ports.line.Line`."""
        for unit_id in unit_ids:
            session = self._sessions.get(unit_id)
            if session is not None:
                session.renew(renew)

    def end(self, unit_id: int, below_epoch: int, code: CloseCode) -> None:
        """See `ports.line.Line`."""
        session = self._sessions.get(unit_id)
        if session is not None and _fence_of(session).epoch < below_epoch:
            session.leave(code, code.name.lower())


def _fence_of(session: Registered) -> Fence:
    fence = session.fence
    if fence is None:
        raise AssertionError(_NAMELESS)
    return fence
