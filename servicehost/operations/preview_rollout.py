"""Who a draft would reach, in which wave and with what, were it started now."""

from collections.abc import Sequence

import msgspec

from servicehost.domain.people import Actor, Right, demand
from servicehost.domain.rollout import Member, Rollout, RolloutDeed, RolloutPolicy, check_deed
from servicehost.operations.freezing import frost_of
from servicehost.operations.steering import found
from servicehost.ports.clock import Clock
from servicehost.ports.store import Batch, Store

__all__ = ["RolloutPreview", "preview_rollout"]


class RolloutPreview(msgspec.Struct, frozen=True, kw_only=True):
    """The members in the order of their turns (wave 0: skipped, with the reason), the sizes of the waves, and for how
    many adapters the start would save a new revision."""

    rollout: Rollout
    members: Sequence[Member]
    sizes: Sequence[int]
    revisions_saved: int


async def preview_rollout(
    actor: Actor, number: int, *, store: Store, clock: Clock, policy: RolloutPolicy
) -> RolloutPreview:
    """Writes nothing; the start freezes what stands then.

    Raises Forbidden `no_right`; NotFound `rollout_not_found`, `adapter_not_found`; Conflict `rollout_state` for one
    that has been started (its members say what goes out), `adapter_in_rollout`, `nothing_to_roll_out`.
    """
    demand(actor, Right.READ)
    now = clock.wall()

    def work(batch: Batch) -> RolloutPreview:
        rollout = found(batch, number)
        check_deed(rollout, RolloutDeed.START)
        frost = frost_of(batch, rollout, policy, actor.author, now)
        return RolloutPreview(
            rollout=rollout,
            members=frost.frozen.members,
            sizes=frost.frozen.sizes,
            revisions_saved=len({one.service_code for one in frost.revisions}),
        )

    return await store.batch(actor.scope, work)
