import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from servicehost.domain.errors import Invalid, Unauthenticated
from servicehost.domain.webhook import SignedMessage, check_message, parse_secrets, sign, signatures

# The example of the convention's own libraries.
SECRET = parse_secrets("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")[0]
OTHER = bytes(24)
NOW_S, TOLERANCE_MS = 1_614_265_330, 300_000
MESSAGE = SignedMessage(
    message_id="msg_p5jXN8AQM9LWM0D4loKWxJek",
    timestamp=str(NOW_S),
    signature="v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    body=b'{"test": 2432232314}',
)


def code_of(message: SignedMessage, *secrets: bytes, now: int = NOW_S * 1000) -> str | None:
    try:
        check_message(message, secrets or (SECRET,), now, TOLERANCE_MS)
    except Unauthenticated as refused:
        return refused.code
    return None


def test_the_known_message_is_signed_as_the_convention_has_it() -> None:
    assert sign(SECRET, MESSAGE.message_id, NOW_S, MESSAGE.body) == MESSAGE.signature
    assert code_of(MESSAGE) is None


@given(st.binary(max_size=200), st.integers(0, 10**11), st.data())
def test_whoever_changes_one_byte_of_it_is_refused(body: bytes, seconds: int, data: st.DataObject) -> None:
    good = SignedMessage(message_id="m", timestamp=str(seconds), signature=sign(SECRET, "m", seconds, body), body=body)
    assert code_of(good, now=seconds * 1000) is None
    signature = bytearray(base64.b64decode(good.signature.removeprefix("v1,")))
    place = data.draw(st.integers(0, len(signature) - 1))
    signature[place] ^= 1 << data.draw(st.integers(0, 7))
    forged = replace(good, signature="v1," + base64.b64encode(bytes(signature)).decode())
    for wrong in (
        forged,
        replace(good, message_id="n"),
        replace(good, timestamp=str(seconds + 1)),
        replace(good, body=body + b" "),
        replace(good, signature=good.signature.removeprefix("v1,")),
    ):
        assert code_of(wrong, now=seconds * 1000) == "webhook_signature_wrong"


def test_while_secrets_change_either_will_do_and_both_sign() -> None:
    both = replace(MESSAGE, signature=signatures((OTHER, SECRET), MESSAGE.message_id, NOW_S, MESSAGE.body))
    assert code_of(both) is code_of(both, OTHER) is code_of(MESSAGE, OTHER, SECRET) is None
    assert code_of(MESSAGE, OTHER) == "webhook_signature_wrong"


@pytest.mark.parametrize(
    ("late_s", "code"),
    [(0, None), (300, None), (-300, None), (301, "webhook_out_of_time"), (-301, "webhook_out_of_time")],
)
def test_it_must_be_of_now_within_the_tolerance(late_s: int, code: str | None) -> None:
    assert code_of(MESSAGE, now=(NOW_S + late_s) * 1000) == code


def test_who_has_no_secret_learns_nothing_of_our_clock() -> None:
    assert code_of(MESSAGE, OTHER, now=0) == "webhook_signature_wrong"


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"message_id": ""}, "webhook_headers_missing"),
        ({"timestamp": ""}, "webhook_headers_missing"),
        ({"signature": ""}, "webhook_headers_missing"),
        ({"message_id": "a.b"}, "webhook_headers_malformed"),
        ({"message_id": "x" * 129}, "webhook_headers_malformed"),
        ({"message_id": "a\n"}, "webhook_headers_malformed"),
        ({"timestamp": "-1"}, "webhook_headers_malformed"),
        ({"timestamp": "1e9"}, "webhook_headers_malformed"),
        ({"timestamp": "9" * 13}, "webhook_headers_malformed"),
        ({"timestamp": "\u0661"}, "webhook_headers_malformed"),
        ({"signature": "v1,\udcff"}, "webhook_signature_wrong"),
        ({"signature": "v1, " * 100}, "webhook_signature_wrong"),
    ],
)
def test_headers_that_cannot_be_are_refused_by_name(fields: dict[str, str], code: str) -> None:
    assert code_of(replace(MESSAGE, **fields)) == code


GOOD = "whsec_" + base64.b64encode(bytes(24)).decode()


def test_a_file_of_secrets_holds_one_or_two_and_remarks() -> None:
    assert parse_secrets(f"# since May\n{GOOD}  # the next\n\n whsec_{base64.b64encode(bytes(64)).decode()}\n") == (
        bytes(24),
        bytes(64),
    )


@pytest.mark.parametrize(
    "text",
    [
        "",
        "# nothing",
        f"{GOOD} {GOOD} {GOOD}",
        GOOD.removeprefix("whsec_"),
        "whsec_" + base64.b64encode(b"Tr0ub4dor&3").decode(),
        "whsec_" + base64.b64encode(bytes(65)).decode(),
        GOOD + "!",
        "whsec_\u00e9",
    ],
)
def test_secrets_that_cannot_be_are_refused_without_being_told(text: str) -> None:
    with pytest.raises(Invalid, match="secret") as refused:
        parse_secrets(text)
    assert refused.value.code == "webhook_secrets_malformed"
    assert not [word for word in text.split() if len(word) > 3 and word.removeprefix("whsec_") in refused.value.text]
