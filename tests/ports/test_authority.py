"""What any authority must do for this service, tried on each: in files, in files during a rollover, and elsewhere."""

import sys
from collections.abc import Callable
from datetime import timedelta
from ipaddress import IPv4Address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from protocol.identity import unit_urn
from servicehost.backends.authority import succession
from servicehost.backends.authority.external import CommandAuthority
from servicehost.backends.authority.files import ISSUING, ROOT, create_authority
from servicehost.backends.authority.rolling import FilesAuthority
from servicehost.ports.authority import Authority, CsrRefusal, CsrRefused, IssuedCertificate
from tests.builders.authority import MODEL_SERIAL, NOW, UNIT, request_by
from tests.builders.openssl import make_csr, verify

ROOMS = Path(__file__).resolve().parents[2]


def in_files(folder: Path) -> FilesAuthority:
    create_authority(folder / "authority", now=NOW)
    return FilesAuthority(folder / "authority")


def rolled_over(folder: Path) -> FilesAuthority:
    create_authority(folder / "authority", now=NOW)
    succession.begin(folder / "authority", now=NOW, by="dora", passphrase=None)
    return FilesAuthority(folder / "authority")


def elsewhere(folder: Path) -> CommandAuthority:
    create_authority(folder / "outside", now=NOW)
    command = (sys.executable, "-m", "tests.builders.outside_authority", str(folder / "outside"))
    anchors, chain = folder / "outside" / ROOT, folder / "outside" / ISSUING
    return CommandAuthority(command, anchors=anchors, chain=chain, due_s=60)


@pytest.fixture(params=[in_files, rolled_over, elsewhere], ids=lambda make: make.__name__)
def authority(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Authority:
    monkeypatch.chdir(ROOMS)
    make: Callable[[Path], Authority] = request.param
    return make(tmp_path)


def new_key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


async def issue(authority: Authority, csr: bytes) -> IssuedCertificate:
    return await authority.issue_unit(csr, distribution_id=UNIT, model_serial=MODEL_SERIAL, now=NOW)


async def test_a_units_certificate_is_what_the_port_promises(authority: Authority, tmp_path: Path) -> None:
    wishes = ("-addext", "subjectAltName=DNS:host.example", "-addext", "extendedKeyUsage=serverAuth")
    key = ("-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256")
    csr = make_csr(tmp_path, key=key, subject="/serialNumber=somebody-else", more=wishes)
    issued = await issue(authority, csr)
    leaf = x509.load_pem_x509_certificate(issued.leaf_pem.encode())
    assert leaf.public_key() == x509.load_der_x509_csr(csr).public_key()
    names = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert list(names) == [x509.UniformResourceIdentifier(unit_urn(UNIT))]
    (serial,) = leaf.subject.get_attributes_for_oid(NameOID.SERIAL_NUMBER)
    assert serial.value == str(MODEL_SERIAL)
    usages = leaf.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert list(usages) == [ExtendedKeyUsageOID.CLIENT_AUTH]
    assert (issued.not_before, issued.not_after) == (NOW - timedelta(minutes=1), NOW + timedelta(days=365))
    assert (issued.not_before, issued.not_after) == (leaf.not_valid_before_utc, leaf.not_valid_after_utc)


@pytest.mark.parametrize("server", [False, True], ids=["unit", "host"])
async def test_chain_and_anchors_make_openssl_trust_it_and_the_anchor_is_named(
    authority: Authority, server: bool, tmp_path: Path
) -> None:
    if server:
        issued = await authority.issue_host(
            request_by(new_key()), names=["host.example"], addresses=[IPv4Address("192.0.2.1")], now=NOW
        )
    else:
        issued = await issue(authority, request_by(new_key()))
    leaf, chain, roots = tmp_path / "leaf.pem", tmp_path / "chain.pem", tmp_path / "anchors.pem"
    leaf.write_text(issued.leaf_pem)
    chain.write_text(issued.chain_pem)
    roots.write_text(await authority.anchors_pem())
    verify(leaf, root=roots, chain=chain, purpose="sslserver" if server else "sslclient", at=NOW)
    anchors = x509.load_pem_x509_certificates((await authority.anchors_pem()).encode())
    known = x509.load_pem_x509_certificates((await authority.chain_pem()).encode())
    assert {one.fingerprint(hashes.SHA256()).hex() for one in anchors} >= {issued.anchor}
    (nearest, *_) = x509.load_pem_x509_certificates(issued.chain_pem.encode())
    assert nearest in known


async def test_a_hosts_certificate_has_all_its_names_and_no_other(authority: Authority) -> None:
    issued = await authority.issue_host(
        request_by(new_key()), names=["a.example", "B.example"], addresses=[IPv4Address("192.0.2.1")], now=NOW
    )
    leaf = x509.load_pem_x509_certificate(issued.leaf_pem.encode())
    names = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    wanted = {x509.DNSName("a.example"), x509.DNSName("b.example"), x509.IPAddress(IPv4Address("192.0.2.1"))}
    assert set(names) == wanted


async def test_two_certificates_for_one_key_have_two_numbers(authority: Authority) -> None:
    csr = request_by(new_key())
    assert (await issue(authority, csr)).serial_number != (await issue(authority, csr)).serial_number


async def test_a_request_that_breaks_the_rules_is_refused_by_name(authority: Authority) -> None:
    weak = x509.CertificateSigningRequestBuilder().subject_name(x509.Name([]))
    weak_key = rsa.generate_private_key(65537, 1024)  # noqa: S505 - to be refused
    weak_csr = weak.sign(weak_key, hashes.SHA256()).public_bytes(Encoding.DER)
    good = bytearray(request_by(new_key()))
    good[-1] ^= 1
    for csr, code in (
        (b"nonsense", CsrRefusal.UNREADABLE),
        (weak_csr, CsrRefusal.WEAK_KEY),
        (bytes(good), CsrRefusal.NOT_PROVEN),
    ):
        with pytest.raises(CsrRefused) as caught:
            await issue(authority, csr)
        assert caught.value.code is code


async def test_a_host_without_a_name_is_refused(authority: Authority) -> None:
    with pytest.raises(ValueError, match="at least one name"):
        await authority.issue_host(request_by(new_key()), names=[], addresses=[], now=NOW)
    with pytest.raises(ValueError, match="not a DNS name"):
        await authority.issue_host(request_by(new_key()), names=["192.0.2.1"], addresses=[], now=NOW)
