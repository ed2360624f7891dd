"""So many at once, the others in order."""

import pytest

from adapter_sim.turnstile import Turnstile


def test_those_who_find_no_room_enter_in_their_order() -> None:
    through: list[str] = []
    gate = Turnstile(2)
    for name in "abcd":
        gate.enter(name, lambda name=name: through.append(name))  # type: ignore[misc]  # a default binds the name
    assert through == ["a", "b"]
    gate.leave("a")
    gate.leave("a")
    assert through == ["a", "b", "c"]
    gate.leave("d")  # gives up its place
    gate.leave("b")
    assert through == ["a", "b", "c"]


def test_one_who_is_inside_already_goes_on_at_once() -> None:
    through: list[int] = []
    gate = Turnstile(1)
    gate.enter("a", lambda: through.append(1))
    gate.enter("a", lambda: through.append(2))
    assert through == [1, 2]


def test_an_open_gate_lets_everybody_through() -> None:
    through: list[int] = []
    gate = Turnstile(None)
    for number in range(3):
        gate.enter(number, lambda: through.append(1))
    assert len(through) == 3


def test_a_gate_that_lets_nobody_through_is_none() -> None:
    with pytest.raises(ValueError, match="one through at least"):
        Turnstile(0)
