"""The published transcripts are what both ends really say, byte for byte, and fit the published schemas."""

import copy
import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from protocol.codec import Refusal, RequestId
from protocol.codes import ErrorCode
from protocol.document import SCHEMAS
from protocol.errors import RemoteProtocolError
from protocol.schema import ERROR_FRAME, frame_name
from protocol.session import Received, RefusedByPeer
from protocol.states import Direction
from tests.builders.pair import Pair
from tests.protocol.record_transcripts import FOLDER, recorded

_FILES = sorted(FOLDER.glob("*.jsonl"))
_SCHEMA = json.loads(SCHEMAS.read_text("utf-8"))
_ANY = Draft202012Validator(_SCHEMA)
_DIRECTIONS = {"unit": Direction.UP, "host": Direction.DOWN}


def _valid(frame: str, name: str) -> None:
    message = json.loads(frame)
    _ANY.validate(message)
    Draft202012Validator({"$ref": f"#/$defs/{name}", "$defs": _SCHEMA["$defs"]}).validate(message)


class _Replay:
    """Holds both ends to a transcript: what one says must be its bytes, what the other hears must be lawful."""

    def __init__(self) -> None:
        self.connect()

    def connect(self) -> None:
        self.pair = Pair()
        self.owed: dict[Direction, RequestId] = {}

    def play(self, line: dict[str, Any]) -> None:
        if "connect" in line:
            self.connect()
        elif "end" in line:
            assert {"unit": self.pair.unit.state.value, "host": self.pair.host.state.value} == line["end"]
        elif "expect" in line:
            self._fault(_DIRECTIONS[line["from"]], line["frame"], line["expect"])
        else:
            self._frame(_DIRECTIONS[line["from"]], line["frame"], lost=line.get("lost", False))

    def _frame(self, direction: Direction, frame: str, *, lost: bool) -> None:
        listener = self.pair.listener(direction)
        heard = (copy.copy(listener) if lost else listener).receive(frame.encode())
        assert self._said_again(direction, heard).decode() == frame
        _valid(frame, ERROR_FRAME if isinstance(heard.message, RefusedByPeer) else frame_name(heard.kind))
        if heard.id is not None:
            self.owed[direction] = heard.id

    def _said_again(self, direction: Direction, heard: Received) -> bytes:
        speaker = self.pair.speaker(direction)
        if heard.kind.role in ("request", "notification"):
            return speaker.say(heard.message)
        request_id = self.owed.pop(Direction.DOWN if direction is Direction.UP else Direction.UP)
        if isinstance(heard.message, RefusedByPeer):
            refusal = Refusal(reason=heard.message.reason, redial_after_s=heard.message.redial_after_s)
            return speaker.refuse(request_id, ErrorCode(heard.message.code), heard.message.text, refusal)
        return speaker.answer(request_id, heard.message)

    def _fault(self, direction: Direction, frame: str, expect: dict[str, Any]) -> None:
        listener = self.pair.listener(direction)
        with pytest.raises(RemoteProtocolError) as caught:
            listener.receive(frame.encode())
        answer = None if caught.value.answer is None else caught.value.answer.decode()
        assert {"reason": caught.value.reason, "answer": answer, "close": caught.value.close} == expect
        if answer is not None:
            _valid(answer, ERROR_FRAME)


@pytest.mark.parametrize("path", _FILES, ids=lambda path: path.stem)
def test_both_ends_say_and_hear_what_the_transcript_says(path: Any) -> None:
    replay = _Replay()
    for line in path.read_text("utf-8").splitlines():
        replay.play(json.loads(line))


def test_the_transcripts_are_those_that_the_recorder_makes_now() -> None:
    assert {path.name: path.read_text("utf-8") for path in _FILES} == dict(recorded())


@pytest.mark.parametrize("path", _FILES, ids=lambda path: path.stem)
def test_a_transcript_opens_with_a_connection_and_ends_with_where_both_ends_stand(path: Any) -> None:
    lines = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    assert "connect" in lines[0]
    assert "end" in lines[-1]
    assert [next(iter(line)) for line in lines].count("connect") == [next(iter(line)) for line in lines].count("end")


def test_a_changed_frame_is_noticed() -> None:
    lines = (FOLDER / "first_contact_on_standby.jsonl").read_text("utf-8").splitlines()
    replay = _Replay()
    with pytest.raises(AssertionError):
        replay.play(json.loads(lines[1].replace("5.33", "5.33 ").replace('\\"id\\":1', '\\"id\\": 1')))
