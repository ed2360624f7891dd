"""What we want in a request for a certificate (RFC 7030, section 4.5.2, as RFC 8951 clarifies it).

    CsrAttrs ::= SEQUENCE OF AttrOrOID
      Attribute  type id-ecPublicKey, values { secp256r1 }    the key: EC P-256
      OID        ecdsa-with-SHA256                            how the request is signed

Neither a subject nor alternative names are asked for: whatever a request says of them, the names in a certificate are
set by us. Other keys and digests that `Authority.issue_unit` accepts are taken too; this is what we would have.
"""

from typing import Final

__all__ = ["CSR_ATTRIBUTES"]

_SEQUENCE: Final = 0x30
_SET: Final = 0x31
_EC_PUBLIC_KEY: Final = bytes.fromhex("06072A8648CE3D0201")
_P_256: Final = bytes.fromhex("06082A8648CE3D030107")
_ECDSA_WITH_SHA256: Final = bytes.fromhex("06082A8648CE3D040302")


def _of(tag: int, *parts: bytes) -> bytes:
    content = b"".join(parts)
    return bytes((tag, len(content))) + content  # all of it is shorter than 128 octets


CSR_ATTRIBUTES: Final = _of(_SEQUENCE, _of(_SEQUENCE, _EC_PUBLIC_KEY, _of(_SET, _P_256)), _ECDSA_WITH_SHA256)
"""DER."""
