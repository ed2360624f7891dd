"""The authority in this process, with its issuing key in memory."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from ipaddress import IPv4Address, IPv6Address

from cryptography import x509

from protocol.identity import DistributionId, ModelSerial
from servicehost.backends.authority.files import Issuer
from servicehost.backends.authority.profiles import (
    BACKDATED,
    HOST_LIFE,
    SIGNER_LIFE,
    UNIT_LIFE,
    host_profile,
    signer_profile,
    unit_profile,
)
from servicehost.backends.authority.requests import csr_key_fingerprint, read_csr, read_p256_csr
from servicehost.backends.authority.signing import issued, pem, sign
from servicehost.ports.authority import AuthorityUnavailable, IssuedCertificate

__all__ = ["LocalAuthority"]


class LocalAuthority:
    """Implements `ports.authority.Authority`.

    It signs on the event loop: with an EC key the whole of it takes about half a millisecond, less than a hop to a
    thread and back is worth, and the enrolments that call it are already bounded by the door.
    """

    def __init__(self, issuer: Issuer) -> None:
        self._issuer = issuer
        self._anchors_pem = pem(issuer.root)
        self._chain_pem = pem(issuer.certificate)
        # Units get no cross-signed root: they show their certificate to us alone, and we hold every anchor.
        self._hosts_chain_pem = self._chain_pem + (pem(issuer.cross) if issuer.cross is not None else "")

    @property
    def issuer(self) -> Issuer:
        """What it signs with."""
        return self._issuer

    async def anchors_pem(self) -> str:
        return self._anchors_pem

    async def chain_pem(self) -> str:
        return self._chain_pem

    def key_fingerprint(self, csr_der: bytes) -> str:
        return csr_key_fingerprint(csr_der)

    async def issue_unit(
        self, csr_der: bytes, *, distribution_id: DistributionId, model_serial: ModelSerial, now: datetime
    ) -> IssuedCertificate:
        return self._issue(
            unit_profile(read_csr(csr_der), distribution_id, model_serial), now, UNIT_LIFE, self._chain_pem
        )

    async def issue_host(
        self,
        csr_der: bytes,
        *,
        names: Sequence[str],
        addresses: Sequence[IPv4Address | IPv6Address],
        now: datetime,
    ) -> IssuedCertificate:
        return self._issue(host_profile(read_csr(csr_der), names, addresses), now, HOST_LIFE, self._hosts_chain_pem)

    async def issue_signer(self, csr_der: bytes, *, now: datetime) -> IssuedCertificate:
        return self._issue(signer_profile(read_p256_csr(csr_der)), now, SIGNER_LIFE, self._chain_pem)

    def _issue(
        self, profile: x509.CertificateBuilder, now: datetime, life: timedelta, chain_pem: str
    ) -> IssuedCertificate:
        issuing = self._issuer.certificate
        if not issuing.not_valid_before_utc <= now < issuing.not_valid_after_utc:
            raise AuthorityUnavailable(
                f"the issuing certificate holds from {issuing.not_valid_before_utc:%Y-%m-%d %H:%M} to "
                f"{issuing.not_valid_after_utc:%Y-%m-%d %H:%M} UTC: check this host's clock, or make a new one"
            )
        certificate = sign(
            profile,
            issuer=issuing.subject,
            key=self._issuer.key,
            not_before=now - BACKDATED,
            # A leaf that outlives its issuer would be refused by every peer for a reason that names neither.
            not_after=min(now + life, issuing.not_valid_after_utc),
        )
        return issued(certificate, chain_pem, self._issuer.root)
