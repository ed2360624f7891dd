"""The promises of pushes hold on the worst of wires, and a fault in any rule that keeps them is found there."""

from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

import servicehost.operations.phone_home as greeting
import servicehost.operations.startup as startups
import servicehost.operations.take_answers as answers
import servicehost.operations.take_progress as progress
from adapter_sim.slot import ConfigSlot
from servicehost.domain import push as rules
from tests.operations.push_wire import PushWire


def run(examples: int, steps: int, *, shrink: bool = True) -> None:
    phases = [Phase.explicit, Phase.generate] + [Phase.shrink] * shrink
    run_state_machine_as_test(
        PushWire,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            database=None,
            phases=phases,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_the_promises_hold_on_a_bad_wire() -> None:
    run(6, 20)


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_the_promises_hold_on_the_worst_of_wires() -> None:
    run(2_000, 25)


def _believes_the_unit(push: Any, phase: str, reason: str, rejected: Any) -> Any:
    if phase == "confirmed" and not push.phase.ended:
        return rules.Change(phase=rules.Phase.CONFIRMED)
    return rules.after_progress(push, phase, reason, rejected)


def _confirms_whatever_runs(push: Any, state: Any, **context: bool) -> Any:
    made = rules.after_hello(push, state, **context)
    return made if state.trial is None else rules.Greeting(change=made.change, confirm=state.trial)


def _changes_what_has_ended(push: Any, phase: str, reason: str, rejected: Any) -> Any:
    if phase == "reverted":
        return rules.Change(phase=rules.Phase.REVERTED, reason="again")
    return rules.after_progress(push, phase, reason, rejected)


def _stored_is_good(startup: Any, push: Any) -> Any:
    from servicehost.domain.startup import stored  # noqa: PLC0415 - the one that stands in its place is this

    mark = msgspec.structs.replace(startup.mark, digest=push.digest) if startup.mark else None
    return msgspec.structs.replace(stored(startup, push), good=mark)


FAULTS: dict[str, tuple[Any, str, Callable[..., Any]]] = {
    "old sessions write progress": (progress, "why_stale", lambda fence, in_force: None),
    "old sessions write answers": (answers, "why_stale", lambda fence, in_force: None),
    "a unit confirms on its own word": (progress, "after_progress", _believes_the_unit),
    "an ended push ends again": (progress, "after_progress", _changes_what_has_ended),
    "the host says yes to whatever runs": (greeting, "after_hello", _confirms_whatever_runs),
    "what was stored is good at once": (startups, "stored", _stored_is_good),
    "a startup config is never lacking": (greeting, "lacks_startup", lambda *a, **k: False),
    "the box makes permanent what nobody said yes to": (
        ConfigSlot,
        "expire",
        lambda slot, now: slot.trial is not None and slot.welcomed((slot.trial.push,)),
    ),
}


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_in_a_rule_is_found(fault: str, monkeypatch: pytest.MonkeyPatch) -> None:
    where, name, wrong = FAULTS[fault]
    monkeypatch.setattr(where, name, wrong)
    with pytest.raises((AssertionError, BaseExceptionGroup)):
        run(300, 25, shrink=False)
