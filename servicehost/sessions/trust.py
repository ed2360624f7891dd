"""The trust anchors in force, as the adapters' door needs them: what units must hold, where certificates lead to."""

from collections.abc import Iterable

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding

__all__ = ["NO_TRUST", "Trust", "trust_of"]


class Trust:
    """One state of the authority; a new one is made when it changes. Anchors are named by their SHA-256, hex."""

    __slots__ = ("_anchor_of", "anchors", "fingerprints", "leaves")

    def __init__(self, anchors: dict[str, str], anchor_of: dict[str, str], leaves: str | None) -> None:
        self.anchors = tuple(anchors.values())
        """PEM, one each."""
        self.fingerprints = frozenset(anchors)
        self.leaves = leaves
        """The anchor that a rollover takes out of force; None when none is under way."""
        self._anchor_of = anchor_of

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Trust) and (self.anchors, self.leaves, self._anchor_of) == (
            other.anchors,
            other.leaves,
            other._anchor_of,
        )

    __hash__ = None  # type: ignore[assignment]  # two that are equal are not one: nothing may be kept under it

    def known(self, said: Iterable[str] | None) -> frozenset[str] | None:
        """What a unit said, as one shared object when it is just what is in force: ten thousand sessions keep it."""
        if said is None:
            return None
        held = frozenset(said)
        return self.fingerprints if held == self.fingerprints else held

    def anchor_of(self, authority_key: str) -> str:
        """The anchor that a certificate leads to, by its authority key identifier; empty when that is not known."""
        return self._anchor_of.get(authority_key, "")

    def renewal_due(self, anchor: str, held: frozenset[str] | None) -> bool:
        """Whether a unit should get a new certificate now: its own leads to the anchor that leaves, and it could
        already check the new one."""
        if self.leaves is None or anchor != self.leaves or held is None:
            return False
        return held >= self.fingerprints - {self.leaves}


def trust_of(anchors_pem: str, chain_pem: str, *, leaves: str | None = None) -> Trust:
    """The trust that an authority's anchors and issuing certificates make. Raises ValueError for what is no PEM."""
    roots = x509.load_pem_x509_certificates(anchors_pem.encode("ascii"))
    chain = x509.load_pem_x509_certificates(chain_pem.encode("ascii")) if chain_pem.strip() else []
    names = {_name(root): root.public_bytes(Encoding.PEM).decode("ascii") for root in roots}
    anchor_of = {key: _name(root) for root in roots if (key := _key_of(root))}
    for issuing in chain:
        key = _key_of(issuing)
        root = next((root for root in roots if _issued(issuing, root)), None)
        if key and root is not None:
            anchor_of[key] = _name(root)
    return Trust(names, anchor_of, leaves)


def _name(certificate: x509.Certificate) -> str:
    return certificate.fingerprint(hashes.SHA256()).hex()


def _key_of(certificate: x509.Certificate) -> str:
    try:
        return certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value.digest.hex()
    except x509.ExtensionNotFound:
        return ""


def _issued(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(issuer)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True


NO_TRUST = Trust({}, {}, None)
"""Before the roof has said what is in force: nobody is told anything."""
