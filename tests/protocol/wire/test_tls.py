"""The TLS layer alone."""

import ssl
from collections.abc import Callable

import pytest

from protocol.wire.events import Handshaken, LocalError, TlsReason
from protocol.wire.tls import TlsError, TlsLayer
from tests.builders.certificates import SERVER_AUTH, Credential, ours, theirs
from tests.builders.wires import BOTH_VERSIONS, byte_by_byte, host_context, unit_context, whole

Cut = Callable[[bytes], list[bytes]]


class Layers:
    """Both ends; what each read and how each failed."""

    def __init__(self, server: ssl.SSLContext, client: ssl.SSLContext, *, name: str = "localhost", cut: Cut = whole):
        self.server = TlsLayer(server, server_side=True)
        self.client = TlsLayer(client, server_side=False, server_hostname=name)
        self.read: dict[TlsLayer, bytes] = {self.server: b"", self.client: b""}
        self.errors: dict[TlsLayer, TlsError] = {}
        self.cut = cut

    def settle(self) -> None:
        while self._carry(self.client, self.server) + self._carry(self.server, self.client):
            pass

    def shake(self) -> "Layers":
        self.client.start()
        self.settle()
        return self

    def _carry(self, giver: TlsLayer, taker: TlsLayer) -> int:
        data = giver.outgoing()
        for piece in self.cut(data):
            try:
                self.read[taker] += taker.receive(piece)
            except TlsError as error:
                self.read[taker] += error.plaintext
                self.errors[taker] = error
        return len(data)


def told(layer: TlsLayer) -> Handshaken:
    handshaken = layer.take_handshaken()
    assert handshaken is not None
    return handshaken


def good(version: ssl.TLSVersion | None = None, cut: Cut = whole) -> Layers:
    return Layers(host_context(version=version), unit_context(ours().unit()), cut=cut).shake()


@pytest.mark.parametrize("cut", [whole, byte_by_byte])
@pytest.mark.parametrize("version", BOTH_VERSIONS)
def test_both_versions_carry_plaintext_both_ways_however_it_is_cut(version: ssl.TLSVersion, cut: Cut) -> None:
    layers = good(version, cut)
    layers.client.send(b"from the unit")
    layers.server.send(b"from the host")
    layers.settle()
    assert layers.read == {layers.server: b"from the unit", layers.client: b"from the host"}
    assert told(layers.server).version == told(layers.client).version == version.name.replace("_", ".")


def test_tls_1_3_is_preferred() -> None:
    assert told(good().server).version == "TLSv1.3"


def test_the_host_learns_the_leaf_that_the_unit_sent() -> None:
    unit = ours().unit()
    layers = Layers(host_context(), unit_context(unit)).shake()
    assert told(layers.server).certificate == unit.der


def test_whom_the_handshake_proved_is_told_once() -> None:
    layers = good()
    assert layers.client.take_handshaken() is not None
    assert layers.client.take_handshaken() is None


def test_whom_the_handshake_proved_is_told_even_if_tls_fails_in_the_same_delivery() -> None:
    unit = ours().unit()
    layers = Layers(host_context(), unit_context(unit))
    layers.client.start()
    layers.server.receive(layers.client.outgoing())
    layers.client.receive(layers.server.outgoing())
    with pytest.raises(TlsError):
        layers.server.receive(layers.client.outgoing() + bytes(32))
    assert told(layers.server).certificate == unit.der


def test_an_issuing_authority_that_the_unit_does_not_send_is_found_among_the_anchors() -> None:
    layers = Layers(host_context(), unit_context(ours().unit(with_issuer=False))).shake()
    assert layers.server.handshaken


REFUSALS = {
    "none": (None, TlsReason.NO_CERTIFICATE, ("handshake_failure", "certificate_required")),
    "foreign": (theirs().unit(), TlsReason.FOREIGN_CERTIFICATE, ("unknown_ca", "unknown_ca")),
    "wrong usage": (ours().unit(usages=[SERVER_AUTH]), TlsReason.WRONG_KEY_USAGE, ("unsupported_certificate",) * 2),
}


@pytest.mark.parametrize("cut", [whole, byte_by_byte])
@pytest.mark.parametrize("version", BOTH_VERSIONS)
@pytest.mark.parametrize(("unit", "reason", "alerts"), REFUSALS.values(), ids=REFUSALS)
def test_a_bad_unit_is_refused_and_reads_why_in_the_alert(
    unit: Credential | None, reason: TlsReason, alerts: tuple[str, str], version: ssl.TLSVersion, cut: Cut
) -> None:
    layers = Layers(host_context(version=version), unit_context(unit), cut=cut).shake()
    assert layers.errors[layers.server].reason is reason
    assert layers.errors[layers.client].reason is TlsReason.ALERT
    assert layers.errors[layers.client].alert == alerts[BOTH_VERSIONS.index(version)]
    assert layers.server.failed
    assert not layers.server.handshaken


@pytest.mark.parametrize("unit", [ours().expired_unit(), ours().unit_not_yet_valid()], ids=["expired", "not yet valid"])
def test_dates_are_left_to_the_owner(unit: Credential) -> None:
    layers = Layers(host_context(), unit_context(unit)).shake()
    assert told(layers.server).certificate == unit.der
    assert not layers.errors


def test_a_host_of_another_name_is_refused_by_the_unit_and_reads_so() -> None:
    layers = Layers(host_context(), unit_context(ours().unit()), name="elsewhere.example").shake()
    assert layers.errors[layers.client].reason is TlsReason.WRONG_NAME
    assert layers.errors[layers.server].alert == "bad_certificate"


@pytest.mark.parametrize("name", ["localhost", "127.0.0.1", "::1"])
def test_a_host_may_be_called_by_name_or_address(name: str) -> None:
    layers = Layers(host_context(), unit_context(ours().unit()), name=name).shake()
    assert layers.client.handshaken


def test_a_host_of_a_foreign_authority_is_refused_by_the_unit() -> None:
    layers = Layers(host_context(authority=theirs()), unit_context(ours().unit())).shake()
    assert layers.errors[layers.client].reason is TlsReason.FOREIGN_CERTIFICATE


def test_a_tampered_record_ends_tls_and_keeps_what_came_before_it() -> None:
    layers = good()
    layers.client.send(b"sound")
    sound = layers.client.outgoing()
    layers.client.send(b"tampered")
    record = bytearray(layers.client.outgoing())
    record[-1] ^= 1
    with pytest.raises(TlsError) as raised:
        layers.server.receive(sound + bytes(record))
    assert (raised.value.reason, raised.value.plaintext) == (TlsReason.PROTOCOL, b"sound")
    layers.settle()
    assert layers.errors[layers.client].alert == "bad_record_mac"


@pytest.mark.parametrize("garbage", [b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", b"\x00" * 64, b"\x16\x03\x01\x00\x05hello"])
def test_what_is_not_tls_is_refused_by_name(garbage: bytes) -> None:
    server = TlsLayer(host_context(), server_side=True)
    with pytest.raises(TlsError) as raised:
        server.receive(garbage)
    assert raised.value.reason is TlsReason.PROTOCOL
    assert server.receive(b"more") == b""


def test_a_stream_that_ends_in_the_handshake_is_refused_as_eof_once() -> None:
    server = TlsLayer(host_context(), server_side=True)
    with pytest.raises(TlsError) as raised:
        server.receive_eof()
    assert raised.value.reason is TlsReason.EOF
    server.receive_eof()


def test_the_client_hello_is_seen_only_when_it_is_whole() -> None:
    server = TlsLayer(host_context(), server_side=True)
    client = TlsLayer(unit_context(ours().unit()), server_side=False, server_hostname="localhost")
    client.start()
    hello = client.outgoing()
    seen = []
    for piece in (hello[:-1], hello[-1:]):
        server.receive(piece)
        seen.append(server.client_hello_seen)
    assert seen == [False, True]
    assert not server.handshaken


@pytest.mark.parametrize("size", [0, 1, 2047, 2048, 2049, 16_384, 16_385, 300_000])
def test_a_plaintext_of_any_size_arrives_whole(size: int) -> None:
    layers = good()
    plaintext = bytes(at % 251 for at in range(size))
    layers.server.send(b"first,")
    layers.server.send(plaintext)
    layers.server.send(b",last")
    layers.settle()
    assert layers.read[layers.client] == b"first," + plaintext + b",last"


def test_a_close_is_noticed_and_ends_reading_but_not_what_came_before() -> None:
    layers = good()
    layers.client.send(b"last words")
    layers.client.close()
    layers.client.close()
    layers.settle()
    assert layers.server.ended
    assert layers.read[layers.server] == b"last words"
    layers.server.close()
    layers.settle()
    assert not layers.errors


def test_sending_outside_of_a_standing_tls_is_a_mistake_of_the_owner() -> None:
    with pytest.raises(LocalError):
        TlsLayer(host_context(), server_side=True).send(b"too soon")
    layers = good()
    layers.client.close()
    with pytest.raises(LocalError):
        layers.client.send(b"too late")


def test_a_close_before_the_handshake_says_nothing() -> None:
    server = TlsLayer(host_context(), server_side=True)
    server.close()
    assert server.outgoing() == b""
