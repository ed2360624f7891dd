"""How a session, or an attempt at one, ended as the unit saw it. Pure."""

from typing import Final, Literal, TypeAlias

import msgspec

from protocol.codes import CloseCode, ErrorCode, redial_slowly
from protocol.messages import Goodbye
from protocol.session import RefusedByPeer
from protocol.wire.events import Ended, Refused, TlsEnded
from protocol.wire.problems import read_problem

__all__ = [
    "Ending",
    "Layer",
    "by_goodbye",
    "by_http",
    "by_refusal",
    "by_tls",
    "by_websocket",
    "closed_after",
    "host_stale",
    "lost",
    "undialled",
]

Layer: TypeAlias = Literal["dial", "tls", "http", "websocket", "session", "unit"]

_BLAMING_ALERTS: Final = frozenset(
    {
        "access_denied",
        "bad_certificate",
        "certificate_expired",
        "certificate_required",
        "certificate_revoked",
        "certificate_unknown",
        "decrypt_error",
        "unknown_ca",
        "unsupported_certificate",
    }
)
_BLAMING_CODES: Final = frozenset(
    {CloseCode.CERTIFICATE_EXPIRED, CloseCode.CERTIFICATE_NOT_YET_VALID, CloseCode.REVOKED}
)
_HTTP_CLIENT_ERRORS = range(400, 500)
_MAX_DETAIL = 1024
_NO_CLOSE_FRAME = 1006
_FIRST_OWN_CODE = 4000
_REFUSALS: Final[dict[int, CloseCode]] = {
    ErrorCode.NOT_ADMITTED: CloseCode.UNKNOWN_UNIT,
    ErrorCode.INVALID_PARAMS: CloseCode.PROTOCOL_ERROR,
    ErrorCode.BUSY: CloseCode.BUSY,
}
# Words that say more exactly than a close code's name why a hello was refused.
_MORE_EXACT: Final[dict[str, CloseCode]] = {
    "lost": CloseCode.REVOKED,
    "stolen": CloseCode.REVOKED,
    "returned": CloseCode.OUT_OF_SERVICE,
    "retired": CloseCode.OUT_OF_SERVICE,
    "contract_ended": CloseCode.OUT_OF_SERVICE,
    "certificate_unknown": CloseCode.REVOKED,
}


class Ending(msgspec.Struct, frozen=True, kw_only=True):
    """`code` is a CloseCode or the number the host closed with; `reason` a stable word; `detail` is for logs."""

    layer: Layer
    code: int
    reason: str
    detail: str = ""
    status: int | None = None
    redial_after_s: int | None = None
    slow: bool = False
    because: str | None = None
    """A second stable word, where the host gave one."""
    hosts: tuple[str, ...] = ()
    """Where the host has sent the unit."""
    blames_certificate: bool = False
    """The host will not have what the unit proved itself with: another credential, if there is one, may do."""

    def fields(self) -> dict[str, object]:
        """What is worth telling of it."""
        told: dict[str, object] = {"detail": self.detail or None, "status": self.status}
        told |= {"redial_after_s": self.redial_after_s, "because": self.because, "hosts": list(self.hosts) or None}
        given = {key: value for key, value in told.items() if value is not None}
        return {"layer": self.layer, "code": int(self.code), "reason": self.reason, **given}


def host_stale(detail: str) -> Ending:
    """The host's certificate does not hold at the time that a host has told the unit."""
    return Ending(
        layer="tls", code=CloseCode.TLS_REFUSED, reason="host_certificate_out_of_date", detail=detail, slow=True
    )


def undialled(reason: str, detail: str) -> Ending:
    """No connection came about."""
    return Ending(layer="dial", code=CloseCode.CONNECTION_LOST, reason=reason, detail=detail)


def lost(reason: str, detail: str = "") -> Ending:
    """A connection went without a word, or was given up by the unit itself."""
    return Ending(layer="unit", code=CloseCode.CONNECTION_LOST, reason=reason, detail=detail)


def by_tls(event: TlsEnded) -> Ending:
    """TLS failed. A stream that merely stopped is a lost connection; a refusal is redialled slowly: it will repeat."""
    if event.reason == "eof":
        return Ending(layer="tls", code=CloseCode.CONNECTION_LOST, reason="eof", detail=event.detail)
    reason = event.alert or event.reason.value
    return Ending(
        layer="tls",
        code=CloseCode.TLS_REFUSED,
        reason=reason,
        detail=event.detail,
        slow=True,
        blames_certificate=event.alert in _BLAMING_ALERTS,
    )


def by_http(event: Refused) -> Ending:
    """The opening was refused. The host's own seconds go before our rule: slow for 4xx, soon for all else."""
    told = dict(event.headers)
    problem = read_problem(next((told[name] for name in told if name.lower() == "content-type"), ""), event.body)
    reason = event.code or f"http_{event.status}"
    return Ending(
        layer="http",
        code=CloseCode.UPGRADE_REFUSED,
        reason=reason,
        detail=problem.detail[:_MAX_DETAIL] if problem is not None else "",
        blames_certificate=reason.startswith("certificate_") or reason == "revoked",
        status=event.status,
        redial_after_s=event.retry_after,
        slow=event.retry_after is None and event.status in _HTTP_CLIENT_ERRORS,
    )


def by_websocket(event: Ended, goodbye: Ending | None) -> Ending:
    """The WebSocket is over. What the host said in its goodbye, or in refusing the hello, goes before a lost close."""
    if event.code == _NO_CLOSE_FRAME:
        ending = Ending(layer="websocket", code=CloseCode.CONNECTION_LOST, reason=event.reason, detail=event.detail)
        return goodbye or ending
    return Ending(
        layer="websocket",
        code=event.code,
        reason=event.reason or (goodbye.reason if goodbye else _word(event.code)),
        detail=event.detail or (goodbye.detail if goodbye else ""),
        redial_after_s=goodbye.redial_after_s if goodbye else None,
        slow=redial_slowly(event.code) or (goodbye is not None and goodbye.slow),
        blames_certificate=event.code in _BLAMING_CODES,
    )


def by_goodbye(goodbye: Goodbye) -> Ending:
    """The host leaves."""
    return Ending(
        layer="session",
        code=goodbye.code,
        reason=goodbye.reason,
        detail=goodbye.text,
        redial_after_s=goodbye.redial_after_s,
        slow=redial_slowly(goodbye.code),
        blames_certificate=goodbye.code in _BLAMING_CODES,
    )


def by_refusal(refused: RefusedByPeer) -> Ending:
    """The hello was refused."""
    wait = refused.redial_after_s if refused.redial_after_s is not None else refused.retry_after_s
    code = _code_of(refused)
    return Ending(
        layer="session",
        code=code,
        reason=refused.reason,
        detail=refused.text,
        redial_after_s=wait,
        # Elsewhere it is expected: slowness is for those who are sent nowhere.
        slow=wait is None and redial_slowly(code) and not refused.hosts,
        because=refused.because,
        hosts=refused.hosts,
        blames_certificate=code in _BLAMING_CODES,
    )


def closed_after(refusal: Ending, event: Ended) -> Ending:
    """The close after a refused hello: its code says how soon to dial, whether the reason's word is known or not."""
    if event.code < _FIRST_OWN_CODE:
        return refusal
    slow = refusal.redial_after_s is None and redial_slowly(event.code) and not refusal.hosts
    blames = event.code in _BLAMING_CODES
    return msgspec.structs.replace(refusal, code=event.code, slow=slow, blames_certificate=blames)


def _code_of(refused: RefusedByPeer) -> CloseCode:
    """The close code that means the same as an error answer to a hello; the reason of one often names the other."""
    named = CloseCode.__members__.get(refused.reason.upper()) or _MORE_EXACT.get(refused.reason)
    return named or _REFUSALS.get(refused.code, CloseCode.HOST_FAULT)


def _word(code: int) -> str:
    try:
        return CloseCode(code).name.lower()
    except ValueError:
        return f"close_{code}"
