"""Location documents, signed rightly, or wrongly on purpose."""

from datetime import timedelta
from typing import Any

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from protocol.jws import signing_input, written
from protocol.location import SIGNER_PURPOSE, TYPE, VERSION, Location
from servicehost.backends.authority.location import sign_location
from tests.builders.certificates import Authority, Credential, common_name, ours

__all__ = ["a_location", "signed_by", "signed_payload", "signer_of"]


def signer_of(authority: Authority | None = None, *usages: str) -> Credential:
    """A signer's certificate under `authority`, with the purpose that is needed unless others are named."""
    purposes = [x509.ObjectIdentifier(one) for one in usages or (SIGNER_PURPOSE,)]
    return (authority or ours())._leaf(common_name("Location service"), [x509.DNSName("signer.example")], purposes)


def a_location(sequence: int = 1, *hosts: str, **more: Any) -> Location:
    """A document of the tests' authority, issued within the life of its certificates."""
    issued = (ours().now + timedelta(minutes=1)).replace(microsecond=0)
    given = {
        "version": VERSION,
        "sequence": sequence,
        "issued_at": issued,
        "expires_at": issued + timedelta(days=1),
        "hosts": hosts or ("wss://host.example:8443",),
        "anchors": (ours().root_pem,),
        **more,
    }
    return Location(**given)


def signed_by(signer: Credential, location: Location) -> bytes:
    return sign_location(location, signer.key, [signer.certificate, *signer.chain])


def signed_payload(signer: Credential, payload: object, *, typ: str = TYPE) -> bytes:
    """Any JSON value, or any octets, under a signature that is right."""
    octets = payload if isinstance(payload, bytes) else msgspec.json.encode(payload)
    signed = signing_input(
        typ,
        tuple(Credential(key=signer.key, certificate=one).der for one in (signer.certificate, *signer.chain)),
        octets,
    )
    r, s = decode_dss_signature(signer.key.sign(signed, ec.ECDSA(hashes.SHA256())))
    return written(signed, r.to_bytes(32, "big") + s.to_bytes(32, "big"))
