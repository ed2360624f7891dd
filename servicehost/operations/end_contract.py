"""A dispatcher records when a management contract ends, and why; until that day it can be changed or taken back."""

import msgspec

from servicehost.domain.audit import Action, AuditEntry
from servicehost.domain.contract import ManagementContract, check_not_ended
from servicehost.domain.errors import Conflict, Invalid, NotFound
from servicehost.domain.event import Severity
from servicehost.domain.people import Actor, Right, demand
from servicehost.operations.deed import deed, recorded
from servicehost.ports.clock import Clock
from servicehost.ports.store import Batch, Store

__all__ = ["continue_contract", "end_contract"]


async def end_contract(
    actor: Actor, management_code: str, at: int | None, reason: str, *, store: Store, clock: Clock
) -> ManagementContract:
    """The contract with its end, now (None) or to come; the same end again changes nothing.

    From that instant its people have no right left; the host carries the rest out. Raises Forbidden `no_right`; Invalid
    `no_reason`; NotFound `contract_not_found`; Conflict `contract_ended`, `end_in_the_past`.
    """
    demand(actor, Right.REGISTER)
    _demand_reason(reason)
    now = clock.wall()
    if at is not None and at < now:
        raise Conflict("end_in_the_past", "A management contract ends now or later: what was done until now was done")
    return await _set(actor, management_code, _Change(ends_at=now if at is None else at, reason=reason, now=now), store)


async def continue_contract(
    actor: Actor, management_code: str, reason: str, *, store: Store, clock: Clock
) -> ManagementContract:
    """The contract without an end; where none was set nothing changes.

    Raises Forbidden `no_right`; Invalid `no_reason`; NotFound `contract_not_found`; Conflict `contract_ended`.
    """
    demand(actor, Right.REGISTER)
    _demand_reason(reason)
    return await _set(actor, management_code, _Change(ends_at=None, reason=reason, now=clock.wall()), store)


class _Change(msgspec.Struct, frozen=True, kw_only=True):
    """The end that is wished for, None: none; why; and the time it is."""

    ends_at: int | None
    reason: str
    now: int


async def _set(actor: Actor, management_code: str, change: _Change, store: Store) -> ManagementContract:
    at, reason, now = change.ends_at, change.reason, change.now

    def work(batch: Batch) -> ManagementContract:
        standing = batch.contract(management_code)
        if standing is None:
            raise NotFound("contract_not_found", f"There is no management contract {management_code}")
        check_not_ended(standing, now)
        if standing.ends_at == at:
            return standing
        batch.set_contract_end(management_code, at, "" if at is None else reason[:255])
        sub_type = "contract_goes_on" if at is None else "contract_end_set"
        told = deed(
            actor, now, sub_type, severity=Severity.NOTICE, management_code=management_code, note=reason, ends_at=at
        )
        batch.add_events([told])
        batch.append_audit([_record(actor, standing, change)])
        return batch.contract(management_code) or standing

    return await store.batch(actor.scope, work)


def _record(actor: Actor, before: ManagementContract, change: _Change) -> AuditEntry:
    return recorded(
        actor,
        change.now,
        Action.CONTINUE_CONTRACT if change.ends_at is None else Action.END_CONTRACT,
        before.management_code,
        management_code=before.management_code,
        before={"ends_at": before.ends_at},
        after={"ends_at": change.ends_at},
        note=change.reason,
    )


def _demand_reason(reason: str) -> None:
    if not reason.strip():
        raise Invalid("no_reason", "Say why the contract ends, or goes on")
