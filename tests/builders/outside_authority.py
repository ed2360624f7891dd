"""An authority outside, as a program: python -m tests.builders.outside_authority FOLDER

It answers as `servicehost.backends.authority.external` asks, with an authority of its own in FOLDER. It knows no clock
but the day on which all these tests take place.
"""

import os
import sys
from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from tests.builders.authority import NOW


def main() -> None:
    folder = Path(sys.argv[1])
    request = x509.load_pem_x509_csr(sys.stdin.buffer.read())
    issuing = x509.load_pem_x509_certificate((folder / "issuing.pem").read_bytes())
    key = serialization.load_pem_private_key((folder / "issuing-key.pem").read_bytes(), None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    kind = os.environ["SERVICEHOST_CSR_KIND"]
    unit = kind == "unit"
    subject = x509.NameAttribute(NameOID.SERIAL_NUMBER, os.environ["SERVICEHOST_CSR_SERIAL"]) if unit else None
    usage = ExtendedKeyUsageOID.CLIENT_AUTH if unit else ExtendedKeyUsageOID.SERVER_AUTH
    if kind == "signer":
        usage = x509.ObjectIdentifier(os.environ["SERVICEHOST_CSR_PURPOSE"])
    plain = x509.KeyUsage(True, False, False, False, False, False, False, False, False)
    leaf = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([] if subject is None else [subject]))
        .issuer_name(issuing.subject)
        .public_key(request.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW - timedelta(minutes=1))
        .not_valid_after(NOW + timedelta(days=365))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(plain, critical=True)
        .add_extension(x509.ExtendedKeyUsage([usage]), critical=kind == "signer")
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(request.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key()), critical=False)
    )
    if kind != "signer":
        leaf = leaf.add_extension(x509.SubjectAlternativeName(names(unit)), critical=subject is None)
    for certificate in (leaf.sign(key, hashes.SHA256()), issuing):
        sys.stdout.buffer.write(certificate.public_bytes(serialization.Encoding.PEM))


def names(unit: bool) -> list[x509.GeneralName]:
    if unit:
        return [x509.UniformResourceIdentifier(os.environ["SERVICEHOST_CSR_URI"])]
    texts = [text for text in os.environ["SERVICEHOST_CSR_NAMES"].split(",") if text]
    addresses = [text for text in os.environ["SERVICEHOST_CSR_ADDRESSES"].split(",") if text]
    return [*(x509.DNSName(text.lower()) for text in texts), *(x509.IPAddress(ip_address(text)) for text in addresses)]


if __name__ == "__main__":
    main()
