"""A unit that shows a certificate of ours gets the next one; once it has expired, a person must say yes."""

from collections.abc import Awaitable
from typing import Protocol

from servicehost.domain.certificate import UnitIdentity, Validity, validity
from servicehost.domain.contract import EVERYTHING
from servicehost.domain.enrolment import EnrolmentRefusal, EnrolmentRefused
from servicehost.domain.enrolment_request import Waiting, Way
from servicehost.domain.instant import as_datetime
from servicehost.domain.throttle import Throttle
from servicehost.domain.unit import Unit
from servicehost.operations.enrolling import (
    ISSUE_WITHIN_S,
    Applicant,
    Outcome,
    Patience,
    counted,
    delivered,
    issue,
    issue_once_approved,
    note_refusal,
    same_again,
    why_barred,
)
from servicehost.ports.authority import Authority, IssuedCertificate
from servicehost.ports.clock import Clock
from servicehost.ports.store import Store, Transaction

__all__ = ["ReenrolUnit", "reenrol_unit"]


class ReenrolUnit(Protocol):
    """`reenrol_unit` with its ports filled in."""

    def __call__(
        self, csr_der: bytes, *, identity: UnitIdentity, remote_address: str
    ) -> Awaitable[IssuedCertificate | Waiting]: ...


async def reenrol_unit(
    csr_der: bytes,
    *,
    identity: UnitIdentity,
    remote_address: str,
    store: Store,
    clock: Clock,
    authority: Authority,
    tries: Throttle,
    patience: Patience,
    issue_within_s: float = ISSUE_WITHIN_S,
) -> IssuedCertificate | Waiting:
    """The next certificate of the unit whose `identity` TLS has proved, for its present key or a new one.

    The old one stays good until it ends. A key that asks again within ten minutes gets the same certificate again. With
    a certificate that has expired the unit waits: a dispatcher's yes is good for that key once.

    Raises EnrolmentRefused, Busy `too_many_tries`, CsrRefused, AuthorityUnavailable, StoreFull.
    """
    with counted(tries, remote_address, clock):
        now = clock.wall()
        outcome: Outcome
        async with store.transaction(EVERYTHING) as tx:
            unit = await tx.unit(identity.distribution_id)
            refusal = await _why_not(tx, unit, identity, now)
            if unit is None or refusal is not None:
                outcome = EnrolmentRefused(refusal or EnrolmentRefusal.UNIT_UNKNOWN)
            else:
                expired = validity(identity, as_datetime(now)) is Validity.EXPIRED
                one = Applicant(
                    unit=unit,
                    csr_der=csr_der,
                    key_fingerprint=authority.key_fingerprint(csr_der),
                    way=Way.PERMISSION if expired else Way.RENEWAL,
                    remote_address=remote_address,
                    now=now,
                )
                outcome = await _given(
                    tx, authority, one, shown=identity.fingerprint, patience=patience, within_s=issue_within_s
                )
            who = None if unit is None else unit.unit_id
            await note_refusal(
                tx, outcome, unit_id=who, actor=identity.distribution_id, remote_address=remote_address, now=now
            )
        return delivered(outcome)


async def _why_not(tx: Transaction, unit: Unit | None, identity: UnitIdentity, now: int) -> EnrolmentRefusal | None:
    if unit is None:
        return EnrolmentRefusal.UNIT_UNKNOWN
    barred = await why_barred(tx, unit)
    if barred is not None:
        return barred
    row = await tx.certificate(identity.fingerprint)
    if row is None or row.unit_id != unit.unit_id:
        return EnrolmentRefusal.CERTIFICATE_UNKNOWN
    if row.revoked_at is not None:
        return EnrolmentRefusal.CERTIFICATE_REVOKED
    early = validity(identity, as_datetime(now)) is Validity.NOT_YET_VALID
    return EnrolmentRefusal.CERTIFICATE_NOT_YET_VALID if early else None


async def _given(
    tx: Transaction,
    authority: Authority,
    one: Applicant,
    *,
    shown: str,
    patience: Patience,
    within_s: float,
) -> Outcome:
    again = await same_again(tx, authority, one, but=shown)
    if again is not None:
        return again
    if one.way is Way.PERMISSION:
        return await issue_once_approved(tx, authority, one, patience, within_s)
    return await issue(tx, authority, one, within_s)
