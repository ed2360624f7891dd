"""A unit that shows its maker's birth certificate gets a certificate, at any age."""

from collections.abc import Awaitable
from typing import Protocol

import msgspec

from servicehost.domain.birth import BirthCertificate, why_not_born
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

__all__ = ["BirthTerms", "EnrolByBirth", "enrol_by_birth"]


class BirthTerms(msgspec.Struct, frozen=True, kw_only=True):
    """What the provider has settled: whether a person must say yes, and whether a birth certificate can grow old."""

    approval: bool
    dates_count: bool
    patience: Patience


class EnrolByBirth(Protocol):
    """`enrol_by_birth` with its ports filled in."""

    def __call__(
        self, csr_der: bytes, *, birth: BirthCertificate, remote_address: str
    ) -> Awaitable[IssuedCertificate | Waiting]: ...


async def enrol_by_birth(
    csr_der: bytes,
    *,
    birth: BirthCertificate,
    remote_address: str,
    store: Store,
    clock: Clock,
    authority: Authority,
    tries: Throttle,
    terms: BirthTerms,
    issue_within_s: float = ISSUE_WITHIN_S,
) -> IssuedCertificate | Waiting:
    """The certificate for the registered unit with that model-serial, or the request that waits for a dispatcher.

    The same key again within ten minutes gets the same certificate again. A unit that nobody has registered is refused
    `unit_unknown` and seen by people: without a registration there is nothing that a yes could be said to. Raises
    EnrolmentRefused, Busy `too_many_tries`, CsrRefused, AuthorityUnavailable, StoreFull.
    """
    with counted(tries, remote_address, clock):
        now = clock.wall()
        async with store.transaction(EVERYTHING) as tx:
            unit = await tx.unit_by_model_serial(birth.model_serial.model, birth.model_serial.serial)
            refusal = await _why_not(tx, unit, birth, terms, now)
            outcome: Outcome
            if unit is None or refusal is not None:
                outcome = EnrolmentRefused(refusal or EnrolmentRefusal.UNIT_UNKNOWN)
            else:
                one = Applicant(
                    unit=unit,
                    csr_der=csr_der,
                    key_fingerprint=authority.key_fingerprint(csr_der),
                    way=Way.BIRTH,
                    remote_address=remote_address,
                    now=now,
                )
                outcome = await _given(tx, authority, one, terms, issue_within_s)
            # A stranger has no number here; people know it by what is printed on it.
            who = str(birth.model_serial) if unit is None else unit.distribution_id
            unit_id = None if unit is None else unit.unit_id
            await note_refusal(tx, outcome, unit_id=unit_id, actor=who, remote_address=remote_address, now=now)
        return delivered(outcome)


async def _why_not(
    tx: Transaction, unit: Unit | None, birth: BirthCertificate, terms: BirthTerms, now: int
) -> EnrolmentRefusal | None:
    if unit is None:
        return EnrolmentRefusal.UNIT_UNKNOWN
    barred = await why_barred(tx, unit)
    return why_not_born(birth, as_datetime(now)) if barred is None and terms.dates_count else barred


async def _given(tx: Transaction, authority: Authority, one: Applicant, terms: BirthTerms, within_s: float) -> Outcome:
    again = await same_again(tx, authority, one)
    if again is not None:
        return again
    if terms.approval:
        return await issue_once_approved(tx, authority, one, terms.patience, within_s)
    return await issue(tx, authority, one, within_s)
