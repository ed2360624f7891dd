"""How a unit gets a connection: it walks its hosts, resolves their names, and asks its own config for permission."""

import asyncio
import socket
import ssl
from collections.abc import Callable, Sequence
from typing import Final

from adapter_sim.config_text import Permission
from adapter_sim.endings import Ending, undialled
from adapter_sim.link import Link, LinkOwner
from adapter_sim.timers import Timers
from protocol.location import Address as HostAddress
from protocol.location import read_host_url

__all__ = ["CONNECT_DUE_S", "DialFailed", "Dialer", "HostAddress", "read_host_url"]

CONNECT_DUE_S: Final = 15


class DialFailed(Exception):
    """No connection; `ending` says why."""

    def __init__(self, ending: Ending) -> None:
        super().__init__(f"{ending.reason}: {ending.detail}")
        self.ending = ending


class Dialer:
    """Dials the hosts of one unit in their order, going on where it left off, and staying with one that took it in.

    Without addresses it has nothing to dial until `walk` gives it some. `source` is the own address to dial from, an
    IP literal.
    """

    __slots__ = ("_addresses", "_context", "_dialled", "_next", "_source", "_timers")

    def __init__(
        self, addresses: Sequence[HostAddress], context: ssl.SSLContext, timers: Timers, *, source: str | None = None
    ) -> None:
        self._addresses = tuple(addresses)
        self._context = context
        self._timers = timers
        self._source = source
        self._next = 0
        self._dialled: HostAddress | None = None

    @property
    def hosts(self) -> int:
        """How many addresses there are to walk."""
        return len(self._addresses)

    def walk(self, addresses: Sequence[HostAddress]) -> bool:
        """Dial these from now on, from the first one. False, and nothing changes, when they are what they were."""
        if tuple(addresses) == self._addresses:
            return False
        self._addresses, self._next = tuple(addresses), 0
        return True

    def stay(self) -> None:
        """The host dialled last took us in: it is the first to dial next time."""
        if self._dialled in self._addresses:  # the list may have changed since
            self._next = self._addresses.index(self._dialled)

    async def dial(self, owner: LinkOwner, permits: Callable[[str, int], Permission]) -> Link:
        """A link to the next host, its TLS begun. Raises DialFailed when there is none to be had."""
        if not self._addresses:
            raise DialFailed(undialled("no_hosts", "the unit knows no host to dial"))
        address = self._dialled = self._addresses[self._next]
        self._next = (self._next + 1) % len(self._addresses)
        failed = undialled("no_address", f"{address.name} has no address")
        for ip in await self._resolve(address):
            permission = permits(ip, address.port)
            if not permission.allowed:
                failed = undialled("path_blocked", permission.obstacle)
                continue
            try:
                return await self._connect(owner, address, ip)
            except TimeoutError:
                failed = undialled("connect_timeout", f"{ip} did not answer within {CONNECT_DUE_S} s")
            except OSError as error:
                failed = undialled("connect_failed", str(error))
        raise DialFailed(failed)

    async def _connect(self, owner: LinkOwner, address: HostAddress, ip: str) -> Link:
        link = Link(owner, self._context, host_name=address.name, port=address.port, timers=self._timers)
        source = (self._source, 0) if self._source else None
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(CONNECT_DUE_S):
                await loop.create_connection(lambda: link, ip, address.port, local_addr=source)
        except BaseException:
            link.expected()
            raise
        return link

    async def _resolve(self, address: HostAddress) -> list[str]:
        loop = asyncio.get_running_loop()
        try:
            found = await loop.getaddrinfo(address.name, address.port, type=socket.SOCK_STREAM)
        except OSError as error:
            raise DialFailed(undialled("name_not_resolved", f"{address.name}: {error}")) from error
        return list(dict.fromkeys(str(one[4][0]) for one in found))
