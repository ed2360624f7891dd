"""Answers of the API about rollouts. Times are RFC 3339, UTC."""

from collections.abc import Sequence
from typing import Annotated

import msgspec
from msgspec import Meta

from servicehost.domain.instant import rfc3339
from servicehost.domain.rollout import Member, MemberState, RolloutPlan, RolloutState, Tally
from servicehost.operations.preview_rollout import RolloutPreview
from servicehost.ports.rollouts import RolloutView
from servicehost.web.answers import Time, time_or_none
from servicehost.web.schedule_orders import MaintenanceForm

__all__ = [
    "RolloutAnswer",
    "RolloutMemberAnswer",
    "RolloutMembers",
    "RolloutPreviewAnswer",
    "RolloutWaveAnswer",
    "Rollouts",
]

Reason = Annotated[
    str | None,
    Meta(
        description="Of the host's own: too_many_failed, too_large_a_share_failed, gate_unmet, wave_unproved, "
        "consent_ended; else what somebody said"
    ),
]


class RolloutTargetsAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """As they were said; `adapters` is how many a list names."""

    adapters: int | None
    group: int | None
    tag: str | None
    query: str | None
    saved_query: int | None


class RolloutContentAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The module that is set, and to what; module null: each adapter's working config."""

    module: int | None
    digest: str | None
    size_bytes: int | None


class RolloutPlanAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What its author said."""

    targets: RolloutTargetsAnswer
    content: RolloutContentAnswer
    waves: list[str]
    concurrency: int
    per_minute: int | None
    soak_s: int
    confirmed_percent: int
    stop_failed: int | None
    stop_failed_percent: int | None
    stop_at_least: int
    windows: MaintenanceForm
    confirm_timeout_s: int
    absent_for_s: int
    start_at: Time | None
    approval: bool

    @classmethod
    def of(cls, plan: RolloutPlan) -> "RolloutPlanAnswer":
        targets, content = plan.targets, plan.content
        return cls(
            targets=RolloutTargetsAnswer(
                adapters=None if targets.service_codes is None else len(targets.service_codes),
                group=targets.group,
                tag=targets.tag,
                query=targets.query,
                saved_query=targets.saved_query,
            ),
            content=RolloutContentAnswer(
                module=content.module,
                digest=content.digest or None,
                size_bytes=None if content.module is None else content.size_bytes,
            ),
            waves=[f"{one.percent}%" if one.count is None else str(one.count) for one in plan.waves],
            concurrency=plan.pace.concurrency,
            per_minute=plan.pace.per_minute,
            soak_s=plan.gate.soak_s,
            confirmed_percent=plan.gate.confirmed_percent,
            stop_failed=plan.stop.failed,
            stop_failed_percent=plan.stop.failed_percent,
            stop_at_least=plan.stop.at_least,
            windows=MaintenanceForm.of(plan.windows),
            confirm_timeout_s=plan.confirm_timeout_s,
            absent_for_s=plan.absent_for_s,
            start_at=time_or_none(plan.start_at),
            approval=plan.approval,
        )


class RolloutWaveAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """How many members of a wave stand where; wave 0 are those who were skipped at the start."""

    wave: int
    members: int
    waiting: int
    away: int
    pushed: int
    soaking: int
    confirmed: int
    failed: int
    absent: int
    skipped: int
    to_undo: int
    undoing: int
    undone: int
    kept: int

    @classmethod
    def of(cls, wave: int, tally: Tally) -> "RolloutWaveAnswer":
        counts = {state.value: tally.of(state) for state in MemberState}
        return cls(wave=wave, members=tally.size, **counts)


class RolloutAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A rollout and where it stands. `wave` is the one tried now, of `waves`; `version` is its ETag."""

    rollout: int
    management_code: str
    name: str
    note: str
    state: RolloutState
    state_since: Time
    state_by: str
    reason: Reason
    created_at: Time
    created_by: str
    started_by: str | None
    started_at: Time | None
    approved_by: str | None
    approved_at: Time | None
    deadline_at: Time | None
    members: int
    wave: int
    waves: int
    version: int
    plan: RolloutPlanAnswer
    tallies: list[RolloutWaveAnswer]

    @classmethod
    def of(cls, view: RolloutView) -> "RolloutAnswer":
        one = view.rollout
        return cls(
            rollout=one.rollout,
            management_code=one.management_code,
            name=one.name,
            note=one.note,
            state=one.state,
            state_since=rfc3339(one.state_since),
            state_by=one.state_by,
            reason=one.reason,
            created_at=rfc3339(one.created_at),
            created_by=one.created_by,
            started_by=one.starter,
            started_at=time_or_none(one.started_at),
            approved_by=one.approved_by,
            approved_at=time_or_none(one.approved_at),
            deadline_at=time_or_none(one.deadline_at),
            members=one.members,
            wave=one.wave,
            waves=one.waves,
            version=one.version,
            plan=RolloutPlanAnswer.of(one.plan),
            tallies=[RolloutWaveAnswer.of(wave, tally) for wave, tally in view.tallies.items()],
        )


class Rollouts(msgspec.Struct, frozen=True, kw_only=True):
    """`next` is the `after` of the part that follows; null: there is none."""

    items: list[RolloutAnswer]
    next: int | None


class RolloutMemberAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """One target. `reason` says why it ended as it did; `push` and `undo_push` are ordinary pushes."""

    position: int
    service_code: str
    wave: int
    state: MemberState
    reason: str | None
    changed_at: Time
    revision: int | None
    digest: str | None
    push: int | None
    started_at: Time | None
    due_at: Time | None
    former_revision: int | None
    undo_push: int | None

    @classmethod
    def of(cls, one: Member) -> "RolloutMemberAnswer":
        return cls(
            position=one.position,
            service_code=one.service_code,
            wave=one.wave,
            state=one.state,
            reason=one.reason,
            changed_at=rfc3339(one.changed_at),
            revision=one.revision,
            digest=one.digest,
            push=one.push,
            started_at=time_or_none(one.started_at),
            due_at=time_or_none(one.due_at),
            former_revision=one.former_revision,
            undo_push=one.undo_push,
        )


class RolloutMembers(msgspec.Struct, frozen=True, kw_only=True):
    """`next` is the `after` of the part that follows; null: there is none."""

    items: list[RolloutMemberAnswer]
    next: int | None


class RolloutPreviewAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Who would be reached if it were started now: how many in each wave, how many would be skipped and why, and for
    how many a new revision would be saved. `items` are the members in the order of their turns."""

    rollout: int
    waves: list[int]
    skipped: dict[str, int]
    revisions_saved: int
    items: list[RolloutMemberAnswer]

    @classmethod
    def of(cls, preview: RolloutPreview) -> "RolloutPreviewAnswer":
        return cls(
            rollout=preview.rollout.rollout,
            waves=list(preview.sizes),
            skipped=_by_reason(preview.members),
            revisions_saved=preview.revisions_saved,
            items=[RolloutMemberAnswer.of(one) for one in preview.members],
        )


def _by_reason(members: Sequence[Member]) -> dict[str, int]:
    reasons = [one.reason for one in members if one.reason is not None]
    return {reason: reasons.count(reason) for reason in sorted(set(reasons))}
