"""A dispatcher wants younger certificates: those in session are told now, the others when they come."""

from collections.abc import Collection
from typing import Final, Literal

from protocol.messages import Renew
from servicehost.domain.audit import Action, AuditEntry
from servicehost.domain.certificate_standing import Certificate
from servicehost.domain.errors import Invalid
from servicehost.domain.event import Event
from servicehost.domain.people import Actor, Right, demand
from servicehost.domain.unit import Unit
from servicehost.operations.deed import deed, of_unit
from servicehost.operations.unit_named import spelled, unit_named
from servicehost.ports.clock import Clock
from servicehost.ports.line import Line
from servicehost.ports.session_rows import Place
from servicehost.ports.store import Batch, Store

__all__ = ["MAX_UNITS", "WITHIN_S", "RenewalReason", "ask_renewals", "renewal_wanted"]

RenewalReason = Literal["anchor_change", "key_policy", "asked"]

WITHIN_S: Final = 600
"""Units begin at random within so many seconds: the authority signs for a whole fleet."""

MAX_UNITS: Final = 1000
"""So many are asked in one go."""


async def ask_renewals(
    actor: Actor,
    distribution_ids: Collection[str],
    note: str,
    *,
    store: Store,
    clock: Clock,
    line: Line,
    reason: RenewalReason = "asked",
    within_s: int = WITHIN_S,
) -> list[Unit]:
    """Want every certificate that these units hold now renewed; the units. The wish is durable, and met unit by unit by
    a later certificate; asked again, it also wants those renewed that were issued since.

    Nothing is asked unless all of them are known. Raises Forbidden `no_right`; Invalid `no_units`, `too_many_units`,
    `distribution_id_malformed`; NotFound `unit_not_found`; StoreFull.
    """
    demand(actor, Right.REGISTER)
    names = list(dict.fromkeys(spelled(one) for one in distribution_ids))
    if not names:
        raise Invalid("no_units", "Name the units whose certificates are to be renewed")
    if len(names) > MAX_UNITS:
        raise Invalid("too_many_units", f"At most {MAX_UNITS} units at once; these are {len(names)}")
    now = clock.wall()

    def wish(batch: Batch) -> list[Unit]:
        units = [unit_named(batch, name) for name in names]
        batch.ask_renewals([unit.unit_id for unit in units], reason, now)
        told = [_told(batch, actor, unit, note, now) for unit in units]
        batch.add_events([event for event, _ in told])
        batch.append_audit([entry for _, entry in told])
        return units

    units = await store.batch(actor.scope, wish)
    line.renew([unit.unit_id for unit in units], Renew(reason=reason, within_s=within_s))
    return units


def _told(batch: Batch, actor: Actor, unit: Unit, note: str, now: int) -> tuple[Event, AuditEntry]:
    binding = batch.binding_of_unit(unit.unit_id)
    event = deed(
        actor,
        now,
        "renewal_asked",
        management_code=None if binding is None else binding.management_code,
        service_code=None if binding is None else binding.service_code,
        unit_id=unit.unit_id,
        note=note,
        distribution_id=unit.distribution_id,
    )
    before, after = {"renewal": "none"}, {"renewal": "asked"}
    action = Action.ASK_RENEWALS
    return event, of_unit(actor, now, action, unit, binding, before=before, after=after, note=note)


def renewal_wanted(place: Place, certificate: Certificate | None) -> Renew | None:
    """The word to a unit whose certificate is older than the wish for a younger one. One that nobody has a record of
    is left alone: its age is not known.
    """
    if place.renew_asked_at is None or certificate is None or certificate.issued_at >= place.renew_asked_at:
        return None
    return Renew(reason=place.renew_reason or "asked", within_s=WITHIN_S)
