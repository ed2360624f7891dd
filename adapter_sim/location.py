"""How a unit believes and fetches the document that tells it where to call."""

import asyncio
import http.client
import time
import urllib.parse
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final

import msgspec
from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from adapter_sim.tls import client_context
from protocol.jws import SIGNATURE_BYTES, SignedText
from protocol.location import (
    MAX_LOCATION_BYTES,
    PATH,
    SIGNER_PURPOSE,
    CheckSignature,
    LocationFault,
    LocationRefused,
)

__all__ = ["Fetched", "LocationService", "LocationUnreachable", "signature_check", "trusted_in"]

ANSWER_DUE_S: Final = 30
AT_ONCE: Final = 8
"""Units of one process that ask at the same time."""
_OK: Final = 200
_NOT_MODIFIED: Final = 304
_PIECE: Final = 16 * 1024
_UNVERIFIABLE: Final = (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm)


class Fetched(msgspec.Struct, frozen=True, kw_only=True):
    """What the service answered. `text` is None when it is what the entity tag named."""

    text: bytes | None
    etag: str | None


class LocationUnreachable(Exception):
    """No document was to be had. `reason` is a stable word."""

    def __init__(self, reason: str, text: str) -> None:
        super().__init__(f"{reason}: {text}")
        self.reason = reason
        self.text = text


class LocationService:
    """Whatever gives the document out under a URL: a bootstrap door, or any web server that has it as a file.

    `https://name[:port]` stands for the path that a bootstrap door has it under. By `https` the server must prove
    itself by the unit's anchors; by `http` the signature in the document alone has to do. Raises ValueError for
    another URL.
    """

    def __init__(self, url: str) -> None:
        parts = urllib.parse.urlsplit(url)
        if parts.scheme not in ("https", "http") or not parts.hostname or parts.query or parts.fragment:
            raise ValueError(f"{url}: a location service is given as https://name:port, with or without a path")
        self.url = url
        self._secure = parts.scheme == "https"
        self._name, self._port = parts.hostname, parts.port
        self._path = parts.path if parts.path not in ("", "/") else PATH
        self._places = asyncio.Semaphore(AT_ONCE)

    async def ask(self, anchors: str, *, etag: str | None = None) -> Fetched:
        """The document as it is there; `anchors` are PEM. Raises LocationUnreachable."""
        async with self._places:
            return await asyncio.to_thread(self._fetch, anchors, etag)

    def _fetch(self, anchors: str, etag: str | None) -> Fetched:
        headers = {"If-None-Match": etag} if etag else {}
        try:
            connection = self._connection(anchors)
        except OSError as error:
            raise LocationUnreachable("anchors_unreadable", str(error)) from error
        try:
            connection.request("GET", self._path, headers=headers)
            answer = connection.getresponse()
            text = _read(answer)
        except (OSError, http.client.HTTPException) as error:
            raise LocationUnreachable("service_unreachable", f"{self.url}: {error}") from error
        finally:
            connection.close()
        if answer.status == _NOT_MODIFIED and etag:
            return Fetched(text=None, etag=etag)
        if answer.status != _OK:
            raise LocationUnreachable(f"http_{answer.status}", f"{self.url} answered {answer.status} {answer.reason}")
        return Fetched(text=text, etag=answer.getheader("ETag"))

    def _connection(self, anchors: str) -> http.client.HTTPConnection:
        if not self._secure:
            return http.client.HTTPConnection(self._name, self._port, timeout=ANSWER_DUE_S)
        context = client_context([anchors])
        return http.client.HTTPSConnection(self._name, self._port, timeout=ANSWER_DUE_S, context=context)


def _read(answer: http.client.HTTPResponse) -> bytes:
    """At most one byte more than a document may have: enough to see that it has too many."""
    due = time.monotonic() + ANSWER_DUE_S
    text = b""
    while len(text) <= MAX_LOCATION_BYTES and (piece := answer.read1(_PIECE)):
        text += piece
        if time.monotonic() > due:
            raise LocationUnreachable("service_slow", f"no whole answer within {ANSWER_DUE_S} s")
    return text


def trusted_in(anchors: str) -> list[x509.Certificate]:
    """The certificates of a PEM text. Raises LocationUnreachable: without them no document can be believed."""
    try:
        return x509.load_pem_x509_certificates(anchors.encode("utf-8"))
    except ValueError as error:
        raise LocationUnreachable("anchors_unreadable", str(error)) from error


def signature_check(anchors: Sequence[x509.Certificate]) -> CheckSignature:
    """The check for `read_location` of a unit that trusts these authorities. Dates are looked at as that says."""

    def check(signed: SignedText) -> Callable[[datetime], bool]:
        try:
            chain = [x509.load_der_x509_certificate(one) for one in signed.chain]
            leaf = chain[0]
            trusted = _leads_to(chain, anchors)
        except _UNVERIFIABLE as error:
            raise LocationRefused(
                LocationFault.SIGNER_UNTRUSTED, f"its certificates cannot be read: {error}"
            ) from error
        if not trusted:
            raise LocationRefused(LocationFault.SIGNER_UNTRUSTED, "its signer's certificate leads to no anchor of ours")
        _require_purpose(leaf)
        _require_signature(leaf, signed)
        return lambda moment: leaf.not_valid_before_utc <= moment <= leaf.not_valid_after_utc

    return check


def _leads_to(chain: Sequence[x509.Certificate], anchors: Sequence[x509.Certificate]) -> bool:
    """Whether each was issued by the next, as far as one that an anchor issued."""
    for below, certificate in enumerate(chain):
        if any(_issued(certificate, anchor, below) for anchor in anchors):
            return True
        if below + 1 == len(chain) or not _issued(certificate, chain[below + 1], below):
            return False
    return False


def _issued(certificate: x509.Certificate, issuer: x509.Certificate, below: int) -> bool:
    """Whether `issuer` is an authority that may stand above `below` others, and signed the certificate."""
    try:
        constraints = issuer.extensions.get_extension_for_class(x509.BasicConstraints).value
        certificate.verify_directly_issued_by(issuer)
    except (*_UNVERIFIABLE, x509.ExtensionNotFound):
        return False
    return constraints.ca and (constraints.path_length is None or constraints.path_length >= below)


def _require_purpose(leaf: x509.Certificate) -> None:
    try:
        purposes = list(leaf.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value)
    except (x509.ExtensionNotFound, ValueError):
        purposes = []
    if [one.dotted_string for one in purposes] != [SIGNER_PURPOSE]:
        text = "its signer's certificate is ours, but not for signing locations"
        raise LocationRefused(LocationFault.SIGNER_PURPOSE, text)


def _require_signature(leaf: x509.Certificate, signed: SignedText) -> None:
    key = leaf.public_key()
    if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
        raise LocationRefused(LocationFault.SIGNATURE, "its signer's key is not EC P-256")
    half = SIGNATURE_BYTES // 2
    r, s = int.from_bytes(signed.signature[:half], "big"), int.from_bytes(signed.signature[half:], "big")
    try:
        key.verify(encode_dss_signature(r, s), signed.signed, ec.ECDSA(hashes.SHA256()))
    except InvalidSignature as error:
        raise LocationRefused(LocationFault.SIGNATURE, "it was changed after it was signed") from error
