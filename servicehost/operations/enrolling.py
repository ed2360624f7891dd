"""What every way to a certificate has in common: who is barred, issuing, waiting for a person, throttling."""

import asyncio
import math
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, Final

import msgspec

from protocol.identity import DistributionId, ModelSerial
from servicehost.domain.audit import Action, AuditEntry
from servicehost.domain.enrolment import TOKEN_LIFE, EnrolmentRefusal, EnrolmentRefused
from servicehost.domain.enrolment_request import (
    BARRED,
    EnrolmentRequest,
    RequestState,
    Waiting,
    Way,
    asked_again,
)
from servicehost.domain.errors import Busy
from servicehost.domain.event import Event, EventClass, Severity
from servicehost.domain.instant import as_datetime, from_datetime
from servicehost.domain.throttle import Throttle, network_of
from servicehost.domain.unit import Unit
from servicehost.ports.authority import Authority, AuthorityUnavailable, IssuedCertificate
from servicehost.ports.clock import Clock
from servicehost.ports.enrolments import KeptCertificate, Particulars
from servicehost.ports.store import Transaction

__all__ = [
    "ISSUE_WITHIN_S",
    "Applicant",
    "Outcome",
    "Patience",
    "counted",
    "delivered",
    "given_before",
    "issue",
    "issue_once_approved",
    "note_refusal",
    "same_again",
    "why_barred",
]

ISSUE_WITHIN_S: Final = 5.0
"""The store's one writer waits for the authority: no longer than this."""
_AGAIN_WITHIN_MS: Final = TOKEN_LIFE // timedelta(milliseconds=1)

Outcome = IssuedCertificate | Waiting | EnrolmentRefused
"""What a transaction decides. A refusal is no exception before `delivered`: its event must be kept."""


class Patience(msgspec.Struct, frozen=True, kw_only=True):
    """Of units that wait for a person: how many keys of one unit may, and when each is told to ask again."""

    waiting_per_unit: int
    retry_after_s: int


class Applicant(msgspec.Struct, frozen=True, kw_only=True):
    """A unit that has proved itself, and the key it asks a certificate for."""

    unit: Unit
    csr_der: bytes
    key_fingerprint: str
    way: Way
    remote_address: str
    now: int


@contextmanager
def counted(tries: Throttle, remote_address: str, clock: Clock) -> Iterator[None]:
    """Counts a refused enrolment against its address. Raises Busy `too_many_tries` when there were too many."""
    network = network_of(remote_address)
    wait_s = math.ceil(tries.wait_s(network, clock.monotonic()))
    if wait_s > 0:
        raise Busy("too_many_tries", f"Too many refused enrolments from this address: come again in {wait_s} s", wait_s)
    try:
        yield
    except EnrolmentRefused:
        tries.take(network, clock.monotonic())
        raise


def delivered(outcome: Outcome) -> IssuedCertificate | Waiting:
    """What was decided, once it is durable. Raises EnrolmentRefused."""
    if isinstance(outcome, EnrolmentRefused):
        raise outcome
    return outcome


async def why_barred(tx: Transaction, unit: Unit, *, token_made_at: int | None = None) -> EnrolmentRefusal | None:
    """Why `unit` gets no certificate whatever it shows. A hold and a revocation, and no more, are outweighed by a token
    that a person made after them: somebody has looked, and holds the right box in their hands."""
    if unit.life in BARRED:
        return BARRED[unit.life]
    if unit.held_at is not None and not _later(token_made_at, unit.held_at):
        return EnrolmentRefusal.UNIT_HELD
    revoked_at = await tx.all_revoked_at(unit.unit_id)
    if revoked_at is None or _later(token_made_at, revoked_at):
        return None
    return EnrolmentRefusal.UNIT_REVOKED


def _later(at: int | None, than: int) -> bool:
    return at is not None and at > than


async def issue(tx: Transaction, authority: Authority, one: Applicant, within_s: float) -> IssuedCertificate:
    """A certificate, recorded. Raises CsrRefused, AuthorityUnavailable."""
    issued = await _signed(authority, one, within_s)
    particulars = Particulars(
        not_before=from_datetime(issued.not_before),
        anchor=issued.anchor,
        key_fingerprint=one.key_fingerprint,
        way=one.way,
        pem=issued.leaf_pem,
    )
    not_after = from_datetime(issued.not_after)
    await tx.add_certificate(
        one.unit.unit_id, issued.fingerprint, issued.serial_number, not_after, one.now, particulars=particulars
    )
    detail = {"serial_number": issued.serial_number, "fingerprint": issued.fingerprint, "from": one.remote_address}
    await tx.add_events([_event(one, "unit_enrolled", Severity.NOTICE, **detail, way=one.way.value)])
    await tx.append_audit([await _recorded_issue(tx, one, issued)])
    return issued


async def _recorded_issue(tx: Transaction, one: Applicant, issued: IssuedCertificate) -> AuditEntry:
    binding = await tx.binding_of_unit(one.unit.unit_id)
    return AuditEntry(
        management_code=None if binding is None else binding.management_code,
        at=one.now,
        action=Action.ISSUE_CERTIFICATE,
        subject=one.unit.distribution_id,
        actor=one.unit.distribution_id,
        after={
            "unit": one.unit.unit_id,
            "way": one.way.value,
            "serial_number": issued.serial_number,
            "fingerprint": issued.fingerprint,
            "not_after": from_datetime(issued.not_after),
        },
    )


async def same_again(
    tx: Transaction, authority: Authority, one: Applicant, *, but: str | None = None
) -> IssuedCertificate | None:
    """What this key was given in this way in the last ten minutes: its answer was lost. Never the certificate `but`."""
    row = await tx.certificate_for_key(one.unit.unit_id, one.key_fingerprint)
    fresh = row is not None and row.revoked_at is None and one.now - row.issued_at < _AGAIN_WITHIN_MS
    if row is None or not fresh or row.way != one.way or row.fingerprint == but:
        return None
    return await _recorded(authority, row)


async def given_before(tx: Transaction, authority: Authority, fingerprint: str) -> IssuedCertificate | None:
    """A certificate as it was issued; None for one that was revoked since, or is not in the books."""
    row = await tx.certificate(fingerprint)
    return None if row is None or row.revoked_at is not None else await _recorded(authority, row)


async def issue_once_approved(
    tx: Transaction, authority: Authority, one: Applicant, patience: Patience, within_s: float
) -> Outcome:
    """A certificate if a person has said yes to this key of the unit, once; else the unit waits, and people see it."""
    request = await tx.enrolment_request(one.unit.unit_id, one.key_fingerprint)
    if request is not None and request.way is one.way:
        if request.state is RequestState.APPROVED:
            await tx.put_enrolment_request(msgspec.structs.replace(request, state=RequestState.USED))
            return await issue(tx, authority, one, within_s)
        if request.state is RequestState.DENIED:
            text = f"a dispatcher has denied this key: {request.reason}" if request.reason else ""
            return EnrolmentRefused(EnrolmentRefusal.ENROLMENT_DENIED, text)
    return await _ask(tx, one, request, patience)


async def note_refusal(
    tx: Transaction, outcome: Outcome, *, unit_id: int | None, actor: str, remote_address: str, now: int
) -> None:
    """The event by which people see a refusal; nothing for any other outcome."""
    if isinstance(outcome, EnrolmentRefused):
        event = Event(
            at=now,
            class_=EventClass.OPERATION,
            sub_type="enrolment_refused",
            severity=Severity.WARNING,
            unit_id=unit_id,
            actor=actor,
            reason=outcome.code.value,
            detail={"from": remote_address},
        )
        await tx.add_events([event])


async def _ask(tx: Transaction, one: Applicant, before: EnrolmentRequest | None, patience: Patience) -> Outcome:
    asks = _first_request(one) if before is None else asked_again(before, one.way, one.remote_address, one.now)
    anew = before is None or asks.asked_at != before.asked_at or before.state is not asks.state
    if anew and await tx.waiting_requests(one.unit.unit_id) >= patience.waiting_per_unit:
        return EnrolmentRefused(EnrolmentRefusal.TOO_MANY_WAITING)
    kept = await tx.put_enrolment_request(asks)
    if anew:
        detail = {"request": kept.request, "way": one.way.value, "key": one.key_fingerprint, "from": one.remote_address}
        await tx.add_events([_event(one, "enrolment_asked", Severity.WARNING, **detail)])
    return Waiting(request=kept.request, retry_after_s=patience.retry_after_s)


def _first_request(one: Applicant) -> EnrolmentRequest:
    return EnrolmentRequest(
        unit_id=one.unit.unit_id,
        distribution_id=one.unit.distribution_id,
        model=one.unit.model,
        serial=one.unit.serial,
        key_fingerprint=one.key_fingerprint,
        way=one.way,
        state=RequestState.PENDING,
        asked_at=one.now,
        last_asked_at=one.now,
        remote_address=one.remote_address,
    )


async def _signed(authority: Authority, one: Applicant, within_s: float) -> IssuedCertificate:
    try:
        async with asyncio.timeout(within_s):
            return await authority.issue_unit(
                one.csr_der,
                distribution_id=DistributionId(one.unit.distribution_id),
                model_serial=ModelSerial(model=one.unit.model, serial=one.unit.serial),
                now=as_datetime(one.now),
            )
    except TimeoutError as error:
        raise AuthorityUnavailable(f"the authority has not answered within {within_s} s") from error


async def _recorded(authority: Authority, row: KeptCertificate) -> IssuedCertificate:
    return IssuedCertificate(
        leaf_pem=row.pem,
        chain_pem=await authority.chain_pem(),
        der=ssl.PEM_cert_to_DER_cert(row.pem),
        serial_number=row.serial_number,
        not_before=as_datetime(row.not_before),
        not_after=as_datetime(row.not_after),
        fingerprint=row.fingerprint,
        anchor=row.anchor,
    )


def _event(one: Applicant, sub_type: str, severity: Severity, **detail: Any) -> Event:
    return Event(
        at=one.now,
        class_=EventClass.OPERATION,
        sub_type=sub_type,
        severity=severity,
        unit_id=one.unit.unit_id,
        actor=one.unit.distribution_id,
        detail=detail,
    )
