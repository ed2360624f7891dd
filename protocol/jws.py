"""Signed text in three parts: a JSON Web Signature (RFC 7515) in its compact form, taken apart and put together.

No cryptography here: whoever signs or checks brings that. One kind of signature is known, ES256 with the signer's
certificates in the protected header, so there is nothing to negotiate and nothing to downgrade.
"""

import base64
import binascii
from typing import Annotated, Final, Literal

import msgspec

__all__ = ["ALGORITHM", "MAX_CHAIN", "NotSigned", "SignedText", "read_signed", "signing_input", "written"]

ALGORITHM: Final = "ES256"
MAX_CHAIN: Final = 4
"""Certificates at most in `x5c`: a leaf and the issuers between it and an anchor."""
SIGNATURE_BYTES: Final = 64


class NotSigned(ValueError):
    """A text that is no such signature; the message names the part that is wrong."""


class _Header(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """`crit` names what a reader must understand; this one understands nothing of the kind."""

    alg: str
    typ: str
    x5c: Annotated[tuple[str, ...], msgspec.Meta(min_length=1, max_length=MAX_CHAIN)]
    crit: tuple[str, ...] | None = None


class SignedText(msgspec.Struct, frozen=True, kw_only=True):
    """The parts, decoded. Nothing about them is proven yet."""

    typ: str
    chain: tuple[bytes, ...]
    """Certificates in DER, the signer's first; each later one issued the one before it."""
    signed: bytes
    """The exact octets that the signature covers: header and payload, with the point between them."""
    signature: bytes
    """R and S, 32 octets each."""
    payload: bytes


def read_signed(text: bytes) -> SignedText:
    """Take `text` apart; white space around it is ignored. Raises NotSigned and nothing else."""
    parts = text.strip().split(b".")
    if len(parts) != 3:  # noqa: PLR2004 - header, payload, signature
        raise NotSigned("it is no JWS in compact form: three parts with points between them")
    header = _header(_decoded(parts[0], "header"))
    signature = _decoded(parts[2], "signature")
    if len(signature) != SIGNATURE_BYTES:
        raise NotSigned(f"the signature has {len(signature)} bytes, not {SIGNATURE_BYTES}")
    return SignedText(
        typ=header.typ,
        chain=tuple(_certificate(one) for one in header.x5c),
        signed=parts[0] + b"." + parts[1],
        signature=signature,
        payload=_decoded(parts[1], "payload"),
    )


def signing_input(typ: str, chain: tuple[bytes, ...], payload: bytes) -> bytes:
    """What is to be signed, for `written`."""
    certificates = tuple(base64.b64encode(one).decode() for one in chain)
    header: dict[Literal["alg", "typ", "x5c"], object] = {"alg": ALGORITHM, "typ": typ, "x5c": certificates}
    return _encoded(msgspec.json.encode(header)) + b"." + _encoded(payload)


def written(signed: bytes, signature: bytes) -> bytes:
    """The whole text of what `signing_input` gave and its signature, R and S of 32 octets each."""
    return signed + b"." + _encoded(signature)


def _header(octets: bytes) -> _Header:
    try:
        header = msgspec.json.decode(octets, type=_Header)
    except (ValueError, RecursionError) as error:
        raise NotSigned(f"the header is not as it should be: {error}") from error
    if header.alg != ALGORITHM:
        raise NotSigned(f"the algorithm must be {ALGORITHM}, not {header.alg[:20]!a}")
    if header.crit is not None:
        raise NotSigned("the header has extensions that must be understood, and are not")
    return header


def _certificate(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise NotSigned(f"a certificate of the header is not base64: {error}") from error


def _encoded(octets: bytes) -> bytes:
    return base64.urlsafe_b64encode(octets).rstrip(b"=")


def _decoded(part: bytes, what: str) -> bytes:
    """Strictly: one text has one reading, so that nothing can be changed in it without changing what is signed."""
    if b"=" in part or b"+" in part or b"/" in part:
        raise NotSigned(f"the {what} is not base64url without padding")
    try:
        octets = base64.b64decode(part + b"=" * (-len(part) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise NotSigned(f"the {what} is not base64url: {error}") from error
    if _encoded(octets) != part:
        raise NotSigned(f"the {what} is not the one spelling of its octets")
    return octets
