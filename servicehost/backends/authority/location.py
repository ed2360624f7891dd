"""The location document in files: the key that signs it, that key's certificate, and the document in force.

    location-signer.pem  location-signer-key.pem  location.jws

The document is kept so that every process that gives it out gives the very same octets, and so that its sequence
outlives a restart.
"""

import asyncio
import fcntl
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import msgspec
import structlog
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding

from protocol.jws import SIGNATURE_BYTES, SignedText, read_signed, signing_input, written
from protocol.location import TYPE, VERSION, Location, LocationRefused, next_sequence, read_location
from servicehost.backends.authority.doors import own_key, replace_file, request_by
from servicehost.backends.authority.key_files import read_key
from servicehost.backends.authority.renewal import RENEWED_AFTER
from servicehost.backends.authority.signing import issued_by, pem
from servicehost.ports.authority import Authority, AuthorityUnavailable
from servicehost.ports.location import LocationTerms, SignedLocation

__all__ = ["DOCUMENT", "SIGNER", "SIGNER_KEY", "LocationFiles", "renew_signer_if_due", "sign_location"]

SIGNER: Final = "location-signer.pem"
SIGNER_KEY: Final = "location-signer-key.pem"
DOCUMENT: Final = "location.jws"
_LOCK: Final = ".location.lock"
_log: Final[Any] = structlog.get_logger("servicehost.location")


def sign_location(location: Location, key: ec.EllipticCurvePrivateKey, chain: Sequence[x509.Certificate]) -> bytes:
    """The document as it travels. `chain` begins with the certificate of `key` (EC P-256) and ends below the anchor."""
    ders = tuple(one.public_bytes(Encoding.DER) for one in chain)
    signed = signing_input(TYPE, ders, msgspec.json.encode(location))
    r, s = decode_dss_signature(key.sign(signed, ec.ECDSA(hashes.SHA256())))
    half = SIGNATURE_BYTES // 2
    return written(signed, r.to_bytes(half, "big") + s.to_bytes(half, "big"))


async def renew_signer_if_due(authority: Authority, folder: Path, *, now: datetime) -> bool:
    """Whether there was no signer's certificate in `folder`, or it was due at two thirds of its life: now there is one.

    The first time the key is made too (EC P-256, 0600). One whose issuer is not in force any more is due at once.
    Raises AuthorityUnavailable, AuthorityFileError, OSError.
    """
    chain = _chain(folder)
    if chain and await _in_force(authority, chain):
        begins, ends = chain[0].not_valid_before_utc, chain[0].not_valid_after_utc
        if now < begins + (ends - begins) * RENEWED_AFTER:
            return False
    issued = await authority.issue_signer(request_by(own_key(folder / SIGNER_KEY)), now=now)
    replace_file(folder / SIGNER, issued.leaf_pem + issued.chain_pem)
    return True


async def _in_force(authority: Authority, chain: Sequence[x509.Certificate]) -> bool:
    """In a rollover two issuing certificates are: either will do, as long as it is there."""
    known = [*_all_in(await authority.chain_pem()), *_all_in(await authority.anchors_pem())]
    return any(issued_by(chain[0], one) for one in known) and all(one in known for one in chain[1:])


class LocationFiles:
    """Implements `ports.location.LocationSource` in `folder`, which several processes may share.

    `terms` and `now` (aware) are asked at every call: what changed is in the next document. A document that cannot be
    renewed because the authority is away goes on being given.
    """

    def __init__(
        self, authority: Authority, folder: Path, *, terms: Callable[[], LocationTerms], now: Callable[[], datetime]
    ) -> None:
        self._authority = authority
        self._folder = folder
        self._terms = terms
        self._now = now
        self._one_at_a_time = asyncio.Lock()

    async def current(self) -> SignedLocation:
        """As the port says. Raises also AuthorityFileError and OSError for files that cannot be used."""
        async with self._one_at_a_time:
            try:
                await renew_signer_if_due(self._authority, self._folder, now=self._now())
                anchors = await self._authority.anchors_pem()
            except AuthorityUnavailable:
                kept = self._kept()
                if kept is None:
                    raise
                return kept
            return self._in_force(_each_pem(anchors))

    def _in_force(self, anchors: tuple[str, ...]) -> SignedLocation:
        chain = _chain(self._folder)
        with _locked(self._folder / _LOCK):
            kept, terms, now = self._kept(), self._terms(), self._now()
            if kept is not None and _holds(kept, terms, anchors, chain[0], now):
                return kept
            location = Location(
                version=VERSION,
                sequence=next_sequence(None if kept is None else kept.location.sequence, now),
                issued_at=now.replace(microsecond=0),
                expires_at=now.replace(microsecond=0) + terms.life,
                hosts=terms.hosts,
                bootstrap=terms.bootstrap,
                redial=terms.redial,
                anchors=anchors,
            )
            text = sign_location(location, read_key(self._folder / SIGNER_KEY, None), chain)
            replace_file(self._folder / DOCUMENT, text.decode("ascii"))
        _log.info("location_signed", sequence=location.sequence, hosts=location.hosts)
        return SignedLocation(text=text, location=location)

    def _kept(self) -> SignedLocation | None:
        path = self._folder / DOCUMENT
        try:
            text = path.read_bytes()
            return SignedLocation(text=text, location=read_location(text, _ours))
        except FileNotFoundError:
            return None
        except LocationRefused as error:
            _log.warning("location_unreadable", path=str(path), code=error.code, detail=error.text)
            return None


def _holds(
    kept: SignedLocation, terms: LocationTerms, anchors: tuple[str, ...], signer: x509.Certificate, now: datetime
) -> bool:
    """Whether it says what is to be said, under the signature of today, with more than half of its life to come."""
    said = kept.location
    life = said.expires_at - said.issued_at
    same = (said.hosts, said.bootstrap, said.redial, said.anchors, life) == (
        terms.hosts,
        terms.bootstrap,
        terms.redial,
        anchors,
        terms.life,
    )
    own = read_signed(kept.text).chain[0] == signer.public_bytes(Encoding.DER)
    return same and own and now < said.issued_at + life / 2


def _ours(_signed: SignedText) -> Callable[[datetime], bool]:
    """We wrote it ourselves; and it must be read even where its signer is no longer ours, for its sequence."""
    return lambda _moment: True


def _chain(folder: Path) -> list[x509.Certificate]:
    try:
        return x509.load_pem_x509_certificates((folder / SIGNER).read_bytes())
    except (FileNotFoundError, ValueError):
        return []  # to be made anew: nothing is lost, the key is a file of its own


def _each_pem(text: str) -> tuple[str, ...]:
    return tuple(pem(one) for one in _all_in(text))


def _all_in(text: str) -> list[x509.Certificate]:
    """None in an empty text: an anchor may issue itself."""
    return x509.load_pem_x509_certificates(text.encode("ascii")) if text.strip() else []


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """One process at a time: two that sign at once would give one sequence to two documents."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
