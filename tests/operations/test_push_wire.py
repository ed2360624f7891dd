"""The promises of pushes hold on the worst of wires, and a fault in any rule that keeps them is found there."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

import servicehost.operations.take_answers as answers
import servicehost.operations.take_progress as progress
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


FAULTS: dict[str, tuple[Any, str, Callable[..., Any]]] = {
    "old sessions write progress": (progress, "why_stale", lambda fence, in_force: None),
    "old sessions write answers": (answers, "why_stale", lambda fence, in_force: None),
}


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_in_a_rule_is_found(fault: str, monkeypatch: pytest.MonkeyPatch) -> None:
    where, name, wrong = FAULTS[fault]
    monkeypatch.setattr(where, name, wrong)
    with pytest.raises((AssertionError, BaseExceptionGroup)):
        run(400, 30, shrink=False)
