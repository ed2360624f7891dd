"""Certificates made on the spot: root, issuing authority, leaves for units and hosts, right or wrong on purpose."""

import datetime as dt
import functools
import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

YEAR = dt.timedelta(days=365)
CLIENT_AUTH = ExtendedKeyUsageOID.CLIENT_AUTH
SERVER_AUTH = ExtendedKeyUsageOID.SERVER_AUTH
Key: TypeAlias = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Credential:
    """A private key and its certificate; `chain` holds the issuers that its owner sends along."""

    key: Key
    certificate: x509.Certificate
    chain: tuple[x509.Certificate, ...] = ()

    @property
    def ec_key(self) -> ec.EllipticCurvePrivateKey:
        """The key of one that was made with the usual kind."""
        assert isinstance(self.key, ec.EllipticCurvePrivateKey)
        return self.key

    @property
    def der(self) -> bytes:
        return self.certificate.public_bytes(serialization.Encoding.DER)

    @property
    def certificate_pem(self) -> str:
        return "".join(pem(certificate) for certificate in (self.certificate, *self.chain))

    @property
    def key_pem(self) -> str:
        return self.key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        ).decode()

    def write(self, folder: Path, name: str) -> tuple[Path, Path]:
        """Write the certificates and the key as PEM files; answers their two paths."""
        certificate, key = folder / f"{name}.pem", folder / f"{name}.key"
        certificate.write_text(self.certificate_pem)
        key.write_text(self.key_pem)
        return certificate, key


@dataclass(frozen=True, slots=True, kw_only=True)
class Authority:
    """A root and the issuing authority below it; `now` is the moment that leaves are dated from."""

    root: Credential
    issuing: Credential
    now: dt.datetime

    @property
    def issuing_pem(self) -> str:
        return pem(self.issuing.certificate)

    @property
    def root_pem(self) -> str:
        return pem(self.root.certificate)

    def unit(
        self,
        distribution_id: str = "D-0001",
        *,
        model_serial: str = "SA-1-0001",
        usages: Sequence[x509.ObjectIdentifier] = (CLIENT_AUTH,),
        starts: dt.timedelta = dt.timedelta(),
        life: dt.timedelta = YEAR,
        with_issuer: bool = True,
        key: Key | None = None,
        key_usage: x509.KeyUsage | None = None,
    ) -> Credential:
        """A unit's leaf, valid from `now + starts` for `life`; a far negative start makes an expired one."""
        names = [x509.UniformResourceIdentifier(f"urn:servicehost:unit:{distribution_id}")]
        subject = x509.Name([x509.NameAttribute(NameOID.SERIAL_NUMBER, model_serial)])
        return self._leaf(
            subject, names, usages, starts=starts, life=life, with_issuer=with_issuer, key=key, key_usage=key_usage
        )

    def expired_unit(self, distribution_id: str = "D-0001") -> Credential:
        return self.unit(distribution_id, starts=-2 * YEAR, life=YEAR)

    def unit_not_yet_valid(self, distribution_id: str = "D-0001") -> Credential:
        return self.unit(distribution_id, starts=YEAR)

    def host(
        self, *, usages: Sequence[x509.ObjectIdentifier] = (SERVER_AUTH,), host_names: Sequence[str] = ("localhost",)
    ) -> Credential:
        """A host's leaf for the given names and the loopback addresses."""
        names: list[x509.GeneralName] = [x509.DNSName(name) for name in host_names]
        names += [x509.IPAddress(ipaddress.ip_address(address)) for address in ("127.0.0.1", "::1")]
        return self._leaf(common_name("service host"), names, usages)

    def _leaf(
        self,
        subject: x509.Name,
        names: Sequence[x509.GeneralName],
        usages: Sequence[x509.ObjectIdentifier],
        *,
        starts: dt.timedelta = dt.timedelta(),
        life: dt.timedelta = YEAR,
        with_issuer: bool = True,
        key: Key | None = None,
        key_usage: x509.KeyUsage | None = None,
    ) -> Credential:
        key = key or ec.generate_private_key(ec.SECP256R1())
        builder = begin(subject, key, self.issuing, not_before=self.now + starts, life=life)
        builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
        if usages:
            builder = builder.add_extension(x509.ExtendedKeyUsage(usages), critical=False)
        if key_usage is not None:
            builder = builder.add_extension(key_usage, critical=True)
        certificate = builder.sign(self.issuing.key, hashes.SHA256())
        chain = (self.issuing.certificate,) if with_issuer else ()
        return Credential(key=key, certificate=certificate, chain=chain)


def authority(name: str = "Test", *, now: dt.datetime | None = None) -> Authority:
    """A new root and issuing authority. Two calls share no key, even under one name: each is foreign to the other."""
    now = now or dt.datetime.now(dt.UTC) - dt.timedelta(hours=1)
    root = signer(f"{name} root", None, path_length=1, now=now)
    return Authority(root=root, issuing=signer(f"{name} issuing", root, path_length=0, now=now), now=now)


def authority_in(folder: Path) -> Authority:
    """The authority of a host, as it is kept in this folder without a passphrase, root key and all."""
    root = _kept(folder / "root.pem", folder / "root-key.pem")
    issuing = _kept(folder / "issuing.pem", folder / "issuing-key.pem")
    return Authority(root=root, issuing=issuing, now=issuing.certificate.not_valid_before_utc)


def _kept(certificate: Path, key: Path) -> Credential:
    private = serialization.load_pem_private_key(key.read_bytes(), None)
    assert isinstance(private, ec.EllipticCurvePrivateKey)
    return Credential(key=private, certificate=x509.load_pem_x509_certificate(certificate.read_bytes()))


@functools.cache
def ours() -> Authority:
    """The authority that the tests' hosts trust, made once a run."""
    return authority("Ours")


@functools.cache
def theirs() -> Authority:
    """An authority that nobody here trusts, made once a run."""
    return authority("Theirs")


def pem(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(serialization.Encoding.PEM).decode()


def common_name(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def begin(
    subject: x509.Name,
    key: Key,
    issuer: Credential | None,
    *,
    not_before: dt.datetime,
    life: dt.timedelta,
) -> x509.CertificateBuilder:
    """A certificate's first fields: names, serial, dates, key identifiers. No issuer: it names itself."""
    issuer_key = issuer.key if issuer else key
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.certificate.subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(not_before)
        .not_valid_after(not_before + life)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False)
    )


def signer(name: str, issuer: Credential | None, *, path_length: int, now: dt.datetime) -> Credential:
    """An authority signed by `issuer`, or by itself, with so many more allowed below it."""
    key = ec.generate_private_key(ec.SECP256R1())
    builder = begin(common_name(name), key, issuer, not_before=now - YEAR, life=11 * YEAR)
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=path_length), critical=True)
    usage = x509.KeyUsage(
        digital_signature=False,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=True,
        crl_sign=True,
        encipher_only=False,
        decipher_only=False,
    )
    certificate = builder.add_extension(usage, critical=True).sign(issuer.key if issuer else key, hashes.SHA256())
    return Credential(key=key, certificate=certificate)
