"""TLS contexts from made certificates, and two ends joined in memory."""

import ssl
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from adapter_sim.tls import client_context
from protocol.wire.events import Event, Upgrade
from protocol.wire.stack import HostWire, UnitWire
from servicehost.sessions.tls import server_context
from tests.builders.certificates import Authority, Credential, ours

BOTH_VERSIONS = (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3)


def host_context(
    *,
    authority: Authority | None = None,
    version: ssl.TLSVersion | None = None,
    certificate_required: bool = True,
    host: Credential | None = None,
) -> ssl.SSLContext:
    """A host's context that trusts the issuing authority alone; `version` pins TLS to one version."""
    authority = authority or ours()
    with tempfile.TemporaryDirectory() as folder:
        certificate, key = (host or authority.host()).write(Path(folder), "host")
        context = server_context(certificate, key, [authority.issuing_pem], certificate_required=certificate_required)
    if version is not None:
        context.minimum_version = context.maximum_version = version
    return context


def unit_context(unit: Credential | None, *, authority: Authority | None = None) -> ssl.SSLContext:
    """A unit's context that trusts the root; no credential: a unit without a certificate."""
    anchors = [(authority or ours()).root_pem]
    if unit is None:
        return client_context(anchors)
    with tempfile.TemporaryDirectory() as folder:
        certificate, key = unit.write(Path(folder), "unit")
        return client_context(anchors, certificate_chain=certificate, private_key=key)


class End(Protocol):
    """Either end of a stream, as the joining below needs it."""

    def receive(self, ciphertext: bytes, /) -> list[Event]: ...
    def receive_eof(self) -> list[Event]: ...
    def outgoing(self) -> bytes: ...


def whole(data: bytes) -> list[bytes]:
    return [data]


def byte_by_byte(data: bytes) -> list[bytes]:
    return [data[at : at + 1] for at in range(len(data))]


class Joined:
    """A host's and a unit's wire joined without a network; `cut` decides in what pieces bytes arrive."""

    def __init__(
        self,
        host_context: ssl.SSLContext,
        unit_context: ssl.SSLContext,
        *,
        host_name: str = "localhost",
        cut: Callable[[bytes], list[bytes]] = whole,
        accepts: bool = True,
    ) -> None:
        self.host = HostWire(host_context)
        self.unit = UnitWire(unit_context, host_name, 8443)
        self.host_events: list[Event] = []
        self.unit_events: list[Event] = []
        self.cut = cut
        self.accepts = accepts
        self.unit.start()
        self.settle()

    def settle(self) -> None:
        """Carry bytes both ways until both ends are silent; the host accepts when asked."""
        while self._carry(self.unit, self.host, self.host_events) + self._carry(self.host, self.unit, self.unit_events):
            pass

    def _carry(self, giver: End, taker: End, told: list[Event]) -> int:
        data = giver.outgoing()
        for piece in self.cut(data):
            events = taker.receive(piece)
            told += events
            if self.accepts and any(isinstance(event, Upgrade) for event in events):
                self.host.accept()
        return len(data)
