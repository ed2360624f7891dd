"""The published schemas say of every frame what the code says."""

import json

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from protocol import codec
from protocol.codec import Refusal
from protocol.codes import ErrorCode
from protocol.schema import frame_name, published, struct_schemas
from protocol.session import STRUCTS
from protocol.states import TRANSITIONS, Kind, State
from tests.builders.pair import SAMPLES, Pair, voice
from tests.builders.wire_values import any_json, any_of

_PUBLISHED = published()
_ANY_FRAME = Draft202012Validator(_PUBLISHED)


def _validator(name: str) -> Draft202012Validator:
    return Draft202012Validator({"$ref": f"#/$defs/{name}", "$defs": _PUBLISHED["$defs"]})


def test_the_document_is_a_schema() -> None:
    Draft202012Validator.check_schema(_PUBLISHED)


@pytest.mark.parametrize("kind", [*SAMPLES, Kind.HELLO_REFUSED])
def test_every_frame_an_end_says_fits_its_own_schema_and_no_other(kind: Kind) -> None:
    pair = Pair()
    request_id = pair.forced(next(state for state in State if kind in TRANSITIONS[state]), kind)
    speaker = pair.speaker(kind.direction)
    message = json.loads(voice(speaker, kind, request_id))
    _ANY_FRAME.validate(message)
    fitting = {name for name in {frame_name(each) for each in Kind} if _validator(name).is_valid(message)}
    assert frame_name(kind) in fitting
    assert all(name.endswith(".result") for name in fitting - {frame_name(kind)})


@pytest.mark.parametrize("struct", dict.fromkeys(STRUCTS.values()))
def test_whatever_the_structs_allow_the_schemas_allow(struct: type[msgspec.Struct]) -> None:
    validator = _validator(struct.__name__)

    @settings(max_examples=25, deadline=None)
    @given(any_of(struct))
    def fits(message: msgspec.Struct) -> None:
        validator.validate(json.loads(msgspec.json.encode(message)))

    fits()


@pytest.mark.parametrize("struct", dict.fromkeys(STRUCTS.values()))
def test_whatever_the_schemas_forbid_the_structs_forbid(struct: type[msgspec.Struct]) -> None:
    """One field of a good message replaced by anything: schema and decoder say the same of it."""
    validator, decoder = _validator(struct.__name__), msgspec.json.Decoder(struct)
    fields = sorted(struct_schemas()[struct.__name__]["properties"])

    @settings(max_examples=60, deadline=None)
    @given(any_of(struct), st.data())
    def agree(message: msgspec.Struct, data: st.DataObject) -> None:
        body = json.loads(msgspec.json.encode(message))
        if fields:
            body[data.draw(st.sampled_from(fields))] = data.draw(any_json)
        try:
            codec.decode_params(decoder, msgspec.Raw(json.dumps(body).encode()))
        except ValueError:
            assert not validator.is_valid(body)
        else:
            assert validator.is_valid(body)

    agree()


def test_an_error_that_answers_nothing_readable_fits() -> None:
    frame = codec.encode_error(None, ErrorCode.PARSE_ERROR, "what?", Refusal(reason="not_json"))
    _validator("error").validate(json.loads(frame))


def test_a_notification_with_an_id_fits_no_schema() -> None:
    message = json.loads(Pair().unit.say(SAMPLES[Kind.UNIT_GOODBYE]))
    _ANY_FRAME.validate(message)
    assert not _ANY_FRAME.is_valid({**message, "id": 1})


def test_notes_below_fields_reach_the_schema() -> None:
    hello = struct_schemas()["Hello"]["properties"]
    assert "Random, new at every boot" in hello["boot_id"]["description"]
