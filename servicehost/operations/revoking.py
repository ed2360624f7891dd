"""The step that takes certificates their force: whatever ends a unit's right to be here takes it in its transaction."""

from collections.abc import Collection, Sequence
from typing import Final

import msgspec

from protocol.codes import CloseCode
from servicehost.domain.certificate_standing import Certificate, RevocationReason
from servicehost.domain.event import Event, EventClass, Severity
from servicehost.domain.people import Actor
from servicehost.domain.unit import Unit
from servicehost.ports.fences import FenceChange
from servicehost.ports.line import Line
from servicehost.ports.store import Batch

__all__ = ["Revocation", "Revoked", "revoke_all", "revoke_these", "tell_sessions"]

_NAMED: Final = 20


class Revocation(msgspec.Struct, frozen=True, kw_only=True):
    """Who revokes, why, and when. `actor` is set when it is a person who is logged in."""

    by: str
    reason: RevocationReason
    at: int
    actor: Actor | None = None
    note: str = ""


class Revoked(msgspec.Struct, frozen=True, kw_only=True):
    """How many certificates have lost their force by it, and the changes to tell the sessions after the commit."""

    count: int
    fences: list[FenceChange]


def revoke_all(batch: Batch, unit: Unit, revocation: Revocation, code: CloseCode = CloseCode.REVOKED) -> Revoked:
    """Every certificate the unit has had, that of its last session included even if nobody had recorded it.

    Its sessions lose their right, with this close code, also when every certificate had been revoked before.
    """
    on_record = batch.certificates_of(unit.unit_id)
    shown = batch.session_certificate(unit.unit_id)
    if shown is not None:
        batch.add_revoked(unit.unit_id, shown, revocation.at, revocation.reason.value)
    stray = shown is not None and shown not in {one.fingerprint for one in on_record}
    count = _take_force(batch, unit, on_record, revocation, strays=int(stray))
    fences = batch.add_fence_changes([FenceChange(unit_id=unit.unit_id, code=code, at=revocation.at)])
    return Revoked(count=count, fences=fences)


def revoke_these(batch: Batch, unit: Unit, certificates: Collection[Certificate], revocation: Revocation) -> Revoked:
    """Certificates of one unit; those revoked before keep their reason. The session opened with one loses its right."""
    count = _take_force(batch, unit, certificates, revocation)
    fences: list[FenceChange] = []
    if batch.session_certificate(unit.unit_id) in {one.fingerprint for one in certificates}:
        change = FenceChange(unit_id=unit.unit_id, code=CloseCode.REVOKED, at=revocation.at)
        fences = batch.add_fence_changes([change])
    return Revoked(count=count, fences=fences)


def _take_force(
    batch: Batch, unit: Unit, certificates: Collection[Certificate], revocation: Revocation, strays: int = 0
) -> int:
    shown = {one.fingerprint for one in certificates}
    count = strays + batch.revoke_certificates(shown, revocation.at, revocation.reason.value)
    if not count:
        return 0
    binding = batch.binding_of_unit(unit.unit_id)
    acting = None if revocation.actor is None else revocation.actor.management_code
    serials = [one.serial_number for one in certificates if one.revoked_at is None][:_NAMED]
    detail = {"distribution_id": unit.distribution_id, "count": count, "serial_numbers": serials}
    event = Event(
        at=revocation.at,
        class_=EventClass.OPERATION,
        sub_type="certificates_revoked",
        severity=Severity.WARNING,
        management_code=acting if binding is None else binding.management_code,
        service_code=None if binding is None else binding.service_code,
        unit_id=unit.unit_id,
        actor=revocation.by,
        reason=revocation.reason.value,
        detail={**detail, "note": revocation.note} if revocation.note else detail,
    )
    batch.add_events([event])
    return count


def tell_sessions(line: Line, changes: Sequence[FenceChange]) -> None:
    """After the commit: the hint to the sessions that these changes concern. The counter says the same again."""
    for one in changes:
        if one.below_epoch is not None:
            line.end(one.unit_id, below_epoch=one.below_epoch, code=CloseCode(one.code))
