"""What the service needs of a certificate authority.

The authority is a party of its own: today it lives in this process, tomorrow it may be a step-ca, a company's own CA or
a hardware module behind a network. Nothing here assumes that it is near, or that its key can be read.
"""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from ipaddress import IPv4Address, IPv6Address
from typing import Protocol

import msgspec

from protocol.identity import DistributionId, ModelSerial

__all__ = ["Authority", "AuthorityUnavailable", "CsrRefusal", "CsrRefused", "IssuedCertificate"]


class IssuedCertificate(msgspec.Struct, frozen=True, kw_only=True):
    """A certificate that was signed. It is not stored anywhere by the authority: keep what you need of it."""

    leaf_pem: str
    chain_pem: str
    """The issuing certificates between leaf and anchor, nearest to the leaf first; without leaf and anchor."""
    der: bytes
    """The leaf."""
    serial_number: str
    """Upper-case hex in whole octets; unique within the authority, the key by which it is revoked."""
    not_before: datetime
    not_after: datetime
    fingerprint: str
    """SHA-256 of `der`, 64 lower-case hex digits."""
    anchor: str = ""
    """SHA-256 of the DER of the root that `chain_pem` leads to; empty where the authority does not tell."""


class CsrRefusal(StrEnum):
    """Why a request for a certificate cannot be signed, whoever sent it."""

    TOO_LARGE = "csr_too_large"
    UNREADABLE = "csr_unreadable"
    UNSUPPORTED_KEY = "csr_key_unsupported"
    WEAK_KEY = "csr_key_weak"
    KEY_TOO_LARGE = "csr_key_too_large"
    WEAK_SIGNATURE = "csr_signature_weak"
    NOT_PROVEN = "csr_signature_bad"


class CsrRefused(Exception):
    """The request can never be signed as it stands. ``code`` may be relied upon; the text is for people."""

    def __init__(self, code: CsrRefusal, text: str) -> None:
        super().__init__(f"{code}: {text}")
        self.code = code
        self.text = text


class AuthorityUnavailable(Exception):
    """The authority cannot sign now: unreachable, or its certificate has run out. The same request may work later."""


class Authority(Protocol):
    """Signs certificates. Safe to call from many tasks at once; each call stands alone.

    A call that is cancelled or raises AuthorityUnavailable may nevertheless have produced a certificate at a remote
    authority. Nobody holds it then, and the caller simply asks again: issuing twice for one key is harmless.
    """

    async def anchors_pem(self) -> str:
        """The root certificates that a peer must trust, PEM. Raises AuthorityUnavailable.

        One, and two or more while the authority is rolled over: then a peer must trust each of them.
        """
        ...

    async def chain_pem(self) -> str:
        """The issuing certificates that lead to the anchors, without these; PEM, empty if an anchor issues itself.

        Raises AuthorityUnavailable.
        """
        ...

    def key_fingerprint(self, csr_der: bytes) -> str:
        """SHA-256 of the SubjectPublicKeyInfo in a request, 64 lower-case hex digits: the same key again, or another?

        The request is judged as `issue_unit` judges it; nothing is signed. Raises CsrRefused and nothing else.
        """
        ...

    async def issue_unit(
        self, csr_der: bytes, *, distribution_id: DistributionId, model_serial: ModelSerial, now: datetime
    ) -> IssuedCertificate:
        """Sign the public key in `csr_der` (PKCS#10, DER) as the client certificate of this unit.

        *Only the public key is taken from the request.* Subject and extensions that the unit asks for are ignored, not
        merged and not refused: who the unit is has been settled before this call by something better than its own
        word, and a request that could add a name or a usage would be a way to become somebody else.

        The certificate: alternative name `unit_urn(distribution_id)` and no other; subject serialNumber `model_serial`;
        key usage digitalSignature; extended key usage clientAuth; valid from one minute before `now` (aware) for 365
        days, or until the issuing certificate ends if that is sooner.

        The request's signature is proof that the unit holds the private key; without it nothing is signed. Accepted
        keys: EC P-256 and P-384, RSA of 2,048 to 4,096 bits; accepted digests: SHA-256, SHA-384, SHA-512.

        Raises CsrRefused for a request that breaks these rules, AuthorityUnavailable.
        """
        ...

    async def issue_host(
        self,
        csr_der: bytes,
        *,
        names: Sequence[str],
        addresses: Sequence[IPv4Address | IPv6Address],
        now: datetime,
    ) -> IssuedCertificate:
        """Sign the public key in `csr_der` as the server certificate of this host's doors.

        As `issue_unit`, but with `names` (DNS) and `addresses` as alternative names, at least one in all, and extended
        key usage serverAuth. The host makes this key itself, for it is its own; still only a request comes here, so
        that an authority elsewhere never sees it.

        Raises ValueError for no name at all or a text that is no DNS name, CsrRefused, AuthorityUnavailable.
        """
        ...

    async def issue_signer(self, csr_der: bytes, *, now: datetime) -> IssuedCertificate:
        """Sign the public key in `csr_der` as the one that signs this host's location documents.

        As `issue_unit`, but EC P-256 alone, without alternative names, and with `protocol.location.SIGNER_PURPOSE` as
        its only, critical, extended key usage. Never call it with a request that came from outside this host.

        Raises CsrRefused, AuthorityUnavailable.
        """
        ...
