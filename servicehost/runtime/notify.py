"""A word to the service manager that started us (systemd's sd_notify). Without one, nothing happens."""

import contextlib
import socket
from collections.abc import Mapping

__all__ = ["Notifier"]


class Notifier:
    """Says READY, STOPPING, WATCHDOG. Never raises: a manager that does not listen is no reason to stop."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._address = environment.get("NOTIFY_SOCKET", "")
        usec = environment.get("WATCHDOG_USEC", "")
        self.watchdog_every_s = int(usec) / 2_000_000 if usec.isdigit() and self._address else None
        """How often to say `alive`: half of what the manager allows; None when it does not ask."""

    def ready(self, status: str) -> None:
        """Everything is open; `status` is one line for people."""
        self._say(f"READY=1\nSTATUS={status}")

    def stopping(self) -> None:
        """We are on our way out."""
        self._say("STOPPING=1\nSTATUS=draining")

    async def alive(self) -> None:
        """The event loop turns."""
        self._say("WATCHDOG=1")

    def _say(self, text: str) -> None:
        if not self._address:
            return
        address = f"\0{self._address[1:]}" if self._address.startswith("@") else self._address
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as out:
            out.setblocking(False)
            out.sendto(text.encode(), address)
