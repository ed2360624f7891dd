"""Two ends that talk: order, ids, refusals, and the one request in flight each way."""

import json
from typing import Any

import msgspec
import pytest

from protocol.codec import Refusal
from protocol.codes import CloseCode, ErrorCode
from protocol.errors import LocalProtocolError, RemoteProtocolError
from protocol.messages import ConfigOffer, Event, OfferAnswer, Report, Taken
from protocol.session import RefusedByPeer, Session, host_session
from protocol.states import Direction, Kind, State
from protocol.version import MAX_FRAME_BYTES
from tests.builders.pair import DIGEST, SAMPLES, Pair


def _refused_by(session: Session, frame: bytes) -> RemoteProtocolError:
    before = session.state
    with pytest.raises(RemoteProtocolError) as caught:
        session.receive(frame)
    assert session.state is before
    return caught.value


def _call(method: str, params: object, **more: object) -> bytes:
    return json.dumps({"jsonrpc": "2.0", "method": method, "params": params, **more}).encode()


def _error_in(refusal: RemoteProtocolError) -> Any:
    assert refusal.answer is not None
    return json.loads(refusal.answer)["error"]


# -- a conversation ----------------------------------------------------------------------------------------------


def test_a_whole_conversation_leaves_both_ends_agreed() -> None:
    pair = Pair().greet()
    assert pair.up(SAMPLES[Kind.REPORT]).message == SAMPLES[Kind.REPORT]
    event = pair.up(SAMPLES[Kind.EVENT])
    assert pair.answer(event, Taken()).kind is Kind.EVENT_ANSWER
    offer = pair.down(SAMPLES[Kind.OFFER])
    assert pair.answer(offer, SAMPLES[Kind.OFFER_ANSWER]).message == SAMPLES[Kind.OFFER_ANSWER]
    assert pair.down(SAMPLES[Kind.REPORT_REQUEST]).id is None
    assert pair.answer(pair.up(SAMPLES[Kind.PROGRESS]), Taken()).kind is Kind.PROGRESS_ANSWER
    pair.down(SAMPLES[Kind.HOST_GOODBYE])
    assert pair.stands() is State.HOST_PARTING
    pair.up(SAMPLES[Kind.UNIT_GOODBYE])
    assert pair.stands() is State.CLOSED


def test_requests_of_both_ends_may_be_in_flight_at_once() -> None:
    pair = Pair().greet()
    event, offer = pair.up(SAMPLES[Kind.EVENT]), pair.down(SAMPLES[Kind.OFFER])
    assert pair.host.asking
    assert pair.host.owing
    assert pair.unit.asking
    assert pair.unit.owing
    pair.answer(offer, SAMPLES[Kind.OFFER_ANSWER])
    pair.answer(event, Taken())
    assert not any((pair.host.asking, pair.host.owing, pair.unit.asking, pair.unit.owing))


def test_a_refused_hello_parts_and_says_why() -> None:
    pair = Pair()
    hello = pair.up(SAMPLES[Kind.HELLO])
    heard = pair.refuse(hello, ErrorCode.BUSY, Refusal(reason="busy", redial_after_s=40))
    assert heard.kind is Kind.HELLO_REFUSED
    assert heard.message == RefusedByPeer(code=ErrorCode.BUSY, reason="busy", text="no", redial_after_s=40)
    assert pair.stands() is State.HOST_PARTING
    pair.down(SAMPLES[Kind.HOST_GOODBYE])


@pytest.mark.parametrize("kind", [Kind.EVENT, Kind.PROGRESS, Kind.OFFER])
def test_a_refused_request_leaves_the_session_open_for_the_next(kind: Kind) -> None:
    pair = Pair().greet()
    say = pair.up if kind.direction is Direction.UP else pair.down
    heard = pair.refuse(say(SAMPLES[kind]), ErrorCode.STORE_FULL, Refusal(reason="store_full", retry_after_s=5))
    assert isinstance(heard.message, RefusedByPeer)
    assert heard.message.retry_after_s == 5
    assert pair.stands() is State.OPEN
    say(SAMPLES[kind])


def test_an_error_without_data_is_understood() -> None:
    pair = Pair().greet()
    pair.unit.say(SAMPLES[Kind.EVENT])
    heard = pair.unit.receive(b'{"jsonrpc":"2.0","id":2,"error":{"code":-32000,"message":"oh"}}')
    assert heard.message == RefusedByPeer(code=-32000, reason="unnamed", text="oh")


# -- goodbyes that cross -----------------------------------------------------------------------------------------


def test_goodbyes_that_cross_close_both_ends() -> None:
    pair = Pair().greet()
    up, down = pair.unit.say(SAMPLES[Kind.UNIT_GOODBYE]), pair.host.say(SAMPLES[Kind.HOST_GOODBYE])
    pair.host.receive(up)
    pair.unit.receive(down)
    assert pair.stands() is State.CLOSED


def test_answers_sent_after_a_goodbye_may_cross_the_other_goodbye() -> None:
    pair = Pair().greet()
    event, offer = pair.up(SAMPLES[Kind.EVENT]), pair.down(SAMPLES[Kind.OFFER])
    assert event.id is not None
    assert offer.id is not None
    up = [pair.unit.say(SAMPLES[Kind.UNIT_GOODBYE]), pair.unit.answer(offer.id, SAMPLES[Kind.OFFER_ANSWER])]
    down = [pair.host.say(SAMPLES[Kind.HOST_GOODBYE]), pair.host.answer(event.id, Taken())]
    assert [pair.host.receive(frame).kind for frame in up] == [Kind.UNIT_GOODBYE, Kind.OFFER_ANSWER]
    assert [pair.unit.receive(frame).kind for frame in down] == [Kind.HOST_GOODBYE, Kind.EVENT_ANSWER]
    assert pair.stands() is State.CLOSED


def test_a_unit_that_leaves_while_it_is_refused_agrees_with_the_host() -> None:
    pair = Pair()
    hello = pair.up(SAMPLES[Kind.HELLO])
    assert hello.id is not None
    up = pair.unit.say(SAMPLES[Kind.UNIT_GOODBYE])
    refusal = Refusal(reason="revoked")
    down = [pair.host.refuse(hello.id, ErrorCode.NOT_ADMITTED, "", refusal), pair.host.say(SAMPLES[Kind.HOST_GOODBYE])]
    pair.host.receive(up)
    for frame in down:
        pair.unit.receive(frame)
    assert pair.stands() is State.CLOSED


def test_what_was_sent_before_the_goodbye_was_heard_is_taken_and_answered() -> None:
    pair = Pair().greet()
    pair.host.say(SAMPLES[Kind.HOST_GOODBYE])
    event = pair.host.receive(pair.unit.say(SAMPLES[Kind.EVENT]))
    assert event.id is not None
    pair.host.answer(event.id, Taken())
    with pytest.raises(LocalProtocolError, match="OFFER while host parting"):
        pair.host.say(SAMPLES[Kind.OFFER])


# -- our own mistakes --------------------------------------------------------------------------------------------


def test_a_second_request_of_ours_waits_and_changes_nothing() -> None:
    pair = Pair().greet()
    event = pair.up(SAMPLES[Kind.EVENT])
    with pytest.raises(LocalProtocolError, match=r"config\.progress while event is unanswered"):
        pair.unit.say(SAMPLES[Kind.PROGRESS])
    assert event.id is not None
    pair.answer(event, Taken())
    assert pair.up(SAMPLES[Kind.PROGRESS]).id == event.id + 1 if isinstance(event.id, int) else False


def test_an_answer_needs_its_request() -> None:
    pair = Pair().greet()
    with pytest.raises(LocalProtocolError, match="no request 1 is unanswered"):
        pair.host.answer(1, Taken())
    event = pair.up(SAMPLES[Kind.EVENT])
    with pytest.raises(LocalProtocolError, match="no request 'x' is unanswered"):
        pair.host.refuse("x", ErrorCode.BUSY, "", Refusal(reason="busy"))
    assert event.id is not None
    pair.host.answer(event.id, Taken())
    with pytest.raises(LocalProtocolError, match="is unanswered"):
        pair.host.answer(event.id, Taken())


def test_an_answer_of_the_wrong_shape_is_our_own_bug() -> None:
    pair = Pair().greet()
    offer = pair.down(SAMPLES[Kind.OFFER])
    assert offer.id is not None
    with pytest.raises(LocalProtocolError, match=r"Taken does not answer config\.offer"):
        pair.unit.answer(offer.id, Taken())
    pair.answer(offer, OfferAnswer(outcome="accepted"))


def test_what_is_no_call_is_not_said() -> None:
    pair = Pair().greet()
    with pytest.raises(LocalProtocolError, match="Taken is not said"):
        pair.host.say(Taken())


def test_a_frame_over_the_limit_is_not_said_and_changes_nothing() -> None:
    pair = Pair().greet()
    with pytest.raises(LocalProtocolError, match=f"at most {MAX_FRAME_BYTES}"):
        pair.host.say(ConfigOffer(push=1, revision=1, digest=DIGEST, body="x" * MAX_FRAME_BYTES))
    assert not pair.host.asking
    pair.down(SAMPLES[Kind.OFFER])


def test_a_frame_of_exactly_the_limit_passes() -> None:
    pair = Pair().greet()
    offer = ConfigOffer(push=1, revision=1, digest=DIGEST, body="")
    room = MAX_FRAME_BYTES - len(Pair().greet().host.say(offer))
    assert pair.down(msgspec.structs.replace(offer, body="x" * room)).kind is Kind.OFFER


# -- the peer's mistakes: order ----------------------------------------------------------------------------------


def test_a_second_hello_ends_the_session() -> None:
    pair = Pair()
    frame = pair.unit.say(SAMPLES[Kind.HELLO])
    pair.host.receive(frame)
    early = _refused_by(pair.host, frame)
    assert (early.reason, early.close) == ("out_of_order", CloseCode.PROTOCOL_ERROR)
    late = _refused_by(Pair().greet().host, frame)
    assert (late.reason, late.close) == ("out_of_order", CloseCode.PROTOCOL_ERROR)
    assert _error_in(late)["code"] == ErrorCode.OUT_OF_ORDER


def test_a_second_request_in_flight_ends_the_session() -> None:
    pair = Pair().greet()
    first = pair.up(SAMPLES[Kind.EVENT])
    second = _call("event", {"sequence": 2, "sub_type": "link_up"}, id=77)
    refusal = _refused_by(pair.host, second)
    assert (refusal.reason, refusal.close) == ("out_of_order", CloseCode.PROTOCOL_ERROR)
    assert "before event was answered" in refusal.text
    pair.answer(first, Taken())


def test_a_report_before_the_hello_ends_the_session_without_an_answer() -> None:
    refusal = _refused_by(host_session(), _call("report", {"uptime_s": 1}))
    assert (refusal.reason, refusal.answer, refusal.close) == ("out_of_order", None, CloseCode.PROTOCOL_ERROR)


def test_order_is_judged_before_the_params_are_read() -> None:
    assert _refused_by(host_session(), _call("event", {"nonsense": True}, id=1)).reason == "out_of_order"


# -- the peer's mistakes: answers --------------------------------------------------------------------------------


def _asking_unit() -> Session:
    pair = Pair().greet()
    pair.up(SAMPLES[Kind.EVENT])
    return pair.unit


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ({"id": 99, "result": {}}, "unexpected_answer"),
        ({"id": "2", "result": {}}, "unexpected_answer"),
        ({"id": None, "result": {}}, "unexpected_answer"),
        ({"result": {}}, "unexpected_answer"),
        ({"error": {"code": 1, "message": "no"}}, "unexpected_answer"),
        ({"id": 2, "result": {}, "error": {"code": 1, "message": "no"}}, "not_json_rpc"),
        ({"id": 2}, "not_json_rpc"),
        ({}, "not_json_rpc"),
        ({"id": 2, "error": {"message": "no code"}}, "not_json_rpc"),
        ({"id": 2, "error": "text"}, "not_json_rpc"),
        ({"id": 2, "result": []}, "invalid_result"),
        ({"id": 2, "result": None}, "invalid_result"),
        ({"id": None, "error": {"code": -32700, "message": "what?"}}, "peer_could_not_read"),
    ],
)
def test_an_answer_that_fits_no_request_ends_the_session(answer: dict[str, object], reason: str) -> None:
    unit = _asking_unit()
    refusal = _refused_by(unit, json.dumps({"jsonrpc": "2.0", **answer}).encode())
    assert (refusal.reason, refusal.close) == (reason, CloseCode.PROTOCOL_ERROR)
    assert unit.asking


def test_an_answer_that_nobody_awaits_ends_the_session() -> None:
    refusal = _refused_by(Pair().greet().unit, b'{"jsonrpc":"2.0","id":1,"result":{}}')
    assert (refusal.reason, refusal.answer) == ("unexpected_answer", None)


def test_the_same_answer_twice_ends_the_session() -> None:
    pair = Pair().greet()
    event = pair.host.receive(pair.unit.say(SAMPLES[Kind.EVENT]))
    assert event.id is not None
    frame = pair.host.answer(event.id, Taken())
    pair.unit.receive(frame)
    assert _refused_by(pair.unit, frame).reason == "unexpected_answer"


# -- the peer's mistakes: methods and params ---------------------------------------------------------------------


def test_an_unknown_method_is_answered_and_the_session_goes_on() -> None:
    pair = Pair().greet()
    refusal = _refused_by(pair.host, _call("reboot", {}, id="a"))
    assert (refusal.reason, refusal.close) == ("unknown_method", None)
    assert _error_in(refusal)["code"] == ErrorCode.METHOD_NOT_FOUND
    pair.up(SAMPLES[Kind.REPORT])


def test_an_unknown_notification_gets_no_answer() -> None:
    refusal = _refused_by(host_session(), _call("gossip", {}))
    assert (refusal.reason, refusal.answer, refusal.close) == ("unknown_method", None, None)


@pytest.mark.parametrize("method", ["redirect", "erase", "task.ping", "task."])
def test_a_reserved_name_is_refused_by_that_name(method: str) -> None:
    for session in (Pair().greet().host, Pair().greet().unit):
        refusal = _refused_by(session, _call(method, {}, id=1))
        assert (refusal.reason, refusal.close) == ("reserved_method", None)
        assert _error_in(refusal)["code"] == ErrorCode.RESERVED


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind.role in ("request", "notification")])
def test_a_call_in_the_wrong_direction_is_refused_and_the_session_goes_on(kind: Kind) -> None:
    if kind.method == "goodbye":
        return  # both ends say it
    pair = Pair().greet()
    more: dict[str, object] = {"id": 5} if kind.role == "request" else {}
    refusal = _refused_by(pair.speaker(kind.direction), _call(kind.method, {}, **more))
    assert (refusal.reason, refusal.close) == ("wrong_direction", None)
    assert (refusal.answer is not None) == (kind.role == "request")


@pytest.mark.parametrize("more", [{"id": 1}, {"id": None}])
def test_a_notification_with_an_id_is_not_json_rpc(more: dict[str, object]) -> None:
    refusal = _refused_by(Pair().greet().host, _call("report", {"uptime_s": 1}, **more))
    assert (refusal.reason, refusal.close) == ("not_json_rpc", CloseCode.PROTOCOL_ERROR)


@pytest.mark.parametrize("more", [{}, {"id": None}])
def test_a_request_without_an_id_is_not_json_rpc(more: dict[str, object]) -> None:
    refusal = _refused_by(Pair().greet().host, _call("event", {"sequence": 1, "sub_type": "x"}, **more))
    assert (refusal.reason, refusal.close) == ("not_json_rpc", CloseCode.PROTOCOL_ERROR)


@pytest.mark.parametrize("more", [{"result": {}}, {"error": {"code": 1, "message": "x"}}])
def test_a_call_that_is_an_answer_too_is_not_json_rpc(more: dict[str, object]) -> None:
    refusal = _refused_by(Pair().greet().host, _call("report", {"uptime_s": 1}, **more))
    assert (refusal.reason, refusal.close) == ("not_json_rpc", CloseCode.PROTOCOL_ERROR)


_MARK = {"revision": 1, "digest": "sha256:" + "0" * 64}


@pytest.mark.parametrize(
    ("method", "params", "named"),
    [
        ("event", {}, "sequence"),
        ("event", [1, "link_up"], "object"),
        ("event", None, "object"),
        ("event", {"sequence": -1, "sub_type": "x"}, "$.sequence"),
        ("event", {"sequence": 2**53, "sub_type": "x"}, "$.sequence"),
        ("event", {"sequence": "1", "sub_type": "x"}, "$.sequence"),
        ("event", {"sequence": 1, "sub_type": "x" * 65}, "$.sub_type"),
        ("event", {"sequence": 1, "sub_type": "x", "severity": 8}, "$.severity"),
        ("event", {"sequence": 1, "sub_type": "x", "text": "x" * 1025}, "$.text"),
        ("config.progress", {**_MARK, "push": 1, "phase": "guessed"}, "$.phase"),
        ("config.progress", {**_MARK, "push": 1, "phase": "running", "digest": "sha256:00"}, "$.digest"),
        ("config.progress", {**_MARK, "push": 1, "phase": "running", "digest": "SHA256:" + "0" * 64}, "$.digest"),
        ("config.progress", {**_MARK, "push": 1, "phase": "running", "module": 256}, "$.module"),
        ("config.progress", {**_MARK, "push": 1, "phase": "running", "rejected": [{}]}, "$.rejected[0]"),
    ],
)
def test_invalid_params_are_named_and_the_session_goes_on(method: str, params: object, named: str) -> None:
    pair = Pair().greet()
    refusal = _refused_by(pair.host, _call(method, params, id=1))
    assert (refusal.reason, refusal.close) == ("invalid_params", None)
    assert named in refusal.text
    assert _error_in(refusal)["code"] == ErrorCode.INVALID_PARAMS
    assert not pair.host.owing


@pytest.mark.parametrize(
    "params",
    [
        {"uptime_s": -1},
        {"uptime_s": 1, "health": {"fan": "on fire"}},
        {"uptime_s": 1, "health": {f"part{number}": "ok" for number in range(33)}},
        {"uptime_s": 1, "running": [_MARK] * 33},
    ],
)
def test_an_invalid_report_gets_no_answer_and_is_no_end(params: object) -> None:
    refusal = _refused_by(Pair().greet().host, _call("report", params))
    assert (refusal.reason, refusal.answer, refusal.close) == ("invalid_params", None, None)


@pytest.mark.parametrize(
    "params",
    [
        {},
        {"firmware": "1"},
        {"firmware": "1", "boot_id": "b", "boot_cause": "lightning"},
        {"firmware": "1", "boot_id": "b", "modules": [{}] * 33},
        {"firmware": "1", "boot_id": "b", "modules": [{"running": {"revision": 1}}]},
        {"firmware": "1", "boot_id": "b", "last_close": 10**30},
    ],
)
def test_a_hello_that_cannot_be_read_is_answered_and_ends_the_session(params: object) -> None:
    """The unit takes any error to its hello as the end; a host that waited on would disagree with it."""
    refusal = _refused_by(host_session(), _call("hello", params, id=1))
    assert (refusal.reason, refusal.close) == ("invalid_params", CloseCode.PROTOCOL_ERROR)
    unit = Pair().unit
    unit.say(SAMPLES[Kind.HELLO])
    assert refusal.answer is not None
    assert unit.receive(refusal.answer).kind is Kind.HELLO_REFUSED
    assert unit.state is State.HOST_PARTING


def test_a_refusal_never_echoes_a_whole_frame() -> None:
    """Enough escapes in a quoted value would make the answer longer than the frame it answers."""
    cause = "\\u0001" * 40_000
    frame = (
        f'{{"jsonrpc":"2.0","method":"hello","id":1,"params":{{"firmware":"","boot_id":"","boot_cause":"{cause}"}}}}'
    )
    refusal = _refused_by(host_session(), frame.encode())
    assert refusal.answer is not None
    assert len(refusal.answer) < 8_192
    assert len(str(refusal)) < 1_024


# -- what is new to us -------------------------------------------------------------------------------------------


def _with_unknown_fields(value: object) -> object:
    if isinstance(value, dict):
        return {"x_new": [1, {"deep": None}], **{key: _with_unknown_fields(each) for key, each in value.items()}}
    return [_with_unknown_fields(each) for each in value] if isinstance(value, list) else value


def test_unknown_fields_are_ignored_everywhere() -> None:
    pair = Pair()
    for kind, direction in ((Kind.HELLO, Direction.UP), (Kind.WELCOME, Direction.DOWN)):
        session = pair.speaker(direction)
        frame = session.say(SAMPLES[kind]) if kind is Kind.HELLO else session.answer(1, SAMPLES[kind])
        aged = json.dumps(_with_unknown_fields(json.loads(frame))).encode()
        assert pair.listener(direction).receive(aged).message == SAMPLES[kind]
    for kind in (Kind.EVENT, Kind.PROGRESS, Kind.OFFER, Kind.REPORT_REQUEST, Kind.HOST_GOODBYE, Kind.UNIT_GOODBYE):
        aged = json.dumps(_with_unknown_fields(json.loads(pair.speaker(kind.direction).say(SAMPLES[kind])))).encode()
        heard = pair.listener(kind.direction).receive(aged)
        assert heard.message == SAMPLES[kind]
        if heard.id is not None:
            pair.answer(heard, SAMPLES[Kind.OFFER_ANSWER] if kind is Kind.OFFER else Taken())


def test_a_report_with_an_unknown_field_is_taken() -> None:
    heard = Pair().greet().host.receive(_call("report", {"uptime_s": 3, "moon_phase": "full"}))
    assert heard.message == Report(uptime_s=3)


def test_params_may_be_left_out_where_nothing_is_required() -> None:
    assert Pair().greet().unit.receive(b'{"jsonrpc":"2.0","method":"report.request"}').kind is Kind.REPORT_REQUEST


def test_ids_of_words_are_echoed_as_they_came() -> None:
    pair = Pair().greet()
    heard = pair.host.receive(_call("event", {"sequence": 1, "sub_type": "link_up"}, id="härte-1"))
    assert heard.message == Event(sequence=1, sub_type="link_up")
    assert json.loads(pair.host.answer("härte-1", Taken())) == {"jsonrpc": "2.0", "id": "härte-1", "result": {}}
