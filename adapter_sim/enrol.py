"""Enrolment: a unit makes its own key and gets its certificate from the bootstrap door by EST (RFC 7030).

Blocking; call it in a thread. What was done is kept in the unit's folder, so that a unit that was interrupted goes on
with the key it has, and one that has its certificate never asks again.
"""

import base64
import binascii
import http.client
import ssl
import urllib.parse
from pathlib import Path
from typing import Final

import msgspec

from adapter_sim import keys
from adapter_sim.inventory import UnitEntry
from adapter_sim.keys import CertificateUnfit
from protocol.wire.problems import read_code

__all__ = ["BootstrapDoor", "EnrolmentFailed", "Identity", "enrol"]

ANSWER_DUE_S: Final = 30
MAX_ANSWER_BYTES: Final = 256 * 1024
EST: Final = "/.well-known/est"

_DEFAULT_PORT: Final = 443
_OK: Final = 200


class Identity(msgspec.Struct, frozen=True, kw_only=True):
    """The files a unit proves itself with, and those it knows its host by."""

    certificate: Path
    key: Path
    anchors: Path


class EnrolmentFailed(Exception):
    """No certificate. `reason` is a stable word or the host's own; `retry_after_s` is set when another try may help."""

    def __init__(self, reason: str, text: str, *, retry_after_s: int | None = None) -> None:
        super().__init__(f"{reason}: {text}")
        self.reason = reason
        self.retry_after_s = retry_after_s


class BootstrapDoor:
    """The EST server behind an `https://` address, believed only if its certificate leads to `anchors`, a PEM file.

    Raises ValueError for an address that is none, OSError or ssl.SSLError for anchors that are none.
    """

    def __init__(self, url: str, anchors: Path) -> None:
        parts = urllib.parse.urlsplit(url)
        if parts.scheme != "https" or not parts.hostname or parts.path not in ("", "/"):
            raise ValueError(f"{url}: a bootstrap door is given as https://name:port")
        self._name, self._port = parts.hostname, parts.port or _DEFAULT_PORT
        self._context = ssl.create_default_context(ssl.Purpose.SERVER_AUTH, cafile=anchors)

    def anchors(self) -> bytes:
        """`cacerts`: PKCS#7 in DER. Raises EnrolmentFailed."""
        return self._ask("GET", "cacerts", None, {})

    def certificate(self, request: bytes, *, user: str, token: str) -> bytes:
        """`simpleenroll` of a PKCS#10 request in DER: the answer is PKCS#7 in DER. Raises EnrolmentFailed."""
        credentials = base64.b64encode(f"{user}:{token}".encode()).decode()
        headers = {
            "Authorization": f"Basic {credentials}",
            "Content-Type": "application/pkcs10",
            "Content-Transfer-Encoding": "base64",
        }
        return self._ask("POST", "simpleenroll", base64.encodebytes(request), headers)

    def _ask(self, method: str, what: str, body: bytes | None, headers: dict[str, str]) -> bytes:
        connection = http.client.HTTPSConnection(self._name, self._port, timeout=ANSWER_DUE_S, context=self._context)
        try:
            connection.request(method, f"{EST}/{what}", body, headers)
            answer = connection.getresponse()
            content = answer.read(MAX_ANSWER_BYTES + 1)
        except ssl.SSLCertVerificationError as error:
            raise EnrolmentFailed("foreign_door", f"{self._name}: {error.verify_message}") from error
        except (OSError, http.client.HTTPException) as error:
            raise EnrolmentFailed("door_unreachable", f"{self._name}:{self._port}: {error}", retry_after_s=5) from error
        finally:
            connection.close()
        if answer.status != _OK:
            raise _refusal(what, answer, content)
        return _decoded(what, content)


def _refusal(what: str, answer: http.client.HTTPResponse, content: bytes) -> EnrolmentFailed:
    wait = answer.getheader("Retry-After", "")
    reason = read_code(answer.getheader("Content-Type", ""), content) or f"http_{answer.status}"
    text = f"{what} was answered {answer.status} {answer.reason}"
    return EnrolmentFailed(reason, text, retry_after_s=int(wait) if wait.isascii() and wait.isdecimal() else None)


def _decoded(what: str, content: bytes) -> bytes:
    if len(content) > MAX_ANSWER_BYTES:
        raise EnrolmentFailed("answer_too_large", f"{what}: more than {MAX_ANSWER_BYTES} bytes")
    try:
        return base64.b64decode(b"".join(content.split()), validate=True)
    except binascii.Error as error:
        raise EnrolmentFailed("answer_unreadable", f"{what}: {error}") from error


def enrol(entry: UnitEntry, folder: Path, door: BootstrapDoor | None) -> Identity:
    """The identity kept in `folder`, got from `door` first if it is not there. The key never leaves the folder.

    Raises EnrolmentFailed, OSError.
    """
    identity = Identity(certificate=folder / "certificate.pem", key=folder / "key.pem", anchors=folder / "anchors.pem")
    if identity.certificate.exists() and identity.anchors.exists():
        return identity
    if door is None:
        raise EnrolmentFailed("no_door", f"{entry.unit} has no certificate and no bootstrap door was given")
    if entry.token is None:
        raise EnrolmentFailed("no_token", f"{entry.unit} has neither a certificate nor a token to get one")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        key = keys.own_key(identity.key)
        anchors = keys.anchors_in(keys.certificates_in(door.anchors()))
        request = keys.request(key, entry.unit, entry.model_serial)
        answer = keys.certificates_in(door.certificate(request, user=entry.unit, token=entry.token))
        chain = keys.own_certificate(answer, key, entry.unit, anchors)
    except CertificateUnfit as error:
        raise EnrolmentFailed("certificate_unfit", str(error)) from error
    keys.write_private(identity.anchors, keys.pem(anchors))
    # Written last: it is what says that enrolment is done.
    keys.write_private(identity.certificate, keys.pem(chain))
    return identity
