"""TLS and WebSocket in one object: what a transport holds for each session."""

import ssl

from protocol.wire.conversation import OPEN, OVER, Conversation
from protocol.wire.events import Event, LocalError, TlsEnded
from protocol.wire.tls import TlsError, TlsLayer
from protocol.wire.websocket import HostWebSocket, UnitWebSocket


class Wire:
    """What both ends share. After any verb the owner writes `outgoing()` to the stream.

    The last event is one of `Ended`, `TlsEnded`, `Refused` (unit). After it, or after `refuse()`, `over` is true,
    `outgoing()` holds the last bytes (alert, close frame, problem document, close_notify), and no more is received.
    """

    __slots__ = ("_conversation", "_tls", "over")

    def __init__(self, tls: TlsLayer) -> None:
        self._tls = tls
        self._conversation: Conversation | None = None
        self.over = False

    @property
    def handshaken(self) -> bool:
        """TLS stands."""
        return self._tls.handshaken

    @property
    def open(self) -> bool:
        """Text can be sent."""
        return self._conversation is not None and self._conversation.phase is OPEN

    def receive(self, ciphertext: bytes) -> list[Event]:
        """Take what came off the stream; answer what it means, in order. Never raises for what a peer sends."""
        if self.over:
            return []
        try:
            plaintext = self._tls.receive(ciphertext)
        except TlsError as refused:
            return self._refused(refused)
        if plaintext and self._conversation is not None and not self._tls.ended:
            return self._told(self._conversation.receive(plaintext))
        return self._told(self._deliver(plaintext))

    def receive_eof(self) -> list[Event]:
        """The stream ended, or was lost. Answers one last event, or none if the end had been told."""
        if self.over:
            return []
        try:
            self._tls.receive_eof()
        except TlsError as refused:
            return self._refused(refused)
        return self._told(self._opened().receive_eof())

    def send_text(self, payload: bytes) -> None:
        """Send one message of valid UTF-8. Raises `LocalError` if not open, or if it is larger than a frame may be."""
        self._opened().send_text(payload)

    def ping(self, payload: bytes = b"") -> None:
        """Ask for a sign of life. Raises `LocalError` if not open, or for a payload above 125 bytes."""
        self._opened().ping(payload)

    def close(self, code: int, reason: str = "") -> None:
        """Say goodbye; `Ended` follows when the peer agrees. Harmless when closing or over.

        Raises `LocalError` before the WebSocket is open, or for a code or reason that no close frame may carry.
        """
        self._opened().close(code, reason)

    def outgoing(self) -> bytes:
        """Hand over, once, the bytes to write to the stream."""
        if self._conversation is not None and not self._tls.failed:
            plaintext = self._conversation.outgoing()
            if plaintext:
                self._tls.send(plaintext)
        if self.over:
            self._tls.close()
        return self._tls.outgoing()

    def _opened(self) -> Conversation:
        if self._conversation is None:
            raise LocalError("TLS does not stand yet")
        return self._conversation

    def _converse(self) -> Conversation:
        raise NotImplementedError

    def _deliver(self, plaintext: bytes) -> list[Event]:
        events: list[Event] = []
        handshaken = self._tls.take_handshaken()
        if handshaken is not None:
            self._conversation = self._converse()
            events.append(handshaken)
        if self._conversation is not None:
            if plaintext:
                events += self._conversation.receive(plaintext)
            if self._tls.ended:
                events += self._conversation.receive_eof()
        return events

    def _refused(self, refused: TlsError) -> list[Event]:
        events = self._deliver(refused.plaintext)
        if self._conversation is None or self._conversation.phase is not OVER:
            events.append(TlsEnded(reason=refused.reason, alert=refused.alert, detail=refused.detail))
        self.over = True
        return events

    def _told(self, events: list[Event]) -> list[Event]:
        if self._conversation is not None and self._conversation.phase is OVER:
            self.over = True
        return events


class HostWire(Wire):
    """The host's end of one stream: `Handshaken`, `Upgrade`, then, once accepted, `Text`, `Ping`, `Pong`."""

    __slots__ = ()

    def __init__(self, context: ssl.SSLContext) -> None:
        super().__init__(TlsLayer(context, server_side=True))

    @property
    def client_hello_seen(self) -> bool:
        """The unit's first TLS message arrived whole; what the handshake still needs is counted from here."""
        return self._tls.client_hello_seen

    def accept(self) -> None:
        """Open the session asked for. Raises `LocalError` unless an `Upgrade` waits."""
        self._host().accept()

    def refuse(self, *, status: int, code: str, detail: str = "", retry_after: int | None = None) -> None:
        """Answer the `Upgrade` with a problem document of that `code`, and seconds to stay away; then all is over.

        Raises `LocalError` unless an `Upgrade` waits, `ValueError` for a status that HTTP does not know.
        """
        self._host().refuse(status=status, code=code, detail=detail, retry_after=retry_after)
        self.over = True

    def _converse(self) -> Conversation:
        return HostWebSocket()

    def _host(self) -> HostWebSocket:
        if not isinstance(self._conversation, HostWebSocket):
            raise LocalError("TLS does not stand yet")
        return self._conversation


class UnitWire(Wire):
    """The unit's end of one stream: `Handshaken`, then `Opened` or `Refused`. Asks by itself as soon as TLS stands.

    `port` is only told to the host. The host's certificate must bear `host_name`, a DNS name or an IP address.
    """

    __slots__ = ("_authority",)

    def __init__(self, context: ssl.SSLContext, host_name: str, port: int) -> None:
        super().__init__(TlsLayer(context, server_side=False, server_hostname=host_name))
        self._authority = f"[{host_name}]:{port}" if ":" in host_name else f"{host_name}:{port}"

    def start(self) -> None:
        """Begin: `outgoing()` holds the ClientHello."""
        self._tls.start()

    def _converse(self) -> Conversation:
        return UnitWebSocket(self._authority)
