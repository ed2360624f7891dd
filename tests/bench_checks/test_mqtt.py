"""The codec of the peer's load client."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.bench.mqtt import (
    ConnAck,
    Connect,
    Decoder,
    Disconnect,
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

NUMBERS = st.integers(0, 0xFFFF)
TEXTS = st.text(st.characters(codec="utf-8"), max_size=40)
PACKETS: st.SearchStrategy[Packet] = st.one_of(
    st.builds(Connect, TEXTS, NUMBERS),
    st.builds(ConnAck, st.integers(0, 5), st.booleans()),
    st.builds(Subscribe, NUMBERS, TEXTS, st.integers(0, 2)),
    st.builds(SubAck, NUMBERS, st.sampled_from((0, 1, 2, 0x80))),
    st.tuples(TEXTS, st.binary(max_size=300)).map(lambda values: Publish(*values)),
    st.tuples(TEXTS, st.binary(max_size=300), st.just(1), NUMBERS).map(lambda values: Publish(*values)),
    st.builds(PubAck, NUMBERS),
    st.sampled_from((PingReq(), PingResp(), Disconnect())),
)


@given(packets=st.lists(PACKETS, max_size=5), cuts=st.lists(st.integers(0, 2_000), max_size=5))
def test_packets_survive_the_wire_however_it_is_cut(packets: list[Packet], cuts: list[int]) -> None:
    wire = b"".join(map(encode, packets))
    edges = sorted({0, len(wire), *(cut for cut in cuts if cut < len(wire))})
    decoder = Decoder()
    came = [packet for start, end in pairwise(edges) for packet in decoder.feed(wire[start:end])]
    assert came == packets
    assert [type(packet) for packet in came] == [type(packet) for packet in packets]


@pytest.mark.parametrize("size", [0, 120, 121, 16_376, 16_377, 70_000])
def test_a_payload_may_need_one_two_or_three_bytes_of_length(size: int) -> None:
    packet = Publish("topic", bytes(size))
    assert Decoder().feed(encode(packet)) == [packet]


def test_bytes_are_those_of_the_standard() -> None:
    connect = bytes.fromhex("10 0e 00 04 4d515454 04 02 00 0a 00 02 6162")
    publish = bytes.fromhex("32 07 00 03 612f62 000a")
    assert encode(Connect("ab", 10)) == connect
    assert encode(Publish("a/b", b"", 1, 10)) == publish


@pytest.mark.parametrize(
    ("wire", "complaint"),
    [
        ("30 ff ff ff ff 01", "more than four bytes"),
        ("f0 00", "type 15 is not spoken"),
        ("40 01 00", "malformed packet of type 4"),
        ("30 02 00 05", "malformed packet of type 3"),
        ("30 03 00 01 ff", "malformed packet of type 3"),
        ("34 05 00 01 61 00 01", "QoS 2"),
        ("10 0e 00 04 4d515454 05 02 00 0a 00 02 6162", "only MQTT 3.1.1"),
    ],
)
def test_what_is_not_our_mqtt_is_named(wire: str, complaint: str) -> None:
    with pytest.raises(MqttError, match=complaint):
        Decoder().feed(bytes.fromhex(wire))


@pytest.mark.parametrize("packet", [Publish("t", b"", 1), Publish("t", b"", 0, 7), Publish("t", b"", 2, 7)])
def test_a_packet_id_goes_with_qos_1_alone(packet: Publish) -> None:
    with pytest.raises(MqttError, match="packet id"):
        encode(packet)
