"""A small EST server on loopback: real TLS, real signatures, one token for each unit."""

import base64
import datetime as dt
import ssl
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import cast

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.serialization import pkcs7
from cryptography.x509.oid import NameOID

from protocol.wire.problems import CONTENT_TYPE, problem
from servicehost.sessions.tls import server_context
from tests.builders.certificates import CLIENT_AUTH, Authority, ours

UNIT_OF_PROOFS = "0001-0000-0000-000B-02E0-4DFF-FE10-0128"
"""Who comes with a certificate."""


class Door(ThreadingHTTPServer):
    """What it gives out can be bent by a test before it is asked."""

    daemon_threads = True

    def __init__(self, authority: Authority) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.authority = authority
        self.tokens: dict[str, str] = {}
        self.anchors = [authority.root.certificate]
        self.name_in_certificate: str | None = None
        self.alone = False
        """Whether the answer is the leaf alone."""
        self.asked: list[str] = []
        self.proofs: list[x509.Certificate] = []
        """The client certificates that came with requests."""
        self.waits: list[str] = []
        """Taken one by one, each is the Retry-After of an answer 202."""
        with tempfile.TemporaryDirectory() as folder:
            certificate, key = authority.host().write(Path(folder), "door")
            context = server_context(certificate, key, [authority.issuing_pem], certificate_required=False)
        self.socket = context.wrap_socket(self.socket, server_side=True)

    @property
    def url(self) -> str:
        return f"https://127.0.0.1:{self.server_address[1]}"

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that does not believe us leaves in mid-handshake; that is its right."""

    def sign(self, unit: str, request: x509.CertificateSigningRequest) -> list[x509.Certificate]:
        issuing = self.authority.issuing
        named = self.name_in_certificate or unit
        leaf = (
            x509.CertificateBuilder()
            .subject_name(x509.Name([x509.NameAttribute(NameOID.SERIAL_NUMBER, "SA-1-0001")]))
            .issuer_name(issuing.certificate.subject)
            .public_key(request.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(self.authority.now)
            .not_valid_after(self.authority.now + dt.timedelta(days=365))
            .add_extension(
                x509.SubjectAlternativeName([x509.UniformResourceIdentifier(f"urn:servicehost:unit:{named}")]), False
            )
            .add_extension(x509.ExtendedKeyUsage([CLIENT_AUTH]), False)
            .sign(issuing.key, hashes.SHA256())
        )
        return [leaf] if self.alone else [leaf, issuing.certificate]


class _Handler(BaseHTTPRequestHandler):
    server: Door

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        self._give(self.server.anchors)

    def do_POST(self) -> None:
        self.server.asked.append(self.path)
        body = self.rfile.read(int(self.headers["Content-Length"]))
        request = x509.load_der_x509_csr(base64.b64decode(body))
        proof = cast("ssl.SSLSocket", self.connection).getpeercert(binary_form=True)
        if self.server.waits:
            self._answer(202, "text/plain", b"", retry_after=self.server.waits.pop(0))
            return
        if proof is not None:
            self.server.proofs.append(x509.load_der_x509_certificate(proof))
            self._give(self.server.sign(UNIT_OF_PROOFS, request))
            return
        scheme, _, credentials = self.headers["Authorization"].partition(" ")
        unit, _, token = base64.b64decode(credentials).decode().partition(":")
        if scheme != "Basic" or self.server.tokens.pop(unit, None) != token or not request.is_signature_valid:
            self._answer(401, CONTENT_TYPE, problem(401, "token_unknown", "no such token"))
            return
        self._give(self.server.sign(unit, request))

    def _give(self, certificates: list[x509.Certificate]) -> None:
        content = pkcs7.serialize_certificates(certificates, serialization.Encoding.DER)
        self._answer(200, "application/pkcs7-mime; smime-type=certs-only", base64.encodebytes(content))

    def _answer(self, status: int, content_type: str, content: bytes, *, retry_after: str = "") -> None:
        self.send_response(status)
        if retry_after:
            self.send_header("Retry-After", retry_after)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name that http.server gave it
        """Say nothing."""


@contextmanager
def bootstrap_door(authority: Authority | None = None) -> Iterator[Door]:
    with Door(authority or ours()) as door:
        thread = threading.Thread(target=door.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield door
        finally:
            door.shutdown()
            thread.join()
