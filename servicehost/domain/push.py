"""Pushes: one revision on its way to one adapter.

    queued → offered → stored → running → confirmed
      ↑           └─ refused  └─ reverted ─┘
      └──── a unit that lost what it had stored (superseded, when a newer push waits)
    queued, offered → superseded, cancelled, expired

A push has a *target*: `both` is the way above, and the revision is the startup config once it is confirmed. To
`running` alone it goes the same way, and the startup config stays what it was: the next boot returns to it. To
`startup` alone nothing is tried: stored → confirmed, once the unit says that it would start with it.

*Stored*: the unit has answered that it holds the revision and will try it. *Running*: after applying it the unit
opened a new connection and said hello with the new digest; in that welcome the host says yes. *Confirmed*: the unit
has made it permanent and said so. A host that has said yes but hears another digest writes *reverted*.

The functions here say what a fact makes of a push. They return None when the fact changes nothing, so the same
fact told twice, late or by a session that lost its place does no harm.
"""

import enum
from collections.abc import Sequence
from typing import Final

import msgspec

from servicehost.domain.config import Mark, ModuleState
from servicehost.domain.module import ModuleMark

__all__ = [
    "OPEN_PHASES",
    "Change",
    "Greeting",
    "Phase",
    "Push",
    "Rejected",
    "Target",
    "after_answer",
    "after_hello",
    "after_progress",
    "met_by_hello",
    "next_to_offer",
]


class Phase(enum.StrEnum):
    """Where a push is."""

    QUEUED = "queued"
    OFFERED = "offered"
    STORED = "stored"
    RUNNING = "running"
    CONFIRMED = "confirmed"
    REVERTED = "reverted"
    REFUSED = "refused"
    SUPERSEDED = "superseded"
    CANCELLED = "cancelled"
    EXPIRED = "expired"

    def __init__(self, word: str) -> None:
        # Asked several times a push: an attribute, because a member's hash is worked out in Python each time.
        self.recallable: bool = word in ("queued", "offered")
        """Whether it may still be superseded, cancelled or expire: no unit tries it yet."""
        self.ended: bool = not (self.recallable or word in ("stored", "running"))
        """Whether nothing changes it any more."""


OPEN_PHASES: Final = frozenset(phase for phase in Phase if not phase.ended)


class Target(enum.StrEnum):
    """What a push changes on its unit."""

    STARTUP = "startup"
    RUNNING = "running"
    BOTH = "both"


class Rejected(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A parameter the unit did not take as written, why, and what it runs instead."""

    parameter: str
    reason: str
    substitution: str | None = None


class Push(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """One push as the store has it. `kind` is `operator`, or `startup` for a unit that lacks its startup config.

    As JSON it is an array of these fields, as rows are.
    """

    push: int
    service_code: str
    management_code: str
    module: int
    revision: int
    digest: str
    phase: Phase
    kind: str
    ordered_by: str
    ordered_at: int
    changed_at: int
    confirm_timeout_s: int
    expires_at: int | None = None
    outcome: str | None = None
    reason: str | None = None
    rejected: tuple[Rejected, ...] = ()
    modules: tuple[ModuleMark, ...] = ()
    """Every module of the revision; empty when there is the main one alone and it fits in a frame."""
    target: Target = Target.BOTH


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """What becomes of a push."""

    phase: Phase
    outcome: str | None = None
    reason: str | None = None
    rejected: tuple[Rejected, ...] = ()


class Greeting(msgspec.Struct, frozen=True, kw_only=True):
    """What a hello means for pushes: a change of the open one, and the host's word on the one on trial."""

    change: Change | None = None
    confirm: int | None = None
    revert: int | None = None


def next_to_offer(open_pushes: Sequence[Push]) -> Push | None:
    """Which of an adapter's open pushes is to be offered now: the oldest that waits, once nothing is on trial.

    Offering the same push again is harmless, so an offer whose answer was lost is simply made again.
    """
    if any(not push.phase.recallable for push in open_pushes):
        return None
    return next(iter(open_pushes), None)


def met_by_hello(open_pushes: Sequence[Push], state: ModuleState) -> Push | None:
    """Which of an adapter's open pushes the unit's state speaks of; None when there is none."""
    named = {state.trial} | ({state.last_failed.push} if state.last_failed else set())
    on_trial = [push for push in open_pushes if not push.phase.recallable]
    spoken_of = [push for push in open_pushes if push.push in named]
    return next(iter([*on_trial, *spoken_of, *open_pushes]), None)


def after_answer(push: Push, outcome: str, reason: str, rejected: tuple[Rejected, ...]) -> Change | None:
    """The unit answered the offer: it holds the revision, or refuses it."""
    if push.phase.ended or push.phase is Phase.RUNNING:
        return None
    if outcome == "refused":
        return Change(phase=Phase.REFUSED, outcome=outcome, reason=reason or "refused", rejected=rejected)
    if push.phase is Phase.STORED and push.outcome == outcome:
        return None
    return Change(phase=Phase.STORED, outcome=outcome, rejected=rejected)


def after_progress(push: Push, phase: str, reason: str, rejected: tuple[Rejected, ...]) -> Change | None:
    """The unit reports how the trial goes on. `running` is only believed from a hello on a new connection."""
    if push.phase.ended or phase == "running":
        return None
    if phase == "confirmed":
        # The host's yes comes first: a unit that confirms on its own word has proved nothing. But what it has stored
        # as its startup config only it can say.
        said_yes = Phase.STORED if push.target is Target.STARTUP else Phase.RUNNING
        return (
            Change(phase=Phase.CONFIRMED, outcome=push.outcome, rejected=push.rejected)
            if push.phase is said_yes
            else None
        )
    if phase == "refused":
        return Change(phase=Phase.REFUSED, outcome="refused", reason=reason or "refused", rejected=rejected)
    return Change(phase=Phase.REVERTED, outcome=push.outcome, reason=reason or "reverted", rejected=rejected)


def after_hello(
    push: Push | None, state: ModuleState, *, newer_waits: bool = False, tries_startup: bool = False
) -> Greeting:
    """What the unit's state at its hello means for the adapter's open push (None: there is none).

    `newer_waits`: a newer push waits, so one that the unit has lost gives way instead of being offered again.
    `tries_startup`: what the unit runs on trial is what its adapter shall start with.
    """
    if tries_startup and state.trial is not None and (push is None or state.trial != push.push):
        return Greeting(confirm=state.trial)  # it has booted with it; an open push waits for the end of that trial
    if push is None:
        return Greeting(revert=state.trial)
    if state.trial is not None and (state.trial != push.push or _digest(state.running) != push.digest):
        return Greeting(revert=state.trial)
    if state.trial == push.push:
        running = Change(phase=Phase.RUNNING, outcome=push.outcome, rejected=push.rejected)
        return Greeting(change=None if push.phase is Phase.RUNNING else running, confirm=push.push)
    return Greeting(change=_without_trial(push, state, newer_waits=newer_waits))


def _without_trial(push: Push, state: ModuleState, *, newer_waits: bool) -> Change | None:
    failed = state.last_failed
    if failed is not None and failed.push == push.push:
        phase = Phase.REFUSED if failed.reason == "refused" else Phase.REVERTED
        return Change(phase=phase, outcome=push.outcome, reason=failed.reason, rejected=push.rejected)
    if push.phase is Phase.STORED:
        return _once_stored(push, state, newer_waits=newer_waits)
    if push.phase is not Phase.RUNNING:
        return None  # the offer or its answer was lost: it is offered again
    # What was confirmed for running alone may be gone again: the next boot returns to the startup config.
    runs = push.target is Target.RUNNING or _digest(state.running) == push.digest
    if runs and _digest(state.confirmed) == push.digest:
        return Change(phase=Phase.CONFIRMED, outcome=push.outcome, rejected=push.rejected)
    return Change(phase=Phase.REVERTED, outcome=push.outcome, reason="another_digest_runs", rejected=push.rejected)


def _once_stored(push: Push, state: ModuleState, *, newer_waits: bool) -> Change:
    """It was stored, and is not on trial: it is where it belongs, or it was forgotten and is offered again."""
    if push.target is Target.STARTUP and _digest(state.startup) == push.digest:
        return Change(phase=Phase.CONFIRMED, outcome=push.outcome, rejected=push.rejected)
    if newer_waits:
        return Change(phase=Phase.SUPERSEDED, outcome=push.outcome, reason="newer_push", rejected=push.rejected)
    return Change(phase=Phase.QUEUED, reason="lost_by_unit")


def _digest(mark: Mark | None) -> str | None:
    return None if mark is None else mark.digest
