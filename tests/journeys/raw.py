"""Units made by hand on the bare wire: they say what no simulated unit would."""

import asyncio
import functools
import socket
import ssl
import tempfile
from pathlib import Path
from typing import Any, cast

import msgspec
from websockets.frames import Frame, Opcode

from adapter_sim.tls import client_context
from protocol.codec import Refusal
from protocol.codes import ErrorCode
from protocol.messages import Event, Hello, Welcome
from protocol.session import Received, RefusedByPeer
from protocol.states import Kind
from protocol.wire.events import Ended, Text
from protocol.wire.stack import UnitWire
from tests.builders.certificates import Authority, Credential, authority_in
from tests.builders.loopback import RealUnit, hang_up
from tests.journeys.host_process import HostProcess

__all__ = ["RawUnit", "RawUnits"]


class RawUnit(RealUnit):
    """`RealUnit` that can also say what is unlawful."""

    _request: Received | None = None

    async def greet(self, **hello: Any) -> Welcome:
        """Say hello; the welcome."""
        self.say(Hello(**{"firmware": "4.2", "boot_id": "b1", **hello}))
        received = await self.hear()
        assert received.kind is Kind.WELCOME, received
        return cast("Welcome", received.message)

    def say_hello(self) -> None:
        self.say(Hello(firmware="4.2", boot_id="b1"))

    async def hear_request(self) -> Received:
        """The host's next request, which `answer` answers."""
        received = await self.hear()
        assert received.id is not None, received
        self._request = received
        return received

    def answer(self, result: msgspec.Struct) -> None:
        """Answer the request heard last."""
        assert self._request is not None
        assert self._request.id is not None
        self.wire.send_text(self.engine.answer(self._request.id, result))
        self.flush()

    def refuse(self, code: ErrorCode, refusal: Refusal) -> None:
        """Answer the request heard last with an error."""
        assert self._request is not None
        assert self._request.id is not None
        self.wire.send_text(self.engine.refuse(self._request.id, code, "not now", refusal))
        self.flush()

    def text(self, payload: bytes | str) -> None:
        """One text message, whatever it says."""
        self.wire.send_text(payload if isinstance(payload, bytes) else payload.encode())
        self.flush()

    def frames(self, *frames: Frame) -> None:
        """WebSocket frames, whatever they are."""
        for frame in frames:
            self.wire._tls.send(frame.serialize(mask=True))
        self.flush()

    def fragments(self, payload: bytes, count: int) -> None:
        """One text message in so many frames."""
        size = -(-len(payload) // count)
        pieces = [payload[at * size : (at + 1) * size] for at in range(count)]
        for at, piece in enumerate(pieces):
            opcode = Opcode.CONT if at else Opcode.TEXT
            self.frames(Frame(opcode, piece, fin=at == count - 1))

    async def refusal(self) -> RefusedByPeer:
        """The host's next message, which must be an error answer."""
        message = (await self.hear()).message
        assert isinstance(message, RefusedByPeer), message
        return message

    async def still_heard(self) -> None:
        """The session goes on: what the unit says now is taken."""
        self.say(Event(sequence=4711, sub_type="link_up"))
        received = await self.hear()
        assert received.kind is Kind.EVENT_ANSWER, received
        assert not isinstance(received.message, RefusedByPeer)

    def read_no_more(self) -> None:
        """Take no byte off the socket from now on."""
        cast("asyncio.Transport", self.writer.transport).pause_reading()

    async def json(self) -> dict[str, Any]:
        """The host's next message as it is."""
        event = await self.event(Text)
        assert isinstance(event, Text)
        answer: dict[str, Any] = msgspec.json.decode(event.payload)
        return answer

    async def closed(self) -> Ended:
        """How the host closed the session; what it says before is passed over."""
        event = await self.event(Ended)
        assert isinstance(event, Ended)
        return event


class RawUnits:
    """Those of one host. Their certificates are signed with its issuing key, right or wrong as is asked."""

    def __init__(self, host: HostProcess) -> None:
        self._host = host
        self._writers: list[asyncio.StreamWriter] = []

    @functools.cached_property
    def authority(self) -> Authority:
        """The host's own."""
        return authority_in(self._host.folder / "authority")

    def context(self, credential: Credential | None) -> ssl.SSLContext:
        """What a unit with this certificate, or none, dials with."""
        anchors = [self._host.folder / "authority" / "root.pem"]
        if credential is None:
            return client_context(anchors)
        with tempfile.TemporaryDirectory() as folder:
            certificate, key = credential.write(Path(folder), "unit")
            return client_context(anchors, certificate_chain=certificate, private_key=key)

    async def connect(
        self, address: str = "127.0.0.1", *, narrow: bool = False
    ) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """A bare TCP connection; a `narrow` one holds little on its way, as one over a thin line does."""
        if narrow:
            sock = socket.socket()
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
            # Loopback's segments are so large that the kernel would hold a whole config for a peer that reads nothing.
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, 536)
            sock.setblocking(False)
            await asyncio.get_running_loop().sock_connect(sock, (address, self._host.adapters_port))
            reader, writer = await asyncio.open_connection(sock=sock)
        else:
            reader, writer = await asyncio.open_connection(address, self._host.adapters_port)
        self._writers.append(writer)
        return reader, writer

    async def dial(
        self, unit: str, address: str = "127.0.0.1", *, credential: Credential | None = None, narrow: bool = False
    ) -> RawUnit:
        """A unit with a good certificate, unless another one is given, whose opening was taken or refused."""
        return await self.dial_with(self.context(credential or self.authority.unit(unit)), address, narrow=narrow)

    async def in_session(self, unit: str) -> RawUnit:
        """A unit that was welcomed."""
        dialled = await self.dial(unit)
        await dialled.greet()
        return dialled

    async def dial_with(self, context: ssl.SSLContext, address: str = "127.0.0.1", *, narrow: bool = False) -> RawUnit:
        reader, writer = await self.connect(address, narrow=narrow)
        unit = RawUnit(reader, writer, UnitWire(context, address, self._host.adapters_port))
        await unit.open()
        return unit

    async def hang_up(self) -> None:
        await hang_up(self._writers)
