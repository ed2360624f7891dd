"""How a unit gets a connection: it walks its hosts, resolves their names, and asks its own config for permission."""

import asyncio
import socket
import ssl
from collections.abc import Callable, Sequence
from typing import Final

from adapter_sim.config_text import Permission
from adapter_sim.endings import Ending, undialled
from adapter_sim.link import Link, LinkOwner
from adapter_sim.source import may_dial_from
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

    A unit has hosts from three sources. At home it is with those that it has learned from its location document or, as
    long as it has learned none, with those that it was born with; before them come those that a host has told it, until
    that is over. With none of all these there is nothing to dial. `source` is the own address to dial from, an IP
    literal.
    """

    __slots__ = ("_addresses", "_dialled", "_home", "_next", "_source", "_timers", "_told", "context")

    def __init__(
        self, addresses: Sequence[HostAddress], context: ssl.SSLContext, timers: Timers, *, source: str | None = None
    ) -> None:
        self._addresses = self._home = tuple(addresses)
        self._told: tuple[HostAddress, ...] = ()
        self.context = context
        """For the dials to come: what the unit proves itself with, and whom it believes."""
        self._timers = timers
        self._source = source
        self._next = 0
        self._dialled: HostAddress | None = None

    @property
    def hosts(self) -> int:
        """How many addresses there are to walk."""
        return len(self._addresses)

    def walk(self, learned: Sequence[HostAddress]) -> bool:
        """Be at home with these from now on, and dial from the first one. False, and nothing changes, when they are
        what they were.
        """
        if tuple(learned) == self._home:
            return False
        self._home = tuple(learned)
        self._arrange()
        return True

    def redirect(self, told: Sequence[HostAddress]) -> None:
        """Dial these first from now on, and behind them those it is at home with, should none of them answer.

        Without any the unit is sent nowhere any more, and goes on with the host that is next.
        """
        present = self._addresses[self._next] if self._addresses else None
        self._told = tuple(told)
        self._arrange()
        if not told and present in self._addresses:
            self._next = self._addresses.index(present)

    def _arrange(self) -> None:
        self._addresses = tuple(dict.fromkeys((*self._told, *self._home)))
        self._next = 0

    def stay(self) -> bool:
        """The host dialled last took us in: it is the first to dial next time. Whether the unit was sent there."""
        if self._dialled in self._addresses:  # the list may have changed since
            self._next = self._addresses.index(self._dialled)
        return self._dialled in self._told

    def beside(self, context: ssl.SSLContext) -> "Dialer":
        """One that begins with the same host, for another session of the same unit."""
        other = Dialer(self._home, context, self._timers, source=self._source)
        other._told, other._addresses, other._next = self._told, self._addresses, self._next
        return other

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
        link = Link(owner, self.context, host_name=address.name, port=address.port, timers=self._timers)
        source = (self._source, 0) if self._source and may_dial_from(self._source, ip) else None
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
