"""What every deed upon a rollout does alike: find it, ask who may, write how it stands, tell and record it."""

from collections.abc import Callable, Collection, Sequence
from typing import Any, Final

import msgspec

from servicehost.domain.audit import Action
from servicehost.domain.consent import empowered
from servicehost.domain.errors import Conflict, NotFound
from servicehost.domain.event import Event, EventClass, Severity
from servicehost.domain.people import Actor, Right, demand, has_right
from servicehost.domain.rollout import Rollout, RolloutDeed, RolloutPlan, RolloutState, check_deed
from servicehost.operations.deed import deed, recorded
from servicehost.operations.grouping import demand_contract
from servicehost.ports.store import Batch

__all__ = ["Said", "acting", "begun", "check_version", "found", "reached", "rights_of", "running", "steered", "told"]

_ACTIONS: Final = {
    RolloutDeed.START: Action.START_ROLLOUT,
    RolloutDeed.APPROVE: Action.APPROVE_ROLLOUT,
    RolloutDeed.PAUSE: Action.PAUSE_ROLLOUT,
    RolloutDeed.RESUME: Action.RESUME_ROLLOUT,
    RolloutDeed.HALT: Action.HALT_ROLLOUT,
    RolloutDeed.ROLL_BACK: Action.ROLL_BACK_ROLLOUT,
}
_ON: Final = frozenset({RolloutDeed.START, RolloutDeed.APPROVE, RolloutDeed.RESUME, RolloutDeed.ROLL_BACK})
"""What sends something out is not done for a contract that has ended."""
_EVENTS: Final = {
    RolloutDeed.START: "rollout_ordered",
    RolloutDeed.APPROVE: "rollout_approved",
    RolloutDeed.PAUSE: "rollout_paused",
    RolloutDeed.RESUME: "rollout_resumed",
    RolloutDeed.HALT: "rollout_halted",
    RolloutDeed.ROLL_BACK: "rollout_rolling_back",
}


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody does to a rollout, when, and in their words why."""

    deed: RolloutDeed
    at: int
    note: str = ""


def found(batch: Batch, number: int) -> Rollout:
    """Raises NotFound `rollout_not_found`."""
    rollout = batch.rollout(number)
    if rollout is None:
        raise NotFound("rollout_not_found", f"There is no rollout {number}")
    return rollout


def check_version(rollout: Rollout, expected: int | None) -> None:
    """Raises Conflict `rollout_changed` unless the rollout still stands as its reader has seen it (None: any way)."""
    if expected is not None and expected != rollout.version:
        text = f"Rollout {rollout.rollout} has changed since you read it (version {rollout.version}): read it again"
        raise Conflict("rollout_changed", text)


def rights_of(plan: RolloutPlan) -> list[Right]:
    """What whoever sends it out must be allowed: a module that is set is an edit as well."""
    return [Right.PUSH_CONFIG] + [Right.EDIT_CONFIG] * (plan.content.module is not None)


def acting(
    batch: Batch, actor: Actor, rights: Sequence[Right], codes: Callable[[], Collection[str]], now: int
) -> Actor:
    """Who acts: by their own right, or under one consent that reaches all of these adapters.

    Raises Forbidden `no_right` or `consent_needed`; Conflict `consents_differ`.
    """
    if all(has_right(actor, right) for right in rights):
        return actor
    adapters = batch.adapters(codes())
    consents = batch.consents_of({adapter.management_code for adapter in adapters}, now)
    actors = empowered(actor, rights, adapters, consents, now)
    distinct = list({one.warrant: one for one in actors.values()}.values())
    if len(distinct) > 1:
        raise Conflict("consents_differ", "A rollout acts under one consent: these adapters need several; ask for one")
    if not distinct:  # nobody's adapters are nobody's to act upon
        demand(actor, rights[0])
    return distinct[0]


def reached(batch: Batch, rollout: Rollout, now: int) -> Collection[str]:
    """Its members, or, before the start, whom its targets mean now."""
    members = batch.member_codes(rollout.rollout)
    return members or batch.select_adapters(rollout.plan.targets, now).service_codes


def steered(batch: Batch, actor: Actor, rollout: Rollout, said: Said, **changes: Any) -> Rollout:
    """The rollout as the deed leaves it, written, told and recorded.

    Raises Conflict `rollout_state`, `contract_ended`.
    """
    wanted, now, note = said.deed, said.at, said.note
    check_deed(rollout, wanted)
    if wanted in _ON:
        demand_contract(batch, rollout.management_code, now)
    common: dict[str, Any] = {
        "state_since": now,
        "state_by": actor.author,
        "reason": note[:255] or None,
        "version": rollout.version + 1,
        "due_at": now,
    }
    after = msgspec.structs.replace(rollout, **common | changes)
    batch.save_rollout(after)
    batch.add_events([_event(actor, after, said)])
    entry = recorded(
        actor,
        now,
        _ACTIONS[wanted],
        f"rollout {rollout.rollout}",
        management_code=rollout.management_code,
        before={"state": rollout.state.value, "wave": rollout.wave},
        after={"state": after.state.value, "members": after.members, "waves": after.waves},
        note=note,
    )
    batch.append_audit([entry])
    return after


def _event(actor: Actor, rollout: Rollout, said: Said) -> Event:
    return deed(
        actor,
        said.at,
        _EVENTS[said.deed],
        class_=EventClass.CONFIGURATION,
        severity=Severity.NOTICE,
        management_code=rollout.management_code,
        note=said.note,
        rollout=rollout.rollout,
        state=rollout.state.value,
    )


def told(
    rollout: Rollout,
    sub_type: str,
    now: int,
    *,
    severity: Severity = Severity.INFO,
    service_code: str | None = None,
    reason: str | None = None,
    **detail: Any,
) -> Event:
    """What the host itself did with a rollout."""
    return Event(
        at=now,
        class_=EventClass.CONFIGURATION,
        sub_type=sub_type,
        severity=severity,
        management_code=rollout.management_code,
        service_code=service_code,
        reason=reason,
        detail={"rollout": rollout.rollout, **detail},
    )


def begun(rollout: Rollout, now: int) -> dict[str, Any]:
    """What changes when nothing stands in the way any more: it is scheduled, or runs from now on."""
    start_at = rollout.plan.start_at
    if start_at is not None and start_at > now:
        return {"state": RolloutState.SCHEDULED, "due_at": start_at}
    return running(rollout, now)


def running(rollout: Rollout, now: int) -> dict[str, Any]:
    """What changes when it begins to run."""
    return {
        "state": RolloutState.RUNNING,
        "started_at": now,
        "wave": 1,
        "due_at": now,
        "deadline_at": now + rollout.plan.absent_for_s * 1000,
    }
