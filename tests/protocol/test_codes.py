"""Codes are a promise: firmware in the field knows them by number."""

import pytest

from protocol.codes import SLOW_FROM, CloseCode, ErrorCode, redial_slowly

_CLOSE = {
    "DONE": 1000,
    "NOT_TEXT": 1003,
    "NOT_UTF8": 1007,
    "TOO_LARGE": 1009,
    "HOST_FAULT": 1011,
    "DRAINING": 4000,
    "TAKEN_OVER": 4001,
    "SILENT": 4002,
    "SLOW": 4003,
    "UNBOUND": 4004,
    "BUSY": 4005,
    "GREETING_TIMEOUT": 4006,
    "CONNECTION_LOST": 4007,
    "HANDSHAKE_TIMEOUT": 4008,
    "TLS_REFUSED": 4009,
    "UPGRADE_REFUSED": 4010,
    "HOST_UNHEARD": 4011,
    "PROTOCOL_ERROR": 4500,
    "UNKNOWN_UNIT": 4501,
    "CERTIFICATE_EXPIRED": 4502,
    "CERTIFICATE_NOT_YET_VALID": 4503,
    "REVOKED": 4504,
    "REPLACED": 4505,
    "OUT_OF_SERVICE": 4506,
    "DUPLICATE": 4507,
    "MOVED": 4508,
}
_ERRORS = {
    "PARSE_ERROR": -32700,
    "INVALID_REQUEST": -32600,
    "METHOD_NOT_FOUND": -32601,
    "INVALID_PARAMS": -32602,
    "HOST_FAULT": -32000,
    "OUT_OF_ORDER": -32001,
    "BUSY": -32002,
    "STALE_SESSION": -32003,
    "UNKNOWN_PUSH": -32004,
    "STORE_FULL": -32005,
    "NOT_ADMITTED": -32006,
    "RESERVED": -32007,
}


def test_no_published_code_is_renumbered_renamed_or_taken_away() -> None:
    assert {code.name: code.value for code in CloseCode}.items() >= _CLOSE.items()
    assert {code.name: code.value for code in ErrorCode}.items() >= _ERRORS.items()


def test_every_code_is_found_by_its_number_and_says_what_it_means() -> None:
    for code in CloseCode:
        assert CloseCode(code.value) is code
        assert code.meaning.endswith(".")
    for error in ErrorCode:
        assert ErrorCode(error.value) is error
        assert error.meaning.endswith(".")


def test_close_codes_are_in_the_ranges_that_websocket_leaves_to_us() -> None:
    standard = {CloseCode.DONE, CloseCode.NOT_TEXT, CloseCode.NOT_UTF8, CloseCode.TOO_LARGE, CloseCode.HOST_FAULT}
    assert all(code in standard or 4000 <= code <= 4999 for code in CloseCode)


def test_only_endings_without_a_close_frame_are_never_sent() -> None:
    assert [code.name for code in CloseCode if not code.sent] == [
        "CONNECTION_LOST",
        "HANDSHAKE_TIMEOUT",
        "TLS_REFUSED",
        "UPGRADE_REFUSED",
    ]


@pytest.mark.parametrize(
    ("code", "slowly"),
    [
        (1000, False),
        (1006, False),
        (4000, False),
        (SLOW_FROM - 1, False),
        (SLOW_FROM, True),
        (4507, True),
        (4508, True),
        (4509, True),
        (4999, True),
    ],
)
def test_codes_from_4500_on_are_redialled_slowly_known_or_not(code: int, slowly: bool) -> None:
    assert redial_slowly(code) is slowly


def test_what_only_a_person_can_mend_is_redialled_slowly() -> None:
    slow = {code for code in CloseCode if redial_slowly(code)}
    assert slow == {code for code in CloseCode if code.value >= CloseCode.PROTOCOL_ERROR}
    assert {CloseCode.UNKNOWN_UNIT, CloseCode.REVOKED, CloseCode.DUPLICATE} <= slow
