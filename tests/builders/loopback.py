"""A real door on loopback, and a unit that dials it with its own stack."""

import asyncio
import contextlib
import socket
import ssl
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from typing import Any

import msgspec
import uvloop

from protocol.messages import Hello
from protocol.session import Received, unit_session
from protocol.states import Kind
from protocol.wire.events import Ended, Event, Opened, Refused, Text, TlsEnded
from protocol.wire.stack import UnitWire
from servicehost.sessions.door import AdaptersDoor
from servicehost.settings.adapters_door import AdaptersDoorSettings
from tests.builders.doors import context_of, the_host_context
from tests.fakes.desk import StubDesk
from tests.fakes.meter import Tally

LOOPS: dict[str, Callable[[], asyncio.AbstractEventLoop]] = {
    "asyncio": asyncio.new_event_loop,
    "uvloop": uvloop.new_event_loop,
}
_LIMIT_S = 20


def run_on(loop: str, story: Callable[[], Awaitable[None]]) -> None:
    """Run a test's story on the named event loop."""

    async def told() -> None:
        async with asyncio.timeout(_LIMIT_S):
            await story()

    with asyncio.Runner(loop_factory=LOOPS[loop]) as runner:
        runner.run(told())


async def until(condition: Callable[[], bool]) -> None:
    """Let the loop run until it is so."""
    while not condition():  # noqa: ASYNC110 - what is waited for has no event of its own; the story has a limit
        await asyncio.sleep(0)


class MachineTime:
    """The machine's clocks."""

    def wall(self) -> int:
        return time.time_ns() // 1_000_000

    def monotonic(self) -> float:
        return time.monotonic()


class Loopback:
    """A started door, its desk and its figures."""

    def __init__(self, settings: dict[str, Any]) -> None:
        settings = {"addresses": ("127.0.0.1",), "port": 0, **settings}
        self.writers: list[asyncio.StreamWriter] = []
        self.desk = StubDesk()
        self.meter = Tally()
        self.door = AdaptersDoor(
            AdaptersDoorSettings(**settings), self.desk, MachineTime(), the_host_context(), self.meter
        )
        self.door.start()

    @property
    def port(self) -> int:
        return self.door.addresses[0][1]

    async def dial(
        self, number: int = 1, *, address: str = "127.0.0.1", context: ssl.SSLContext | None = None
    ) -> "RealUnit":
        """A unit whose WebSocket stands or was refused."""
        reader, writer = await self.connect(address)
        unit = RealUnit(reader, writer, UnitWire(context or context_of(number), address, self.port))
        await unit.open()
        return unit

    async def connect(
        self, address: str = "127.0.0.1", *, sock: socket.socket | None = None
    ) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """A bare connection that is closed in the end."""
        if sock is None:
            reader, writer = await asyncio.open_connection(address, self.port)
        else:
            reader, writer = await asyncio.open_connection(sock=sock)
        self.writers.append(writer)
        return reader, writer


async def hang_up(writers: Iterable[asyncio.StreamWriter]) -> None:
    """Cut these connections and wait until they are gone."""
    for writer in writers:
        writer.transport.abort()
        with contextlib.suppress(OSError):
            await writer.wait_closed()


@contextlib.asynccontextmanager
async def loopback(**settings: Any) -> AsyncIterator[Loopback]:
    """A door that is closed in the end."""
    opened = Loopback(settings)
    try:
        yield opened
    finally:
        await opened.door.close()
        await hang_up(opened.writers)


class RealUnit:
    """Reads only when asked to."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, wire: UnitWire) -> None:
        self.reader = reader
        self.writer = writer
        self.wire = wire
        self.engine = unit_session()
        self.waiting: list[Event] = []
        self.last: Event | None = None

    async def open(self) -> None:
        self.wire.start()
        self.flush()
        self.last = await self.event(Opened, Refused, TlsEnded, Ended)

    def flush(self) -> None:
        data = self.wire.outgoing()
        if data:
            self.writer.write(data)

    async def event(self, *kinds: type[Event]) -> Event:
        """The next event of these kinds; others are passed over."""
        while True:
            while self.waiting:
                event = self.waiting.pop(0)
                if isinstance(event, kinds):
                    return event
            data = await self.reader.read(65_536)
            self.waiting += self.wire.receive(data) if data else self.wire.receive_eof()
            self.flush()
            if not data and not self.waiting:
                raise EOFError

    def say(self, message: msgspec.Struct) -> None:
        self.wire.send_text(self.engine.say(message))
        self.flush()

    async def hear(self) -> Received:
        """The host's next message."""
        event = await self.event(Text)
        assert isinstance(event, Text)
        return self.engine.receive(event.payload)

    async def hello(self) -> None:
        self.say(Hello(firmware="4.2", boot_id="b1"))
        assert (await self.hear()).kind is Kind.WELCOME

    async def gone(self) -> None:
        """Returns when the host has closed the connection."""
        while await self.reader.read(65_536):
            pass
        self.writer.close()

    def drop(self) -> None:
        """Reset the connection."""
        self.writer.transport.abort()
