"""How a unit gets a connection: it walks its hosts, resolves their names, and asks its own config for permission."""

import asyncio
import socket
import ssl
import urllib.parse
from collections.abc import Callable, Sequence
from typing import Final

import msgspec

from adapter_sim.config_text import Permission
from adapter_sim.endings import Ending, undialled
from adapter_sim.link import Link, LinkOwner
from adapter_sim.timers import Timers
from protocol.version import PATH

__all__ = ["CONNECT_DUE_S", "DialFailed", "Dialer", "HostAddress", "read_host_url"]

CONNECT_DUE_S: Final = 15
_DEFAULT_PORT: Final = 443


class HostAddress(msgspec.Struct, frozen=True, kw_only=True):
    """One door of a host, by name or by IP literal."""

    name: str
    port: int


class DialFailed(Exception):
    """No connection; `ending` says why."""

    def __init__(self, ending: Ending) -> None:
        super().__init__(f"{ending.reason}: {ending.detail}")
        self.ending = ending


def read_host_url(url: str) -> HostAddress:
    """The door that `wss://name[:port][/session]` names. Raises ValueError, naming the URL."""
    parts = urllib.parse.urlsplit(url)
    try:
        port = parts.port
    except ValueError as error:
        raise ValueError(f"{url}: {error}") from error
    if parts.scheme != "wss" or not parts.hostname or parts.path not in ("", "/", PATH) or parts.query:
        raise ValueError(f"{url}: a host is given as wss://name:port")
    return HostAddress(name=parts.hostname, port=port or _DEFAULT_PORT)


class Dialer:
    """Dials the hosts of one unit in their order, going on where it left off, and staying with one that took it in.

    `source` is the own address to dial from, an IP literal.
    """

    __slots__ = ("_addresses", "_context", "_next", "_source", "_timers")

    def __init__(
        self, addresses: Sequence[HostAddress], context: ssl.SSLContext, timers: Timers, *, source: str | None = None
    ) -> None:
        if not addresses:
            raise ValueError("a unit needs the address of one host at least")
        self._addresses = tuple(addresses)
        self._context = context
        self._timers = timers
        self._source = source
        self._next = 0

    @property
    def hosts(self) -> int:
        """How many addresses there are to walk."""
        return len(self._addresses)

    def meet_with(self, context: ssl.SSLContext) -> None:
        """Dial with this context from now on; connections there are keep theirs."""
        self._context = context

    def stay(self) -> None:
        """The host dialled last took us in: it is the first to dial next time."""
        self._next = (self._next - 1) % len(self._addresses)

    async def dial(self, owner: LinkOwner, permits: Callable[[str, int], Permission]) -> Link:
        """A link to the next host, its TLS begun. Raises DialFailed when there is none to be had."""
        address = self._addresses[self._next]
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
