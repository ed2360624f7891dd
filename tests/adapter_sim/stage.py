"""What the simulator's tests act with: time moved by hand, a small host at the other end, a unit that tells."""

import asyncio
import heapq
import itertools
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, TypeVar, cast

import msgspec

from adapter_sim.adapter import Adapter
from adapter_sim.box import Box
from adapter_sim.dialer import Dialer, HostAddress
from adapter_sim.happenings import Happening, What
from adapter_sim.identity import Identity
from adapter_sim.renewer import AskDoor
from adapter_sim.turnstile import Turnstile
from adapter_sim.world import World
from protocol.codec import Refusal
from protocol.codes import ErrorCode
from protocol.digest import digest_of
from protocol.errors import RemoteProtocolError
from protocol.messages import ConfigOffer, Goodbye, Hello, Welcome
from protocol.session import Received, host_session
from protocol.states import Kind
from protocol.wire.events import Ended, Ping, Pong, Text, TlsEnded, Upgrade
from protocol.wire.stack import HostWire
from tests.builders.certificates import ours
from tests.builders.wires import host_context, unit_context

UNIT = "0001-0000-0000-000B-02E0-4DFF-FE10-0128"
GOOD = "hostname one\ninterface ge0 address dhcp\nroute default ge0\n"
BETTER = "hostname two\ninterface ge0 address dhcp\nroute default ge0\n"
CUTS_THE_PATH = "hostname cut\ninterface ge0 address dhcp\n"

_T = TypeVar("_T")


class HandTimer:
    def __init__(self, call: Callable[[], None]) -> None:
        self.call: Callable[[], None] | None = call

    def cancel(self) -> None:
        self.call = None


class HandTimers:
    """Time stands still until `advance`."""

    def __init__(self) -> None:
        self._now = 1000.0
        self._due: list[tuple[float, int, HandTimer]] = []
        self._number = itertools.count()

    def now(self) -> float:
        return self._now

    def wall(self) -> float:
        return 1_800_000_000.0 + self._now

    def call_later(self, delay_s: float, call: Callable[[], None]) -> HandTimer:
        timer = HandTimer(call)
        heapq.heappush(self._due, (self._now + delay_s, next(self._number), timer))
        return timer

    def advance(self, seconds: float = 0.0) -> None:
        """Move on, calling what falls due, in order. What is newly set for this very moment is called too."""
        end = self._now + seconds
        while self._due and self._due[0][0] <= end:
            self._now, _, timer = heapq.heappop(self._due)
            call, timer.call = timer.call, None
            if call is not None:
                call()
        self._now = end

    @property
    def set(self) -> int:
        """How many timers wait."""
        return sum(timer.call is not None for _, _, timer in self._due)


class HostSession(asyncio.Protocol):
    """One session at the host's end; the test decides what is said."""

    def __init__(self, context: ssl.SSLContext, host: "SmallHost") -> None:
        self.wire = HostWire(context)
        self.session = host_session()
        self.heard: asyncio.Queue[Received] = asyncio.Queue()
        self.broken: list[str] = []
        self.pings = 0
        self.pongs: asyncio.Queue[bytes] = asyncio.Queue()
        self.ended: asyncio.Future[Ended | TlsEnded] = asyncio.get_running_loop().create_future()
        self.transport: asyncio.Transport
        self._host = host

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)
        self._host.transports.add(self.transport)

    def data_received(self, data: bytes) -> None:
        for event in self.wire.receive(data):
            match event:
                case Upgrade():
                    self._host.upgrade(self)
                case Text(payload=payload):
                    self._hear(payload)
                case Ping():
                    self.pings += 1
                case Pong(payload=payload):
                    self.pongs.put_nowait(payload)
                case Ended() | TlsEnded():
                    self._end(event)
        self.flush()

    def connection_lost(self, exc: Exception | None) -> None:
        self._host.transports.discard(self.transport)
        for event in self.wire.receive_eof():
            if isinstance(event, Ended | TlsEnded):
                self._end(event)

    def _hear(self, payload: bytes) -> None:
        try:
            self.heard.put_nowait(self.session.receive(payload))
        except RemoteProtocolError as error:
            self.broken.append(error.reason)

    def _end(self, event: Ended | TlsEnded) -> None:
        if not self.ended.done():
            self.ended.set_result(event)

    def flush(self) -> None:
        self.transport.write(self.wire.outgoing())
        if self.wire.over:
            self.transport.close()

    def send(self, frame: bytes) -> None:
        self.wire.send_text(frame)
        self.flush()

    def say(self, message: msgspec.Struct) -> None:
        self.send(self.session.say(message))

    def answer(self, received: Received, result: msgspec.Struct) -> None:
        assert received.id is not None
        self.send(self.session.answer(received.id, result))

    def refuse(self, received: Received, code: ErrorCode, **data: Any) -> None:
        assert received.id is not None
        self.send(self.session.refuse(received.id, code, "no", Refusal(**data)))

    def close(self, code: int, reason: str = "") -> None:
        self.wire.close(code, reason)
        self.flush()

    def part(self, code: int, reason: str, *, redial_after_s: int | None = None) -> None:
        """Say goodbye and close with the same code."""
        self.say(Goodbye(code=code, reason=reason, redial_after_s=redial_after_s))
        self.close(code, reason)

    async def hear(self, kind: Kind, struct: type[_T]) -> tuple[Received, _T]:
        received = await self.heard.get()
        assert received.kind is kind, received
        assert isinstance(received.message, struct)
        return received, received.message

    async def greet(self, **welcome: Any) -> Hello:
        """Hear the hello and answer it."""
        received, hello = await self.hear(Kind.HELLO, Hello)
        given = {"standing": "serving", "session_epoch": 1, "service_code": "SC1", **welcome}
        self.answer(received, Welcome(**given))
        return hello


class SmallHost:
    """Listens on loopback and hands over each session that was opened."""

    def __init__(self) -> None:
        self.opened: asyncio.Queue[HostSession] = asyncio.Queue()
        self.refusals: list[dict[str, Any]] = []
        """Taken one by one, each refuses one opening."""
        self.port = 0
        self.accepted = 0
        self.transports: set[asyncio.Transport] = set()
        self._context = host_context()

    def session(self) -> HostSession:
        self.accepted += 1
        return HostSession(self._context, self)

    def upgrade(self, session: HostSession) -> None:
        if self.refusals:
            session.wire.refuse(**self.refusals.pop(0))
        else:
            session.wire.accept()
            self.opened.put_nowait(session)


@asynccontextmanager
async def small_host(address: str = "127.0.0.1") -> AsyncIterator[SmallHost]:
    host = SmallHost()
    server = await asyncio.get_running_loop().create_server(host.session, address, 0)
    host.port = server.sockets[0].getsockname()[1]
    try:
        yield host
    finally:
        server.close()
        for transport in list(host.transports):
            transport.abort()


class Told:
    """What happened, in order, and a way to wait for it."""

    def __init__(self) -> None:
        self._queue: asyncio.Queue[Happening] = asyncio.Queue()
        self.all: list[Happening] = []

    def __call__(self, happening: Happening) -> None:
        self.all.append(happening)
        self._queue.put_nowait(happening)

    async def until(self, what: What) -> dict[str, object]:
        """The fields of the next happening of this kind; those before it are passed over."""
        while True:
            happening = await self._queue.get()
            if happening.what == what:
                return happening.fields


class OneUnit:
    """A unit before its hosts, with time and chance in the test's hand."""

    def __init__(
        self,
        hosts: list[tuple[str, int]],
        *,
        box: Box | None = None,
        context: ssl.SSLContext,
        identity: Identity | None = None,
        ask: AskDoor | None = None,
        timers: HandTimers | None = None,
    ) -> None:
        self.timers = timers or HandTimers()
        self.told = Told()
        self.chance = 0.0
        """0: every draw is the lower end; 1: the upper."""
        boots = itertools.count(1)
        world = World(
            timers=self.timers,
            tell=self.told,
            uniform=lambda low, high: low + (high - low) * self.chance,
            new_boot_id=lambda: f"boot-{next(boots)}",
            gate=Turnstile(1),
        )
        self.box = box or Box(boot_id="boot-0", now=self.timers.now())
        addresses = [HostAddress(name=name, port=port) for name, port in hosts]
        dialer = Dialer(addresses, context, self.timers)
        self.adapter = Adapter(UNIT, self.box, dialer, world, identity=identity, ask=ask)

    def power_on(self) -> None:
        self.adapter.power_on()
        self.timers.advance()

    async def ended(self) -> dict[str, object]:
        return await self.told.until("ended")


@asynccontextmanager
async def one_unit(
    *hosts: tuple[str, int],
    box: Box | None = None,
    context: ssl.SSLContext | None = None,
    identity: Identity | None = None,
    ask: AskDoor | None = None,
) -> AsyncIterator[OneUnit]:
    context = context or unit_context(ours().unit(UNIT))
    unit = OneUnit(list(hosts), box=box, context=context, identity=identity, ask=ask)
    try:
        yield unit
    finally:
        unit.adapter.power_off()


def offer(body: str, *, push: int, revision: int | None = None, **more: Any) -> ConfigOffer:
    return ConfigOffer(push=push, revision=revision or push, digest=digest_of(body.encode()), body=body, **more)
