"""A dispatcher records when an adapter's contract ends; when it has, its unit is told so and dials slowly."""

from collections.abc import Sequence

import msgspec

from protocol.codes import CloseCode
from servicehost.domain.audit import Action, AuditEntry
from servicehost.domain.contract import EVERYTHING, check_not_ended
from servicehost.domain.errors import NotFound
from servicehost.domain.event import Event, EventClass, Severity
from servicehost.domain.people import Actor, Right, demand
from servicehost.domain.unit import Adapter, Binding
from servicehost.operations.casework import Word
from servicehost.operations.deed import deed, recorded
from servicehost.operations.ending import call_off_returns
from servicehost.operations.revoking import tell_sessions
from servicehost.ports.clock import Clock
from servicehost.ports.fences import FenceChange
from servicehost.ports.line import Line
from servicehost.ports.store import Batch, Store

__all__ = ["end_adapter", "end_due_adapters"]


async def end_adapter(
    actor: Actor, service_code: str, at: int | None, reason: str, *, store: Store, clock: Clock, line: Line
) -> Adapter:
    """The adapter with the end of its contract, in the past or to come; None: it goes on, no end is known.

    An end that has come takes effect at once: the unit's session is fenced off, and its next hello is refused as out
    of service until the end is taken back; what else follows from it the clock's door carries out. Raises Forbidden
    `no_right`; NotFound `adapter_not_found`; Conflict `contract_ended` for an adapter that would outlive its contract.
    """
    demand(actor, Right.REGISTER)
    now = clock.wall()

    def work(batch: Batch) -> tuple[Adapter, list[FenceChange]]:
        standing = next(iter(batch.adapters([service_code])), None)
        if standing is None:
            raise NotFound("adapter_not_found", f"There is no adapter {service_code}")
        after = msgspec.structs.replace(standing, out_of_service_at=at)
        if after == standing:
            return standing, []
        _not_after_its_contract(batch, standing, at, now)
        batch.set_out_of_service(service_code, at)
        if standing.end_carried_at is not None and (at is None or at > now):
            call_off_returns(batch, standing, Word(by=actor.master_id, at=now, reason="adapter_goes_on", actor=actor))
        batch.add_events([_told(actor, after, reason, now)])
        batch.append_audit([_recorded(actor, standing, after, reason, now)])
        binding = batch.binding_of_adapter(service_code) if at is not None and at <= now else None
        return after, _fenced_off(batch, [] if binding is None else [binding], now)

    adapter, fences = await store.batch(actor.scope, work)
    tell_sessions(line, fences)
    return adapter


def _not_after_its_contract(batch: Batch, adapter: Adapter, at: int | None, now: int) -> None:
    contract = batch.contract(adapter.management_code)
    if contract is not None and contract.has_ended(now) and (at is None or at > now):
        check_not_ended(contract, now)


async def end_due_adapters(limit: int, *, store: Store, clock: Clock, line: Line) -> int:
    """The clock's door: ends that were set ahead and have come. How many units' sessions were fenced off."""
    now = clock.wall()

    def work(batch: Batch) -> list[FenceChange]:
        due = batch.overdue(now, limit)
        batch.add_events([_come(binding, now) for binding in due])
        return _fenced_off(batch, due, now)

    fences = await store.batch(EVERYTHING, work)
    tell_sessions(line, fences)
    return len(fences)


def _fenced_off(batch: Batch, bindings: Sequence[Binding], now: int) -> list[FenceChange]:
    code = CloseCode.OUT_OF_SERVICE
    for binding in bindings:
        batch.fence_off(binding.unit_id, now, code.name.lower())
    return batch.add_fence_changes([FenceChange(unit_id=one.unit_id, code=code, at=now) for one in bindings])


def _recorded(actor: Actor, before: Adapter, after: Adapter, reason: str, now: int) -> AuditEntry:
    return recorded(
        actor,
        now,
        Action.END_ADAPTER,
        after.service_code,
        management_code=after.management_code,
        before={"out_of_service_at": before.out_of_service_at},
        after={"out_of_service_at": after.out_of_service_at},
        note=reason,
    )


def _told(actor: Actor, adapter: Adapter, reason: str, now: int) -> Event:
    return deed(
        actor,
        now,
        "adapter_goes_on" if adapter.out_of_service_at is None else "adapter_end_set",
        severity=Severity.NOTICE,
        management_code=adapter.management_code,
        service_code=adapter.service_code,
        note=reason,
        out_of_service_at=adapter.out_of_service_at,
    )


def _come(binding: Binding, now: int) -> Event:
    return Event(
        at=now,
        class_=EventClass.OPERATION,
        sub_type="adapter_out_of_service",
        severity=Severity.NOTICE,
        management_code=binding.management_code,
        service_code=binding.service_code,
        unit_id=binding.unit_id,
        reason="contract_ended",
    )
