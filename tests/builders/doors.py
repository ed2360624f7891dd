"""A door without sockets: real TLS and WebSocket, a stub desk, and a time that stands still."""

import asyncio
import contextlib
import functools
import ssl
from typing import Any, cast

import msgspec

from protocol.codes import CloseCode
from protocol.errors import RemoteProtocolError
from protocol.messages import Goodbye, Hello
from protocol.session import Received, unit_session
from protocol.states import Kind
from protocol.wire.events import Ended, Event, Refused, Text
from protocol.wire.stack import UnitWire
from servicehost.runtime.turns import Turns
from servicehost.runtime.wheel import Wheel
from servicehost.sessions.admission import Admission
from servicehost.sessions.connection import Connection
from servicehost.sessions.shared import Shared
from servicehost.settings.adapters_door import AdaptersDoorSettings
from tests.builders.certificates import Credential, ours
from tests.builders.wires import host_context, unit_context
from tests.fakes.desk import StubDesk
from tests.fakes.meter import Tally
from tests.fakes.still_time import StillTime

HELLO = Hello(firmware="4.2", boot_id="b1")


def distribution_id(number: int) -> str:
    """The canonical Distribution ID of a number."""
    digits = f"{number:032X}"
    return "-".join(digits[at : at + 4] for at in range(0, 32, 4))


@functools.cache
def credential(number: int) -> Credential:
    """A unit's certificate, made once a run."""
    return ours().unit(distribution_id(number), model_serial=f"SA-{number:04}")


@functools.cache
def context_of(number: int) -> ssl.SSLContext:
    """The TLS context of that unit."""
    return unit_context(credential(number))


@functools.cache
def the_host_context() -> ssl.SSLContext:
    return host_context()


class MemoryTransport(asyncio.Transport):
    """Takes up to `room` bytes as a kernel would; the rest stays in its buffer until `room` is given."""

    def __init__(self, protocol: Connection) -> None:
        super().__init__()
        self.protocol = protocol
        self.room: int | None = None
        self.taken = bytearray()
        self.buffer = bytearray()
        self.reading = True
        self.eof = self.closed = self.aborted = False
        self.writes = 0

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        assert high == 0

    def get_write_buffer_size(self) -> int:
        return len(self.buffer)

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.writes += 1
        was_empty = not self.buffer
        self.buffer += data
        self._pass_on()
        if was_empty and self.buffer:
            self.protocol.pause_writing()

    def give_room(self, room: int | None) -> None:
        """Let the peer take that many bytes more; None: all there will ever be."""
        self.room = room
        had = bool(self.buffer)
        self._pass_on()
        if had and not self.buffer and not self.closed:
            self.protocol.resume_writing()

    def _pass_on(self) -> None:
        count = len(self.buffer) if self.room is None else min(self.room, len(self.buffer))
        self.taken += self.buffer[:count]
        del self.buffer[:count]
        if self.room is not None:
            self.room -= count

    def write_eof(self) -> None:
        self.eof = True

    def can_write_eof(self) -> bool:
        return True

    def pause_reading(self) -> None:
        self.reading = False

    def resume_reading(self) -> None:
        self.reading = True

    def is_closing(self) -> bool:
        return self.closed

    def close(self) -> None:
        self._gone(None)

    def abort(self) -> None:
        self.aborted = True
        self._gone(None)

    def reset(self) -> None:
        """The peer resets the connection."""
        self._gone(ConnectionResetError("reset"))

    def _gone(self, error: Exception | None) -> None:
        if not self.closed:
            self.closed = True
            self.protocol.connection_lost(error)


class Door:
    """The shared parts and the units that dialled. `chance`: every random draw, as a share of its range."""

    def __init__(self, *, chance: float = 0.5, **settings: Any) -> None:
        self.settings = AdaptersDoorSettings(**settings)
        self.time = StillTime(wall_ms=round(ours().now.timestamp() * 1000) + 3_600_000)
        self.desk = StubDesk()
        self.meter = Tally()
        self.faults: list[Exception] = []
        uniform = functools.partial(_share, chance)
        self.admission = Admission(
            max_handshakes=self.settings.max_handshakes,
            max_sessions=self.settings.max_sessions,
            sessions_per_s=self.settings.sessions_per_s,
            sessions_burst=self.settings.sessions_burst,
            come_back_s=(self.settings.come_back_min_s, self.settings.come_back_max_s),
            uniform=uniform,
        )
        self.wheel = Wheel(self.time.call_at, self.time.monotonic, self.faults.append)
        self.wheel.start()
        self.worked_s = 0.0
        """What the turns of the loop go by: a test makes a turn full by moving it on."""
        self.turns = Turns(asyncio.get_running_loop().call_soon, lambda: self.worked_s)
        self.shared = Shared(
            settings=self.settings,
            desk=self.desk,
            clock=self.time,
            context=the_host_context(),
            meter=self.meter,
            wheel=self.wheel,
            turns=self.turns,
            admission=self.admission,
            uniform=uniform,
        )

    def dial(self, number: int = 1, *, context: ssl.SSLContext | None = None, silent: bool = False) -> "MemoryUnit":
        """A unit connects; unless `silent` it goes on to the opening of the WebSocket."""
        unit = MemoryUnit(self, context or context_of(number), number)
        if not silent:
            unit.start()
        return unit

    async def welcomed(self, number: int = 1) -> "MemoryUnit":
        """A unit that has been welcomed."""
        unit = self.dial(number)
        await unit.hello()
        assert unit.heard(Kind.WELCOME)
        return unit

    @property
    def endings(self) -> list[tuple[CloseCode, str]]:
        """How sessions and attempts ended, as the desk was told."""
        return [(code, reason) for _, code, reason in self.desk.ended] + [
            (code, reason) for _, code, reason, _ in self.desk.failed
        ]


class MemoryUnit:
    """The unit's end, joined in memory.

    `events` are the wire's, `frames` what the host said as plain JSON, `messages` the lawful ones of them.
    """

    def __init__(self, door: Door, context: ssl.SSLContext, number: int) -> None:
        self.door = door
        self.wire = UnitWire(context, "localhost", 7443)
        self.engine = unit_session()
        self.events: list[Event] = []
        self.messages: list[Received] = []
        self.frames: list[dict[str, Any]] = []
        self.connection = Connection(door.shared, f"192.0.2.{number}:50000")
        door.admission.handshake_begun()
        self.transport = MemoryTransport(self.connection)
        self.connection.connection_made(self.transport)
        self.deaf = False

    def start(self) -> None:
        self.wire.start()
        self.settle()

    def settle(self) -> None:
        """Carry bytes both ways until both ends are silent."""
        while self._up() + self._down():
            pass

    def _up(self) -> int:
        data = self.wire.outgoing()
        if data and not self.transport.closed:
            self.connection.data_received(data)
        return len(data)

    def _down(self) -> int:
        if self.deaf:
            return 0
        data = bytes(self.transport.taken)
        self.transport.taken.clear()
        for event in self.wire.receive(data) if data else ():
            self.events.append(event)
            if isinstance(event, Text):
                self.frames.append(msgspec.json.decode(event.payload))
                with contextlib.suppress(RemoteProtocolError):  # an answer to a frame that no engine would have said
                    self.messages.append(self.engine.receive(event.payload))
        return len(data)

    async def say(self, message: msgspec.Struct) -> None:
        """Say it and let the host work until it rests."""
        self.wire.send_text(self.engine.say(message))
        await self.rest()

    async def say_raw(self, frame: bytes) -> None:
        """A frame as it is, lawful or not; answers are not read by the engine but kept as events."""
        self.wire.send_text(frame)
        await self.rest()

    async def answer(self, result: msgspec.Struct) -> None:
        """Answer the host's last request."""
        request = next(received for received in reversed(self.messages) if received.id is not None)
        assert request.id is not None
        self.wire.send_text(self.engine.answer(request.id, result))
        await self.rest()

    async def rest(self) -> None:
        """Let futures and frames settle."""
        self.settle()
        for _ in range(6):
            await asyncio.sleep(0)
            self.settle()

    @property
    def refusals(self) -> list[str]:
        """The reasons in the error answers of the host."""
        return [frame["error"]["data"]["reason"] for frame in self.frames if "error" in frame]

    async def hello(self) -> None:
        await self.say(HELLO)

    def heard(self, kind: Kind) -> list[Any]:
        """The messages of one kind."""
        return [received.message for received in self.messages if received.kind is kind]

    @property
    def goodbyes(self) -> list[Goodbye]:
        return cast("list[Goodbye]", self.heard(Kind.HOST_GOODBYE))

    @property
    def closed_with(self) -> int | None:
        """The close code the unit saw."""
        return next((event.code for event in self.events if isinstance(event, Ended)), None)

    @property
    def refused(self) -> Refused | None:
        """The HTTP refusal the unit saw."""
        return next((event for event in self.events if isinstance(event, Refused)), None)


def _share(chance: float, least: float, most: float) -> float:
    return least + (most - least) * chance
