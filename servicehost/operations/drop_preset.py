"""An operation manager drops a preset command."""

from servicehost.domain.audit import Action
from servicehost.domain.people import Actor, Right, demand
from servicehost.operations.grouping import tell, the_preset
from servicehost.operations.save_preset import words_of
from servicehost.ports.clock import Clock
from servicehost.ports.store import Batch, Store

__all__ = ["drop_preset"]


async def drop_preset(actor: Actor, number: int, *, store: Store, clock: Clock) -> None:
    """Nothing is left of it but its record. Raises Forbidden `no_right`; NotFound `preset_not_found`."""
    demand(actor, Right.LOOK_AFTER_SITES)
    now = clock.wall()

    def work(batch: Batch) -> None:
        preset = the_preset(batch, number)
        batch.drop_preset(number)
        tell(
            batch, actor, now, Action.DROP_PRESET, f"preset {number}", management_code=preset.management_code,
            sub_type="preset_dropped", before=words_of(preset), preset=number,
        )  # fmt: skip

    await store.batch(actor.scope, work)
