import pytest

from protocol.codes import CloseCode, ErrorCode
from protocol.wire.events import Ended, TlsEnded, TlsReason
from servicehost.ports.desk import Stale
from servicehost.sessions.endings import MAX_REASON_BYTES, answer_for, close_reason, tls_ending, websocket_ending


@pytest.mark.parametrize(
    ("code", "by_peer", "expected"),
    [
        (426, False, (CloseCode.UPGRADE_REFUSED, "why")),
        (1006, True, (CloseCode.CONNECTION_LOST, "why")),
        (1002, False, (CloseCode.PROTOCOL_ERROR, "why")),
        (1003, False, (CloseCode.NOT_TEXT, "why")),
        (1007, False, (CloseCode.NOT_UTF8, "why")),
        (1009, False, (CloseCode.TOO_LARGE, "why")),
        (1011, False, (CloseCode.HOST_FAULT, "why")),
        (1000, True, (CloseCode.DONE, "closed_by_unit")),
        (4500, True, (CloseCode.CONNECTION_LOST, "closed_by_unit_4500")),
    ],
)
def test_an_end_of_the_websocket_has_one_name(code: int, by_peer: bool, expected: tuple[CloseCode, str]) -> None:
    assert websocket_ending(Ended(code=code, reason="why", by_peer=by_peer)) == expected


@pytest.mark.parametrize(
    ("reason", "alert", "expected"),
    [
        (TlsReason.EOF, "", (CloseCode.CONNECTION_LOST, "eof_in_handshake")),
        (TlsReason.ALERT, "unknown_ca", (CloseCode.TLS_REFUSED, "alert_unknown_ca")),
        (TlsReason.NO_CERTIFICATE, "", (CloseCode.TLS_REFUSED, "no_certificate")),
    ],
)
def test_an_end_of_tls_has_one_name(reason: TlsReason, alert: str, expected: tuple[CloseCode, str]) -> None:
    assert tls_ending(TlsEnded(reason=reason, alert=alert, detail="")) == expected


def test_a_stale_session_is_told_so_and_closed() -> None:
    answer = answer_for(Stale(CloseCode.UNBOUND), 30)
    assert (answer.code, answer.refusal.reason, answer.close) == (ErrorCode.STALE_SESSION, "unbound", CloseCode.UNBOUND)


def test_a_fault_of_ours_tells_the_unit_nothing_of_its_cause() -> None:
    answer = answer_for(RuntimeError("password=hunter2"), 30)
    assert answer.ours
    assert "hunter2" not in answer.text + answer.refusal.reason


def test_a_reason_is_cut_between_characters() -> None:
    cut = close_reason("故" * 64)
    assert cut == "故" * 41
    assert len(cut.encode()) <= MAX_REASON_BYTES
