"""Named snapshots of one or many adapters."""

from typing import Final

from msgspec import UNSET

from servicehost.domain.errors import Conflict, NotFound
from servicehost.domain.people import Right
from servicehost.operations.restore_snapshot import Restoration
from servicehost.operations.take_snapshot import SnapshotOrder
from servicehost.web.call import Call, Reply
from servicehost.web.route import Route
from servicehost.web.snapshot_answers import RestorationAnswer, SnapshotAnswer, SnapshotMembers, Snapshots
from servicehost.web.snapshot_orders import (
    DeletionQuery,
    MembersQuery,
    RestorationOrder,
    SnapshotBody,
    SnapshotsQuery,
)

__all__ = ["ROUTES"]


async def _take(call: Call) -> Reply:
    body = call.body(SnapshotBody)
    order = SnapshotOrder(
        name=body.name.strip(),
        reason=body.reason,
        adapters=None if body.adapters is UNSET else body.adapters.selection,
        management_code=None if body.management_code is UNSET else body.management_code,
    )
    taken = await call.door.catalogue.snapshots.take_snapshot(call.actor, order)
    return Reply(value=SnapshotAnswer.of(taken), location=f"/api/v1/snapshots/{taken.number}")


async def _snapshots(call: Call) -> Reply:
    query = call.query(SnapshotsQuery)
    tenant = None if query.management_code is UNSET else query.management_code
    found = await call.door.reads.snapshots(
        call.scope, management_code=tenant, after=query.after, limit=query.limit + 1
    )
    return Reply(value=Snapshots.of(found, query.limit))


async def _snapshot(call: Call) -> Reply:
    number = call.number("snapshot")
    found = await call.door.reads.snapshot_numbered(call.scope, number)
    if found is None:
        raise NotFound("snapshot_not_found", f"There is no snapshot {number}")
    return Reply(value=SnapshotAnswer.of(found))


async def _members(call: Call) -> Reply:
    number, query = call.number("snapshot"), call.query(MembersQuery)
    found = await call.door.reads.members_now(call.scope, number, after=query.after, limit=query.limit + 1)
    if not found and await call.door.reads.snapshot_numbered(call.scope, number) is None:
        raise NotFound("snapshot_not_found", f"There is no snapshot {number}")
    return Reply(value=SnapshotMembers.of(found, query.limit))


async def _restore(call: Call) -> Reply:
    order, number = call.body(RestorationOrder), call.number("snapshot")
    seen = {one.service_code: one.seen_revision for one in order.members}
    if len(seen) != len(order.members):
        raise Conflict("member_twice", "A service code is named twice; name each once")
    restoration = Restoration(seen=seen, part=order.part, reason=order.reason)
    restored = await call.door.catalogue.snapshots.restore_snapshot(call.actor, number, restoration)
    return Reply(value=RestorationAnswer.of(number, restored))


async def _delete(call: Call) -> Reply:
    reason = call.query(DeletionQuery).reason
    deleted = await call.door.catalogue.snapshots.delete_snapshot(call.actor, call.number("snapshot"), reason)
    return Reply(value=SnapshotAnswer.of(deleted))


ROUTES: Final = (
    Route(
        method="POST",
        path="/api/v1/snapshots",
        handler=_take,
        name="takeSnapshot",
        summary="Keep what adapters have now under a name: working, startup and running, as numbers of revisions",
        tag="snapshots",
        right=Right.EDIT_CONFIG,
        body=SnapshotBody,
        example={
            "name": "before the move",
            "adapters": {"query": "site:大阪 -tag:vip"},
            "reason": "拠点移転の前の控えです",
        },
        answer=SnapshotAnswer,
        status=201,
        problems=(
            "adapter_not_found",
            "group_not_found",
            "query_not_found",
            "selection_unclear",
            "selection_empty",
            "selection_too_large",
            "query_malformed",
            "contract_not_found",
            "snapshot_name_taken",
            "across_contracts",
            "no_adapters_yet",
            "too_many_members",
            "too_many_snapshots",
        ),
    ),
    Route(
        method="GET",
        path="/api/v1/snapshots",
        handler=_snapshots,
        name="listSnapshots",
        summary="Snapshots, of one contract or all, oldest first",
        tag="snapshots",
        query=SnapshotsQuery,
        answer=Snapshots,
    ),
    Route(
        method="GET",
        path="/api/v1/snapshots/{snapshot}",
        handler=_snapshot,
        name="readSnapshot",
        summary="One snapshot: its name, who took it, when and why",
        tag="snapshots",
        answer=SnapshotAnswer,
        problems=("snapshot_not_found",),
    ),
    Route(
        method="GET",
        path="/api/v1/snapshots/{snapshot}/members",
        handler=_members,
        name="compareSnapshot",
        summary="What each adapter had then, what it has now, and what of it has changed",
        tag="snapshots",
        query=MembersQuery,
        answer=SnapshotMembers,
        problems=("snapshot_not_found",),
    ),
    Route(
        method="POST",
        path="/api/v1/snapshots/{snapshot}/restoration",
        handler=_restore,
        name="restoreSnapshot",
        summary="Bring members back as working revisions, all or none; nothing runs them until they are pushed",
        tag="snapshots",
        right=Right.EDIT_CONFIG,
        body=RestorationOrder,
        example={
            "members": [{"service_code": "nxe000000001", "seen_revision": 7}],
            "part": "working",
            "reason": "移転作業の取り消しです",
        },
        answer=RestorationAnswer,
        problems=(
            "snapshot_not_found",
            "not_a_member",
            "nothing_to_restore",
            "members_changed",
            "no_adapters",
            "member_twice",
        ),
    ),
    Route(
        method="DELETE",
        path="/api/v1/snapshots/{snapshot}",
        handler=_delete,
        name="deleteSnapshot",
        summary="Delete a snapshot; the revisions that it names stay",
        tag="snapshots",
        right=Right.EDIT_CONFIG,
        query=DeletionQuery,
        answer=SnapshotAnswer,
        problems=("snapshot_not_found",),
    ),
)
