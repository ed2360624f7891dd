"""Somebody who may saves blank to every module of an adapter that has no config yet."""

from servicehost.domain.audit import Action
from servicehost.domain.errors import Conflict
from servicehost.domain.module import BLANK, TEXT, empty_modules
from servicehost.domain.people import Actor, Right
from servicehost.operations.grounds import grounds
from servicehost.operations.revising import (
    ModuleDraft,
    check_expected,
    composed,
    kept,
    standing_of,
    write_revision,
)
from servicehost.ports.clock import Clock
from servicehost.ports.reads import Reads
from servicehost.ports.store import Store

__all__ = ["save_blanks"]


async def save_blanks(
    actor: Actor,
    service_code: str,
    reason: str,
    expected_revision: int | None,
    *,
    store: Store,
    clock: Clock,
    reads: Reads,
) -> list[int]:
    """The modules that were made blank, in one revision: those that the adapter's unit named when it last phoned home,
    and that were never saved. None of them: nothing is saved. The main module is never made blank.

    Raises Forbidden `consent_needed`; NotFound `adapter_not_found`; Conflict `modules_unknown` while nobody knows which
    modules there are, `main_module_empty`, `revision_conflict`.
    """
    view = await reads.adapter(actor.scope, service_code)
    async with store.transaction(actor.scope) as tx:
        standing, now = await standing_of(tx, service_code), clock.wall()
        actor = (await grounds(tx, actor, [Right.EDIT_CONFIG], [standing.adapter], now))[service_code]
        check_expected(standing, expected_revision)
        if view is None or view.unit is None:
            raise Conflict("modules_unknown", f"No unit serves {service_code}: nobody knows which modules there are")
        drafts = [
            ModuleDraft(module=state.module, raw=BLANK, kind=TEXT, name=state.name, version=state.version)
            for state in empty_modules(view.unit.modules, standing.modules)
        ]
        rows = composed(standing, drafts, author=actor.author, reason=reason, at=now) if drafts else None
        if rows is None:
            return []
        changed = [draft.module for draft in drafts]
        await kept(tx, standing.adapter.management_code, drafts[0])  # every blank is the same content
        await write_revision(tx, actor, standing, rows, Action.SAVE_BLANKS, changed=changed)
    return changed
