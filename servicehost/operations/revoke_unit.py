"""A dispatcher revokes: every certificate of a unit, or one by its serial number. Sessions end, and stay out."""

from servicehost.domain.audit import Action
from servicehost.domain.certificate_standing import Certificate, revocation_reason
from servicehost.domain.errors import NotFound
from servicehost.domain.people import Actor, Right, demand
from servicehost.domain.unit import Unit
from servicehost.operations.deed import of_unit
from servicehost.operations.revoking import Revocation, Revoked, revoke_all, revoke_these, tell_sessions
from servicehost.operations.unit_named import spelled, unit_named
from servicehost.ports.clock import Clock
from servicehost.ports.fences import FenceChange
from servicehost.ports.line import Line
from servicehost.ports.store import Batch, Store

__all__ = ["revoke_certificate", "revoke_unit"]

_Done = tuple[list[Certificate], list[FenceChange]]


async def revoke_unit(
    actor: Actor, distribution_id: str, reason: str, note: str, *, store: Store, clock: Clock, line: Line
) -> list[Certificate]:
    """All certificates the unit has had, as they stand now; those revoked before keep their reason.

    Included is the one of its last session even if nobody had recorded it. What is issued to the unit later is good
    again. In the same transaction the unit's sessions lose their right on every host; after the commit they are told.
    Raises Forbidden `no_right`; Invalid `distribution_id_malformed`, `revocation_reason_unknown`; NotFound
    `unit_not_found`.
    """
    demand(actor, Right.REGISTER)
    revocation = _said(actor, reason, note, clock.wall())
    known_as = spelled(distribution_id)

    def work(batch: Batch) -> _Done:
        unit = unit_named(batch, known_as)
        revoked = revoke_all(batch, unit, revocation)
        _record(batch, actor, Action.REVOKE_UNIT, unit, by=revocation, revoked=revoked)
        return batch.certificates_of(unit.unit_id), revoked.fences

    certificates, fences = await store.batch(actor.scope, work)
    tell_sessions(line, fences)
    return certificates


async def revoke_certificate(
    actor: Actor, serial_number: str, reason: str, note: str, *, store: Store, clock: Clock, line: Line
) -> list[Certificate]:
    """The certificate with this serial number (hex, in upper or lower case), as it stands now.

    A list, because two authorities may have given out one number: then both are revoked. The session that was opened
    with it loses its right; one that the unit has opened with another certificate goes on.
    Raises Forbidden `no_right`; Invalid `revocation_reason_unknown`; NotFound `certificate_not_found`.
    """
    demand(actor, Right.REGISTER)
    revocation = _said(actor, reason, note, clock.wall())
    number = serial_number.upper()

    def work(batch: Batch) -> _Done:
        found = batch.certificates_numbered(number)
        if not found:
            raise NotFound("certificate_not_found", f"No certificate {number} was issued here")
        fences: list[FenceChange] = []
        for unit_id, unit in batch.units_by_id({one.unit_id for one in found}).items():
            revoked = revoke_these(batch, unit, [one for one in found if one.unit_id == unit_id], revocation)
            _record(batch, actor, Action.REVOKE_CERTIFICATE, unit, by=revocation, revoked=revoked, serial_number=number)
            fences += revoked.fences
        return batch.certificates_numbered(number), fences

    certificates, fences = await store.batch(actor.scope, work)
    tell_sessions(line, fences)
    return certificates


def _said(actor: Actor, reason: str, note: str, at: int) -> Revocation:
    return Revocation(by=actor.master_id, actor=actor, reason=revocation_reason(reason), note=note, at=at)


def _record(
    batch: Batch, actor: Actor, action: Action, unit: Unit, *, by: Revocation, revoked: Revoked, **more: str
) -> None:
    if revoked.count:
        binding = batch.binding_of_unit(unit.unit_id)
        after = {"revoked": revoked.count, "revoked_as": by.reason.value, **more}
        entry = of_unit(actor, by.at, action, unit, binding, before={"revoked": 0}, after=after, note=by.note)
        batch.append_audit([entry])
