import asyncio
from collections.abc import Callable
from datetime import timedelta
from ipaddress import IPv4Address, IPv6Address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from servicehost.backends.authority.local import LocalAuthority
from servicehost.ports.authority import Authority, AuthorityUnavailable, CsrRefusal, CsrRefused, IssuedCertificate
from tests.builders.authority import MODEL_SERIAL, NOW, UNIT, local_authority, request_by
from tests.builders.openssl import make_csr, openssl, text_of, verify

P256 = ("-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256")
P384 = ("-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-384")
RSA2048 = ("-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048")


@pytest.fixture
def authority(tmp_path: Path) -> LocalAuthority:
    return local_authority(tmp_path)


async def issue(authority: Authority, csr: bytes) -> IssuedCertificate:
    return await authority.issue_unit(csr, distribution_id=UNIT, model_serial=MODEL_SERIAL, now=NOW)


async def write_all(authority: Authority, issued: IssuedCertificate, folder: Path) -> tuple[Path, Path, Path]:
    leaf, chain, root = folder / "leaf.pem", folder / "chain.pem", folder / "anchors.pem"
    leaf.write_text(issued.leaf_pem)
    chain.write_text(issued.chain_pem)
    root.write_text(await authority.anchors_pem())
    return leaf, chain, root


async def refusal_of(authority: Authority, csr: bytes) -> CsrRefusal:
    with pytest.raises(CsrRefused) as caught:
        await issue(authority, csr)
    return caught.value.code


@pytest.mark.parametrize("key", [P256, P384, RSA2048], ids=["P-256", "P-384", "RSA 2048"])
async def test_openssl_makes_the_request_and_trusts_the_certificate(
    authority: LocalAuthority, tmp_path: Path, key: tuple[str, ...]
) -> None:
    issued = await issue(authority, make_csr(tmp_path, key=key))
    leaf, chain, root = await write_all(authority, issued, tmp_path)
    verify(leaf, root=root, chain=chain, purpose="sslclient", at=NOW)
    assert openssl("x509", "-in", leaf, "-noout", "-pubkey") == openssl("pkey", "-in", tmp_path / "key.pem", "-pubout")
    printed = openssl("x509", "-in", leaf, "-noout", "-serial", "-fingerprint", "-sha256").decode()
    assert f"serial={issued.serial_number}\n" in printed
    assert printed.replace(":", "").lower().rstrip().endswith(issued.fingerprint)


async def test_the_certificate_is_for_one_unit_and_one_purpose(authority: LocalAuthority, tmp_path: Path) -> None:
    issued = await issue(authority, request_by(ec.generate_private_key(ec.SECP256R1())))
    leaf, chain, root = await write_all(authority, issued, tmp_path)
    text = text_of(leaf)
    assert "Subject: serialNumber = SA-W2-0123AB\n" in text
    assert "URI:urn:servicehost:unit:0001-0000-0000-000B-02E0-4DFF-FE10-0128\n" in text
    assert "TLS Web Client Authentication\n" in text
    assert "X509v3 Key Usage: critical\n                Digital Signature\n" in text
    assert "CA:FALSE" in text
    with pytest.raises(AssertionError, match="unsuitable certificate purpose"):
        verify(leaf, root=root, chain=chain, purpose="sslserver", at=NOW)


async def test_it_holds_for_365_days_and_starts_a_minute_early(authority: LocalAuthority) -> None:
    issued = await issue(authority, request_by(ec.generate_private_key(ec.SECP256R1())))
    assert issued.not_before == NOW - timedelta(minutes=1)
    assert issued.not_after == NOW + timedelta(days=365)


async def test_what_the_unit_asks_for_besides_its_key_is_ignored(authority: LocalAuthority, tmp_path: Path) -> None:
    wishes = ("-addext", "subjectAltName=URI:urn:servicehost:unit:FFFF-0000-0000-000B-02E0-4DFF-FE10-0128,DNS:host")
    more = ("-addext", "basicConstraints=critical,CA:TRUE", "-addext", "extendedKeyUsage=serverAuth")
    csr = make_csr(tmp_path, key=P256, subject="/CN=root/serialNumber=OTHER-1", more=wishes + more)
    issued = await issue(authority, csr)
    leaf, _, _ = await write_all(authority, issued, tmp_path)
    text = text_of(leaf)
    for wish in ("FFFF-0000", "DNS:", "CA:TRUE", "Server Authentication", "OTHER-1", "CN = root\n"):
        assert wish not in text


async def test_two_certificates_never_share_a_number(authority: LocalAuthority) -> None:
    csr = request_by(ec.generate_private_key(ec.SECP256R1()))
    issued = await asyncio.gather(*(issue(authority, csr) for _ in range(20)))
    assert len({certificate.serial_number for certificate in issued}) == 20


async def test_a_leaf_never_outlives_its_issuer_and_a_dead_issuer_signs_nothing(authority: LocalAuthority) -> None:
    end = x509.load_pem_x509_certificate((await authority.chain_pem()).encode()).not_valid_after_utc
    csr = request_by(ec.generate_private_key(ec.SECP256R1()))
    late = await authority.issue_unit(csr, distribution_id=UNIT, model_serial=MODEL_SERIAL, now=end - timedelta(days=1))
    assert late.not_after == end
    for moment in (end, NOW - timedelta(days=1)):
        with pytest.raises(AuthorityUnavailable, match="issuing certificate holds from"):
            await authority.issue_unit(csr, distribution_id=UNIT, model_serial=MODEL_SERIAL, now=moment)


def tampered() -> bytes:
    """A request whose key was exchanged after it was signed: nobody has proved to hold the new key."""
    signer, victim = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    old, new = (
        key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint) for key in (signer, victim)
    )
    csr = request_by(signer)
    assert csr.count(old) == 1
    return csr.replace(old, new)


def weak_digest() -> bytes:
    builder = x509.CertificateSigningRequestBuilder().subject_name(x509.Name([]))
    csr = builder.sign(rsa.generate_private_key(65537, 2048), hashes.SHA256()).public_bytes(Encoding.DER)
    sha256_with_rsa, sha1_with_rsa = bytes.fromhex("2a864886f70d01010b"), bytes.fromhex("2a864886f70d010105")
    assert csr.count(sha256_with_rsa) == 1
    return csr.replace(sha256_with_rsa, sha1_with_rsa)


def unknown_algorithm() -> bytes:
    csr = request_by(ec.generate_private_key(ec.SECP256R1()))
    ecdsa_with_sha256 = bytes.fromhex("2a8648ce3d040302")
    return csr.replace(ecdsa_with_sha256, bytes.fromhex("2a8648ce3d040309"))


def by_ed25519() -> bytes:
    builder = x509.CertificateSigningRequestBuilder().subject_name(x509.Name([]))
    return builder.sign(ed25519.Ed25519PrivateKey.generate(), None).public_bytes(Encoding.DER)


def by_a_huge_rsa_key() -> bytes:
    """4,484 bits, out of two Mersenne primes: finding fresh ones takes many seconds."""
    p, q, e = 2**2281 - 1, 2**2203 - 1, 65537
    d = pow(e, -1, (p - 1) * (q - 1))
    public = rsa.RSAPublicNumbers(e, p * q)
    parts = (d, rsa.rsa_crt_dmp1(d, p), rsa.rsa_crt_dmq1(d, q), rsa.rsa_crt_iqmp(p, q))
    numbers = rsa.RSAPrivateNumbers(p, q, *parts, public)
    builder = x509.CertificateSigningRequestBuilder().subject_name(x509.Name([]))
    return builder.sign(numbers.private_key(unsafe_skip_rsa_key_validation=True), hashes.SHA256()).public_bytes(
        Encoding.DER
    )


def by_curve(curve: ec.EllipticCurve) -> Callable[[], bytes]:
    return lambda: request_by(ec.generate_private_key(curve))


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda: b"", CsrRefusal.UNREADABLE),
        (lambda: b"garbage" * 50, CsrRefusal.UNREADABLE),
        (lambda: request_by(ec.generate_private_key(ec.SECP256R1()))[:-1], CsrRefusal.UNREADABLE),
        (lambda: b"\x30" * 16_385, CsrRefusal.TOO_LARGE),
        (tampered, CsrRefusal.NOT_PROVEN),
        (weak_digest, CsrRefusal.WEAK_SIGNATURE),
        (unknown_algorithm, CsrRefusal.WEAK_SIGNATURE),
        (by_ed25519, CsrRefusal.UNSUPPORTED_KEY),
        (by_a_huge_rsa_key, CsrRefusal.KEY_TOO_LARGE),
        (by_curve(ec.SECP521R1()), CsrRefusal.WEAK_KEY),
        (by_curve(ec.SECP256K1()), CsrRefusal.WEAK_KEY),
    ],
)
async def test_a_bad_request_is_refused_by_name(
    authority: LocalAuthority, make: Callable[[], bytes], code: CsrRefusal
) -> None:
    assert await refusal_of(authority, make()) is code


async def test_an_rsa_key_of_1024_bits_is_weak(authority: LocalAuthority, tmp_path: Path) -> None:
    csr = make_csr(tmp_path, key=("-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:1024"))
    assert await refusal_of(authority, csr) is CsrRefusal.WEAK_KEY


async def test_a_broken_octet_is_always_a_named_refusal(authority: LocalAuthority) -> None:
    csr = request_by(ec.generate_private_key(ec.SECP256R1()))
    for at in range(len(csr)):
        broken = csr[:at] + bytes([csr[at] ^ 0x11]) + csr[at + 1 :]
        assert await refusal_of(authority, broken) in CsrRefusal


async def test_a_door_certificate_serves_its_names_and_addresses(authority: LocalAuthority, tmp_path: Path) -> None:
    csr = request_by(ec.generate_private_key(ec.SECP256R1()))
    addresses: list[IPv4Address | IPv6Address] = [IPv4Address("127.0.0.1"), IPv6Address("::1")]
    issued = await authority.issue_host(csr, names=["Host.example"], addresses=addresses, now=NOW)
    leaf, chain, root = await write_all(authority, issued, tmp_path)
    verify(leaf, root=root, chain=chain, purpose="sslserver", at=NOW)
    assert "DNS:host.example, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1" in text_of(leaf)
    with pytest.raises(AssertionError, match="unsuitable certificate purpose"):
        verify(leaf, root=root, chain=chain, purpose="sslclient", at=NOW)


@pytest.mark.parametrize(
    "name", ["", "a b", "-a.example", "a..example", "127.0.0.1", "*.example", "ホスト.example", "a" * 64]
)
async def test_a_door_refuses_what_is_no_dns_name(authority: LocalAuthority, name: str) -> None:
    csr = request_by(ec.generate_private_key(ec.SECP256R1()))
    with pytest.raises(ValueError, match="not a DNS name"):
        await authority.issue_host(csr, names=[name], addresses=[], now=NOW)


async def test_a_door_without_any_name_is_refused(authority: LocalAuthority) -> None:
    csr = request_by(ec.generate_private_key(ec.SECP256R1()))
    with pytest.raises(ValueError, match="at least one name"):
        await authority.issue_host(csr, names=[], addresses=[], now=NOW)
