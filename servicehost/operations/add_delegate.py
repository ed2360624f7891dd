"""An operation manager names somebody who may attend at their sites, and ends such a naming."""

from collections.abc import Sequence

import msgspec

from servicehost.domain.audit import Action, Personal, Whose
from servicehost.domain.delegate import Delegate, check_delegate
from servicehost.domain.errors import Invalid, NotFound
from servicehost.domain.people import Actor, Right, demand
from servicehost.operations.casework import tell
from servicehost.operations.deed import deed, recorded
from servicehost.operations.entitling import demand_voice
from servicehost.ports.clock import Clock
from servicehost.ports.store import Batch, Store

__all__ = ["Naming", "add_delegate", "end_delegate"]


class Naming(msgspec.Struct, frozen=True, kw_only=True):
    """Who is named, for which adapters (none: for all), from when (None: now) until when (None: without an end)."""

    name: str
    telephone: str
    service_codes: tuple[str, ...] = ()
    attends_from: int | None = None
    attends_until: int | None = None


async def add_delegate(actor: Actor, management_code: str, naming: Naming, *, store: Store, clock: Clock) -> Delegate:
    """The delegate, on record.

    Raises Forbidden `no_right`; Invalid `delegate_unnamed`, `delegate_ends_before_it_begins`; NotFound
    `contract_not_found`, or `adapter_not_found` for an adapter that is not one of the contract's; Conflict
    `too_many_delegates`.
    """
    demand(actor, Right.LOOK_AFTER_SITES)
    now = clock.wall()
    named = Delegate(
        number=0,
        management_code=management_code,
        name=naming.name.strip(),
        telephone=naming.telephone.strip(),
        service_codes=tuple(dict.fromkeys(naming.service_codes)),
        attends_from=now if naming.attends_from is None else naming.attends_from,
        attends_until=naming.attends_until,
        named_by=actor.master_id,
        named_at=now,
    )

    def work(batch: Batch) -> Delegate:
        if batch.contract(management_code) is None:
            raise NotFound("contract_not_found", f"There is no management contract {management_code}")
        _all_ours(batch, management_code, named.service_codes)
        added = batch.add_delegate(check_delegate(named, batch.delegates_of(management_code)))
        tell(batch, [deed(actor, now, "delegate_named", management_code=management_code, delegate=added.number)])
        entry = recorded(
            actor,
            now,
            Action.ADD_DELEGATE,
            f"delegate {added.number}",
            management_code=management_code,
            after={
                "name": _sealed(added, added.name),
                "telephone": _sealed(added, added.telephone),
                "service_codes": list(added.service_codes),
                "attends_from": added.attends_from,
                "attends_until": added.attends_until,
            },
        )
        batch.append_audit([entry])
        return added

    return await store.batch(actor.scope, work)


async def end_delegate(actor: Actor, number: int, reason: str, *, store: Store, clock: Clock) -> Delegate:
    """The delegate, named no more; ended again, as it stands. A dispatcher may pass the word on.

    Raises Forbidden `no_right`; Invalid `no_reason`; NotFound `delegate_not_found`.
    """
    demand_voice(actor)
    if not reason.strip():
        raise Invalid("no_reason", "Say why the delegate attends no more")
    now = clock.wall()

    def work(batch: Batch) -> Delegate:
        standing = batch.delegate(number)
        if standing is None:
            raise NotFound("delegate_not_found", f"There is no delegate {number}")
        if standing.ended_at is not None:
            return standing
        ended = msgspec.structs.replace(standing, ended_at=now, ended_by=actor.master_id, end_reason=reason[:255])
        batch.end_delegate(ended)
        code = standing.management_code
        tell(batch, [deed(actor, now, "delegate_ended", management_code=code, delegate=number, note=reason)])
        entry = recorded(
            actor,
            now,
            Action.END_DELEGATE,
            f"delegate {number}",
            management_code=code,
            before={"ended_at": None},
            after={"ended_at": now},
            note=reason,
        )
        batch.append_audit([entry])
        return ended

    return await store.batch(actor.scope, work)


def _all_ours(batch: Batch, management_code: str, service_codes: Sequence[str]) -> None:
    ours = {one.service_code for one in batch.adapters(service_codes) if one.management_code == management_code}
    for service_code in service_codes:
        if service_code not in ours:
            raise NotFound("adapter_not_found", f"There is no adapter {service_code} in {management_code}")


def _sealed(delegate: Delegate, text: str) -> Personal:
    return Personal(whose=Whose.named(delegate.name, delegate.management_code), text=text)
