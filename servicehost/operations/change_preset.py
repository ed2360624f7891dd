"""An operation manager changes a preset command."""

import msgspec

from servicehost.domain.audit import Action
from servicehost.domain.group import GroupPolicy
from servicehost.domain.people import Actor, Right, demand
from servicehost.domain.preset import Preset
from servicehost.operations.grouping import demand_seen, tell, the_preset
from servicehost.operations.save_preset import PresetDraft, words_of
from servicehost.ports.clock import Clock
from servicehost.ports.store import Batch, Store

__all__ = ["change_preset"]


async def change_preset(
    actor: Actor, number: int, draft: PresetDraft, seen: int, *, store: Store, clock: Clock, policy: GroupPolicy
) -> Preset:
    """The preset with its next version; the same again changes nothing. `seen` is the version that its changer has
    seen.

    Raises Forbidden `no_right`; NotFound `preset_not_found`; Conflict `revision_conflict`, `preset_malformed`,
    `name_empty`, `name_too_long`, `preset_exists`.
    """
    demand(actor, Right.LOOK_AFTER_SITES)
    now = clock.wall()

    def work(batch: Batch) -> Preset:
        standing = the_preset(batch, number)
        demand_seen(standing.version, seen)
        changed = draft.upon(standing, policy)
        if changed == standing:
            return standing
        changed = msgspec.structs.replace(changed, version=seen + 1, saved_at=now, saved_by=actor.master_id)
        batch.save_preset(changed)
        tell(
            batch, actor, now, Action.CHANGE_PRESET, f"preset {number}", management_code=standing.management_code,
            sub_type="preset_changed", before=words_of(standing), after=words_of(changed), preset=number,
        )  # fmt: skip
        return changed

    return await store.batch(actor.scope, work)
