"""Enrolment and renewal: a unit makes its own key and gets its certificate from the bootstrap door by EST (RFC 7030).

Blocking; call it in a thread. What was done is kept in the unit's flash, so that a unit that was interrupted goes on
with the key it has, and one that has its certificate never enrols again.
"""

import base64
import binascii
import http.client
import re
import ssl
import urllib.parse
from pathlib import Path
from typing import Final

from cryptography import x509

from adapter_sim import keys
from adapter_sim.identity import Credential, Identity
from adapter_sim.inventory import UnitEntry
from adapter_sim.keys import CertificateUnfit
from adapter_sim.tls import client_context
from protocol.wire.problems import read_problem

__all__ = ["BootstrapDoor", "EnrolmentFailed", "enrol"]

ANSWER_DUE_S: Final = 30
MAX_ANSWER_BYTES: Final = 256 * 1024
EST: Final = "/.well-known/est"
PENDING: Final = "pending"
"""The reason of an answer 202 that names none: a person must permit it first."""
PENDING_RETRY_S: Final = 60
"""When to ask again after an answer 202 that does not say."""

_DEFAULT_PORT: Final = 443
_OK: Final = 200
_ACCEPTED: Final = 202
_ALERT: Final = re.compile(r"ALERT_([A-Z_]+)")
_REQUEST: Final = {"Content-Type": "application/pkcs10", "Content-Transfer-Encoding": "base64"}


class EnrolmentFailed(Exception):
    """No certificate. `reason` is a stable word or the host's own; `retry_after_s` is set when another try may help."""

    def __init__(self, reason: str, text: str, *, retry_after_s: int | None = None) -> None:
        super().__init__(f"{reason}: {text}")
        self.reason = reason
        self.text = text
        self.retry_after_s = retry_after_s


class BootstrapDoor:
    """The EST server behind an `https://` address, believed only if its certificate leads to the anchors given, PEM
    files. Dates are not judged: a unit may not know what day it is. Every verb raises EnrolmentFailed.

    Raises ValueError for an address that is none, OSError or ssl.SSLError for anchors that are none.
    """

    def __init__(self, url: str, anchors: Path) -> None:
        parts = urllib.parse.urlsplit(url)
        if parts.scheme != "https" or not parts.hostname or parts.path not in ("", "/"):
            raise ValueError(f"{url}: a bootstrap door is given as https://name:port")
        self._name, self._port = parts.hostname, parts.port or _DEFAULT_PORT
        self.given_anchors = anchors
        self._context = client_context([anchors])

    @property
    def address(self) -> tuple[str, int]:
        """Name and port."""
        return self._name, self._port

    def anchors(self) -> bytes:
        """`cacerts`: PKCS#7 in DER."""
        return self._ask("GET", "cacerts", None, {}, self._context)

    def certificate(self, request: bytes, *, user: str, token: str) -> bytes:
        """`simpleenroll` of a PKCS#10 request in DER by a token: the answer is PKCS#7 in DER."""
        credentials = base64.b64encode(f"{user}:{token}".encode()).decode()
        headers = {"Authorization": f"Basic {credentials}", **_REQUEST}
        return self._ask("POST", "simpleenroll", base64.encodebytes(request), headers, self._context)

    def certificate_for(self, request: bytes, held: Credential, anchors: Path) -> bytes:
        """The same for a unit that proves itself by what it holds: `simpleenroll` with its birth certificate,
        `simplereenroll` with any other.
        """
        what = "simpleenroll" if held.role == "birth" else "simplereenroll"
        try:
            context = client_context([anchors], certificate_chain=held.certificate, private_key=held.key)
        except OSError as error:
            raise EnrolmentFailed("certificate_unfit", f"the {held.role} certificate: {error}") from error
        answer = self._ask("POST", what, base64.encodebytes(request), _REQUEST, context)
        try:
            return self._with_issuers(answer, [*held.chain, *keys.read_certificates(anchors.read_bytes())], context)
        except CertificateUnfit as error:
            raise EnrolmentFailed("certificate_unfit", str(error), retry_after_s=60) from error

    def _with_issuers(self, answer: bytes, known: list[x509.Certificate], context: ssl.SSLContext) -> bytes:
        """The answer may be the leaf alone, by RFC 7030: an issuer that the unit has not met is in `cacerts`."""
        given = keys.certificates_in(answer)
        lacking = keys.lacking_issuers(given, known)
        if not lacking:
            return answer
        offered = keys.certificates_in(self._ask("GET", "cacerts", None, {}, context))
        return keys.pkcs7_of([*given, *keys.issuers_of(lacking, offered)])

    def _ask(
        self, method: str, what: str, body: bytes | None, headers: dict[str, str], context: ssl.SSLContext
    ) -> bytes:
        connection = http.client.HTTPSConnection(self._name, self._port, timeout=ANSWER_DUE_S, context=context)
        try:
            connection.request(method, f"{EST}/{what}", body, headers)
            answer = connection.getresponse()
            content = answer.read(MAX_ANSWER_BYTES + 1)
        except ssl.SSLCertVerificationError as error:
            raise EnrolmentFailed("foreign_door", f"{self._name}: {error.verify_message}") from error
        except (OSError, http.client.HTTPException) as error:
            last = _last_word(connection) or error
            raise EnrolmentFailed(_why(last), f"{self._name}:{self._port}: {last}", retry_after_s=5) from error
        finally:
            connection.close()
        if answer.status != _OK:
            raise _refusal(what, answer, content)
        return _decoded(what, content)


def _last_word(connection: http.client.HTTPSConnection) -> ssl.SSLError | None:
    """The alert of a door that has closed already: what we still sent met a reset, but the alert came before it."""
    if connection.sock is None:
        return None
    try:
        connection.sock.settimeout(1.0)
        connection.sock.recv(1)
    except ssl.SSLError as alert:
        return alert
    except OSError:
        return None
    return None


def _why(error: OSError | http.client.HTTPException) -> str:
    """The door's own word when it refused us in TLS."""
    alert = _ALERT.search(str(getattr(error, "reason", "") or "")) if isinstance(error, ssl.SSLError) else None
    return alert[1].lower() if alert else "door_unreachable"


def _refusal(what: str, answer: http.client.HTTPResponse, content: bytes) -> EnrolmentFailed:
    wait = answer.getheader("Retry-After", "")
    problem = read_problem(answer.getheader("Content-Type", ""), content)
    unnamed = PENDING if answer.status == _ACCEPTED else f"http_{answer.status}"
    text = f"{what} was answered {answer.status} {answer.reason}"
    if problem is not None and problem.detail:
        text = f"{text}: {problem.detail}"
    reason = (problem.code if problem is not None else None) or unnamed
    unsaid = PENDING_RETRY_S if answer.status == _ACCEPTED else None
    return EnrolmentFailed(reason, text, retry_after_s=_seconds(wait, unsaid))


def _seconds(header: str, otherwise: int | None) -> int | None:
    """A Retry-After in seconds, of at most thirty years."""
    plain = header.isascii() and header.isdecimal() and len(header) <= 9  # noqa: PLR2004 - digits of a billion
    return int(header) if plain else otherwise


def _decoded(what: str, content: bytes) -> bytes:
    if len(content) > MAX_ANSWER_BYTES:
        raise EnrolmentFailed("answer_too_large", f"{what}: more than {MAX_ANSWER_BYTES} bytes")
    try:
        return base64.b64decode(b"".join(content.split()), validate=True)
    except binascii.Error as error:
        raise EnrolmentFailed("answer_unreadable", f"{what}: {error}") from error


def enrol(entry: UnitEntry, identity: Identity, door: BootstrapDoor | None) -> None:
    """See to it that the unit has a certificate: got from `door` if it has none, by its token or its birth certificate.

    The key never leaves the flash. Raises EnrolmentFailed, OSError.
    """
    if identity.enrolled:
        return
    if door is None:
        raise EnrolmentFailed("no_door", f"{entry.unit} has no certificate and no bootstrap door was given")
    if entry.token is None and not identity.has("birth"):
        text = f"{entry.unit} has neither a certificate nor a token or a birth certificate to get one"
        raise EnrolmentFailed("no_token", text)
    try:
        key = identity.next_key()
        anchors = keys.anchors_in(keys.certificates_in(door.anchors()))
        answer = keys.certificates_in(_first(entry, identity, door, keys.request(key, entry.unit, entry.model_serial)))
        chain = keys.own_certificate(answer, key, entry.unit, anchors)
    except CertificateUnfit as error:
        raise EnrolmentFailed("certificate_unfit", str(error)) from error
    identity.put_anchors(anchors)
    # Written last: it is what says that enrolment is done.
    identity.install(key, chain)


def _first(entry: UnitEntry, identity: Identity, door: BootstrapDoor, request: bytes) -> bytes:
    birth = identity.credential("birth")
    if entry.token is not None or birth is None:
        return door.certificate(request, user=entry.unit, token=entry.token or "")
    return door.certificate_for(request, birth, door.given_anchors)
