"""Units report how a push goes on after it was stored. What is confirmed becomes the adapter's startup config."""

from collections.abc import Sequence
from typing import Final

import msgspec

from protocol.messages import ConfigProgress
from servicehost.domain.config import Mark, ModuleState, with_confirmed, with_failed, with_running, with_startup
from servicehost.domain.errors import NotFound
from servicehost.domain.push import Phase, Push, Target, after_progress
from servicehost.operations.fenced import fences_of, why_stale
from servicehost.operations.push_events import changed, told
from servicehost.operations.startup import BY_DEFAULT, StartupPolicy, settle_startup
from servicehost.operations.translate import rejected
from servicehost.ports.desk import Fence, Stale
from servicehost.ports.session_rows import SessionChange
from servicehost.ports.store import Batch

__all__ = ["Step", "take_progress"]

_AFTER: Final = {Target.BOTH: with_confirmed, Target.RUNNING: with_running, Target.STARTUP: with_startup}
"""What a unit knows of a module once the push was confirmed."""


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One progress report and the session it came by."""

    fence: Fence
    said: ConfigProgress


def take_progress(
    batch: Batch, steps: Sequence[Step], now: int, policy: StartupPolicy = BY_DEFAULT
) -> list[Stale | NotFound | None]:
    """For each step None once it is written (or changed nothing), or why it was not taken."""
    in_force = fences_of(batch, [step.fence for step in steps])
    pushes = batch.pushes({step.said.push for step in steps})
    taken: list[tuple[Step, Push]] = []
    results: list[Stale | NotFound | None] = []
    for step in steps:
        push = pushes.get(step.said.push)
        results.append(why_stale(step.fence, in_force) or _not_found(push, step))
        if results[-1] is not None or push is None:
            continue
        change = after_progress(push, step.said.phase, step.said.reason, rejected(step.said.rejected))
        if change is not None:
            pushes[push.push] = changed(push, change, now)
            taken.append((step, pushes[push.push]))
    _write(batch, taken)
    settle_startup(batch, [(push, step.fence.unit_id) for step, push in taken], policy, now)
    return results


def _not_found(push: Push | None, step: Step) -> NotFound | None:
    said = step.said
    if push is None or push.service_code != step.fence.service_code or said.digest not in _digests(push):
        return NotFound("unknown_push", f"No push {said.push} of {said.digest} was made for this unit")
    return None


def _digests(push: Push) -> tuple[str, ...]:
    return (push.digest,) if not push.modules else tuple(one.digest for one in push.modules)


def _write(batch: Batch, taken: Sequence[tuple[Step, Push]]) -> None:
    pushes = [push for _, push in taken]
    batch.save_pushes(pushes)
    batch.add_events([event for step, push in taken if (event := told(push, actor="unit", unit_id=step.fence.unit_id))])
    states = batch.modules_of({step.fence.unit_id for step, _ in taken})
    batch.change_modules(
        [
            SessionChange(
                unit_id=step.fence.unit_id,
                epoch=step.fence.epoch,
                modules=tuple(_noted(state, push) for state in states.get(step.fence.unit_id, ())),
            )
            for step, push in taken
        ]
    )


def _noted(state: ModuleState, push: Push) -> ModuleState:
    digest = _digest_of(push, state.module)
    if digest is None:
        return state
    if push.phase is Phase.CONFIRMED:
        return _AFTER[push.target](state, Mark(revision=push.revision, digest=digest))
    if push.modules and state.trial != push.push:
        return state  # it was no part of the trial: it runs what it ran
    failed = Mark(revision=push.revision, digest=digest, push=push.push, reason=push.reason)
    return with_failed(state, failed)


def _digest_of(push: Push, module: int) -> str | None:
    if not push.modules:
        return push.digest if module == push.module else None
    return next((one.digest for one in push.modules if one.module == module), None)
