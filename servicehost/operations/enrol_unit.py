"""A unit that holds an enrolment token gets its first certificate."""

import asyncio
from collections.abc import Awaitable
from typing import Final, Protocol

from protocol.identity import DistributionId, ModelSerial
from servicehost.domain.contract import EVERYTHING
from servicehost.domain.enrolment import (
    EnrolmentRefusal,
    EnrolmentRefused,
    EnrolmentToken,
    hash_token,
    why_refused,
)
from servicehost.domain.event import Event, EventClass, Severity
from servicehost.domain.instant import as_datetime, from_datetime
from servicehost.domain.unit import Unit
from servicehost.ports.authority import Authority, AuthorityUnavailable, IssuedCertificate
from servicehost.ports.clock import Clock
from servicehost.ports.store import EnrolmentRow, Store, Transaction

__all__ = ["ISSUE_WITHIN_S", "EnrolUnit", "enrol_unit"]

ISSUE_WITHIN_S: Final = 5.0
"""The store's one writer waits for the authority: no longer than this."""


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
    issue_within_s: float = ISSUE_WITHIN_S,
) -> IssuedCertificate:
    """The certificate. Of any number of uses of one token exactly one gets it.

    The token is used up in the transaction that records the certificate; when the authority does not issue, nothing
    is used up and the unit may try again. Raises EnrolmentRefused, the authority's CsrRefused and
    AuthorityUnavailable, StoreFull.
    """
    now = clock.wall()
    async with store.transaction(EVERYTHING) as tx:
        row = await tx.enrolment(hash_token(token))
        refusal = why_refused(_record(row), distribution_id, as_datetime(now))
        if row is not None and refusal is None:
            unit = await _unit_of(tx, row)
            if not await tx.use_enrolment(row.token_hash, now):
                raise EnrolmentRefused(EnrolmentRefusal.TOKEN_USED)
            issued = await _issue(authority, csr_der, unit, now, issue_within_s)
            await _record_certificate(tx, unit, issued, remote_address, now)
            return issued
        if row is not None and refusal is not None:
            # Whoever shows a token that was ours holds a secret that went astray, or asks again: people should see it.
            await tx.add_events([_refused(row, distribution_id, refusal, remote_address, now)])
    raise EnrolmentRefused(refusal or EnrolmentRefusal.UNKNOWN_TOKEN)


def _record(row: EnrolmentRow | None) -> EnrolmentToken | None:
    if row is None:
        return None
    return EnrolmentToken(
        token_hash=row.token_hash,
        distribution_id=DistributionId(row.distribution_id),
        expires_at=as_datetime(row.expires_at),
        used_at=None if row.used_at is None else as_datetime(row.used_at),
    )


async def _unit_of(tx: Transaction, row: EnrolmentRow) -> Unit:
    unit = await tx.unit(row.distribution_id)
    if unit is None:
        raise EnrolmentRefused(EnrolmentRefusal.UNKNOWN_TOKEN, "the token's unit is gone")
    return unit


async def _issue(authority: Authority, csr_der: bytes, unit: Unit, now: int, within_s: float) -> IssuedCertificate:
    try:
        async with asyncio.timeout(within_s):
            return await authority.issue_unit(
                csr_der,
                distribution_id=DistributionId(unit.distribution_id),
                model_serial=ModelSerial(model=unit.model, serial=unit.serial),
                now=as_datetime(now),
            )
    except TimeoutError as error:
        raise AuthorityUnavailable(f"the authority has not answered within {within_s} s") from error


async def _record_certificate(
    tx: Transaction, unit: Unit, issued: IssuedCertificate, remote_address: str, now: int
) -> None:
    not_after = from_datetime(issued.not_after)
    await tx.add_certificate(unit.unit_id, issued.fingerprint, issued.serial_number, not_after, now)
    event = Event(
        at=now,
        class_=EventClass.OPERATION,
        sub_type="unit_enrolled",
        severity=Severity.NOTICE,
        unit_id=unit.unit_id,
        actor=unit.distribution_id,
        detail={"serial_number": issued.serial_number, "fingerprint": issued.fingerprint, "from": remote_address},
    )
    await tx.add_events([event])


def _refused(row: EnrolmentRow, tried_by: str, refusal: EnrolmentRefusal, remote_address: str, now: int) -> Event:
    return Event(
        at=now,
        class_=EventClass.OPERATION,
        sub_type="enrolment_refused",
        severity=Severity.WARNING,
        unit_id=row.unit_id,
        actor=tried_by,
        reason=refusal.value,
        detail={"from": remote_address},
    )
