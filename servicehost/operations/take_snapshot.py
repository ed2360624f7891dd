"""Somebody who may keeps what adapters have now, under a name."""

from collections.abc import Sequence

import msgspec

from servicehost.domain.audit import Action
from servicehost.domain.contract import check_management_code
from servicehost.domain.errors import Conflict, NotFound
from servicehost.domain.people import Actor, Right
from servicehost.domain.selection import Selection, check_selection
from servicehost.domain.snapshot import Member, Snapshot, SnapshotPolicy, check_room
from servicehost.domain.unit import Adapter
from servicehost.operations.deed import recorded
from servicehost.operations.grounds import grounds
from servicehost.operations.selecting import selected_in
from servicehost.operations.snapshotting import digest_of_codes, told
from servicehost.ports.clock import Clock
from servicehost.ports.store import Store, Transaction

__all__ = ["SnapshotOrder", "take_snapshot"]


class SnapshotOrder(msgspec.Struct, frozen=True, kw_only=True):
    """What to keep, of whom. Without `adapters`: every adapter of the contract; without that: of the caller's own."""

    name: str
    reason: str = ""
    adapters: Selection | None = None
    management_code: str | None = None


async def take_snapshot(
    actor: Actor, order: SnapshotOrder, *, store: Store, clock: Clock, policy: SnapshotPolicy
) -> Snapshot:
    """The snapshot with its number: of all adapters at the same instant.

    By the actor's own right, or under a consent that reaches every one of them. Raises Forbidden `no_right` or
    `consent_needed`; NotFound `contract_not_found`, and with Conflict as `selecting.selected` does; Conflict
    `snapshot_name_taken`, `across_contracts`, `no_adapters_yet`, `too_many_members`, `too_many_snapshots`.
    """
    async with store.transaction(actor.scope) as tx:
        now = clock.wall()
        adapters = await tx.adapters(await _codes(tx, actor, order, now, policy))
        _check_contract(adapters, order)
        tenant, codes = adapters[0].management_code, [one.service_code for one in adapters]
        actor = next(iter((await grounds(tx, actor, [Right.EDIT_CONFIG], adapters, now)).values()))
        check_room(codes, await tx.snapshots_kept(tenant), policy)
        wanted = Snapshot(
            number=0,
            management_code=tenant,
            name=order.name,
            reason=order.reason[:255],
            taken_by=actor.author,
            taken_at=now,
            members=len(codes),
        )
        members = await tx.configs_now(codes)
        taken = await tx.add_snapshot(wanted, members)
        await _tell(tx, actor, taken, members)
    return taken


async def _codes(
    tx: Transaction, actor: Actor, order: SnapshotOrder, now: int, policy: SnapshotPolicy
) -> Sequence[str]:
    if order.adapters is not None:
        return await selected_in(tx, check_selection(order.adapters), now, most=policy.max_members)
    tenant = order.management_code or actor.management_code
    if tenant is None or await tx.contract(check_management_code(tenant)) is None:
        raise NotFound("contract_not_found", "Name the management contract, or select adapters")
    return await tx.codes_of_contract(tenant, policy.max_members + 1)


def _check_contract(adapters: Sequence[Adapter], order: SnapshotOrder) -> None:
    """At least one, all of one contract."""
    if not adapters:
        raise Conflict("no_adapters_yet", "The contract has no adapter yet")
    if {one.management_code for one in adapters} != {order.management_code or adapters[0].management_code}:
        raise Conflict("across_contracts", "A snapshot holds adapters of one contract: take one for each")


async def _tell(tx: Transaction, actor: Actor, taken: Snapshot, members: Sequence[Member]) -> None:
    await tx.add_events([told(actor, taken, "snapshot_taken", taken.taken_at, taken.reason)])
    entry = recorded(
        actor,
        taken.taken_at,
        Action.TAKE_SNAPSHOT,
        f"snapshot {taken.number}",
        management_code=taken.management_code,
        after={"adapters": taken.members, "adapters_digest": digest_of_codes(one.service_code for one in members)},
        note=taken.reason,
    )
    await tx.append_audit([entry])
