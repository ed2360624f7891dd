"""Accepting, where the kernel or the limits say no."""

import asyncio
import errno
import socket
from collections.abc import Callable
from typing import Any

import pytest

from servicehost.sessions.admission import Admission
from servicehost.sessions.listener import Listener, listen, shown_address
from tests.builders.loopback import LOOPS, hang_up, run_on, until


class Short(socket.socket):
    """A listening socket of a process that has no file left, as often as `shortages` says."""

    shortages = 1

    def accept(self) -> tuple[socket.socket, Any]:
        if self.shortages:
            self.shortages -= 1
            raise OSError(errno.EMFILE, "no file left")
        return super().accept()


class Timers:
    """Timers that fire when the test says so."""

    def __init__(self) -> None:
        self.set: list[tuple[float, Callable[[], None]]] = []

    def call_later(self, delay: float, callback: Callable[[], None]) -> asyncio.TimerHandle:
        self.set.append((delay, callback))
        return asyncio.get_running_loop().call_later(3600, callback)


def admission(max_handshakes: int = 10) -> Admission:
    return Admission(
        max_handshakes=max_handshakes,
        max_sessions=10,
        sessions_per_s=10,
        sessions_burst=10,
        come_back_s=(30, 90),
        uniform=lambda least, _: least,
    )


@pytest.mark.parametrize("loop", LOOPS)
def test_without_files_accepting_pauses_for_a_second_and_then_serves_who_waited(loop: str) -> None:
    async def story() -> None:
        [plain] = listen(("127.0.0.1",), 0, 16)
        short = Short(fileno=plain.detach())
        short.setblocking(False)
        timers, door, met = Timers(), admission(), list[str]()

        def meet(remote_address: str) -> asyncio.Protocol:
            met.append(remote_address)
            return asyncio.Protocol()

        listener = Listener([short], door, meet, call_later=timers.call_later)
        listener.start()
        _, writer = await asyncio.open_connection(*short.getsockname())
        await until(lambda: not listener.accepting)
        assert [delay for delay, _ in timers.set] == [1.0]
        assert (met, door.handshakes) == ([], 0)
        timers.set[0][1]()
        await until(lambda: bool(met))
        assert met == [shown_address(writer.get_extra_info("sockname"))]
        listener.close()
        await hang_up([writer])

    run_on(loop, story)


async def test_a_connection_that_gets_no_transport_gives_its_place_back() -> None:
    [listening] = listen(("127.0.0.1",), 0, 16)
    door = admission()

    def fail(_: str) -> asyncio.Protocol:
        raise RuntimeError("no protocol")

    listener = Listener([listening], door, fail)
    listener.start()
    reader, writer = await asyncio.open_connection(*listening.getsockname())
    assert await reader.read() == b""
    assert door.handshakes == 0
    listener.close()
    await hang_up([writer])


def test_an_address_that_is_taken_is_an_error_and_nothing_stays_open() -> None:
    [taken] = listen(("127.0.0.1",), 0, 16)
    port = taken.getsockname()[1]
    with pytest.raises(OSError, match="in use"):
        listen(("127.0.0.1", "::1"), port, 16)
    taken.close()
    for reopened in listen(("127.0.0.1", "::1"), port, 16):
        reopened.close()


def test_an_ipv6_socket_takes_no_ipv4_connections() -> None:
    sockets = listen(("0.0.0.0", "::"), 0, 16)  # noqa: S104 - the point is to listen on everything
    for opened in sockets:
        if opened.family == socket.AF_INET6:
            assert opened.getsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY) == 1
        opened.close()


@pytest.mark.parametrize(
    ("address", "shown"),
    [(("192.0.2.1", 5000), "192.0.2.1:5000"), (("2001:db8::1", 5000, 0, 0), "[2001:db8::1]:5000")],
)
def test_addresses_are_shown_with_their_port(address: tuple[Any, ...], shown: str) -> None:
    assert shown_address(address) == shown
