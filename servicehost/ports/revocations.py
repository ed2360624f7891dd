"""Certificates as they are looked at when units dial, and as they are revoked."""

from collections.abc import Collection, Sequence
from typing import Protocol

from servicehost.domain.certificate_standing import Certificate
from servicehost.domain.contract import Scope

__all__ = ["CertificateReads", "Revocations"]


class Revocations(Protocol):
    """In a batch."""

    def certificates_shown(self, fingerprints: Collection[str]) -> dict[str, Certificate]:
        """The records of these certificates; one read however many there are."""
        ...

    def certificates_of(self, unit_id: int) -> list[Certificate]:
        """In the order of their issue."""
        ...

    def certificates_numbered(self, serial_number: str) -> list[Certificate]:
        """Those with this serial number: one, unless two authorities gave out the same."""
        ...

    def revoke_certificates(self, fingerprints: Collection[str], at: int, reason: str) -> int:
        """How many were not revoked before; those that were keep their reason and their time."""
        ...

    def add_revoked(self, unit_id: int, fingerprint: str, at: int, reason: str) -> None:
        """Remember a certificate that was never recorded, as revoked. Changes nothing when it is recorded."""
        ...

    def certificates_used(self, uses: Sequence[tuple[int, str, int]]) -> None:
        """(unit, fingerprint, instant) of first uses: notes the use, and that it supersedes those issued before."""
        ...

    def session_certificate(self, unit_id: int) -> str | None:
        """Fingerprint of the certificate of the unit's last session."""
        ...


class CertificateReads(Protocol):
    """What the API shows."""

    async def certificates(self, scope: Scope, distribution_id: str) -> list[Certificate]:
        """Those of a unit, in the order of their issue."""
        ...
