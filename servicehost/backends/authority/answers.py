"""The look at what an authority elsewhere has answered: nothing is believed because it came from the right program."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID, ObjectIdentifier

from protocol.location import SIGNER_PURPOSE
from servicehost.backends.authority.profiles import UNIT_LIFE
from servicehost.backends.authority.requests import AcceptedKey
from servicehost.backends.authority.signing import issued_by
from servicehost.ports.authority import AuthorityUnavailable

__all__ = ["HOST", "SIGNER", "UNIT", "Wanted", "check_answer"]

UNIT: Final = ExtendedKeyUsageOID.CLIENT_AUTH
HOST: Final = ExtendedKeyUsageOID.SERVER_AUTH
SIGNER: Final = ObjectIdentifier(SIGNER_PURPOSE)

MAX_LIFE: Final = 3 * UNIT_LIFE
MIN_LIFE: Final = timedelta(hours=1)
SKEW: Final = timedelta(minutes=5)
MAX_BACKDATED: Final = timedelta(days=2)
_MAX_CHAIN: Final = 8
_WORDS: Final = {UNIT: "clientAuth", HOST: "serverAuth", SIGNER: "signing locations"}


class Wanted(NamedTuple):
    """What was asked for."""

    key: AcceptedKey
    names: Sequence[x509.GeneralName]
    serial: str | None
    """The subject's serialNumber, for a unit."""
    purpose: ObjectIdentifier
    """UNIT, HOST or SIGNER: the extended key usage. The certificate of a host may have others besides."""
    now: datetime


def check_answer(
    answer: bytes, wanted: Wanted, known_pem: str
) -> tuple[x509.Certificate, list[x509.Certificate], x509.Certificate]:
    """The leaf, the issuing certificates nearest first, and the anchor among `known_pem` that they lead to.

    Raises AuthorityUnavailable, naming what is wrong with the answer.
    """
    try:
        found = x509.load_pem_x509_certificates(answer)
    except ValueError as error:
        raise _unfit(f"it is no certificate in PEM ({error})") from error
    leaf = found[0]
    try:
        _check_key_and_names(leaf, wanted)
        _check_use(leaf, wanted)
    except (x509.ExtensionNotFound, x509.DuplicateExtension, ValueError) as error:
        raise _unfit(f"the certificate lacks or repeats something ({error})") from error
    _check_dates(leaf, wanted.now)
    known = x509.load_pem_x509_certificates(known_pem.encode("ascii"))
    return leaf, *_lead(leaf, found[1:], known)


def _check_key_and_names(leaf: x509.Certificate, wanted: Wanted) -> None:
    if leaf.public_key() != wanted.key:
        raise _unfit("the certificate is for another key than the request's")
    names = list(_names(leaf)) if wanted.names else _names_if_any(leaf)
    if set(names) != set(wanted.names) or len(names) != len(wanted.names):
        raise _unfit(f"the alternative names are {[str(name.value) for name in names]}")
    serials = [attribute.value for attribute in leaf.subject.get_attributes_for_oid(NameOID.SERIAL_NUMBER)]
    if wanted.serial is not None and serials != [wanted.serial]:
        raise _unfit(f"the subject's serialNumber is {serials}, not {wanted.serial}")


def _names(leaf: x509.Certificate) -> x509.SubjectAlternativeName:
    return leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value


def _names_if_any(leaf: x509.Certificate) -> list[x509.GeneralName]:
    try:
        return list(_names(leaf))
    except x509.ExtensionNotFound:
        return []


def _check_use(leaf: x509.Certificate, wanted: Wanted) -> None:
    if leaf.extensions.get_extension_for_class(x509.BasicConstraints).value.ca:
        raise _unfit("the certificate is an authority's")
    if not leaf.extensions.get_extension_for_class(x509.KeyUsage).value.digital_signature:
        raise _unfit("the certificate may not sign, which TLS needs")
    usage = leaf.extensions.get_extension_for_class(x509.ExtendedKeyUsage)
    usages, word = set(usage.value), _WORDS[wanted.purpose]
    if wanted.purpose not in usages:
        raise _unfit(f"the certificate is not for {word}")
    if wanted.purpose != HOST and usages != {wanted.purpose}:
        # A unit whose certificate also serves could pass itself off as a host to every other unit.
        raise _unfit(f"this certificate must be for {word} and for nothing else")
    if wanted.purpose == SIGNER and not usage.critical:
        raise _unfit("the extended key usage of a signer's certificate must be critical")


def _check_dates(leaf: x509.Certificate, now: datetime) -> None:
    begins, ends = leaf.not_valid_before_utc, leaf.not_valid_after_utc
    if not now - MAX_BACKDATED <= begins <= now + SKEW:
        raise _unfit(f"the certificate holds from {begins:%Y-%m-%d %H:%M} UTC")
    if not now + MIN_LIFE <= ends <= now + MAX_LIFE:
        raise _unfit(f"the certificate holds until {ends:%Y-%m-%d %H:%M} UTC")


def _lead(
    leaf: x509.Certificate, given: Sequence[x509.Certificate], known: Sequence[x509.Certificate]
) -> tuple[list[x509.Certificate], x509.Certificate]:
    """Signatures from the leaf up, through what came along and what we know, to an anchor that signed itself."""
    chain: list[x509.Certificate] = []
    at = leaf
    for _ in range(_MAX_CHAIN):
        issuer = next((one for one in (*known, *given) if one != at and issued_by(at, one)), None)
        if issuer is None:
            break
        if issuer in known and issued_by(issuer, issuer):
            return chain, issuer
        chain.append(issuer)
        at = issuer
    raise _unfit("the certificate does not lead to an anchor")


def _unfit(text: str) -> AuthorityUnavailable:
    return AuthorityUnavailable(f"the authority's answer cannot be used: {text}")
