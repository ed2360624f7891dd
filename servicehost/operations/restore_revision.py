"""An operation manager brings an earlier revision back: its modules are the newest revision again."""

import msgspec

from servicehost.domain.audit import Action
from servicehost.domain.config import Revision
from servicehost.domain.errors import NotFound
from servicehost.domain.module import MAIN
from servicehost.domain.people import Actor, Right
from servicehost.operations.grounds import grounds
from servicehost.operations.revising import check_expected, standing_of, write_revision
from servicehost.ports.clock import Clock
from servicehost.ports.store import Store

__all__ = ["restore_revision"]


async def restore_revision(
    actor: Actor,
    service_code: str,
    number: int,
    reason: str,
    expected: int | None,
    *,
    store: Store,
    clock: Clock,
) -> Revision:
    """The main module's row of the new working revision, or of the newest one when that holds the same already.

    The set is exactly that of then: a module that was saved later is in it no more, and stays as it is on a unit. What
    stands is kept: nothing is ever taken out of the history. Raises Forbidden `consent_needed`; NotFound
    `adapter_not_found`, `no_such_revision`; Conflict `revision_conflict`.
    """
    async with store.transaction(actor.scope) as tx:
        standing, now = await standing_of(tx, service_code), clock.wall()
        actor = (await grounds(tx, actor, [Right.EDIT_CONFIG], [standing.adapter], now))[service_code]
        check_expected(standing, expected)
        main = await tx.revision(service_code, MAIN, number)
        if main is None:
            raise NotFound("no_such_revision", f"There is no config revision {number} of {service_code}")
        others = (await tx.revision_sets([(service_code, number)])).get(service_code, ())
        if {_content(one) for one in (main, *others)} == {_content(one) for one in standing.modules.values()}:
            return standing.modules[MAIN]
        rows = [
            msgspec.structs.replace(
                one,
                revision=standing.revision + 1,
                saved_at=now,
                author=actor.author,
                reason=reason,
            )
            for one in (main, *others)
        ]
        changed = [one.module for one in rows]
        await write_revision(tx, actor, standing, rows, Action.RESTORE_REVISION, changed=changed, source=number)
    return rows[0]


def _content(one: Revision) -> tuple[int, str, str]:
    return one.module, one.digest, one.kind
