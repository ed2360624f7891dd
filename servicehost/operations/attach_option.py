"""The option is asked for, decided about where that is a person's to do, and taken off."""

import msgspec

from servicehost.domain.audit import Action, AuditEntry
from servicehost.domain.declared_location import location_at
from servicehost.domain.errors import Conflict
from servicehost.domain.option import AttachOutcome, OptionRequest, OptionState, attach
from servicehost.domain.people import Actor, Right, demand
from servicehost.domain.standing import attach_facts
from servicehost.domain.unit import Adapter
from servicehost.operations.casework import tell
from servicehost.operations.deed import recorded
from servicehost.operations.entitling import (
    ask_for_option,
    demand_voice,
    option_event,
    standing_of,
    take_option_off,
)
from servicehost.ports.clock import Clock
from servicehost.ports.store import Batch, Store

__all__ = ["attach_option", "decide_option", "detach_option"]


async def attach_option(actor: Actor, service_code: str, reason: str, *, store: Store, clock: Clock) -> OptionRequest:
    """The request: attached, or waiting for a dispatcher. Asked again, it says where it stands and changes nothing.

    Raises Forbidden `no_right`; NotFound `adapter_not_found`; Conflict `not_entry_item`, `bought_from_reseller` or
    `no_declared_location`: the rule that declines it.
    """
    demand_voice(actor)
    now = clock.wall()

    def work(batch: Batch) -> OptionRequest:
        before = standing_of(batch, service_code)
        request, changed = ask_for_option(batch, actor, service_code, now)
        if changed:
            was = before.record.request
            batch.append_audit([_record(actor, Action.ATTACH_OPTION, now, was, request, note=reason)])
        return request

    return await store.batch(actor.scope, work)


async def decide_option(
    actor: Actor, service_code: str, accept: bool, reason: str, *, store: Store, clock: Clock
) -> OptionRequest:
    """The request, attached or refused, with the reason. An option that a new place has suspended stays so if refused.

    Raises Forbidden `no_right`; NotFound `adapter_not_found`; Conflict `option_not_waiting`, or the rule by which the
    option has become one to decline meanwhile.
    """
    demand(actor, Right.DISPATCH)
    now = clock.wall()

    def work(batch: Batch) -> OptionRequest:
        standing = standing_of(batch, service_code)
        request = standing.record.request
        if request is None or request.state is not OptionState.WAITING:
            raise Conflict("option_not_waiting", f"No request for the option of {service_code} waits for a decision")
        ruling, location = attach(attach_facts(standing, now)), location_at(standing.record.locations, now)
        if accept and ruling.outcome is AttachOutcome.DECLINED and ruling.rule is not None:
            raise Conflict(ruling.rule.code.value, f"{ruling.rule.words.en} {ruling.rule.remedy.en}")
        decided = msgspec.structs.replace(
            request,
            state=OptionState.ATTACHED if accept else OptionState.REFUSED,
            rule=None if ruling.rule is None else ruling.rule.code,
            location=None if location is None else location.number,
            decided_at=now,
            decided_by=actor.master_id,
            reason=reason[:255],
        )
        batch.save_option_request(decided)
        if accept:
            batch.set_adapter_terms(msgspec.structs.replace(standing.adapter, option=True))
        tell(batch, [option_event(decided, "option_decided", actor.master_id, now)])
        batch.append_audit([_record(actor, Action.DECIDE_OPTION, now, request, decided, note=reason)])
        return decided

    return await store.batch(actor.scope, work)


async def detach_option(actor: Actor, service_code: str, reason: str, *, store: Store, clock: Clock) -> Adapter:
    """The adapter without the option; a request that waits is taken back. Without either nothing changes.

    Raises Forbidden `no_right`; NotFound `adapter_not_found`.
    """
    demand_voice(actor)
    now = clock.wall()

    def work(batch: Batch) -> Adapter:
        before = standing_of(batch, service_code)
        adapter, ended = take_option_off(batch, actor, service_code, now, reason[:255])
        if ended is not None:
            was = before.record.request
            batch.append_audit([_record(actor, Action.DETACH_OPTION, now, was, ended, note=reason)])
        return adapter

    return await store.batch(actor.scope, work)


def _record(
    actor: Actor, action: Action, now: int, was: OptionRequest | None, after: OptionRequest, *, note: str
) -> AuditEntry:
    return recorded(
        actor,
        now,
        action,
        after.service_code,
        management_code=after.management_code,
        before={"state": None if was is None else was.state.value},
        after={
            "state": after.state.value,
            "rule": None if after.rule is None else after.rule.value,
            "location": after.location,
        },
        note=note,
    )
