"""Who may open a session: by certificate, then by what the host can carry. The refusal says why and for how long."""

from datetime import UTC, datetime
from hashlib import sha256
from http import HTTPStatus
from typing import Final

import msgspec

from protocol.codes import CloseCode
from protocol.wire.events import Handshaken
from servicehost.domain.certificate import CertificateRefused, UnitIdentity, Validity, validity
from servicehost.ports.desk import Caller
from servicehost.sessions.identity import read_identity
from servicehost.sessions.shared import Shared

__all__ = ["Turned", "judge"]

_BAD_DATES: Final = {
    Validity.EXPIRED: (CloseCode.CERTIFICATE_EXPIRED, "certificate_expired"),
    Validity.NOT_YET_VALID: (CloseCode.CERTIFICATE_NOT_YET_VALID, "certificate_not_yet_valid"),
}
_BUSY_DETAIL: Final = {
    "draining": "this host is going away",
    "host_full": "this host carries as many sessions as it can",
    "too_many_arrive": "too many units arrive at once",
}


class Turned(msgspec.Struct, frozen=True, kw_only=True):
    """Turned away at the WebSocket's opening: the HTTP answer, and the name of the ending."""

    status: int
    code: CloseCode
    reason: str
    detail: str
    retry_after_s: int | None = None
    distribution_id: str | None = None
    certificate: str | None = None
    """SHA-256 fingerprint of the leaf, hex."""
    tls_version: str | None = None


def judge(shared: Shared, handshaken: Handshaken, remote_address: str) -> Caller | Turned:
    """Who dials, or why not. A Caller has been counted as a session by admission."""
    found = _judged(shared, handshaken, remote_address)
    if isinstance(found, Caller):
        return found
    fingerprint = sha256(handshaken.certificate or b"").hexdigest()
    return msgspec.structs.replace(found, certificate=fingerprint, tls_version=handshaken.version)


def _judged(shared: Shared, handshaken: Handshaken, remote_address: str) -> Caller | Turned:
    try:
        identity = read_identity(handshaken.certificate or b"")
    except CertificateRefused as refused:
        return _forbidden(CloseCode.UPGRADE_REFUSED, refused.code.value, refused.text, None)
    standing = validity(identity, datetime.fromtimestamp(shared.clock.wall() / 1000, UTC))
    if standing is not Validity.VALID:
        code, reason = _BAD_DATES[standing]
        dates = f"valid from {identity.not_before:%Y-%m-%dT%H:%MZ} to {identity.not_after:%Y-%m-%dT%H:%MZ}"
        return _forbidden(code, reason, dates, identity.distribution_id)
    full = shared.admission.let_in(shared.wheel.now)
    if full is not None:
        return _busy(shared, full, identity)
    return Caller(
        distribution_id=identity.distribution_id,
        model_serial=str(identity.model_serial),
        certificate=identity.fingerprint,
        remote_address=remote_address,
        tls_version=handshaken.version,
        anchor=shared.trust.anchor_of(identity.authority_key),
    )


def _forbidden(code: CloseCode, reason: str, detail: str, distribution_id: str | None) -> Turned:
    return Turned(status=HTTPStatus.FORBIDDEN, code=code, reason=reason, detail=detail, distribution_id=distribution_id)


def _busy(shared: Shared, reason: str, identity: UnitIdentity) -> Turned:
    leaving = reason == "draining"
    return Turned(
        status=HTTPStatus.SERVICE_UNAVAILABLE,
        code=CloseCode.DRAINING if leaving else CloseCode.BUSY,
        reason=reason,
        detail=_BUSY_DETAIL[reason],
        retry_after_s=shared.redial_after_leaving_s() if leaving else shared.admission.come_back_s(),
        distribution_id=identity.distribution_id,
    )
