"""A unit believes a document only if our authority's signer signed it, and every octet of it."""

import base64
import json
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from adapter_sim.location import LocationService, LocationUnreachable, signature_check
from protocol.location import PATH, LocationFault, LocationRefused, read_location
from servicehost.sessions.tls import server_context
from tests.builders.certificates import CLIENT_AUTH, SERVER_AUTH, Credential, ours, theirs
from tests.builders.locations import a_location, signed_by, signed_payload, signer_of

CHECK = signature_check([ours().root.certificate])
SIGNER = signer_of()
GOOD = signed_by(SIGNER, a_location())


def fault(text: bytes) -> LocationFault:
    with pytest.raises(LocationRefused) as refused:
        read_location(text, CHECK)
    return refused.value.code


def test_a_document_of_our_signer_is_believed_by_root_and_by_issuing_certificate() -> None:
    assert read_location(GOOD, CHECK) == a_location()
    assert read_location(GOOD, signature_check([ours().issuing.certificate])) == a_location()


@pytest.mark.parametrize(
    "field", ["version", "sequence", "issued_at", "expires_at", "hosts", "bootstrap", "redial", "anchors"]
)
def test_no_field_can_be_changed_after_the_signature(field: str) -> None:
    header, payload, signature = GOOD.split(b".")
    body = json.loads(base64.urlsafe_b64decode(payload + b"=="))
    changed: dict[str, object] = {
        "hosts": ["wss://evil.example"],
        "bootstrap": ["https://evil.example"],
        "anchors": [theirs().root_pem],
    }
    changed |= {"issued_at": body["expires_at"], "expires_at": "2099-01-01T00:00:00Z", "redial": {"cap_s": 86_400.0}}
    changed |= {"version": 1.0, "sequence": body["sequence"] + 1}
    octets = json.dumps({**body, field: changed[field]}).encode()
    bent = base64.urlsafe_b64encode(octets).rstrip(b"=")
    assert fault(b".".join((header, bent, signature))) is LocationFault.SIGNATURE


def test_no_member_of_the_header_can_be_changed_after_the_signature() -> None:
    header, payload, signature = GOOD.split(b".")
    members = json.loads(base64.urlsafe_b64decode(header + b"=="))
    for changed in ({"kid": "x"}, {"x5c": [*members["x5c"], members["x5c"][0]]}):
        octets = base64.urlsafe_b64encode(json.dumps({**members, **changed}).encode()).rstrip(b"=")
        assert fault(b".".join((octets, payload, signature))) is LocationFault.SIGNATURE


@pytest.mark.parametrize("at", range(0, 64, 7))
def test_no_octet_of_the_signature_can_be_changed(at: int) -> None:
    head, _, signature = GOOD.rpartition(b".")
    octets = bytearray(base64.urlsafe_b64decode(signature + b"=="))
    octets[at] ^= 1
    assert fault(head + b"." + base64.urlsafe_b64encode(octets).rstrip(b"=")) is LocationFault.SIGNATURE


def wrong_chain() -> bytes:
    return signed_by(Credential(key=SIGNER.key, certificate=SIGNER.certificate), a_location())


def below_a_unit() -> bytes:
    """A unit that plays the authority: its certificate is ours, and it has signed a signer's."""
    unit = ours().unit()
    authority = type(ours())(root=ours().root, issuing=unit, now=ours().now)
    leaf = signer_of(authority)
    return signed_by(
        Credential(key=leaf.key, certificate=leaf.certificate, chain=(unit.certificate, *unit.chain)), a_location()
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (signed_by(signer_of(theirs()), a_location()), LocationFault.SIGNER_UNTRUSTED),
        (wrong_chain(), LocationFault.SIGNER_UNTRUSTED),
        (below_a_unit(), LocationFault.SIGNER_UNTRUSTED),
        (signed_by(ours().unit(), a_location()), LocationFault.SIGNER_PURPOSE),
        (signed_by(ours().host(), a_location()), LocationFault.SIGNER_PURPOSE),
        (signed_by(ours().unit(usages=()), a_location()), LocationFault.SIGNER_PURPOSE),
        (
            signed_by(signer_of(None, CLIENT_AUTH.dotted_string, SERVER_AUTH.dotted_string), a_location()),
            LocationFault.SIGNER_PURPOSE,
        ),
        (signed_by(ours().issuing, a_location()), LocationFault.SIGNER_PURPOSE),
        (signed_payload(SIGNER, {"version": 1}), LocationFault.CONTENT),
        (signed_payload(SIGNER, {"version": 1}, typ="JWT"), LocationFault.MALFORMED),
        (
            signed_by(SIGNER, a_location(issued_at=ours().now - timedelta(days=1))),
            LocationFault.DATES,
        ),
    ],
    ids=[
        "foreign authority", "issuer left out", "below a unit", "a unit", "a door", "no usage", "other usages",
        "the authority itself", "no location", "another kind of text", "before the signer was",
    ],
)  # fmt: skip
def test_what_our_signer_did_not_sign_is_refused_by_name(text: bytes, expected: LocationFault) -> None:
    assert fault(text) is expected


def test_a_chain_of_octets_that_are_no_certificates_is_refused() -> None:
    header, payload, signature = GOOD.split(b".")
    members = json.loads(base64.urlsafe_b64decode(header + b"=="))
    members["x5c"] = [base64.b64encode(b"no certificate").decode()]
    octets = base64.urlsafe_b64encode(json.dumps(members).encode()).rstrip(b"=")
    assert fault(b".".join((octets, payload, signature))) is LocationFault.SIGNER_UNTRUSTED


# -- fetching it --------------------------------------------------------------------------------------------------


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name that http.server gave it
        """Say nothing."""


class Patient(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that does not believe us leaves in mid-handshake."""


@contextmanager
def web_server(folder: Path, *, tls: Credential | None = None) -> Iterator[str]:
    """A plain web server of static files; its address."""
    with Patient(("127.0.0.1", 0), partial(Quiet, directory=str(folder))) as server:
        if tls is not None:
            context = server_context(*tls.write(folder, "server"), [], certificate_required=False)
            context.verify_mode = ssl.CERT_NONE
            server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield f"http{'s' if tls else ''}://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / PATH.lstrip("/")
    place.parent.mkdir(parents=True)
    place.write_bytes(GOOD)
    return tmp_path


@pytest.mark.parametrize("tls", [None, ours().host()], ids=["http", "https"])
async def test_a_static_file_on_any_web_server_will_do(folder: Path, tls: Credential | None) -> None:
    with web_server(folder, tls=tls) as url:
        for address in (url, f"{url}/", f"{url}{PATH}"):
            assert (await LocationService(address).ask(ours().root_pem)).text == GOOD


async def test_a_server_that_our_anchors_do_not_know_is_not_asked(folder: Path) -> None:
    with web_server(folder, tls=theirs().host()) as url, pytest.raises(LocationUnreachable) as failed:
        await LocationService(url).ask(ours().root_pem)
    assert failed.value.reason == "service_unreachable"


async def test_each_way_not_to_get_it_has_a_name(folder: Path, tmp_path: Path) -> None:
    with web_server(folder) as url:
        with pytest.raises(LocationUnreachable) as failed:
            await LocationService(f"{url}/nothing").ask(ours().root_pem)
        assert failed.value.reason == "http_404"
        (tmp_path / "large").write_bytes(b"x" * 200_000)
        text = (await LocationService(f"{url}/large").ask(ours().root_pem)).text
        assert text is not None
        assert fault(text) is LocationFault.TOO_LARGE
    with pytest.raises(LocationUnreachable) as failed:
        await LocationService(url).ask(ours().root_pem)
    assert failed.value.reason == "service_unreachable"
    with pytest.raises(LocationUnreachable) as failed:
        await LocationService("https://127.0.0.1:1").ask("no PEM")
    assert failed.value.reason == "anchors_unreadable"


@pytest.mark.parametrize(
    "url", ["ftp://a.example", "a.example", "https://", "https://a.example?x=1", "https://a.example/#x"]
)
def test_what_is_no_address_of_a_service_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="a location service is given as"):
        LocationService(url)
