"""How far a boot has come, and where it is stuck."""

from typing import Any

import pytest

from servicehost.domain.attempt import Attempt, AttemptOutcome
from servicehost.domain.config import Mark, ModuleState
from servicehost.domain.config_state import _BY_STEP, ConfigView, Stage, StuckIn, config_state
from servicehost.domain.presence import Presence
from servicehost.domain.push import Phase, Push
from tests.builders.estate import a_push

WANTED, OTHER = Mark(revision=2, digest="wanted"), Mark(revision=1, digest="other")
RUNS = ModuleState(running=WANTED, confirmed=WANTED)
RUNS_OTHER = ModuleState(running=OTHER, confirmed=OTHER)


def push(phase: Phase, kind: str = "operator") -> Push:
    return a_push("nxe000000001", "nxm000000001", phase=phase, kind=kind)


def attempt(outcome: AttemptOutcome, reason: str, at: int = 9) -> Attempt:
    return Attempt(at=at, host="h", remote_address="192.0.2.1", outcome=outcome, reason=reason)


def view(presence: Presence = Presence.CONNECTED, **fields: Any) -> ConfigView:
    plain: dict[str, Any] = {"serving": True, "heard_at": 5, "startup": WANTED}
    return ConfigView(presence=presence, **(plain | fields))


REFUSED, BROKEN = AttemptOutcome.REFUSED, AttemptOutcome.BROKEN
CASES = [
    ("a box that never called", view(Presence.NEVER), Stage.INITIAL, StuckIn.REACHING, "never_heard"),
    ("one that called and is gone", view(Presence.DISCONNECTED), Stage.INITIAL, StuckIn.REACHING, "not_heard"),
    ("our own outage accuses nobody", view(Presence.UNKNOWN), Stage.INITIAL, None, None),
    (
        "turned away since it was last heard",
        view(Presence.DISCONNECTED, last_attempt=attempt(REFUSED, "revoked")),
        Stage.INITIAL,
        StuckIn.ADMISSION,
        "revoked",
    ),
    (
        "turned away before it was let in again",
        view(Presence.DISCONNECTED, last_attempt=attempt(REFUSED, "revoked", at=4)),
        Stage.INITIAL,
        StuckIn.REACHING,
        "not_heard",
    ),
    (
        "dials, and the handshake never ends",
        view(Presence.NEVER, last_attempt=attempt(BROKEN, "handshake_timeout")),
        Stage.INITIAL,
        StuckIn.REACHING,
        "handshake_timeout",
    ),
    (
        "left with a config and has not come back",
        view(Presence.DISCONNECTED, push=push(Phase.STORED)),
        Stage.CONFIRMING,
        StuckIn.CONFIRMING,
        "not_back_yet",
    ),
    ("on stand-by there is nothing to pull", view(serving=False), Stage.INITIAL, None, None),
    ("in session, config not taken", view(push=push(Phase.QUEUED, "startup")), Stage.INITIAL, StuckIn.TAKING, None),
    ("it holds the config", view(push=push(Phase.STORED, "startup")), Stage.PULLED, None, None),
    ("it runs it on trial", view(push=push(Phase.RUNNING, "startup")), Stage.CONFIRMING, None, None),
    ("it says so itself", view(module=ModuleState(running=WANTED, trial=3)), Stage.CONFIRMING, None, None),
    ("it runs what it shall", view(module=RUNS), Stage.READY, None, None),
    ("nothing was ever saved for it", view(startup=None), Stage.READY, None, None),
    ("an ended push is no work", view(module=RUNS, push=push(Phase.CONFIRMED)), Stage.READY, None, None),
    ("an operator's push waits", view(module=RUNS, push=push(Phase.QUEUED)), Stage.OPERATING, None, None),
    ("an operator's push is tried", view(module=RUNS, push=push(Phase.RUNNING)), Stage.OPERATING, None, None),
    (
        "the config failed on it",
        view(module=ModuleState(confirmed=OTHER, last_failed=Mark(revision=2, digest="wanted", reason="apply_failed"))),
        Stage.PULLED,
        StuckIn.CONFIG,
        "apply_failed",
    ),
    ("it runs something else", view(module=RUNS_OTHER), Stage.INITIAL, StuckIn.TAKING, "startup_missing"),
]


@pytest.mark.parametrize(
    ("seen", "stage", "stuck_in", "cause"), [case[1:] for case in CASES], ids=[c[0] for c in CASES]
)
def test_the_stage_follows_from_what_is_known(
    seen: ConfigView, stage: Stage, stuck_in: StuckIn | None, cause: str | None
) -> None:
    state = config_state(seen)
    assert (state.stage, state.stuck_in) == (stage, stuck_in)
    assert cause is None or state.cause == cause
    assert (state.triage is None) == (stuck_in is None)


def test_every_step_has_words_in_both_languages() -> None:
    assert set(_BY_STEP) == set(StuckIn)
    assert all(text.ja and text.en for text in _BY_STEP.values())


def test_a_cause_of_its_own_has_words_of_its_own() -> None:
    revoked = config_state(view(Presence.NEVER, last_attempt=attempt(REFUSED, "revoked"))).triage
    busy = config_state(view(Presence.NEVER, last_attempt=attempt(REFUSED, "busy"))).triage
    assert revoked is not None
    assert busy is not None
    assert "enrol" in revoked.en
    assert busy == _BY_STEP[StuckIn.ADMISSION]
