"""How a WebSocket is opened or refused, at both ends, without TLS."""

import json
from collections.abc import Callable

import pytest
from websockets.utils import accept_key

from protocol.version import PATH, SUBPROTOCOL
from protocol.wire.conversation import Phase
from protocol.wire.events import Ended, Event, LocalError, Opened, Refused, Text, Upgrade
from protocol.wire.websocket import HostWebSocket, UnitWebSocket
from tests.builders.wires import byte_by_byte, whole

Cut = Callable[[bytes], list[bytes]]
CUTS = pytest.mark.parametrize("cut", [whole, byte_by_byte])
KEY = "dGhlIHNhbXBsZSBub25jZQ=="
FIELDS = {
    "Host": "localhost:8443",
    "Upgrade": "websocket",
    "Connection": "Upgrade",
    "Sec-WebSocket-Key": KEY,
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Protocol": SUBPROTOCOL,
}


def request(line: str = f"GET {PATH} HTTP/1.1", **changes: str | None) -> bytes:
    """A good request, changed: a field's `_` stands for `-`, None leaves it out."""
    fields: dict[str, str | None] = {**FIELDS, **{name.replace("_", "-"): value for name, value in changes.items()}}
    lines = [line, *(f"{name}: {value}" for name, value in fields.items() if value is not None)]
    return "\r\n".join([*lines, "", ""]).encode()


def deliver(taker: HostWebSocket | UnitWebSocket, data: bytes, cut: Cut = whole) -> list[Event]:
    return [event for piece in cut(data) for event in taker.receive(piece)]


def read_answer(data: bytes) -> tuple[int, dict[str, str], bytes]:
    head, _, body = data.partition(b"\r\n\r\n")
    status, *lines = head.decode().split("\r\n")
    return int(status.split()[1]), dict(line.split(": ", 1) for line in lines), body


@CUTS
def test_a_unit_asks_and_the_host_accepts(cut: Cut) -> None:
    host, unit = HostWebSocket(), UnitWebSocket("host.example:8443")
    (upgrade,) = deliver(host, unit.outgoing(), cut)
    assert isinstance(upgrade, Upgrade)
    assert upgrade.path == PATH
    assert ("Host", "host.example:8443") in upgrade.headers
    assert host.outgoing() == b""
    host.accept()
    assert deliver(unit, host.outgoing(), cut) == [Opened()]
    assert host.phase is unit.phase is Phase.OPEN


def test_what_the_host_says_right_after_accepting_is_not_lost() -> None:
    host, unit = HostWebSocket(), UnitWebSocket("localhost:8443")
    deliver(host, unit.outgoing())
    host.accept()
    host.send_text(b"at once")
    assert deliver(unit, host.outgoing()) == [Opened(), Text(payload=b"at once")]


@CUTS
def test_a_refusal_tells_the_unit_its_code_and_when_to_return(cut: Cut) -> None:
    host, unit = HostWebSocket(), UnitWebSocket("localhost:8443")
    deliver(host, unit.outgoing())
    host.refuse(status=503, code="host_full", detail="5,000 sessions", retry_after=42)
    assert host.phase is Phase.OVER
    (refused,) = deliver(unit, host.outgoing(), cut)
    assert isinstance(refused, Refused)
    assert (refused.status, refused.code, refused.retry_after) == (503, "host_full", 42)
    assert json.loads(refused.body) == {
        "type": "urn:servicehost:problem:host_full",
        "title": "Service Unavailable",
        "status": 503,
        "detail": "5,000 sessions",
        "code": "host_full",
    }
    assert ("Content-Type", "application/problem+json") in refused.headers


def test_a_refusal_without_a_wait_gives_none() -> None:
    host, unit = HostWebSocket(), UnitWebSocket("localhost:8443")
    deliver(host, unit.outgoing())
    host.refuse(status=403, code="revoked")
    (refused,) = deliver(unit, host.outgoing())
    assert isinstance(refused, Refused)
    assert (refused.code, refused.retry_after) == ("revoked", None)


def test_an_upgrade_is_answered_only_once_and_only_when_asked_for() -> None:
    host = HostWebSocket()
    with pytest.raises(LocalError):
        host.accept()
    with pytest.raises(LocalError):
        host.refuse(status=403, code="revoked")
    deliver(host, request())
    host.accept()
    with pytest.raises(LocalError):
        host.accept()


REFUSALS = {
    "plain GET": (request(Upgrade=None, Connection=None), 426, "upgrade_required"),
    "wrong upgrade": (request(Upgrade="h2c"), 426, "upgrade_required"),
    "wrong path": (request("GET /elsewhere HTTP/1.1"), 404, "no_such_path"),
    "no subprotocol": (request(Sec_WebSocket_Protocol=None), 400, "subprotocol_required"),
    "other subprotocol": (request(Sec_WebSocket_Protocol="servicehost.v0"), 400, "subprotocol_required"),
    "POST": (request(f"POST {PATH} HTTP/1.1"), 405, "method_not_allowed"),
    "HTTP/1.0": (request(f"GET {PATH} HTTP/1.0"), 400, "bad_upgrade"),
    "no key": (request(Sec_WebSocket_Key=None), 400, "bad_upgrade"),
    "bad key": (request(Sec_WebSocket_Key="鍵"), 400, "bad_upgrade"),
    "old version": (request(Sec_WebSocket_Version="8"), 400, "bad_upgrade"),
    "garbage": (b"\x00\x01\x02\r\n", 400, "not_http"),
    "a body": (request(Content_Length="5"), 400, "not_http"),
    "a field without a name": (request().replace(b"Host: ", b": "), 400, "not_http"),
    "long request line": (request(f"GET {PATH}?{'x' * 8192} HTTP/1.1"), 414, "request_too_large"),
    "long field": (request(X_Long="x" * 8192), 431, "request_too_large"),
    "a line that never ends": (b"x" * 9000, 414, "request_too_large"),
    "many fields": (request(**{f"X_{at}": "x" for at in range(128)}), 431, "request_too_large"),
}


@CUTS
@pytest.mark.parametrize(("data", "status", "code"), REFUSALS.values(), ids=REFUSALS)
def test_what_no_session_can_come_of_is_refused_by_name(data: bytes, status: int, code: str, cut: Cut) -> None:
    host = HostWebSocket()
    (ended,) = deliver(host, data, cut)
    assert isinstance(ended, Ended)
    assert (ended.code, ended.reason, ended.by_peer) == (status, code, False)
    answered, headers, body = read_answer(host.outgoing())
    assert answered == status
    assert headers["Content-Type"] == "application/problem+json"
    assert headers["Connection"] == "close"
    assert int(headers["Content-Length"]) == len(body)
    assert json.loads(body)["code"] == code


def test_a_method_that_is_refused_is_told_the_allowed_one() -> None:
    host = HostWebSocket()
    deliver(host, request(f"POST {PATH} HTTP/1.1"))
    assert read_answer(host.outgoing())[1]["Allow"] == "GET"


def test_compression_is_not_taken_up() -> None:
    host = HostWebSocket()
    (upgrade,) = deliver(host, request(Sec_WebSocket_Extensions="permessage-deflate; client_max_window_bits"))
    assert isinstance(upgrade, Upgrade)
    host.accept()
    status, headers, _ = read_answer(host.outgoing())
    assert status == 101
    assert "Sec-WebSocket-Extensions" not in headers
    assert headers["Sec-WebSocket-Protocol"] == SUBPROTOCOL


@pytest.mark.parametrize("early", [b"\x8a", b"\x8a\x80", b"\x89\x80\x00\x00\x00\x00", b"\r\n\r\n"])
def test_bytes_sent_before_the_answer_are_refused_together_or_apart(early: bytes) -> None:
    together, apart = HostWebSocket(), HostWebSocket()
    (ended,) = deliver(together, request() + early)
    assert isinstance(ended, Ended)
    assert ended.reason == "too_early"
    upgrade, ended_too = deliver(apart, request()) + deliver(apart, early)
    assert isinstance(upgrade, Upgrade)
    assert ended_too == ended
    with pytest.raises(LocalError):
        apart.accept()


def test_a_stream_that_ends_during_the_opening_is_told_at_both_ends() -> None:
    for end in (HostWebSocket(), UnitWebSocket("localhost:8443")):
        assert end.receive_eof() == [Ended(code=1006, reason="no_close_frame", by_peer=True)]
        assert end.receive_eof() == []


def unit_hears(answer: Callable[[str], str]) -> list[Event]:
    """What a unit makes of an answer, given the right accept value to put into it."""
    unit = UnitWebSocket("localhost:8443")
    asked = dict(line.split(": ", 1) for line in unit.outgoing().decode().split("\r\n")[1:-2])
    events = deliver(unit, answer(accept_key(asked["Sec-WebSocket-Key"])).encode())
    return events + unit.receive_eof()


def switching(accept: str, *more: str) -> str:
    lines = (
        "HTTP/1.1 101 Switching Protocols",
        "Upgrade: websocket",
        "Connection: Upgrade",
        f"Sec-WebSocket-Accept: {accept}",
    )
    return "\r\n".join([*lines, *more, "", ""])


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (lambda accept: switching("wrong", f"Sec-WebSocket-Protocol: {SUBPROTOCOL}"), "bad_opening_answer"),
        (lambda accept: switching(accept, "Sec-WebSocket-Protocol: other"), "bad_opening_answer"),
        (lambda accept: switching(accept, "Sec-WebSocket-Extensions: permessage-deflate"), "bad_opening_answer"),
        (lambda accept: "220 mail.example ESMTP\r\n", "bad_opening_answer"),
        (switching, "subprotocol_required"),
    ],
)
def test_a_unit_does_not_talk_to_what_is_no_service_host(answer: Callable[[str], str], reason: str) -> None:
    (ended,) = unit_hears(answer)
    assert isinstance(ended, Ended)
    assert (ended.code, ended.reason, ended.by_peer) == (1002, reason, False)


@pytest.mark.parametrize("body", ["", "<html>busy</html>", '{"code": 7}', "[" * 5000])
def test_a_refusal_by_something_in_between_has_no_code_but_is_a_refusal(body: str) -> None:
    fields = "Content-Type: application/problem+json\r\nRetry-After: Thu, 01 Jan 1970 00:00:00 GMT"
    (refused,) = unit_hears(lambda accept: f"HTTP/1.1 502 Bad Gateway\r\n{fields}\r\n\r\n{body}")
    assert isinstance(refused, Refused)
    assert (refused.status, refused.code, refused.retry_after) == (502, None, None)
    assert refused.body == body.encode()


@pytest.mark.parametrize("authority", ["", "host:port", "a b:1\r\nX: y", "[::1"])
def test_a_unit_cannot_ask_what_has_no_place_in_a_url(authority: str) -> None:
    with pytest.raises(LocalError):
        UnitWebSocket(authority)
