"""The doors' addresses: free, or held by this very host."""

import errno
import socket
from collections.abc import Iterator
from typing import Final, Protocol

from servicehost.cli.checks.finding import Finding, error, fine, warning
from servicehost.doors import Doors, read_doors
from servicehost.runtime.addresses import reachable
from servicehost.settings.tables import Settings

__all__ = ["check_ports"]

_NAMES: Final = ("adapters_door", "bootstrap_door", "operators_door")


class _Door(Protocol):
    @property
    def addresses(self) -> tuple[str, ...]: ...
    @property
    def port(self) -> int: ...


def check_ports(settings: Settings) -> Iterator[Finding]:
    """Each address of each door. Port 0 is whatever is free, so there is nothing to look at."""
    running = read_doors(settings.host.run_folder)
    for name in _NAMES:
        door: _Door = getattr(settings, name)
        here = reachable(door.addresses)
        for address in door.addresses:
            if address not in here:
                text = f"[{name}] {address}: this machine has no IPv6"
                yield warning("no_ipv6", text, f"enable IPv6, or take {address} out of {name}.addresses")
            elif door.port:
                yield _address(name, address, door.port, running)


def _address(name: str, address: str, port: int, running: Doors | None) -> Finding:
    where = f"[{name}] {address} port {port}"
    fault = _try_to_listen(address, port)
    if fault is None:
        return fine("port_free", f"{where} is free")
    if fault == errno.EADDRINUSE and running is not None and (address, port) in getattr(running, name):
        return fine("port_ours", f"{where} is held by this host, process {running.pid}")
    if fault == errno.EADDRINUSE:
        remedy = f"stop what listens there (`ss -ltnp sport = :{port}`), or set {name}.port"
        return error("port_taken", f"{where} is held by another program", remedy)
    if fault == errno.EACCES:
        return error("port_not_permitted", f"{where} needs a privilege", f"set {name}.port to one above 1023")
    if fault == errno.EADDRNOTAVAIL:
        return error("address_not_here", f"{where}: this machine has no such address", f"correct {name}.addresses")
    return error("address_unusable", f"{where}: {errno.errorcode.get(fault, fault)}", f"correct {name}.addresses")


def _try_to_listen(address: str, port: int) -> int | None:
    v6 = ":" in address
    with socket.socket(socket.AF_INET6 if v6 else socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if v6:
            probe.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        try:
            probe.bind((address, port))
            probe.listen(1)
        except OSError as fault:
            return fault.errno or errno.EINVAL
    return None
