"""What a unit proves itself with and whom it believes, as its flash keeps it.

    current.pem      key, certificate and chain in one file, so that they change in one step
    candidate.pem    the same, of a renewal that no host has welcomed yet
    previous.pem     the same, as it was before the last renewal, until a later session has proved the new one
    next-key.pem     a key that has no certificate yet: who is interrupted asks again with the same one
    anchors.pem      the authorities against which hosts are checked

The order of the writes is such that the power may go between any two of them: `current.pem` is always whole, and
whatever lies beside it is either good or is replaced. No network.
"""

import ssl
from collections.abc import Sequence
from pathlib import Path
from typing import Final, Literal

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from adapter_sim import keys
from adapter_sim.anchors import Anchors
from adapter_sim.shelf import Shelf
from adapter_sim.tls import client_context
from protocol.renewal import Life, lot_of

__all__ = ["ROLES", "Brought", "Credential", "Identity", "Role"]

Role = Literal["current", "candidate", "previous", "birth"]

ROLES: Final[tuple[Role, ...]] = ("current", "candidate", "previous")
"""In the order in which a unit dials with them when a host will not have the one before."""

_FILES: Final[dict[Role, str]] = {role: f"{role}.pem" for role in ROLES}
_NEXT_KEY: Final = "next-key.pem"
_ANCHORS: Final = "anchors.pem"


class Brought(msgspec.Struct, frozen=True, kw_only=True):
    """A certificate, with its chain, and its key, that a unit did not get from its host: two PEM files."""

    certificate: Path
    key: Path


class Credential(msgspec.Struct, frozen=True, kw_only=True):
    """A key and its certificate: where they are, and what the certificate says. For `ssl`, key and chain may be one
    file."""

    role: Role
    certificate: Path
    key: Path
    leaf: x509.Certificate
    chain: tuple[x509.Certificate, ...] = ()

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the leaf's DER, hex."""
        return self.leaf.fingerprint(hashes.SHA256()).hex()

    @property
    def life(self) -> Life:
        """Its dates."""
        begins, ends = self.leaf.not_valid_before_utc, self.leaf.not_valid_after_utc
        return Life(not_before=begins.timestamp(), not_after=ends.timestamp())

    @property
    def lot(self) -> float:
        """What it drew: see `protocol.renewal.due_at`."""
        return lot_of(self.fingerprint)


class Identity:
    """One unit's. `brought` stands in for `current.pem` until there is one, `anchors` for `anchors.pem`; `birth` is the
    maker's certificate, good for enrolment alone.

    Reading raises CertificateUnfit for a file that is not what it should be, and OSError; writing raises OSError.
    """

    __slots__ = ("_anchors", "_birth", "_brought", "_context", "_shelf", "_trust")

    def __init__(
        self, shelf: Shelf, *, brought: Brought | None = None, birth: Brought | None = None, anchors: Path | None = None
    ) -> None:
        self._shelf = shelf
        self._brought = brought
        self._birth = birth
        self._anchors = anchors
        self._trust: Anchors | None = None
        self._context: tuple[tuple[object, ...], ssl.SSLContext] | None = None

    # -- whom it believes ---------------------------------------------------------------------------------------

    @property
    def anchors(self) -> Path:
        """The PEM file of the authorities to check a host by."""
        own = self._shelf.path(_ANCHORS)
        return own if self._anchors is None or own.exists() else self._anchors

    @property
    def trust(self) -> Anchors | None:
        """The same, as a host may change it; None as long as it is not the unit's own to change."""
        path = self._shelf.path(_ANCHORS)
        if self._trust is None and path.exists():
            try:
                self._trust = Anchors(path)
            except ValueError as error:
                raise keys.CertificateUnfit(f"{path}: {error}") from error
        return self._trust

    def anchor_certificates(self) -> list[x509.Certificate]:
        """The same, read."""
        return keys.read_certificates(self.anchors.read_bytes())

    def put_anchors(self, anchors: Sequence[x509.Certificate]) -> None:
        """Believe these from now on, and no others."""
        self._shelf.write(_ANCHORS, keys.pem(anchors))
        self._trust = None

    # -- what it proves itself with -----------------------------------------------------------------------------

    @property
    def enrolled(self) -> bool:
        """Whether it has a certificate of its own, and anchors."""
        held = self._brought is not None or self._shelf.path(_FILES["current"]).exists()
        return held and self.anchors.exists()

    def has(self, role: Role) -> bool:
        """Whether there is a credential of this role."""
        return self._place(role) is not None

    def credential(self, role: Role) -> Credential | None:
        """The credential of this role; None when there is none."""
        place = self._place(role)
        if place is None:
            return None
        leaf, *chain = keys.read_certificates(place.certificate.read_bytes())
        return Credential(role=role, certificate=place.certificate, key=place.key, leaf=leaf, chain=tuple(chain))

    def context(self, role: Role) -> ssl.SSLContext:
        """The TLS context of a unit that dials with this credential. Raises ssl.SSLError besides."""
        place = self._place(role)
        if place is None:
            raise keys.CertificateUnfit(f"there is no {role} certificate")
        anchors = self.anchors if self.trust is None else self.trust.pem_to_dial_with()
        files = (place.certificate, place.key, self.anchors)
        # Made anew only when something was: a unit redials more often than it renews, and making one takes a while.
        seen = (anchors, *((path, path.stat().st_ino, path.stat().st_mtime_ns) for path in files))
        if self._context is None or self._context[0] != seen:
            context = client_context([anchors], certificate_chain=place.certificate, private_key=place.key)
            self._context = (seen, context)
        return self._context[1]

    def _place(self, role: Role) -> Brought | None:
        if role == "birth":
            return self._birth
        path = self._shelf.path(_FILES[role])
        if path.exists():
            return Brought(certificate=path, key=path)
        return self._brought if role == "current" else None

    # -- a new one ----------------------------------------------------------------------------------------------

    def next_key(self) -> ec.EllipticCurvePrivateKey:
        """The key to ask a certificate for: kept before it is used, and the same until it has its certificate."""
        kept = self._shelf.read(_NEXT_KEY)
        if kept is not None:
            key = keys.read_key(kept)
            if not self._in_use(key):
                return key
        key = keys.new_key()
        self._shelf.write(_NEXT_KEY, keys.key_pem(key))
        return key

    def _in_use(self, key: ec.EllipticCurvePrivateKey) -> bool:
        """Whether it got its certificate already, and the power went before it was put away."""
        held = (self.credential(role) for role in ROLES)
        return any(one is not None and one.leaf.public_key() == key.public_key() for one in held)

    def install(self, key: ec.EllipticCurvePrivateKey, chain: Sequence[x509.Certificate]) -> None:
        """The first certificate: current at once, for there is none that could be lost by it."""
        self._shelf.write(_FILES["current"], keys.key_pem(key) + keys.pem(chain))
        self._shelf.remove(_NEXT_KEY)

    def put_candidate(self, key: ec.EllipticCurvePrivateKey, chain: Sequence[x509.Certificate]) -> None:
        """A certificate that a host must welcome before it is relied on."""
        self._shelf.write(_FILES["candidate"], keys.key_pem(key) + keys.pem(chain))
        self._shelf.remove(_NEXT_KEY)

    def commit(self) -> None:
        """A host has welcomed the candidate: it is the current one, and what was current is the previous one."""
        current = self._place("current")
        if current is not None:
            whole = current.key.read_bytes()
            if current.key != current.certificate:
                whole += current.certificate.read_bytes()
            self._shelf.write(_FILES["previous"], whole)
        self._shelf.move(_FILES["candidate"], _FILES["current"])

    def go_back(self) -> None:
        """A host that would not have the current one has welcomed the previous one: that is current again."""
        self._shelf.move(_FILES["previous"], _FILES["current"])

    def drop(self, role: Literal["candidate", "previous"]) -> None:
        """Erase it and its key. Harmless when there is none."""
        self._shelf.remove(_FILES[role])

    def wear(self, worn: Brought) -> None:
        """Have this as the current credential and nothing beside it: for a simulated unit that is to be badly off."""
        self._shelf.write(_FILES["current"], worn.key.read_bytes() + worn.certificate.read_bytes())
        for name in (_FILES["candidate"], _FILES["previous"], _NEXT_KEY):
            self._shelf.remove(name)
