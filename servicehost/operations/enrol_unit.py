"""A unit that holds an enrolment token gets a certificate."""

from collections.abc import Awaitable
from typing import Protocol

from protocol.identity import DistributionId
from servicehost.domain.contract import EVERYTHING
from servicehost.domain.enrolment import (
    EnrolmentRefusal,
    EnrolmentRefused,
    EnrolmentToken,
    hash_token,
    why_refused,
)
from servicehost.domain.enrolment_request import Way
from servicehost.domain.instant import as_datetime
from servicehost.domain.throttle import Throttle
from servicehost.operations.enrolling import (
    ISSUE_WITHIN_S,
    Applicant,
    counted,
    given_before,
    issue,
    note_refusal,
    why_barred,
)
from servicehost.ports.authority import Authority, IssuedCertificate
from servicehost.ports.clock import Clock
from servicehost.ports.store import Store, Transaction
from servicehost.ports.token_rows import EnrolmentRow

__all__ = ["EnrolUnit", "enrol_unit"]


class EnrolUnit(Protocol):
    """`enrol_unit` with its ports filled in."""

    def __call__(
        self, csr_der: bytes, *, distribution_id: DistributionId, token: str, remote_address: str
    ) -> Awaitable[IssuedCertificate]: ...


async def enrol_unit(
    csr_der: bytes,
    *,
    distribution_id: DistributionId,
    token: str,
    remote_address: str,
    store: Store,
    clock: Clock,
    authority: Authority,
    tries: Throttle,
    issue_within_s: float = ISSUE_WITHIN_S,
) -> IssuedCertificate:
    """The certificate. Of all uses of one token one key gets it, and gets the same again while the token lives.

    The token is used up in the transaction that records the certificate; when the authority does not issue, nothing
    is used up and the unit may try again. Raises EnrolmentRefused, Busy `too_many_tries`, the authority's CsrRefused
    and AuthorityUnavailable, StoreFull.
    """
    with counted(tries, remote_address, clock):
        now = clock.wall()
        async with store.transaction(EVERYTHING) as tx:
            row = await tx.enrolment(hash_token(token))
            found = await _used(
                tx,
                row,
                authority=authority,
                distribution_id=distribution_id,
                csr_der=csr_der,
                remote_address=remote_address,
                now=now,
                within_s=issue_within_s,
            )
            outcome = EnrolmentRefused(found) if isinstance(found, EnrolmentRefusal) else found
            if row is not None:
                # Whoever shows a token that was ours holds a secret that went astray, or asks again: people see it.
                await note_refusal(
                    tx, outcome, unit_id=row.unit_id, actor=distribution_id, remote_address=remote_address, now=now
                )
        if isinstance(outcome, EnrolmentRefused):
            raise outcome
    return outcome


async def _used(
    tx: Transaction,
    row: EnrolmentRow | None,
    *,
    authority: Authority,
    distribution_id: DistributionId,
    csr_der: bytes,
    remote_address: str,
    now: int,
    within_s: float,
) -> IssuedCertificate | EnrolmentRefusal:
    record, at = _record(row), as_datetime(now)
    # First as if the key were the right one: a request is looked into only for somebody who may ask.
    refusal = why_refused(record, distribution_id, at, None if record is None else record.key_fingerprint)
    if row is None or refusal is not None:
        return refusal or EnrolmentRefusal.UNKNOWN_TOKEN
    key = authority.key_fingerprint(csr_der)
    unit = await tx.unit(row.distribution_id)
    if unit is None:
        return EnrolmentRefusal.UNKNOWN_TOKEN
    refusal = why_refused(record, distribution_id, at, key) or await why_barred(tx, unit, token_made_at=row.created_at)
    if refusal is not None:
        return refusal
    one = Applicant(
        unit=unit, csr_der=csr_der, key_fingerprint=key, way=Way.TOKEN, remote_address=remote_address, now=now
    )
    if row.used_at is not None:
        return await given_before(tx, authority, row.certificate or "") or EnrolmentRefusal.TOKEN_USED
    issued = await issue(tx, authority, one, within_s)
    if not await tx.use_enrolment(row.token_hash, now, key, issued.fingerprint):
        raise EnrolmentRefused(EnrolmentRefusal.TOKEN_USED)  # Undone: another host was quicker.
    return issued


def _record(row: EnrolmentRow | None) -> EnrolmentToken | None:
    if row is None:
        return None
    return EnrolmentToken(
        token_hash=row.token_hash,
        distribution_id=DistributionId(row.distribution_id),
        expires_at=as_datetime(row.expires_at),
        used_at=None if row.used_at is None else as_datetime(row.used_at),
        key_fingerprint=row.key_fingerprint,
    )
