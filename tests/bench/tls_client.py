"""The client's TLS over bare TCP, one and the same under every load client."""

import asyncio
import ssl
from typing import Protocol, cast

from protocol.wire import tls
from protocol.wire.tls import TlsError, TlsLayer
from tests.bench.identities import SERVER_NAME

SESSIONS_AN_ADDRESS = 20_000  # of the 28,000 ephemeral ports that one source address has towards one listener


class Talker(Protocol):
    """What speaks over a link: told when it stands, what comes, and once when it is gone."""

    def opened(self, link: "Link") -> None:
        """TLS is handshaken; `link.send` works from now on."""
        ...

    def received(self, plaintext: bytes) -> None:
        """Plaintext came, never empty. An exception out of here ends the link with it as the reason."""
        ...

    def lost(self, reason: str) -> None:
        """The link is gone, by whoever's doing."""
        ...


class Link(asyncio.Protocol):
    """One TLS client connection; it calls its talker and never waits."""

    __slots__ = ("_reason", "_talker", "_tls", "_transport")

    def __init__(self, context: ssl.SSLContext, talker: Talker) -> None:
        self._tls = TlsLayer(context, server_side=False, server_hostname=SERVER_NAME)
        self._talker = talker
        self._transport: asyncio.Transport | None = None
        self._reason = "the server closed the connection"

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """TCP stands: say ClientHello."""
        self._transport = cast("asyncio.Transport", transport)  # uvloop's is one without saying so
        self._tls.start()
        self._flush()

    def data_received(self, data: bytes) -> None:
        """Ciphertext came."""
        layer = self._tls
        was_handshaken = layer.handshaken
        try:
            plaintext = layer.receive(data)
            if not was_handshaken:
                self._flush()
                if layer.handshaken:
                    self._talker.opened(self)
            if plaintext:
                self._talker.received(plaintext)
            if layer.ended:
                self._give_up(self._reason)
        except (TlsError, ValueError) as error:
            self._give_up(str(error))

    def connection_lost(self, exc: Exception | None) -> None:
        """TCP is gone."""
        self._transport = None
        self._talker.lost(str(exc) if exc else self._reason)

    def send(self, plaintext: bytes) -> None:
        """Encrypt and write; nothing once the connection is gone, which the talker has been told."""
        if self._transport is not None:
            self._tls.send(plaintext)
            self._flush()

    def close(self) -> None:
        """Say close_notify and close."""
        if self._transport is not None:
            self._reason = "closed by us"
            self._tls.close()
            self._flush()
            self._transport.close()

    def _give_up(self, reason: str) -> None:
        self._reason = reason
        self._flush()  # an alert, if TLS has one to send
        if self._transport is not None:
            self._transport.close()

    def _flush(self) -> None:
        ciphertext = self._tls.outgoing()
        if ciphertext and self._transport is not None:
            self._transport.write(ciphertext)


def take_large_pieces() -> None:
    """Let this process hand whole messages to OpenSSL. Small pieces save a host memory; a load client needs its CPU."""
    tls.PIECE = 1 << 16  # type: ignore[misc]  # final for every process that is not the load client


def source_address(index: int) -> tuple[str, int] | None:
    """Where the index-th session connects from: beyond what one loopback address can carry, from the next one."""
    block = index // SESSIONS_AN_ADDRESS
    return (f"127.0.0.{1 + block}", 0) if block else None


async def dial(port: int, context: ssl.SSLContext, talker: Talker, index: int = 0) -> Link:
    """Open TCP to a server on 127.0.0.1 and begin TLS; what follows comes to the talker. `OSError` if it fails."""
    loop = asyncio.get_running_loop()
    _, link = await loop.create_connection(
        lambda: Link(context, talker), "127.0.0.1", port, local_addr=source_address(index)
    )
    return link
