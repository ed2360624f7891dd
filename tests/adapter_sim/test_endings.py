"""How an ending is named, and how soon the unit dials after it."""

import pytest

from adapter_sim import endings
from adapter_sim.endings import Ending
from adapter_sim.redial import Redialer
from protocol.codes import CloseCode, ErrorCode
from protocol.messages import Goodbye, Redial
from protocol.session import RefusedByPeer
from protocol.wire.events import Ended, Refused, TlsEnded, TlsReason
from protocol.wire.problems import CONTENT_TYPE, problem


def highest(low: float, high: float) -> float:
    return high


def refused(status: int, code: str | None = None, retry_after: int | None = None) -> Refused:
    return Refused(status=status, headers=(), body=b"", code=code, retry_after=retry_after)


def test_a_tls_alert_is_named_and_dialled_slowly() -> None:
    ending = endings.by_tls(TlsEnded(reason=TlsReason.ALERT, alert="unknown_ca", detail=""))
    assert (ending.code, ending.reason, ending.slow) == (CloseCode.TLS_REFUSED, "unknown_ca", True)


def test_a_stream_that_stops_in_the_handshake_is_only_a_lost_connection() -> None:
    ending = endings.by_tls(TlsEnded(reason=TlsReason.EOF, alert="", detail="the stream ended"))
    assert (ending.code, ending.reason, ending.slow) == (CloseCode.CONNECTION_LOST, "eof", False)


@pytest.mark.parametrize(
    ("event", "reason", "slow"),
    [
        (refused(503, "busy", 30), "busy", False),
        (refused(503), "http_503", False),
        (refused(403, "revoked"), "revoked", True),
        (refused(404), "http_404", True),
        (refused(403, "expired", 3600), "expired", False),
    ],
)
def test_an_http_status_is_slow_when_it_is_our_fault_unless_the_host_says_when(
    event: Refused, reason: str, slow: bool
) -> None:
    ending = endings.by_http(event)
    assert (ending.code, ending.status, ending.reason, ending.slow) == (
        CloseCode.UPGRADE_REFUSED,
        event.status,
        reason,
        slow,
    )
    assert ending.redial_after_s == event.retry_after


def test_a_goodbye_explains_the_close_that_follows_it() -> None:
    goodbye = endings.by_goodbye(Goodbye(code=4000, reason="draining", redial_after_s=9))
    ending = endings.by_websocket(Ended(code=4000, reason="", by_peer=True), goodbye)
    assert (ending.code, ending.reason, ending.redial_after_s) == (4000, "draining", 9)


def test_a_goodbye_whose_close_was_lost_still_counts() -> None:
    goodbye = endings.by_goodbye(Goodbye(code=4507, reason="duplicate"))
    ending = endings.by_websocket(Ended(code=1006, reason="no_close_frame", by_peer=True), goodbye)
    assert (ending.code, ending.slow) == (4507, True)


@pytest.mark.parametrize(("code", "word"), [(4001, "taken_over"), (4999, "close_4999")])
def test_a_close_without_words_is_named_by_its_code(code: int, word: str) -> None:
    assert endings.by_websocket(Ended(code=code, reason="", by_peer=True), None).reason == word


@pytest.mark.parametrize(
    ("error", "reason", "code", "slow"),
    [
        (ErrorCode.NOT_ADMITTED, "out_of_service", CloseCode.OUT_OF_SERVICE, True),
        (ErrorCode.NOT_ADMITTED, "contract_ended", CloseCode.OUT_OF_SERVICE, True),
        (ErrorCode.NOT_ADMITTED, "returned", CloseCode.OUT_OF_SERVICE, True),
        (ErrorCode.NOT_ADMITTED, "retired", CloseCode.OUT_OF_SERVICE, True),
        (ErrorCode.NOT_ADMITTED, "replaced", CloseCode.REPLACED, True),
        (ErrorCode.NOT_ADMITTED, "lost", CloseCode.REVOKED, True),
        (ErrorCode.NOT_ADMITTED, "stolen", CloseCode.REVOKED, True),
        (ErrorCode.NOT_ADMITTED, "whatever", CloseCode.UNKNOWN_UNIT, True),
        (ErrorCode.INVALID_PARAMS, "invalid_params", CloseCode.PROTOCOL_ERROR, True),
        (ErrorCode.BUSY, "too_many", CloseCode.BUSY, False),
        (ErrorCode.HOST_FAULT, "oops", CloseCode.HOST_FAULT, False),
    ],
)
def test_a_refused_hello_means_what_the_close_code_of_that_name_means(
    error: ErrorCode, reason: str, code: CloseCode, slow: bool
) -> None:
    ending = endings.by_refusal(RefusedByPeer(code=error, reason=reason))
    assert (ending.code, ending.reason, ending.slow) == (code, reason, slow)


def test_the_close_after_a_refused_hello_says_how_soon_to_dial_and_the_refusal_why() -> None:
    refusal = endings.by_refusal(RefusedByPeer(code=ErrorCode.NOT_ADMITTED, reason="whatever"))
    soon = endings.closed_after(refusal, Ended(code=4099, reason="", by_peer=True))
    assert (soon.code, soon.reason, soon.slow) == (4099, "whatever", False)
    revoked = endings.closed_after(refusal, Ended(code=4504, reason="", by_peer=True))
    assert (revoked.slow, revoked.blames_certificate) == (True, True)
    assert endings.closed_after(refusal, Ended(code=1006, reason="no_close_frame", by_peer=True)) == refusal


def test_waits_double_until_a_welcome_and_slow_waits_until_a_session_that_ended_well() -> None:
    redialer = Redialer(hosts=1, uniform=highest)
    quick, slow = endings.lost("x"), Ending(layer="websocket", code=4507, reason="duplicate", slow=True)
    assert [redialer.delay(quick, welcomed=False) for _ in range(5)] == [5, 10, 20, 40, 60]
    redialer.welcomed(Redial())
    assert redialer.delay(quick, welcomed=True) == 5
    assert [redialer.delay(slow, welcomed=True) for _ in range(3)] == [10, 20, 40]
    assert redialer.delay(quick, welcomed=False) == 10
    assert redialer.delay(slow, welcomed=True) == 80
    redialer.delay(quick, welcomed=True)
    assert redialer.delay(slow, welcomed=True) == 10


def test_the_hosts_own_seconds_are_kept_and_spread() -> None:
    redialer = Redialer(hosts=1, uniform=highest)
    busy = Ending(layer="session", code=4005, reason="busy", redial_after_s=30, slow=True)
    assert redialer.delay(busy, welcomed=False) == 35


# -- what the host said is told word for word -----------------------------------------------------------------------


def test_the_detail_of_a_problem_document_is_told() -> None:
    body = problem(403, "certificate_expired", "valid from 2026-01-01T00:00Z to 2027-01-01T00:00Z")
    event = Refused(
        status=403,
        headers=(("Content-Type", CONTENT_TYPE),),
        body=body,
        code="certificate_expired",
        retry_after=None,
    )
    told = endings.by_http(event).fields()
    assert (told["reason"], told["status"]) == ("certificate_expired", 403)
    assert told["detail"] == "valid from 2026-01-01T00:00Z to 2027-01-01T00:00Z"


def test_the_text_of_a_goodbye_and_of_a_refusal_are_told() -> None:
    goodbye = endings.by_goodbye(Goodbye(code=4506, reason="out_of_service", text="the contract ended"))
    closed = endings.by_websocket(Ended(code=4506, reason="out_of_service", by_peer=True), goodbye)
    assert closed.fields() == {
        "layer": "websocket",
        "code": 4506,
        "reason": "out_of_service",
        "detail": "the contract ended",
    }
    refused_hello = RefusedByPeer(code=ErrorCode.NOT_ADMITTED, reason="moved", text="call the others")
    assert endings.by_refusal(refused_hello).fields()["detail"] == "call the others"
    assert endings.by_refusal(refused_hello).reason == "moved"


@pytest.mark.parametrize("alert", ["certificate_required", "unknown_ca", "unsupported_certificate", "bad_certificate"])
def test_an_alert_is_told_by_its_name_and_blames_the_certificate(alert: str) -> None:
    ending = endings.by_tls(TlsEnded(reason=TlsReason.ALERT, alert=alert, detail=""))
    assert (ending.fields()["reason"], ending.blames_certificate) == (alert, True)


@pytest.mark.parametrize(
    ("ending", "blames"),
    [
        (endings.by_tls(TlsEnded(reason=TlsReason.WRONG_NAME, alert="", detail="")), False),
        (endings.by_tls(TlsEnded(reason=TlsReason.ALERT, alert="internal_error", detail="")), False),
        (endings.by_http(refused(403, "certificate_not_yet_valid")), True),
        (endings.by_http(refused(503, "host_full", 30)), False),
        (endings.by_goodbye(Goodbye(code=CloseCode.REVOKED, reason="revoked")), True),
        (endings.by_goodbye(Goodbye(code=CloseCode.OUT_OF_SERVICE, reason="out_of_service")), False),
        (endings.by_refusal(RefusedByPeer(code=ErrorCode.NOT_ADMITTED, reason="revoked")), True),
        (endings.by_refusal(RefusedByPeer(code=ErrorCode.BUSY, reason="busy")), False),
        (endings.by_websocket(Ended(code=4502, reason="", by_peer=True), None), True),
        (endings.lost("power_off"), False),
    ],
)
def test_only_some_endings_are_the_certificates_fault(ending: Ending, blames: bool) -> None:
    assert ending.blames_certificate is blames
