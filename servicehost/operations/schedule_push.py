"""Somebody who may orders a push for a time, or for one time after the other."""

from collections.abc import Mapping

import msgspec

from servicehost.domain.audit import Action
from servicehost.domain.errors import Conflict, NotFound
from servicehost.domain.event import EventClass
from servicehost.domain.module import MAIN
from servicehost.domain.people import Actor, Right
from servicehost.domain.push_schedule import Late, PushSchedule, ScheduledOrder, ScheduleState
from servicehost.domain.schedule import Schedule, check_schedule, next_after
from servicehost.operations.choose_revisions import PushOrder
from servicehost.operations.deed import deed, recorded
from servicehost.operations.grounds import grounds
from servicehost.operations.ordering import PushTerms, check_order, check_serving, check_way
from servicehost.ports.clock import Clock
from servicehost.ports.store import Store, Transaction

__all__ = ["ScheduleDraft", "first_time", "schedule_push"]


class ScheduleDraft(msgspec.Struct, frozen=True, kw_only=True):
    """What to push where and when. `fixed`: the revision that the order names, or else the working one of each adapter
    as it stands now; otherwise whatever is the working revision of each when its time has come.
    """

    order: PushOrder
    schedule: Schedule
    fixed: bool
    late: Late = Late.RUN


async def schedule_push(
    actor: Actor, draft: ScheduleDraft, *, store: Store, clock: Clock, terms: PushTerms, most: int
) -> PushSchedule:
    """The schedule, waiting. Whether its orderer may push is asked again at every time.

    Raises as `check_schedule` and `push_config` do, but for the whole order: NotFound `adapter_not_found`, `no_config`,
    `no_such_revision`; and Conflict `several_contracts`, `time_passed`, `too_many_schedules`.
    """
    order, now = draft.order, clock.wall()
    check_order(order, terms.max_adapters)
    check_schedule(draft.schedule)
    due_at = first_time(draft.schedule, now)
    async with store.transaction(actor.scope) as tx:
        adapters = {one.service_code: one for one in await tx.adapters(order.service_codes)}
        for code in order.service_codes:
            if code not in adapters:
                raise NotFound("adapter_not_found", f"There is no adapter {code}")
        tenants = {one.management_code for one in adapters.values()}
        if len(tenants) > 1:
            raise Conflict("several_contracts", "A schedule belongs to one management contract: order one for each")
        (tenant,) = tenants
        check_serving(adapters.values())
        await check_way(tx, actor, order)
        ground = next(iter((await grounds(tx, actor, [Right.PUSH_CONFIG], list(adapters.values()), now)).values()))
        if await tx.waiting_push_schedules(tenant) >= most:
            raise Conflict("too_many_schedules", f"{most} schedules of {tenant} wait already; cancel some first")
        revisions = await _revisions(tx, order, fixed=draft.fixed)
        made = await tx.add_push_schedule(
            PushSchedule(
                number=0,
                management_code=tenant,
                schedule=draft.schedule,
                push_order=ScheduledOrder(
                    service_codes=tuple(order.service_codes),
                    revisions=revisions,
                    target=order.target,
                    confirm_timeout_s=order.confirm_timeout_s,
                    life_s=order.life_s,
                ),
                late=draft.late,
                note=order.reason,
                master_id=actor.master_id,
                ordered_by=ground.author,
                ordered_at=now,
                state=ScheduleState.WAITING,
                changed_at=now,
                due_at=due_at,
            )
        )
        told = deed(
            ground,
            now,
            "schedule_ordered",
            class_=EventClass.CONFIGURATION,
            management_code=tenant,
            note=order.reason,
            schedule=made.number,
            due_at=due_at,
            adapters=len(adapters),
        )
        await tx.add_events([told])
        after = {"schedule": made.number, "due_at": due_at, "adapters": len(adapters), "fixed": draft.fixed}
        subject = f"schedule {made.number}"
        entry = recorded(
            ground, now, Action.SCHEDULE_PUSH, subject, management_code=tenant, after=after, note=order.reason
        )
        await tx.append_audit([entry])
    return made


def first_time(schedule: Schedule, now: int) -> int:
    """When it is due first. Raises Conflict `time_passed` when that is never."""
    due_at = next_after(schedule, now)
    if due_at is None:
        raise Conflict("time_passed", "That time has passed; name one that is to come, or order an ordinary push")
    return due_at


async def _revisions(tx: Transaction, order: PushOrder, *, fixed: bool) -> Mapping[str, int]:
    newest = await tx.latest_revisions(list(order.service_codes), MAIN)
    for code in order.service_codes:
        if code not in newest:
            raise NotFound("no_config", f"{code} has no config yet; save one first")
        number = order.revision
        if number is not None and number != newest[code].revision and await tx.revision(code, MAIN, number) is None:
            raise NotFound("no_such_revision", f"{code} has no config revision {number}")
    if not fixed:
        return {}
    return {code: one.revision if order.revision is None else order.revision for code, one in newest.items()}
