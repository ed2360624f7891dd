"""Judges a PKCS#10 request and takes from it the one thing we want: a public key whose owner has proved himself."""

from hashlib import sha256
from typing import Final

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from servicehost.ports.authority import CsrRefusal, CsrRefused

__all__ = ["CSR_BYTES", "RSA_BITS", "AcceptedKey", "csr_key_fingerprint", "read_csr", "read_p256_csr"]

CSR_BYTES: Final = 16 * 1024
RSA_BITS: Final = range(2048, 4096 + 1)
"""Above it, checking a signature costs the host so much that a request becomes a weapon."""

_CURVES: Final = (ec.SECP256R1, ec.SECP384R1)
_DIGESTS: Final = (hashes.SHA256, hashes.SHA384, hashes.SHA512)

AcceptedKey = ec.EllipticCurvePublicKey | rsa.RSAPublicKey


def read_csr(csr_der: bytes) -> AcceptedKey:
    """The public key of a request in DER. Raises CsrRefused and nothing else.

    The cheap questions come first: the signature is checked only under a key whose size is known to be bearable.
    """
    if len(csr_der) > CSR_BYTES:
        raise CsrRefused(CsrRefusal.TOO_LARGE, f"the request has {len(csr_der)} bytes; at most {CSR_BYTES}")
    try:
        request = x509.load_der_x509_csr(csr_der)
    except (ValueError, x509.InvalidVersion) as error:
        raise CsrRefused(CsrRefusal.UNREADABLE, f"not a PKCS#10 request in DER: {error}") from error
    key = _acceptable(request)
    _require_proof(request)
    return key


def csr_key_fingerprint(csr_der: bytes) -> str:
    """SHA-256 of the SubjectPublicKeyInfo in a request that `read_csr` accepts. Raises CsrRefused and nothing else."""
    return sha256(read_csr(csr_der).public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).hexdigest()


def read_p256_csr(csr_der: bytes) -> ec.EllipticCurvePublicKey:
    """As `read_csr`, for a key that shall make ES256 signatures: EC P-256 and no other."""
    key = read_csr(csr_der)
    if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
        raise CsrRefused(CsrRefusal.UNSUPPORTED_KEY, "the key is not EC P-256")
    return key


def _acceptable(request: x509.CertificateSigningRequest) -> AcceptedKey:
    try:
        key = request.public_key()
    except UnsupportedAlgorithm as error:
        raise CsrRefused(CsrRefusal.UNSUPPORTED_KEY, f"the key's kind or curve is not known: {error}") from error
    except ValueError as error:
        raise CsrRefused(CsrRefusal.UNREADABLE, f"the request's public key is malformed: {error}") from error
    if isinstance(key, rsa.RSAPublicKey):
        return _acceptable_rsa(key)
    if isinstance(key, ec.EllipticCurvePublicKey):
        if not isinstance(key.curve, _CURVES):
            raise CsrRefused(CsrRefusal.WEAK_KEY, f"the curve is {key.curve.name}; use P-256 or P-384")
        return key
    raise CsrRefused(CsrRefusal.UNSUPPORTED_KEY, "the key is neither EC (P-256, P-384) nor RSA")


def _acceptable_rsa(key: rsa.RSAPublicKey) -> rsa.RSAPublicKey:
    if key.key_size < RSA_BITS.start:
        raise CsrRefused(CsrRefusal.WEAK_KEY, f"the RSA key has {key.key_size} bits; at least {RSA_BITS.start}")
    if key.key_size not in RSA_BITS:
        raise CsrRefused(CsrRefusal.KEY_TOO_LARGE, f"the RSA key has {key.key_size} bits; at most {RSA_BITS.stop - 1}")
    return key


def _require_proof(request: x509.CertificateSigningRequest) -> None:
    try:
        digest = request.signature_hash_algorithm
        if not isinstance(digest, _DIGESTS):
            name = digest.name if digest else "none"
            raise CsrRefused(CsrRefusal.WEAK_SIGNATURE, f"the digest is {name}; use SHA-256, SHA-384 or SHA-512")
        proven = request.is_signature_valid
    except (UnsupportedAlgorithm, ValueError) as error:
        raise CsrRefused(CsrRefusal.WEAK_SIGNATURE, f"the signature's algorithm is not known: {error}") from error
    if not proven:
        raise CsrRefused(CsrRefusal.NOT_PROVEN, "the request is not signed by the key that it carries")
