"""The bodies that the steps of an on-site right share: who may speak, what stands, a location that comes into force, a
request for the option."""

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from servicehost.domain.audit import Personal, Whose
from servicehost.domain.declared_location import DeclaredBy, DeclaredLocation, location_at
from servicehost.domain.errors import Conflict, Forbidden, NotFound
from servicehost.domain.event import Event, EventClass, Severity
from servicehost.domain.option import AttachOutcome, AttachRule, OptionRequest, OptionState, attach
from servicehost.domain.people import Actor, Role
from servicehost.domain.standing import Standing, attach_facts, why_suspended
from servicehost.domain.unit import Adapter
from servicehost.operations.casework import tell
from servicehost.ports.store import Batch

__all__ = [
    "ask_for_option",
    "bring_into_force",
    "declare",
    "demand_voice",
    "located",
    "look_again",
    "option_event",
    "standing_of",
    "take_option_off",
]

_SPEAK: Final = {Role.OPERATION_MANAGER: DeclaredBy.OPERATION_MANAGER, Role.DISPATCHER: DeclaredBy.DISPATCHER}


def demand_voice(actor: Actor) -> DeclaredBy:
    """Whose word the actor's is. Raises Forbidden `no_right` unless an operation manager or a dispatcher speaks."""
    if actor.role not in _SPEAK:
        text = f"{actor.master_id} ({actor.role}) does not speak for a site: operation managers and dispatchers do"
        raise Forbidden("no_right", text)
    return _SPEAK[actor.role]


def standing_of(batch: Batch, service_code: str) -> Standing:
    """Raises NotFound `adapter_not_found`."""
    adapter = next(iter(batch.adapters([service_code])), None)
    record = None if adapter is None else batch.right_record(service_code)
    if adapter is None or record is None:
        raise NotFound("adapter_not_found", f"There is no adapter {service_code}")
    binding = batch.binding_of_adapter(service_code)
    unit = None if binding is None else batch.units_by_id([binding.unit_id]).get(binding.unit_id)
    return Standing(adapter=adapter, unit=unit, record=record)


def located(location: str, management_code: str) -> Personal | str:
    """Where a site is says something of people: the audit keeps it under the contract's own key."""
    return Personal(whose=Whose.contract(management_code), text=location) if location else ""


def declare(batch: Batch, declared: DeclaredLocation, now: int) -> DeclaredLocation:
    """The declaration with its number; in force at once if its time has come."""
    added = batch.add_declared_location(declared)
    return bring_into_force(batch, added, now) if added.effective_at <= now else added


def bring_into_force(batch: Batch, declared: DeclaredLocation, now: int) -> DeclaredLocation:
    """Carry a declaration that has taken effect into the terms, unless a later one has overtaken it.

    An option that it leaves undecided waits for a dispatcher; until then it gives no right.
    """
    batch.mark_location_applied(declared.number, now)
    applied = msgspec.structs.replace(declared, applied_at=now)
    standing = standing_of(batch, declared.service_code)
    if location_at(standing.record.locations, now) != applied:
        return applied
    after = msgspec.structs.replace(standing.adapter, declared_location=declared.location, coverage=declared.coverage)
    batch.set_adapter_terms(after)
    tell(batch, [_of_host(declared, now)])
    look_again(batch, declared.service_code, declared.declared_by, now)
    return applied


def look_again(batch: Batch, service_code: str, by: str, now: int) -> None:
    """An attached option that is suspended for want of a decision asks for one."""
    standing = standing_of(batch, service_code)
    rule, request = why_suspended(standing, now), standing.record.request
    if rule is None or rule.outcome is not AttachOutcome.NEEDS_DECISION:
        return
    if request is None or request.state is not OptionState.WAITING:
        _wait(batch, standing, rule, by, now)


def ask_for_option(batch: Batch, actor: Actor, service_code: str, now: int) -> tuple[OptionRequest, bool]:
    """The newest request after the option was asked for, and whether that changed anything.

    Accepted: the option is attached. Undecided: the request waits. Raises Conflict, with the code of the rule that
    declines it; NotFound `adapter_not_found`.
    """
    standing = standing_of(batch, service_code)
    ruling, request = attach(attach_facts(standing, now)), standing.record.request
    if ruling.outcome is AttachOutcome.DECLINED and ruling.rule is not None:
        raise Conflict(ruling.rule.code.value, f"{ruling.rule.words.en} {ruling.rule.remedy.en}")
    state = None if request is None else request.state
    gives_right = standing.adapter.option and why_suspended(standing, now) is None
    if request is not None and gives_right and state is OptionState.ATTACHED:
        return request, False
    if ruling.rule is not None:
        if request is not None and state is OptionState.WAITING:
            return request, False
        return _wait(batch, standing, ruling.rule, actor.master_id, now), True
    attached = _request(standing, None, actor.master_id, now)
    attached = msgspec.structs.replace(attached, state=OptionState.ATTACHED, decided_at=now, decided_by=actor.master_id)
    batch.set_adapter_terms(msgspec.structs.replace(standing.adapter, option=True))
    added = batch.add_option_request(attached)
    tell(batch, [option_event(added, "option_attached", actor.master_id, now)])
    return added, True


def take_option_off(
    batch: Batch, actor: Actor, service_code: str, now: int, reason: str
) -> tuple[Adapter, OptionRequest | None]:
    """The adapter without the option, and the request that has ended by it; None: there was nothing to end."""
    standing = standing_of(batch, service_code)
    request = standing.record.request
    waits = request is not None and request.state is OptionState.WAITING
    if not standing.adapter.option and not waits:
        return standing.adapter, None
    after = msgspec.structs.replace(standing.adapter, option=False)
    batch.set_adapter_terms(after)
    ended = request or batch.add_option_request(_request(standing, None, actor.master_id, now))
    ended = msgspec.structs.replace(
        ended, state=OptionState.DETACHED, decided_at=now, decided_by=actor.master_id, reason=reason
    )
    batch.save_option_request(ended)
    tell(batch, [option_event(ended, "option_detached", actor.master_id, now)])
    return after, ended


def option_event(
    request: OptionRequest, sub_type: str, by: str, now: int, detail: Mapping[str, Any] | None = None
) -> Event:
    """An event about a request for the option."""
    return Event(
        at=now,
        class_=EventClass.OPERATION,
        sub_type=sub_type,
        severity=Severity.INFO,
        management_code=request.management_code,
        service_code=request.service_code,
        actor=by[:64],
        reason=None if request.rule is None else request.rule.value,
        detail={"request": request.number, "state": request.state.value} | dict(detail or {}),
    )


def _wait(batch: Batch, standing: Standing, rule: AttachRule, by: str, now: int) -> OptionRequest:
    added = batch.add_option_request(_request(standing, rule, by, now))
    tell(batch, [option_event(added, "option_asked", by, now)])
    return added


def _request(standing: Standing, rule: AttachRule | None, by: str, now: int) -> OptionRequest:
    location = location_at(standing.record.locations, now)
    return OptionRequest(
        number=0,
        service_code=standing.adapter.service_code,
        management_code=standing.adapter.management_code,
        state=OptionState.WAITING,
        rule=None if rule is None else rule.code,
        location=None if location is None else location.number,
        asked_at=now,
        asked_by=by[:64],
    )


def _of_host(declared: DeclaredLocation, now: int) -> Event:
    return Event(
        at=now,
        class_=EventClass.OPERATION,
        sub_type="location_in_force",
        severity=Severity.INFO,
        management_code=declared.management_code,
        service_code=declared.service_code,
        detail={"declaration": declared.number},
    )
