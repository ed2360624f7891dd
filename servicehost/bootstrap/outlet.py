"""Whether a peer takes what is sent to it: counted, and waited for."""

import asyncio

__all__ = ["Outlet"]


class Outlet:
    """Open while the transport has nothing left to hand to the kernel. `sent`: octets handed to the transport."""

    __slots__ = ("_opening", "sent")

    def __init__(self) -> None:
        self.sent = 0
        self._opening: asyncio.Future[None] | None = None

    @property
    def is_shut(self) -> bool:
        return self._opening is not None

    def taken(self, unsent: int) -> int:
        """Octets that have gone out, when `unsent` of them still wait."""
        return self.sent - unsent

    def shut(self) -> None:
        """The peer is behind. Harmless twice."""
        if self._opening is None:
            self._opening = asyncio.get_running_loop().create_future()

    def open(self) -> None:
        """The peer has caught up, or is gone. Harmless twice."""
        if self._opening is not None:
            if not self._opening.done():  # its waiter may have been cancelled
                self._opening.set_result(None)
            self._opening = None

    async def opened(self) -> None:
        """Wait until it is open."""
        if self._opening is not None:
            await self._opening
