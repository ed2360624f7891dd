"""One MQTT client over a link: greets, subscribes to one topic, acknowledges, and tells its owner what came."""

import asyncio
from typing import Protocol

from tests.bench.mqtt import (
    ConnAck,
    Connect,
    Decoder,
    MqttError,
    Packet,
    PingReq,
    PingResp,
    PubAck,
    Publish,
    SubAck,
    Subscribe,
    encode,
)
from tests.bench.tls_client import Link

KEEP_ALIVE_S = 300
_REFUSED = 0x80


class Owner(Protocol):
    """Whoever counts what its sessions live through."""

    def greeted(self) -> None:
        """SUBACK came: the session is complete."""
        ...

    def delivered(self) -> None:
        """A PUBLISH came; its PUBACK, if it wants one, is written."""
        ...

    def acknowledged(self) -> None:
        """A PUBACK for one of our own came."""
        ...

    def dropped(self, client_id: str, reason: str) -> None:
        """The session ended though nobody here closed it."""
        ...


class MqttSession:
    """A `Talker`."""

    __slots__ = ("_closing", "_decoder", "_link", "_owner", "_ponged", "_topic", "client_id")

    def __init__(self, client_id: str, topic: str, owner: Owner) -> None:
        self.client_id = client_id
        self._topic = topic
        self._owner = owner
        self._decoder = Decoder()
        self._link: Link | None = None
        self._closing = False
        self._ponged: asyncio.Event | None = None

    def opened(self, link: Link) -> None:
        """TLS stands: introduce ourselves."""
        self._link = link
        link.send(encode(Connect(self.client_id, KEEP_ALIVE_S)))

    def received(self, plaintext: bytes) -> None:
        """Take whatever packets are complete; `MqttError` for one that makes no sense here."""
        for packet in self._decoder.feed(plaintext):
            self._take(packet)

    def lost(self, reason: str) -> None:
        """The link is gone; the owner hears of it unless it was we who closed."""
        if not self._closing:
            self._owner.dropped(self.client_id, reason)

    def send(self, packet: bytes) -> None:
        """Write an encoded packet; only after TLS was opened."""
        assert self._link is not None
        self._link.send(packet)

    def close(self) -> None:
        """End the session; the owner hears nothing more of it."""
        self._closing = True
        if self._link is not None:
            self._link.close()

    async def ping(self) -> None:
        """Return when the server has answered a PINGREQ, so has read everything sent before it."""
        self._ponged = asyncio.Event()
        self.send(encode(PingReq()))
        await self._ponged.wait()

    def _take(self, packet: Packet) -> None:
        match packet:
            case Publish(packet_id=packet_id):
                if packet_id is not None:
                    self.send(encode(PubAck(packet_id)))
                self._owner.delivered()
            case PubAck():
                self._owner.acknowledged()
            case ConnAck(code=0):
                self.send(encode(Subscribe(1, self._topic, 1)))
            case SubAck(code=code) if code < _REFUSED:
                self._owner.greeted()
            case PingResp() if self._ponged is not None:
                self._ponged.set()
            case _:
                raise MqttError(f"the server sent {packet}")
