"""What a certificate is answered at each door: one row for each that a unit may come with.

The tables of PROTOCOL.md are made of it, and a test dials a host once for every row.
"""

from collections.abc import Mapping
from typing import Final, Literal, TypeAlias

import msgspec

from protocol.codes import CloseCode, redial_slowly
from protocol.wire.events import TlsReason

__all__ = ["AT_ADAPTERS_DOOR", "AT_BOOTSTRAP_DOOR", "Answer", "EstAnswer", "Layer"]

Layer: TypeAlias = Literal["tls", "http", "session", "welcome"]


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """At the adapters' door. `word`: the TLS alert, the problem's `code`, `data.reason`, the welcome's `standing`."""

    certificate: str
    """What is shown, for people."""
    layer: Layer
    word: str
    tls12: str | None = None
    """The alert in TLS 1.2, where it differs."""
    status: int | None = None
    because: str | None = None
    """An example: `data.because`."""
    close: CloseCode | None = None
    """What the session is closed with, and what the host calls the ending."""
    found: TlsReason | None = None
    """What the host found in TLS, as its log has it."""
    hosts: bool = False
    """`data.hosts` comes with it."""

    @property
    def slowly(self) -> bool | None:
        """Whether to dial again by the slow table; None for a unit that was welcomed."""
        if self.layer == "welcome":
            return None
        return self.layer != "session" or self.close is None or (redial_slowly(self.close) and not self.hosts)

    @property
    def listed(self) -> tuple[str, str | None]:
        """Reason and detail in the host's connection log."""
        if self.layer == "tls":
            return CloseCode.TLS_REFUSED.name.lower(), None if self.found is None else self.found.value
        if self.layer == "http":
            return (self.close or CloseCode.UPGRADE_REFUSED).name.lower(), self.word
        return self.word, self.because


class EstAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """At the bootstrap door, to `POST` of `operation`. `word` is the TLS alert or the problem's `code`, "" for 200."""

    certificate: str
    operation: Literal["simpleenroll", "simplereenroll"]
    status: int | None = None
    """None: TLS refuses."""
    word: str = ""
    retry_after: bool = False


def _tls(certificate: str, alert: str, found: TlsReason, *, tls12: str | None = None) -> Answer:
    return Answer(certificate=certificate, layer="tls", word=alert, tls12=tls12, found=found)


def _http(certificate: str, code: str, close: CloseCode) -> Answer:
    return Answer(certificate=certificate, layer="http", status=403, word=code, close=close)


def _session(
    certificate: str, reason: str, close: CloseCode, *, because: str | None = None, hosts: bool = False
) -> Answer:
    return Answer(certificate=certificate, layer="session", word=reason, close=close, because=because, hosts=hosts)


def _welcome(certificate: str, standing: Literal["serving", "standby"]) -> Answer:
    return Answer(certificate=certificate, layer="welcome", word=standing)


AT_ADAPTERS_DOOR: Final[Mapping[str, Answer]] = {
    "none": _tls("None", "certificate_required", TlsReason.NO_CERTIFICATE, tls12="handshake_failure"),
    "foreign": _tls("Of another authority", "unknown_ca", TlsReason.FOREIGN_CERTIFICATE),
    "birth": _tls("A maker's birth certificate", "unknown_ca", TlsReason.FOREIGN_CERTIFICATE),
    "chain_missing": _tls(
        "Ours, through an authority in between that the host does not know and the unit does not send along",
        "unknown_ca",
        TlsReason.FOREIGN_CERTIFICATE,
    ),
    "old_after": _tls(
        "Of our authority before this one, once the rollover has ended", "unknown_ca", TlsReason.FOREIGN_CERTIFICATE
    ),
    "forged": _tls("In our authority's name, but not signed by it", "decrypt_error", TlsReason.BAD_CERTIFICATE),
    "wrong_usage": _tls(
        "Ours, but not for a client: `extendedKeyUsage` without clientAuth, or `keyUsage` without digitalSignature",
        "unsupported_certificate",
        TlsReason.WRONG_KEY_USAGE,
    ),
    "weak": _tls("Ours, for an RSA key below 2,048 bits", "bad_certificate", TlsReason.BAD_CERTIFICATE),
    "expired": _http("Ours, expired", "certificate_expired", CloseCode.CERTIFICATE_EXPIRED),
    "not_yet_valid": _http("Ours, not yet valid", "certificate_not_yet_valid", CloseCode.CERTIFICATE_NOT_YET_VALID),
    "names_no_unit": _http("Ours, without a unit's name", "certificate_without_unit_name", CloseCode.UPGRADE_REFUSED),
    "names_no_box": _http(
        "Ours, without a model-serial", "certificate_without_model_serial", CloseCode.UPGRADE_REFUSED
    ),
    "unknown_unit": _session("Ours, of a unit that nobody has registered", "unknown_unit", CloseCode.UNKNOWN_UNIT),
    "not_on_record": _session(
        "Ours, but not on record, at a host set to demand that (`units.require_known_certificate`)",
        "certificate_unknown",
        CloseCode.REVOKED,
    ),
    "revoked": _session("Revoked", "revoked", CloseCode.REVOKED, because="key_compromise"),
    "duplicate": _session("Of a unit that is held, since two boxes use it", "duplicate", CloseCode.DUPLICATE),
    "moved": _session("Of a unit that other hosts carry", "moved", CloseCode.MOVED, hosts=True),
    "replaced": _session("Of a unit that was replaced", "replaced", CloseCode.REPLACED),
    "returned": _session("Of a unit that was returned", "returned", CloseCode.OUT_OF_SERVICE),
    "retired": _session("Of a unit that was retired", "retired", CloseCode.OUT_OF_SERVICE),
    "lost": _session("Of a unit that was reported lost", "lost", CloseCode.REVOKED),
    "stolen": _session("Of a unit that was reported stolen", "stolen", CloseCode.REVOKED),
    "contract_ended": _session(
        "Of a unit whose adapter's contract has ended", "contract_ended", CloseCode.OUT_OF_SERVICE
    ),
    "serving": _welcome(
        "Ours, of a unit that serves an adapter: EC P-256 or P-384, RSA from 2,048 bits on, with the chain or without",
        "serving",
    ),
    "standby": _welcome("Ours, of a registered unit that serves no adapter", "standby"),
    "chain_sent": _welcome("Ours, through an authority in between that the unit sends along", "standby"),
    "old_during": _welcome("Of our old authority, during a rollover", "standby"),
    "forgotten": _welcome("Ours, but not on record: the host may have forgotten it", "standby"),
    "of_another": _welcome(
        "Another unit's, with its key: whoever shows it *is* that unit; two who do are soon held", "standby"
    ),
}
"""By a name for tests."""

_EST_FOREIGN: Final = "Of an authority that is neither ours nor a trusted maker's"

AT_BOOTSTRAP_DOOR: Final[Mapping[str, EstAnswer]] = {
    "none": EstAnswer(
        certificate="None, and no token", operation="simpleenroll", status=401, word="credentials_missing"
    ),
    "none_to_renew": EstAnswer(
        certificate="None", operation="simplereenroll", status=403, word="client_certificate_required"
    ),
    "foreign": EstAnswer(certificate=_EST_FOREIGN, operation="simplereenroll", word="unknown_ca"),
    "wrong_usage": EstAnswer(
        certificate="Ours, but not for a client", operation="simplereenroll", word="unsupported_certificate"
    ),
    "in_force": EstAnswer(certificate="Ours, in force", operation="simplereenroll", status=200),
    "expired": EstAnswer(
        certificate="Ours, expired",
        operation="simplereenroll",
        status=202,
        word="enrolment_pending",
        retry_after=True,
    ),
    "not_on_record": EstAnswer(
        certificate="Ours, but not on record", operation="simplereenroll", status=403, word="certificate_unknown"
    ),
    "certificate_revoked": EstAnswer(
        certificate="Ours, revoked by itself", operation="simplereenroll", status=403, word="certificate_revoked"
    ),
    "unit_revoked": EstAnswer(
        certificate="Ours, of a unit all of whose certificates were revoked",
        operation="simplereenroll",
        status=403,
        word="unit_revoked",
    ),
    "stolen": EstAnswer(
        certificate="Ours, of a unit that was reported stolen",
        operation="simplereenroll",
        status=403,
        word="unit_stolen",
    ),
    "ours_to_enrol": EstAnswer(
        certificate="Ours, where a maker's is wanted",
        operation="simpleenroll",
        status=403,
        word="not_a_birth_certificate",
    ),
    "birth": EstAnswer(
        certificate="A maker's birth certificate, of a registered unit", operation="simpleenroll", status=200
    ),
    "birth_of_nobody": EstAnswer(
        certificate="A maker's birth certificate, of a unit that nobody has registered",
        operation="simpleenroll",
        status=403,
        word="unit_unknown",
    ),
    "birth_to_renew": EstAnswer(
        certificate="A maker's birth certificate, where ours is wanted",
        operation="simplereenroll",
        status=403,
        word="not_our_certificate",
    ),
}
