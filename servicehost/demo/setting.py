"""The setting: the folder of a new host, made as `servicehost init` makes it."""

import errno
import socket
from pathlib import Path
from typing import Final

from servicehost.founding import Founded, Wishes, found
from servicehost.runtime.clock import SystemClock

__all__ = ["furnish"]

_DOORS: Final = (("adapters_door", 8443), ("bootstrap_door", 8444), ("operators_door", 8080))
_ADDRESSES: Final = ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1"))


async def furnish(folder: Path, settings: tuple[str, ...] = (), *, usual_ports: bool = True) -> Founded:
    """Doors on loopback, IPv4 and IPv6, at the usual ports where those are free, or at any that are."""
    chosen = [f"{door}.addresses=127.0.0.1,::1" for door, _ in _DOORS]
    chosen += [f"{door}.port={_free_port(usual if usual_ports else None)}" for door, usual in _DOORS]
    chosen += ["log.level=warning", "adapters_door.drain_over_s=1"]  # nobody wants to watch a fleet say goodbye
    wishes = Wishes(person_name="手配 太郎", settings=(*chosen, *settings))
    return await found(folder, wishes, clock=SystemClock())


def _free_port(usual: int | None) -> int:
    """The usual port, or another one that is free on both addresses."""
    if usual is not None and _bindable(usual):
        return usual
    for _ in range(20):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = int(probe.getsockname()[1])
        if _bindable(port):
            return port
    raise OSError(errno.EADDRINUSE, "no port is free on both loopback addresses")


def _bindable(port: int) -> bool:
    for family, address in _ADDRESSES:
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((address, port))
            except OSError:
                return False
    return True
