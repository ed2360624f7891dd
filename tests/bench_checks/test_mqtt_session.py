"""One MQTT client, its link replaced by a list of what it wrote."""

import asyncio

import pytest

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
from tests.bench.mqtt_session import KEEP_ALIVE_S, MqttSession
from tests.bench.tls_client import Link


class Wire(Link):
    """Takes packets instead of a socket."""

    def __init__(self) -> None:
        self.written: list[Packet] = []
        self.closed = False

    def send(self, plaintext: bytes) -> None:
        self.written += Decoder().feed(plaintext)

    def close(self) -> None:
        self.closed = True


class Owner:
    """Notes what it is told."""

    def __init__(self) -> None:
        self.told: list[str] = []

    def greeted(self) -> None:
        self.told.append("greeted")

    def delivered(self) -> None:
        self.told.append("delivered")

    def acknowledged(self) -> None:
        self.told.append("acknowledged")

    def dropped(self, client_id: str, reason: str) -> None:
        self.told.append(f"{client_id} dropped: {reason}")


@pytest.fixture
def owner() -> Owner:
    return Owner()


@pytest.fixture
def wire() -> Wire:
    return Wire()


@pytest.fixture
def session(owner: Owner, wire: Wire) -> MqttSession:
    session = MqttSession("D-1", "push/1", owner)
    session.opened(wire)
    return session


def test_it_is_greeted_when_its_subscription_is_taken(session: MqttSession, owner: Owner, wire: Wire) -> None:
    session.received(encode(ConnAck(0)))
    assert owner.told == []
    session.received(encode(SubAck(1, 1)))
    assert wire.written == [Connect("D-1", KEEP_ALIVE_S), Subscribe(1, "push/1", 1)]
    assert owner.told == ["greeted"]


def test_qos_1_is_acknowledged_by_its_number_and_qos_0_is_not(session: MqttSession, owner: Owner, wire: Wire) -> None:
    wire.written.clear()
    session.received(encode(Publish("push/1", b"x", 1, 77)) + encode(Publish("push/1", b"x")) + encode(PubAck(5)))
    assert wire.written == [PubAck(77)]
    assert owner.told == ["delivered", "delivered", "acknowledged"]


@pytest.mark.parametrize("packet", [ConnAck(5), SubAck(1, 0x80), PingResp(), PingReq()])
def test_a_refusal_or_nonsense_is_an_error_naming_the_packet(session: MqttSession, packet: Packet) -> None:
    with pytest.raises(MqttError, match=type(packet).__name__):
        session.received(encode(packet))


async def test_a_ping_returns_with_its_answer(session: MqttSession, wire: Wire) -> None:
    waiting = asyncio.create_task(session.ping())
    await asyncio.sleep(0)
    assert wire.written[1:] == [PingReq()]
    assert not waiting.done()
    session.received(encode(PingResp()))
    await waiting


def test_a_lost_link_is_told_unless_it_was_closed_here(owner: Owner, wire: Wire) -> None:
    kept, closed = MqttSession("D-1", "push/1", owner), MqttSession("D-2", "push/2", owner)
    closed.opened(wire)
    closed.close()
    closed.lost("closed by us")
    kept.lost("reset")
    assert wire.closed
    assert owner.told == ["D-1 dropped: reset"]
