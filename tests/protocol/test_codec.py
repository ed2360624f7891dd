"""Frames that are no good, and every message there and back."""

import json

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protocol import codec
from protocol.codec import Refusal, read_envelope
from protocol.codes import CloseCode, ErrorCode
from protocol.errors import MAX_ERROR_TEXT, RemoteProtocolError
from protocol.messages import Hello
from protocol.session import STRUCTS, Session, host_session
from protocol.states import Kind, State, next_state
from protocol.version import MAX_FRAME_BYTES
from tests.builders.pair import SAMPLES, Pair
from tests.builders.wire_values import any_json, any_of

_DEPTH = 100_000


def _unread(frame: bytes) -> RemoteProtocolError:
    with pytest.raises(RemoteProtocolError) as caught:
        read_envelope(frame)
    return caught.value


@pytest.mark.parametrize(
    "frame",
    [
        b"",
        b" ",
        b"hello",
        b"{",
        b'{"jsonrpc":"2.0"',
        b"{'jsonrpc':'2.0'}",
        b'{"jsonrpc":"2.0","method":"hello"}x',
        b'{"jsonrpc":"2.0","method":"\xff"}',
        b'{"jsonrpc":"2.0","method":"\\ud800"}',
        b'\xef\xbb\xbf{"jsonrpc":"2.0","method":"hello"}',
        b'{"jsonrpc":"2.0","x":NaN}',
        b"\x00\x01\x02",
    ],
)
def test_what_is_not_json_ends_the_session(frame: bytes) -> None:
    refusal = _unread(frame)
    assert (refusal.reason, refusal.close) == ("not_json", CloseCode.PROTOCOL_ERROR)
    assert refusal.answer is not None
    answer = json.loads(refusal.answer)
    assert (answer["id"], answer["error"]["code"]) == (None, ErrorCode.PARSE_ERROR)


@pytest.mark.parametrize(
    "frame",
    [
        b"null",
        b"1",
        b'"hello"',
        b"{}",
        b'{"method":"hello","id":1}',
        b'{"jsonrpc":"1.0","method":"hello","id":1}',
        b'{"jsonrpc":2.0,"method":"hello","id":1}',
        b'{"jsonrpc":"2.0","method":7,"id":1}',
        b'{"jsonrpc":"2.0","method":"hello","id":1.5}',
        b'{"jsonrpc":"2.0","method":"hello","id":true}',
        b'{"jsonrpc":"2.0","method":"hello","id":[1]}',
        b'{"jsonrpc":"2.0","method":"hello","id":9007199254740992}',
        b'{"jsonrpc":"2.0","method":"hello","id":' + b"9" * 5_000 + b"}",
        b'{"jsonrpc":"2.0","method":"hello","id":"' + b"x" * 65 + b'"}',
        b'{"jsonrpc":"2.0","id":1,"error":{"code":"x","message":""}}',
    ],
)
def test_what_is_not_json_rpc_ends_the_session(frame: bytes) -> None:
    refusal = _unread(frame)
    assert (refusal.reason, refusal.close) == ("not_json_rpc", CloseCode.PROTOCOL_ERROR)
    assert refusal.answer is not None
    assert json.loads(refusal.answer)["error"]["code"] == ErrorCode.INVALID_REQUEST


@pytest.mark.parametrize(
    "frame", [b"[]", b' \r\n[{"jsonrpc":"2.0","method":"report","params":{"uptime_s":1}}]', b"[1,2]"]
)
def test_a_batch_is_refused_by_name_and_the_session_goes_on(frame: bytes) -> None:
    pair = Pair().greet()
    with pytest.raises(RemoteProtocolError) as caught:
        pair.host.receive(frame)
    assert (caught.value.reason, caught.value.close) == ("batch_refused", None)
    assert caught.value.answer is not None
    answer = json.loads(caught.value.answer)
    assert (answer["id"], answer["error"]["data"]) == (None, {"reason": "batch_refused"})
    pair.up(SAMPLES[Kind.REPORT])


@pytest.mark.parametrize(
    ("frame", "reason"),
    [
        (b'{"jsonrpc":"2.0","method":"hello","id":1,"x":' + b"[" * _DEPTH + b"]" * _DEPTH + b"}", "nested_too_deeply"),
        (
            b'{"jsonrpc":"2.0","method":"hello","id":1,"params":' + b"[" * _DEPTH + b"]" * _DEPTH + b"}",
            "nested_too_deeply",
        ),
        (
            b'{"jsonrpc":"2.0","method":"hello","id":1,"params":{"firmware":'
            + b'{"a":' * 40_000
            + b"1"
            + b"}" * 40_002,
            "nested_too_deeply",
        ),
        (
            b'{"jsonrpc":"2.0","method":"hello","id":1,"params":{"firmware":"1","boot_id":"b","x":' + b"[" * _DEPTH,
            "nested_too_deeply",
        ),
        (b'{"jsonrpc":"2.0","id":1,"result":' + b"[" * _DEPTH + b"]" * _DEPTH + b"}", "nested_too_deeply"),
        (
            b'{"jsonrpc":"2.0","id":1,"error":{"code":1,"message":"","data":' + b"[" * _DEPTH + b"]" * _DEPTH + b"}}",
            "not_json_rpc",
        ),
    ],
    ids=["unknown_field", "params", "params_object", "field_in_params", "result", "error_data"],
)
def test_deep_nesting_is_named_wherever_it_hides(frame: bytes, reason: str) -> None:
    session = host_session()
    with pytest.raises(RemoteProtocolError) as caught:
        session.receive(frame)
    assert (caught.value.reason, caught.value.close) == (reason, CloseCode.PROTOCOL_ERROR)
    assert session.state is State.DIALED


def test_a_deep_batch_is_no_crash() -> None:
    assert _unread(b"[" * _DEPTH + b"]" * _DEPTH).reason == "batch_refused"


def test_params_nested_too_deeply_for_their_decoder_are_a_value_error() -> None:
    """The envelope may just pass where the struct, deeper in the stack, does not."""
    raw = msgspec.Raw(b'{"x":' + b"[" * _DEPTH + b"]" * _DEPTH + b"}")
    with pytest.raises(ValueError, match="nested too deeply"):
        codec.decode_params(msgspec.json.Decoder(Hello), raw)


def test_a_frame_one_byte_too_large_is_not_even_read() -> None:
    refusal = _unread(b" " * (MAX_FRAME_BYTES + 1))
    assert (refusal.reason, refusal.answer, refusal.close) == ("frame_too_large", None, CloseCode.TOO_LARGE)
    assert _unread(b" " * MAX_FRAME_BYTES).reason == "not_json"


def test_an_error_says_its_reason_and_leaves_out_what_it_does_not_know() -> None:
    frame = codec.encode_error(3, ErrorCode.BUSY, "later", Refusal(reason="busy", redial_after_s=30))
    assert json.loads(frame) == {
        "jsonrpc": "2.0",
        "id": 3,
        "error": {"code": -32002, "message": "later", "data": {"reason": "busy", "redial_after_s": 30}},
    }


def test_a_long_error_text_is_cut() -> None:
    frame = codec.encode_error(None, ErrorCode.HOST_FAULT, "x" * 9_999, Refusal(reason="host_fault"))
    assert json.loads(frame)["error"]["message"] == "x" * MAX_ERROR_TEXT


# -- there and back ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("struct", dict.fromkeys(STRUCTS.values()))
def test_every_message_comes_back_as_it_was_said(struct: type[msgspec.Struct]) -> None:
    decoder = msgspec.json.Decoder(struct)

    @settings(max_examples=40, deadline=None)
    @given(any_of(struct))
    def there_and_back(message: msgspec.Struct) -> None:
        envelope = read_envelope(codec.encode_request(1, "any", message))
        assert codec.decode_params(decoder, envelope.params) == message
        assert codec.decode_params(decoder, read_envelope(codec.encode_answer(1, message)).result) == message

    there_and_back()


# -- noise -------------------------------------------------------------------------------------------------------


def _fresh_ends() -> list[Session]:
    greeted, talking = Pair(), Pair().greet()
    greeted.up(SAMPLES[Kind.HELLO])
    talking.up(SAMPLES[Kind.EVENT])
    talking.down(SAMPLES[Kind.OFFER])
    return [host_session(), greeted.unit, talking.host, talking.unit]


def _survives(frame: bytes) -> None:
    """No end raises anything but RemoteProtocolError, and only a lawful message moves it."""
    answers: list[bytes | None] = []
    for session in _fresh_ends():
        before = session.state
        try:
            heard = session.receive(frame)
        except RemoteProtocolError as refusal:
            answers.append(refusal.answer)
            expected: State | None = before
        else:
            expected = next_state(before, heard.kind)
        assert session.state is expected
    assert all("error" in json.loads(answer) for answer in answers if answer is not None)


@settings(max_examples=1_000, deadline=None)
@given(st.binary(max_size=256))
def test_no_bytes_make_an_end_stumble(frame: bytes) -> None:
    _survives(frame)


@settings(max_examples=1_000, deadline=None)
@given(any_json)
def test_no_json_makes_an_end_stumble(value: object) -> None:
    _survives(json.dumps(value).encode())


_members = {
    "id": st.integers(-3, 3) | st.text(max_size=3) | any_json,
    "method": st.sampled_from([kind.method for kind in Kind]) | st.text(max_size=8) | any_json,
    "params": st.one_of([any_of(struct).map(msgspec.to_builtins) for struct in STRUCTS.values()]) | any_json,
    "result": st.one_of([any_of(struct).map(msgspec.to_builtins) for struct in STRUCTS.values()]) | any_json,
    "error": st.fixed_dictionaries({"code": st.integers(), "message": st.text()}, optional={"data": any_json}),
}


@settings(max_examples=400, deadline=None)
@given(st.fixed_dictionaries({"jsonrpc": st.just("2.0")}, optional=_members))
def test_nothing_that_resembles_a_message_makes_an_end_stumble(message: dict[str, object]) -> None:
    _survives(json.dumps(message).encode())


@settings(max_examples=200, deadline=None)
@given(st.sampled_from([kind for kind in SAMPLES if kind.role in ("request", "notification")]), st.data())
def test_no_flipped_byte_makes_an_end_stumble(kind: Kind, data: st.DataObject) -> None:
    pair = Pair()
    if kind is not Kind.HELLO:
        pair.greet()
    frame = bytearray(pair.speaker(kind.direction).say(SAMPLES[kind]))
    frame[data.draw(st.integers(0, len(frame) - 1))] = data.draw(st.integers(0, 255))
    _survives(bytes(frame))
