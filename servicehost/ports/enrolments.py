"""What enrolment keeps: certificates with all that is known of them, and requests that wait for a person."""

from collections.abc import Sequence
from typing import Final, Protocol

import msgspec

from servicehost.domain.certificate_standing import Certificate
from servicehost.domain.contract import Scope
from servicehost.domain.enrolment_request import EnrolmentRequest, RequestState, Way
from servicehost.domain.unit import Unit

__all__ = ["NO_PARTICULARS", "EnrolmentReads", "Enrolments", "KeptCertificate", "Particulars"]


class Particulars(msgspec.Struct, frozen=True, kw_only=True):
    """What is kept of a certificate besides its number and its end. Fingerprints are SHA-256, lower-case hex."""

    not_before: int = 0
    anchor: str = ""
    """Fingerprint of the trust anchor that it leads to."""
    key_fingerprint: str = ""
    """Of the SubjectPublicKeyInfo."""
    way: Way = Way.TOKEN
    pem: str = ""


NO_PARTICULARS: Final = Particulars()


class KeptCertificate(Certificate, frozen=True, kw_only=True):
    """A certificate with what only enrolment asks for, as `Particulars` has it; empty where nobody recorded it."""

    anchor: str = ""
    key_fingerprint: str = ""
    pem: str = ""


class Enrolments(Protocol):
    """Part of a transaction."""

    async def unit_by_model_serial(self, model: str, serial: str) -> Unit | None: ...

    async def certificate(self, fingerprint: str) -> KeptCertificate | None: ...

    async def certificate_for_key(self, unit_id: int, key_fingerprint: str) -> KeptCertificate | None:
        """The one issued last for that key of the unit."""
        ...

    async def all_revoked_at(self, unit_id: int) -> int | None:
        """When the unit's last certificate was revoked, if none that outlives that instant was left unrevoked."""
        ...

    async def enrolment_request(self, unit_id: int, key_fingerprint: str) -> EnrolmentRequest | None: ...

    async def enrolment_request_by_number(self, request: int) -> EnrolmentRequest | None: ...

    async def waiting_requests(self, unit_id: int) -> int:
        """How many keys of the unit wait for a decision."""
        ...

    async def put_enrolment_request(self, request: EnrolmentRequest) -> EnrolmentRequest:
        """Add it, or change the one of that number; the request with its number. Raises NotFound `no_unit`."""
        ...


class EnrolmentReads(Protocol):
    """Part of the reads."""

    async def enrolment_requests(
        self, scope: Scope, *, state: RequestState | None = None, after: int = 0, limit: int = 100
    ) -> Sequence[EnrolmentRequest]:
        """In the order of their numbers."""
        ...

    async def enrolment_request(self, scope: Scope, request: int) -> EnrolmentRequest | None: ...
