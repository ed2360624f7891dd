"""Somebody who may brings adapters back to what they had in a snapshot: as new working revisions, which nothing runs
until they are pushed."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import msgspec

from servicehost.domain.audit import Action, AuditEntry
from servicehost.domain.config import Revision
from servicehost.domain.errors import Conflict, Invalid, NotFound
from servicehost.domain.module import MAIN
from servicehost.domain.people import Actor, Right
from servicehost.domain.snapshot import Member, Part, Snapshot, check_seen, kept_as, restored_rows
from servicehost.operations.deed import recorded, saved
from servicehost.operations.grounds import grounds
from servicehost.operations.snapshotting import digest_of_codes, the_snapshot, told
from servicehost.ports.clock import Clock
from servicehost.ports.store import Store, Transaction

__all__ = ["Restoration", "Restored", "restore_snapshot"]

_NAMED = 3


class Restoration(msgspec.Struct, frozen=True, kw_only=True):
    """Which members, each with the working revision that the caller has seen (0: none), and which part of them."""

    seen: Mapping[str, int]
    part: Part = Part.WORKING
    reason: str = ""


class Restored(msgspec.Struct, frozen=True, kw_only=True):
    """The working revision that stands now; `saved` false: it held the same already."""

    service_code: str
    revision: int
    saved: bool


async def restore_snapshot(
    actor: Actor, number: int, order: Restoration, *, store: Store, clock: Clock
) -> list[Restored]:
    """All of them or none, in the order of service codes.

    The set of modules is exactly that of then, as when a revision is brought back. Raises Forbidden `no_right` or
    `consent_needed`; Invalid `no_adapters`; NotFound `snapshot_not_found`, `not_a_member`; Conflict
    `nothing_to_restore` for a member that had no such config; StaleMembers `members_changed`.
    """
    if not order.seen:
        raise Invalid("no_adapters", "Name at least one adapter, with the working revision that you have seen")
    async with store.transaction(actor.scope) as tx:
        snapshot, now = await the_snapshot(tx, number), clock.wall()
        members = await _members(tx, number, order)
        acting = await grounds(tx, actor, [Right.EDIT_CONFIG], await tx.adapters(list(order.seen)), now)
        standing = await _standing(tx, order)
        check_seen(order.seen, {code: rows[0].revision for code, rows in standing.items()})
        kept = await tx.revisions_at(
            {(one.service_code, mark.revision) for one in members for mark in kept_as(one, order.part)}
        )
        this = _Deed(snapshot, order, acting, now)
        following = {
            one.service_code: rows
            for one in members
            if (rows := _following(this, one, kept, standing.get(one.service_code, ())))
        }
        await _write(tx, this, following)
    return [_restored(one.service_code, following, standing) for one in members]


class _Deed(NamedTuple):
    snapshot: Snapshot
    order: Restoration
    acting: Mapping[str, Actor]
    now: int


async def _members(tx: Transaction, number: int, order: Restoration) -> list[Member]:
    members = await tx.snapshot_members(number, list(order.seen))
    missing = sorted(set(order.seen) - {one.service_code for one in members})
    if missing:
        raise NotFound("not_a_member", f"The snapshot {number} does not hold {missing[0]}")
    empty = [one.service_code for one in members if not kept_as(one, order.part)]
    if empty:
        named = ", ".join(empty[:_NAMED]) + (f" and {len(empty) - _NAMED} more" if len(empty) > _NAMED else "")
        text = f"In the snapshot {number} no {order.part} config of {named} is known: leave them out"
        raise Conflict("nothing_to_restore", text)
    return members


async def _standing(tx: Transaction, order: Restoration) -> dict[str, Sequence[Revision]]:
    """The newest revision of each, its main module first; those that never had a config are left out."""
    newest = await tx.latest_revisions(list(order.seen), MAIN)
    others = await tx.revision_sets([(code, main.revision) for code, main in newest.items()])
    return {code: (main, *others.get(code, ())) for code, main in newest.items()}


def _following(
    this: _Deed,
    member: Member,
    kept: Mapping[tuple[str, int], Sequence[Revision]],
    standing: Sequence[Revision],
) -> list[Revision]:
    """The rows of the next revision; none when what stands holds the same."""
    rows = restored_rows(member, this.order.part, kept)
    if {_content(one) for one in rows} == {_content(one) for one in standing}:
        return []
    number = (standing[0].revision if standing else 0) + 1
    author, reason = this.acting[member.service_code].author, this.order.reason[:255]
    return [
        msgspec.structs.replace(one, revision=number, saved_at=this.now, author=author, reason=reason) for one in rows
    ]


async def _write(tx: Transaction, this: _Deed, following: Mapping[str, Sequence[Revision]]) -> None:
    """One record for each ground, however many adapters it reaches."""
    await tx.add_revisions([one for rows in following.values() for one in rows])
    acting = this.acting
    for actor in {acting[code].warrant: acting[code] for code in following}.values():
        codes = [code for code in following if acting[code] == actor]
        event = told(actor, this.snapshot, "snapshot_restored", this.now, this.order.reason, adapters=len(codes))
        await tx.add_events([event, *(saved(actor, following[code][0]) for code in codes)])
        await tx.append_audit([_record(actor, this, codes)])


def _record(actor: Actor, this: _Deed, codes: Sequence[str]) -> AuditEntry:
    return recorded(
        actor,
        this.now,
        Action.RESTORE_SNAPSHOT,
        f"snapshot {this.snapshot.number}",
        management_code=this.snapshot.management_code,
        after={"adapters": len(codes), "adapters_digest": digest_of_codes(codes), "part": this.order.part.value},
        note=this.order.reason,
    )


def _restored(
    code: str, following: Mapping[str, Sequence[Revision]], standing: Mapping[str, Sequence[Revision]]
) -> Restored:
    rows = following.get(code)
    stands = rows or standing[code]
    return Restored(service_code=code, revision=stands[0].revision, saved=rows is not None)


def _content(one: Revision) -> tuple[int, str, str]:
    return one.module, one.digest, one.kind
