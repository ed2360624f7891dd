"""TLS without I/O: ciphertext in, plaintext out, and back."""

import contextlib
import ssl
from typing import Final

from protocol.wire.events import Handshaken, LocalError, TlsReason

HANDSHAKE_PIECE: Final = 512
PIECE: Final = 2048
"""Bytes handed to OpenSSL at a time. Its memory buffers keep the largest size they ever had, so this bounds them."""

_RECORD: Final = 16_384
_ALERT: Final = "ALERT_"
# X509_V_ERR_*: no issuer found, self-signed leaf, self-signed root, unverifiable leaf; untrusted and rejected.
_FOREIGN: Final = frozenset({2, 18, 19, 20, 21, 27, 28})
_INVALID_PURPOSE: Final = 26
_NAME_MISMATCHES: Final = frozenset({62, 63, 64})


class TlsError(Exception):
    """TLS failed, at either end. `plaintext` is what had arrived intact in the same delivery before it did."""

    def __init__(self, reason: TlsReason, *, alert: str = "", detail: str = "", plaintext: bytes = b"") -> None:
        super().__init__(f"{reason}: {alert or detail}")
        self.reason = reason
        self.alert = alert
        self.detail = detail
        self.plaintext = plaintext


class TlsLayer:
    """One end of one TLS stream. Not for use from two threads at once.

    `handshaken`: the handshake is done. `client_hello_seen` (server): the first message arrived whole. `ended`: the
    peer closed its side politely. `failed`: TLS was refused; only `outgoing()` is of use.
    """

    __slots__ = (
        "_closed",
        "_drained",
        "_incoming",
        "_outgoing",
        "_tls",
        "_told",
        "client_hello_seen",
        "ended",
        "failed",
        "handshaken",
    )

    def __init__(self, context: ssl.SSLContext, *, server_side: bool, server_hostname: str | None = None) -> None:
        self._incoming = ssl.MemoryBIO()
        self._outgoing = ssl.MemoryBIO()
        self._tls = context.wrap_bio(self._incoming, self._outgoing, server_side, server_hostname)
        self._drained: list[bytes] | None = None
        self._told: Handshaken | None = None
        self._closed = False
        self.handshaken = False
        self.client_hello_seen = False
        self.ended = False
        self.failed = False

    def take_handshaken(self) -> Handshaken | None:
        """Hand over, once, whom the handshake proved the peer to be; None if it is not done, or was told before."""
        told, self._told = self._told, None
        return told

    def peer_chain(self) -> tuple[bytes, ...]:
        """The peer's certificates as they were verified, DER: its own first, the trusted one that ends the chain last.

        Empty before the handshake is done, for a peer that showed none, after a resumption (which verifies no chain
        anew), and where this Python cannot tell.
        """
        if not self.handshaken or self.failed:
            return ()
        tell = getattr(self._tls, "get_verified_chain", None)
        if tell is not None:  # Python 3.13
            return tuple(tell() or ())
        inner = getattr(self._tls, "_sslobj", None)  # Python 3.10 to 3.12 keep it to themselves
        tell = getattr(inner, "get_verified_chain", None)
        return () if tell is None else tuple(ssl.PEM_cert_to_DER_cert(one.public_bytes()) for one in tell() or ())

    def start(self) -> None:
        """Client: put the ClientHello into `outgoing()`."""
        self._shake()

    def receive(self, data: bytes) -> bytes:
        """Take ciphertext; answer the plaintext that became readable, `b""` if none.

        After either end's close everything is ignored. Raises `TlsError`, once; the alert is then in `outgoing()`.
        """
        if self._closed or self.ended or self.failed:
            return b""
        if not self.handshaken or len(data) > PIECE:
            return self._receive_in_pieces(data)
        incoming = self._incoming
        try:
            incoming.write(data)
            plaintext = self._tls.read(_RECORD)
        except ssl.SSLWantReadError:
            return b""
        except ssl.SSLError as error:
            raise self._refusal(error, b"") from None
        if plaintext and not incoming.pending:
            return plaintext
        return self._read_on([plaintext])

    def receive_eof(self) -> None:
        """The stream ended. Raises `TlsError` if the handshake had not."""
        if not self.handshaken and not self.failed:
            self.failed = True
            raise TlsError(TlsReason.EOF, detail="the stream ended during the handshake")

    def send(self, plaintext: bytes) -> None:
        """Encrypt for `outgoing()`. Raises `LocalError` before the handshake is done and after any end of ours."""
        if not self.handshaken or self._closed or self.failed:
            raise LocalError("TLS cannot send now")
        try:
            if len(plaintext) <= PIECE:
                self._tls.write(plaintext)
                return
            self._send_in_pieces(plaintext)
        except ssl.SSLError as error:
            self.failed = True
            raise LocalError(f"TLS cannot send: {error.reason}") from error

    def outgoing(self) -> bytes:
        """Hand over, once, the ciphertext to write to the stream. After a failure it ends with our alert."""
        if self._drained is None:
            return self._outgoing.read()
        self._drained.append(self._outgoing.read())
        ciphertext = b"".join(self._drained)
        self._drained = None
        return ciphertext

    def close(self) -> None:
        """Put our close_notify into `outgoing()` and read no more. Harmless twice, and after a failure."""
        if self.handshaken and not self._closed and not self.failed:
            with contextlib.suppress(ssl.SSLError):  # It asks for the peer's close_notify; nobody waits for that.
                self._tls.unwrap()
        self._closed = True

    def _receive_in_pieces(self, data: bytes) -> bytes:
        view = memoryview(data)
        parts: list[bytes] = []
        at = 0
        while at < len(view) and not self.ended:
            end = at + (PIECE if self.handshaken else HANDSHAKE_PIECE)
            try:
                self._incoming.write(view[at:end])
                if self.handshaken or self._shake():
                    self._read_into(parts)
            except ssl.SSLError as error:
                raise self._refusal(error, b"".join(parts)) from None
            at = end
        return b"".join(parts)

    def _read_on(self, parts: list[bytes]) -> bytes:
        try:
            if parts[-1]:
                self._read_into(parts)
            else:
                self.ended = True
        except ssl.SSLError as error:
            raise self._refusal(error, b"".join(parts)) from None
        return b"".join(parts)

    def _read_into(self, parts: list[bytes]) -> None:
        """Read until nothing whole is left. `ssl` answers the peer's close_notify with empty plaintext."""
        try:
            while plaintext := self._tls.read(_RECORD):
                parts.append(plaintext)
                if not self._incoming.pending:
                    return
            self.ended = True
        except ssl.SSLWantReadError:
            return

    def _shake(self) -> bool:
        try:
            self._tls.do_handshake()
        except ssl.SSLWantReadError:
            self.client_hello_seen = self.client_hello_seen or self._outgoing.pending > 0
            return False
        self.handshaken = self.client_hello_seen = True
        tls = self._tls  # Asked now: once TLS fails, even in the same delivery, it no longer answers.
        certificate, version = tls.getpeercert(binary_form=True), tls.version() or ""
        self._told = Handshaken(certificate=certificate, version=version, resumed=bool(tls.session_reused))
        return True

    def _send_in_pieces(self, plaintext: bytes) -> None:
        view = memoryview(plaintext)
        drained = self._drained if self._drained is not None else []
        self._drained = drained
        for at in range(0, len(view), PIECE):
            self._tls.write(view[at : at + PIECE])
            drained.append(self._outgoing.read())

    def _refusal(self, error: ssl.SSLError, plaintext: bytes) -> TlsError:
        self.failed = True
        reason, alert = classify(error)
        return TlsError(reason, alert=alert, detail=error.reason or str(error), plaintext=plaintext)


def classify(error: ssl.SSLError) -> tuple[TlsReason, str]:
    """The name of an error of `ssl`, and the name of the alert if it was the peer who sent one."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return _certificate_reason(error.verify_code), ""
    text = error.reason or ""
    if text == "PEER_DID_NOT_RETURN_A_CERTIFICATE":
        return TlsReason.NO_CERTIFICATE, ""
    if _ALERT in text:
        return TlsReason.ALERT, text.split(_ALERT, 1)[1].lower()
    if isinstance(error, (ssl.SSLEOFError, ssl.SSLZeroReturnError)):
        return TlsReason.EOF, ""
    return TlsReason.PROTOCOL, ""


def _certificate_reason(verify_code: int) -> TlsReason:
    if verify_code in _FOREIGN:
        return TlsReason.FOREIGN_CERTIFICATE
    if verify_code == _INVALID_PURPOSE:
        return TlsReason.WRONG_KEY_USAGE
    if verify_code in _NAME_MISMATCHES:
        return TlsReason.WRONG_NAME
    return TlsReason.BAD_CERTIFICATE
