"""When an adapter's ultra-sendback option ends, and why; until that day it can be changed or taken back."""

import msgspec

from servicehost.domain.audit import Action, AuditEntry
from servicehost.domain.errors import Conflict, Invalid
from servicehost.domain.people import Actor
from servicehost.domain.unit import Adapter
from servicehost.operations.casework import tell
from servicehost.operations.deed import deed, recorded
from servicehost.operations.entitling import demand_voice, standing_of
from servicehost.ports.clock import Clock
from servicehost.ports.store import Batch, Store

__all__ = ["continue_option", "end_option"]


async def end_option(
    actor: Actor, service_code: str, at: int | None, reason: str, *, store: Store, clock: Clock
) -> Adapter:
    """The adapter with the end of its option, now (None) or to come; the same end again changes nothing.

    Raises Forbidden `no_right`; Invalid `no_reason`; NotFound `adapter_not_found`; Conflict `no_option`,
    `end_in_the_past`.
    """
    demand_voice(actor)
    now = clock.wall()
    if at is not None and at < now:
        raise Conflict("end_in_the_past", "An option ends now or later: a right that was had was had")
    return await _set(actor, service_code, _Change(ends_at=now if at is None else at, reason=reason, now=now), store)


async def continue_option(actor: Actor, service_code: str, reason: str, *, store: Store, clock: Clock) -> Adapter:
    """The adapter whose option has no end; where none was set nothing changes.

    Raises Forbidden `no_right`; Invalid `no_reason`; NotFound `adapter_not_found`; Conflict `no_option`, also once its
    end has come: then it is asked for again.
    """
    demand_voice(actor)
    return await _set(actor, service_code, _Change(ends_at=None, reason=reason, now=clock.wall()), store)


class _Change(msgspec.Struct, frozen=True, kw_only=True):
    """The end that is wished for, None: none; why; and the time it is."""

    ends_at: int | None
    reason: str
    now: int


async def _set(actor: Actor, service_code: str, change: _Change, store: Store) -> Adapter:
    at, reason, now = change.ends_at, change.reason, change.now
    if not reason.strip():
        raise Invalid("no_reason", "Say why the option ends, or goes on")

    def work(batch: Batch) -> Adapter:
        standing = standing_of(batch, service_code).adapter
        over = standing.option_ends_at is not None and standing.option_ends_at <= now
        if not standing.option or over:
            raise Conflict("no_option", f"{service_code} has no ultra-sendback option")
        if standing.option_ends_at == at:
            return standing
        batch.set_option_end(service_code, at)
        code = standing.management_code
        sub_type = "option_goes_on" if at is None else "option_end_set"
        told = deed(actor, now, sub_type, management_code=code, service_code=service_code, note=reason, ends_at=at)
        tell(batch, [told])
        batch.append_audit([_record(actor, standing, change)])
        return msgspec.structs.replace(standing, option_ends_at=at)

    return await store.batch(actor.scope, work)


def _record(actor: Actor, before: Adapter, change: _Change) -> AuditEntry:
    return recorded(
        actor,
        change.now,
        Action.CONTINUE_OPTION if change.ends_at is None else Action.END_OPTION,
        before.service_code,
        management_code=before.management_code,
        before={"option_ends_at": before.option_ends_at},
        after={"option_ends_at": change.ends_at},
        note=change.reason,
    )
