"""Somebody who may orders a push for a time, or for one time after the other."""

from collections.abc import Mapping

import msgspec

from servicehost.domain.errors import NotFound
from servicehost.domain.module import MAIN
from servicehost.domain.people import Actor
from servicehost.domain.schedule import Schedule, check_schedule
from servicehost.domain.scheduled_order import Late, PushPlan, ScheduledOrder
from servicehost.operations.choose_revisions import PushOrder
from servicehost.operations.ordering import PushTerms, check_order, check_serving, check_way
from servicehost.operations.scheduling import Wanted, contract_of, first_time, keep
from servicehost.ports.clock import Clock
from servicehost.ports.store import Store, Transaction

__all__ = ["ScheduleDraft", "schedule_push"]


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
) -> ScheduledOrder:
    """The schedule, waiting. Whether its orderer may push is asked again at every time.

    Raises as `check_schedule` and `push_config` do, but for the whole order: NotFound `adapter_not_found`, `no_config`,
    `no_such_revision`; and Conflict `several_contracts`, `time_passed`, `too_many_schedules`.
    """
    order, now = draft.order, clock.wall()
    check_order(order, terms.max_adapters)
    check_schedule(draft.schedule)
    first_time(draft.schedule, now)
    async with store.transaction(actor.scope) as tx:
        adapters = {one.service_code: one for one in await tx.adapters(order.service_codes)}
        for code in order.service_codes:
            if code not in adapters:
                raise NotFound("adapter_not_found", f"There is no adapter {code}")
        named = list(adapters.values())
        contract_of(named)
        check_serving(named)
        await check_way(tx, actor, order)
        plan = PushPlan(
            service_codes=tuple(order.service_codes),
            revisions=await _revisions(tx, order, fixed=draft.fixed),
            target=order.target,
            confirm_timeout_s=order.confirm_timeout_s,
            life_s=order.life_s,
        )
        wanted = Wanted(plan=plan, schedule=draft.schedule, late=draft.late, note=order.reason)
        return await keep(tx, actor, named, wanted, now, most=most, fixed=draft.fixed)


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
