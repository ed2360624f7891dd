"""Who a rollout reaches, with what and in which wave, as everything stands at one instant."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TypeAlias

import msgspec

from servicehost.domain.config import Revision
from servicehost.domain.module import MAIN, ModuleContent
from servicehost.domain.rollout import Rollout, RolloutPlan, RolloutPolicy
from servicehost.domain.rollout_freeze import Frozen, Target, freeze
from servicehost.domain.selection import check_selected
from servicehost.domain.unit import Adapter
from servicehost.operations.revising import Standing, composed_of
from servicehost.ports.store import Batch

__all__ = ["Frost", "frost_of", "resolved"]

Compose: TypeAlias = Callable[[Standing, Sequence[ModuleContent]], list[Revision] | None]


class Frost(msgspec.Struct, frozen=True, kw_only=True):
    """The members with the sizes of the waves, and the revisions that the start saves."""

    frozen: Frozen
    revisions: Sequence[Revision] = ()


def resolved(batch: Batch, plan: RolloutPlan, policy: RolloutPolicy, now: int) -> Sequence[str]:
    """The service codes that the targets mean now, in the order of their turns.

    Raises NotFound `adapter_not_found`, `group_not_found`, `query_not_found`; Conflict `selection_empty`,
    `selection_too_large`.
    """
    return check_selected(batch.select_adapters(plan.targets, now, policy.max_adapters), policy.max_adapters)


def frost_of(batch: Batch, rollout: Rollout, policy: RolloutPolicy, author: str, now: int) -> Frost:
    """Reads only. Raises as `resolved` and `freeze` do; Conflict `too_many_modules`."""
    codes = resolved(batch, rollout.plan, policy, now)
    targets = batch.rollout_targets(codes)
    content = rollout.plan.content.set_to
    if content is None:
        return Frost(frozen=freeze(rollout, [targets[code] for code in codes], now))
    saved = _set_in_each(
        batch, targets, content, partial(composed_of, author=author, reason=rollout.name[:255], at=now)
    )
    after = [_with(targets[code], saved.get(code, ())) for code in codes]
    return Frost(frozen=freeze(rollout, after, now), revisions=[one for rows in saved.values() for one in rows])


def _set_in_each(
    batch: Batch, targets: Mapping[str, Target], content: ModuleContent, compose: Compose
) -> dict[str, list[Revision]]:
    """The rows of a new revision of each adapter, where the module is not what it shall be already."""
    mains = batch.latest_revisions(list(targets), MAIN)
    others = batch.revision_sets([(code, main.revision) for code, main in mains.items()])
    adapters = {one.service_code: one for one in batch.adapters(list(targets))}
    saved: dict[str, list[Revision]] = {}
    for code, adapter in adapters.items():
        standing = _standing(adapter, mains.get(code), others.get(code, ()))
        if standing.modules or content.module == MAIN:
            saved[code] = compose(standing, [content]) or []
    return saved


def _standing(adapter: Adapter, main: Revision | None, others: Sequence[Revision]) -> Standing:
    rows = () if main is None else (main, *others)
    return Standing(adapter=adapter, modules={one.module: one for one in rows})


def _with(target: Target, rows: Sequence[Revision]) -> Target:
    if not rows:
        return target
    return msgspec.structs.replace(target, revision=rows[0].revision, digest=rows[0].digest)
