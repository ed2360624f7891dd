"""Somebody who may deletes a snapshot; the revisions that it names stay."""

from servicehost.domain.audit import Action
from servicehost.domain.people import Actor, Right
from servicehost.domain.snapshot import Snapshot
from servicehost.operations.deed import recorded
from servicehost.operations.grounds import grounds
from servicehost.operations.snapshotting import digest_of_codes, the_snapshot, told
from servicehost.ports.clock import Clock
from servicehost.ports.store import Store

__all__ = ["delete_snapshot"]


async def delete_snapshot(actor: Actor, number: int, reason: str, *, store: Store, clock: Clock) -> Snapshot:
    """The snapshot as it was.

    By the actor's own right, or under a consent that reaches every adapter in it. Raises Forbidden `no_right` or
    `consent_needed`; NotFound `snapshot_not_found`.
    """
    async with store.transaction(actor.scope) as tx:
        snapshot, now = await the_snapshot(tx, number), clock.wall()
        codes = [one.service_code for one in await tx.snapshot_members(number)]
        acting = await grounds(tx, actor, [Right.EDIT_CONFIG], await tx.adapters(codes), now)
        actor = next(iter(acting.values()), actor)
        await tx.drop_snapshot(number)
        await tx.add_events([told(actor, snapshot, "snapshot_deleted", now, reason)])
        entry = recorded(
            actor,
            now,
            Action.DELETE_SNAPSHOT,
            f"snapshot {number}",
            management_code=snapshot.management_code,
            before={"adapters": snapshot.members, "adapters_digest": digest_of_codes(codes)},
            note=reason,
        )
        await tx.append_audit([entry])
    return snapshot
