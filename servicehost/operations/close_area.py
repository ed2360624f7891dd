"""A dispatcher closes an area to on-site swaps, and opens it again; or the hour comes that was named for it."""

import msgspec

from servicehost.domain.audit import Action
from servicehost.domain.closed_area import ClosedArea
from servicehost.domain.contract import EVERYTHING
from servicehost.domain.errors import Conflict, NotFound
from servicehost.domain.event import Event, EventClass, Severity
from servicehost.domain.fact_kind import Area
from servicehost.domain.people import Actor, Right, demand
from servicehost.domain.places import Places
from servicehost.operations.area_orders import look_at_orders
from servicehost.operations.casework import HOST
from servicehost.operations.deed import deed, recorded
from servicehost.ports.clock import Clock
from servicehost.ports.store import Batch, Store

__all__ = ["Closing", "close_area", "reopen_area", "watch_areas"]


class Closing(msgspec.Struct, frozen=True, kw_only=True):
    """What is closed, and why. Without `until` it stays closed; then `review_at` says when it is looked at again."""

    code: str
    reason: str
    state: Area = Area.NO_ENTRY
    until: int | None = None
    review_at: int | None = None


async def close_area(actor: Actor, closing: Closing, *, store: Store, clock: Clock, places: Places) -> ClosedArea:
    """The closed area; the same one closed in the same way again changes nothing. Every on-site order inside that has
    not gone out is proposed to be downgraded; should the host be killed in between, its next look does the rest.

    Raises Forbidden `no_right`; Conflict `area_unknown`, `area_state_open`, `ends_in_the_past`, `review_missing`,
    `no_reason`.
    """
    demand(actor, Right.DISPATCH)
    now = clock.wall()
    _check(closing, places, now)

    def work(batch: Batch) -> ClosedArea:
        standing = next((one for one in batch.areas() if one.in_force(now) and _same(one, closing)), None)
        if standing is not None:
            return standing
        area = batch.add_area(_area(actor, closing, places, now))
        batch.add_events([deed(actor, now, "area_closed", severity=Severity.NOTICE, area=area.number, code=area.code)])
        after = {"code": area.code, "state": area.state, "until": area.until, "review_at": area.review_at}
        entry = recorded(
            actor,
            now,
            Action.CLOSE_AREA,
            f"area {area.number}",
            management_code=None,
            before={"closed": 0},
            after=after,
            note=area.reason,
        )
        batch.append_audit([entry])
        return area

    area = await store.batch(actor.scope, work)
    await look_at_orders(now, store=store)
    return area


async def reopen_area(actor: Actor, number: int, reason: str, *, store: Store, clock: Clock) -> ClosedArea:
    """The area, open again; one that is open already stays as it is. Each order that the closing downgraded and that
    has not gone out is proposed to be restored.

    Raises Forbidden `no_right`; NotFound `area_not_found`; Conflict `no_reason`.
    """
    demand(actor, Right.DISPATCH)
    if not reason.strip():
        raise Conflict("no_reason", "Say why the area is open again")
    now = clock.wall()

    def work(batch: Batch) -> ClosedArea:
        standing = next((one for one in batch.areas() if one.number == number), None)
        if standing is None:
            raise NotFound("area_not_found", f"There is no closed area {number}")
        if not standing.in_force(now):
            return standing
        after = msgspec.structs.replace(standing, ended_at=now, ended_by=actor.master_id[:64], end_reason=reason[:255])
        batch.end_area(after)
        batch.add_events([deed(actor, now, "area_reopened", area=number, code=after.code)])
        entry = recorded(
            actor,
            now,
            Action.REOPEN_AREA,
            f"area {number}",
            management_code=None,
            before={"ended_at": None},
            after={"ended_at": now},
            note=reason,
        )
        batch.append_audit([entry])
        return after

    area = await store.batch(actor.scope, work)
    await look_at_orders(now, store=store)
    return area


async def watch_areas(*, store: Store, clock: Clock) -> int:
    """The clock's door: areas whose hour has come, and whatever is due of orders. How many of both."""
    now = clock.wall()

    def work(batch: Batch) -> int:
        over = [one for one in batch.areas() if one.ended_at is None and one.until is not None and one.until <= now]
        for one in over:
            # It was the dispatcher's word that named the hour.
            batch.end_area(msgspec.structs.replace(one, ended_at=one.until, ended_by=one.closed_by))
        batch.add_events([_over(one, now) for one in over])
        return len(over)

    return await store.batch(EVERYTHING, work) + await look_at_orders(now, store=store)


def _check(closing: Closing, places: Places, now: int) -> None:
    if not places.knows(closing.code):
        text = f"{closing.code!r} is the code of no prefecture or municipality in the list of {places.as_of}"
        raise Conflict("area_unknown", text)
    if closing.state is Area.OPEN:
        raise Conflict("area_state_open", "An area is closed as no_entry or mass_damage; to open it, reopen it")
    if not closing.reason.strip():
        raise Conflict("no_reason", "Say why the area is closed")
    named = closing.until if closing.until is not None else closing.review_at
    if named is None:
        raise Conflict("review_missing", "An area that is closed without an end needs the day on which it is reviewed")
    if named <= now:
        raise Conflict("ends_in_the_past", "The end, or the review, lies in the past")


def _same(area: ClosedArea, closing: Closing) -> bool:
    return (area.code, area.state, area.until) == (closing.code, closing.state, closing.until)


def _area(actor: Actor, closing: Closing, places: Places, now: int) -> ClosedArea:
    return ClosedArea(
        number=0,
        code=closing.code,
        name=places.words_for(closing.code),
        state=closing.state,
        reason=closing.reason[:255],
        closed_at=now,
        closed_by=actor.master_id[:64],
        until=closing.until,
        review_at=closing.review_at,
    )


def _over(area: ClosedArea, now: int) -> Event:
    return Event(
        at=now,
        class_=EventClass.OPERATION,
        sub_type="area_reopened",
        severity=Severity.INFO,
        actor=HOST,
        reason="until",
        detail={"area": area.number, "code": area.code},
    )
