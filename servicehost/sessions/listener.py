"""The listening sockets: accepting is paused while too many handshakes run or the process has no file left."""

import asyncio
import contextlib
import errno
import socket
from collections.abc import Callable, Sequence
from typing import Any, Final

import structlog

from servicehost.sessions.admission import Admission, out_of_files

__all__ = ["Listener", "listen", "shown_address"]

_log: Final[Any] = structlog.get_logger("servicehost.sessions")
_BATCH: Final = 16
"""Connections accepted in one callback of the event loop, so that a herd leaves time for the sessions there are."""
_OUT_OF_FILES_PAUSE_S: Final = 1.0
_NO_SUCH_FAMILY: Final = frozenset({errno.EAFNOSUPPORT, errno.EADDRNOTAVAIL, errno.EPROTONOSUPPORT})
_PASSING: Final = (BlockingIOError, InterruptedError)


def listen(addresses: Sequence[str], port: int, backlog: int) -> list[socket.socket]:
    """Non-blocking sockets listening on all `addresses`, one port for all of them.

    An IPv6 address on a machine without IPv6 is left out and said; when nothing is left, or on any other error,
    OSError is raised and nothing stays open.
    """
    sockets: list[socket.socket] = []
    try:
        for address in addresses:
            port = sockets[0].getsockname()[1] if sockets else port
            try:
                sockets.append(_listening(address, port, backlog))
            except OSError as error:
                if ":" not in address or error.errno not in _NO_SUCH_FAMILY:
                    raise
                _log.warning("no_ipv6", address=address, error=str(error))
        if not sockets:
            raise OSError(errno.EADDRNOTAVAIL, "none of the addresses can be listened on")
    except BaseException:
        for opened in sockets:
            opened.close()
        raise
    return sockets


def _listening(address: str, port: int, backlog: int) -> socket.socket:
    v6 = ":" in address
    listening = socket.socket(socket.AF_INET6 if v6 else socket.AF_INET, socket.SOCK_STREAM)
    try:
        listening.setblocking(False)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if v6:
            listening.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        listening.bind((address, port))
        listening.listen(backlog)
    except BaseException:
        listening.close()
        raise
    return listening


def shown_address(address: Any) -> str:
    """`192.0.2.1:50000`, `[2001:db8::1]:50000`."""
    host, port = address[0], address[1]
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


class Listener:
    """Accepts, and makes of each connection an asyncio transport with a protocol of `make_protocol(remote address)`.

    Each connection begins one handshake at `admission`; the protocol ends it.
    """

    def __init__(
        self,
        sockets: Sequence[socket.socket],
        admission: Admission,
        make_protocol: Callable[[str], asyncio.BaseProtocol],
        *,
        call_later: Callable[[float, Callable[[], None]], asyncio.TimerHandle] | None = None,
    ) -> None:
        self._sockets = tuple(sockets)
        self._admission = admission
        self._make_protocol = make_protocol
        self._loop = asyncio.get_running_loop()
        self._call_later = call_later or self._loop.call_later
        self._carrying: set[asyncio.Task[None]] = set()
        self._pause: asyncio.TimerHandle | None = None
        self._reading = False
        self._closed = False
        admission.room_again = self._resume

    @property
    def accepting(self) -> bool:
        """False while paused, and once closed."""
        return self._reading

    def start(self) -> None:
        """Begin to accept."""
        self._resume()

    def close(self) -> None:
        """Accept no more. Who has not been accepted yet sees the connection refused or reset. Harmless twice."""
        self._stop_reading()
        self._closed = True
        if self._pause is not None:
            self._pause.cancel()
        for listening in self._sockets:
            listening.close()

    async def settled(self) -> None:
        """Returns once every connection that was accepted has its transport or is closed."""
        if self._carrying:
            await asyncio.wait(self._carrying)

    def _resume(self) -> None:
        if self._closed or self._reading or self._pause is not None or not self._admission.room_for_handshake():
            return
        self._reading = True
        for listening in self._sockets:
            self._loop.add_reader(listening, self._accept, listening)

    def _stop_reading(self) -> None:
        if self._reading:
            self._reading = False
            for listening in self._sockets:
                self._loop.remove_reader(listening)

    def _accept(self, listening: socket.socket) -> None:
        for _ in range(_BATCH):
            if not self._admission.room_for_handshake():
                self._stop_reading()
                return
            try:
                accepted, address = listening.accept()
            except _PASSING:
                return
            except OSError as error:
                if out_of_files(error):
                    self._wait_for_files(error)
                    return
                continue  # this one connection was gone before it was accepted
            self._carry(accepted, address)

    def _wait_for_files(self, error: OSError) -> None:
        # The connection stays in the kernel's queue: reading on would only turn the loop.
        _log.error(
            "out_of_files", error=errno.errorcode.get(error.errno or 0, str(error)), pause_s=_OUT_OF_FILES_PAUSE_S
        )
        self._stop_reading()
        self._pause = self._call_later(_OUT_OF_FILES_PAUSE_S, self._files_again)

    def _files_again(self) -> None:
        self._pause = None
        self._resume()

    def _carry(self, accepted: socket.socket, address: Any) -> None:
        self._admission.handshake_begun()
        accepted.setblocking(False)
        with contextlib.suppress(OSError):  # gone already: the transport will tell
            accepted.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        task = self._loop.create_task(self._connect(accepted, shown_address(address)))
        self._carrying.add(task)
        task.add_done_callback(self._carrying.discard)

    async def _connect(self, accepted: socket.socket, remote_address: str) -> None:
        try:
            await self._loop.connect_accepted_socket(lambda: self._make_protocol(remote_address), accepted)
        except Exception as error:  # what never got its transport must not keep its place
            accepted.close()
            self._admission.handshake_ended()
            _log.error("connection_not_carried", remote_address=remote_address, exc_info=error)
