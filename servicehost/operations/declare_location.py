"""Where the unit is installed, declared at any hour, from now or later on; and the hour when that comes into force."""

import msgspec

from servicehost.domain.address import WrittenAddress
from servicehost.domain.audit import Action, AuditEntry
from servicehost.domain.contract import EVERYTHING
from servicehost.domain.declared_location import MAX_LOCATION, DeclaredBy, DeclaredLocation, location_at
from servicehost.domain.errors import Conflict, Forbidden, Invalid
from servicehost.domain.fact_kind import Coverage
from servicehost.domain.people import Actor
from servicehost.operations.addressing import place_of
from servicehost.operations.area_catalogue import AreaPolicy
from servicehost.operations.casework import HOST, tell
from servicehost.operations.deed import deed, recorded
from servicehost.operations.entitling import bring_into_force, declare, demand_voice, located, standing_of
from servicehost.ports.clock import Clock
from servicehost.ports.store import Batch, Store

__all__ = ["Declaration", "apply_locations", "declare_location"]


class Declaration(msgspec.Struct, frozen=True, kw_only=True):
    """`effective_at` None: from now on. `coverage` is the provider's word on the place."""

    service_code: str
    location: str
    effective_at: int | None = None
    coverage: Coverage | None = None
    reason: str = ""
    written: WrittenAddress | None = None
    """Where the location lies, to be found in the list of places."""


async def declare_location(
    actor: Actor, declaration: Declaration, *, store: Store, clock: Clock, areas: AreaPolicy
) -> DeclaredLocation:
    """The declaration as it is kept; the same one again changes nothing. Nothing else of the adapter is touched.

    Raises Forbidden `no_right`, or `not_yours_to_state` for an operation manager's word on the coverage; Invalid
    `location_empty` or `location_too_long`; Conflict `effective_in_the_past`, or an `AddressFault` of the place (an
    unknown postal code is taken when a reason stands beside it); NotFound `adapter_not_found`.
    """
    source = demand_voice(actor)
    now = clock.wall()
    _check(declaration, source, now)
    place = None if declaration.written is None else place_of(declaration.written, areas.places, declaration.reason)

    def work(batch: Batch) -> DeclaredLocation:
        standing = standing_of(batch, declaration.service_code)
        at = now if declaration.effective_at is None else declaration.effective_at
        before = location_at(standing.record.locations, at)
        wanted = _wanted(standing.adapter.management_code, declaration, actor, source, now)
        if place is not None:
            # The lists say whether drivers serve it, unless a dispatcher does.
            covered = wanted.coverage or areas.coverage.of(place).coverage
            wanted = msgspec.structs.replace(wanted, place=place, coverage=covered)
        if before is not None and _same(before, wanted) and declaration.effective_at in (None, before.effective_at):
            return before
        told = deed(
            actor,
            now,
            "location_declared",
            management_code=wanted.management_code,
            service_code=wanted.service_code,
            effective_at=at,
        )
        tell(batch, [told])
        after = declare(batch, wanted, now)
        batch.append_audit([_record(actor, before, after, now)])
        return after

    return await store.batch(actor.scope, work)


async def apply_locations(limit: int, *, store: Store, clock: Clock) -> int:
    """The clock's door: declarations that were made ahead and have taken effect. How many were carried into terms."""
    now = clock.wall()

    def work(batch: Batch) -> int:
        due = batch.due_locations(now, limit)
        for declared in due:
            bring_into_force(batch, declared, now)
            batch.append_audit([_applied(declared, now)])
        return len(due)

    return await store.batch(EVERYTHING, work)


def _check(declaration: Declaration, source: DeclaredBy, now: int) -> None:
    if declaration.coverage is not None and source is not DeclaredBy.DISPATCHER:
        raise Forbidden("not_yours_to_state", "Whether drivers serve a place is the dispatcher's to say")
    if not declaration.location.strip():
        raise Invalid("location_empty", "A declared location is not empty")
    if len(declaration.location) > MAX_LOCATION:
        raise Invalid("location_too_long", f"A declared location has at most {MAX_LOCATION} characters")
    if declaration.effective_at is not None and declaration.effective_at < now:
        raise Conflict("effective_in_the_past", "A declaration takes effect now or later: without effective_at, now")


def _wanted(
    management_code: str, declaration: Declaration, actor: Actor, source: DeclaredBy, now: int
) -> DeclaredLocation:
    return DeclaredLocation(
        number=0,
        service_code=declaration.service_code,
        management_code=management_code,
        location=declaration.location.strip(),
        effective_at=now if declaration.effective_at is None else declaration.effective_at,
        declared_at=now,
        declared_by=actor.master_id,
        source=source,
        coverage=declaration.coverage,
        reason=declaration.reason[:255],
    )


def _same(before: DeclaredLocation, wanted: DeclaredLocation) -> bool:
    return (before.location, before.place) == (wanted.location, wanted.place) and wanted.coverage in (
        None,
        before.coverage,
    )


def _record(actor: Actor, before: DeclaredLocation | None, after: DeclaredLocation, now: int) -> AuditEntry:
    code = after.management_code
    return recorded(
        actor,
        now,
        Action.DECLARE_LOCATION,
        after.service_code,
        management_code=code,
        before={"declared_location": "" if before is None else located(before.location, code)},
        after={
            "declared_location": located(after.location, code),
            "effective_at": after.effective_at,
            "coverage": after.coverage,
            "municipality": None if after.place is None else after.place.municipality,
            "declaration": after.number,
        },
        note=after.reason,
    )


def _applied(declared: DeclaredLocation, now: int) -> AuditEntry:
    return AuditEntry(
        management_code=declared.management_code,
        at=now,
        action=Action.APPLY_LOCATION,
        subject=declared.service_code,
        actor=HOST,
        before={"applied": False},
        after={"applied": True, "declaration": declared.number},
    )
