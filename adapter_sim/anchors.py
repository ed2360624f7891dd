"""The trust anchors of one unit, in a file of their own, and how they change without losing sight of the host.

What a host names is added at once. What it names no longer is dropped only after a session whose host was known by the
anchors named alone: until then the unit dials with those alone first, and with all it holds when that fails.
"""

from collections.abc import Iterable, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from adapter_sim.keys import CertificateUnfit, anchors_in, pem
from adapter_sim.shelf import Shelf

__all__ = ["Anchors", "AnchorsUnfit", "fingerprint_of"]

MAX_HELD: Final = 16


class AnchorsUnfit(Exception):
    """What a host named are no trust anchors; nothing was changed. `reason` is a stable word."""

    def __init__(self, reason: str, text: str) -> None:
        super().__init__(f"{reason}: {text}")
        self.reason = reason
        self.text = text


def fingerprint_of(certificate: x509.Certificate) -> str:
    """SHA-256 of its DER, hex."""
    return sha256(certificate.public_bytes(Encoding.DER)).hexdigest()


class Anchors:
    """What is in `path`, PEM, and which of it shall remain. `path` is written whole or not at all.

    `proving` says that the next dial shall know its host by the remaining ones alone.
    """

    __slots__ = ("_held", "_path", "_remaining", "proving")

    def __init__(self, path: Path) -> None:
        """Raises OSError, and ValueError for a file that holds no certificate."""
        self._path = path
        self._held = x509.load_pem_x509_certificates(path.read_bytes())
        self._remaining: frozenset[str] | None = None
        self.proving = False

    @property
    def fingerprints(self) -> tuple[str, ...]:
        """Of the roots held, in order: what the unit says of itself. An issuing certificate beside them counts not."""
        return tuple(sorted(fingerprint_of(one) for one in self._roots()))

    def _roots(self) -> list[x509.Certificate]:
        roots = [one for one in self._held if one.issuer == one.subject]
        return roots or self._held

    @property
    def proves(self) -> frozenset[str] | None:
        """The anchors by which alone the next dial shall know its host, fingerprints; None: all that are held."""
        return self._remaining if self.proving else None

    def pem_to_dial_with(self) -> str:
        """The anchors of the next dial's TLS context."""
        chosen = self._held
        if self.proving and self._remaining is not None:
            chosen = [one for one in self._roots() if fingerprint_of(one) in self._remaining]
        return pem(chosen).decode("ascii")

    def take(self, named: Sequence[str]) -> tuple[str, ...]:
        """A host named these, PEM: hold them from now on, in memory that outlives a power cut. All that are held now.

        Raises AnchorsUnfit, OSError.
        """
        certificates = self._added(named)
        names = frozenset(map(fingerprint_of, certificates))
        self._remaining = None if names >= set(self.fingerprints) else names
        self.proving = self._remaining is not None
        return self.fingerprints

    def join(self, named: Sequence[str]) -> None:
        """Hold these too, PEM: a signed document says so, but it may be an old one, and sends none away.

        Raises AnchorsUnfit, OSError.
        """
        self._added(named)

    def _added(self, named: Sequence[str]) -> list[x509.Certificate]:
        certificates = _authorities(named)
        held = {fingerprint_of(one): one for one in (*self._held, *certificates)}
        if len(held) > MAX_HELD:
            raise AnchorsUnfit("no_room", f"there is room for {MAX_HELD} anchors")
        if len(held) > len(self._held):
            self._keep(list(held.values()))
        return certificates

    def proved(self) -> bool:
        """A session stands that was dialled while `proving`: drop what was not named. Whether something was.

        Raises OSError; then all of it is held still.
        """
        if not self.proving or self._remaining is None:
            return False
        self._keep([one for one in self._held if fingerprint_of(one) in self._remaining])
        self._remaining, self.proving = None, False
        return True

    def failed(self) -> None:
        """The host was not known by the remaining anchors: the next dial uses all, the one after it tries again."""
        if self._remaining is not None:
            self.proving = not self.proving

    def _keep(self, held: list[x509.Certificate]) -> None:
        Shelf(self._path.parent).write(self._path.name, pem(held))
        self._held = held


def _authorities(named: Iterable[str]) -> list[x509.Certificate]:
    try:
        return anchors_in([x509.load_pem_x509_certificate(one.encode("ascii")) for one in named])
    except (ValueError, CertificateUnfit) as error:
        raise AnchorsUnfit("anchor_unfit", str(error)) from error
