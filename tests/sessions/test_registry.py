import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.codes import CloseCode
from protocol.messages import Renew
from servicehost.ports.desk import Fence
from servicehost.sessions.registry import AT_ONCE, Registry


class Plain:
    """A session that leaves at once, or later when the test says so."""

    def __init__(self, registry: Registry, unit_id: int, epoch: int, *, at_once: bool = True) -> None:
        self.registry = registry
        self.fence: Fence | None = Fence(unit_id=unit_id, epoch=epoch)
        self.looks = 0
        self.asked: list[str] = []
        self.left: list[CloseCode] = []
        self.at_once = at_once

    def look(self) -> None:
        self.looks += 1

    def renew(self, renew: Renew) -> None:
        self.asked.append(renew.reason)

    def leave(self, code: CloseCode, reason: str) -> None:
        self.left.append(code)
        if self.at_once:
            self.gone()

    def gone(self) -> None:
        self.registry.remove(self)


@pytest.mark.parametrize("at_once", [True, False])
def test_the_teardown_of_an_old_session_never_removes_the_new_one(at_once: bool) -> None:
    registry = Registry()
    old, new = Plain(registry, 1, 1, at_once=at_once), Plain(registry, 1, 2)
    assert registry.register(old)
    assert registry.register(new)
    old.gone()
    old.gone()
    assert registry.get(1) is new
    assert old.left == [CloseCode.TAKEN_OVER]
    assert registry.taken_over == 1


def test_an_older_epoch_never_takes_the_place_of_a_newer_one() -> None:
    registry = Registry()
    new, old = Plain(registry, 1, 5), Plain(registry, 1, 4)
    registry.register(new)
    assert not registry.register(old)
    assert registry.get(1) is new
    assert new.left == []


def test_registering_twice_ends_nothing() -> None:
    registry = Registry()
    session = Plain(registry, 1, 1)
    assert registry.register(session)
    assert registry.register(session)
    assert session.left == []


def test_nudges_reach_the_sessions_that_are_here() -> None:
    registry = Registry()
    session = Plain(registry, 3, 1)
    registry.register(session)
    registry.nudge(iter([2, 3, 3]))
    assert session.looks == 2


async def test_of_many_that_are_nudged_the_loop_is_free_in_between() -> None:
    registry, order = Registry(), list[str]()
    sessions = [Plain(registry, unit_id, 1) for unit_id in range(2 * AT_ONCE + 1)]
    for session in sessions:
        registry.register(session)
    registry.nudge(range(len(sessions)))
    assert sum(session.looks for session in sessions) == AT_ONCE
    asyncio.get_running_loop().call_soon(order.append, "heard")
    await asyncio.sleep(0)
    assert order == ["heard"]
    assert [sessions[2 * AT_ONCE - 1].looks, sessions[2 * AT_ONCE].looks] == [1, 0]
    await asyncio.sleep(0)
    assert all(session.looks == 1 for session in sessions)


def test_sessions_may_leave_while_they_are_walked_through() -> None:
    registry = Registry()
    for unit_id in range(5):
        registry.register(Plain(registry, unit_id, 1))
    for session in registry:
        session.leave(CloseCode.DRAINING, "draining")
    assert len(registry) == 0


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 2), st.integers(1, 6)), max_size=40))
def test_whatever_comes_and_goes_the_newest_epoch_that_came_and_has_not_gone_is_registered(
    steps: list[tuple[bool, int, int]],
) -> None:
    registry = Registry()
    sessions: dict[tuple[int, int], Plain] = {}
    current: dict[int, int] = {}
    for comes, unit_id, epoch in steps:
        if comes and (unit_id, epoch) not in sessions:
            session = sessions[unit_id, epoch] = Plain(registry, unit_id, epoch)
            if registry.register(session):
                current[unit_id] = epoch
        elif not comes and (unit_id, epoch) in sessions:
            sessions[unit_id, epoch].gone()
            if current.get(unit_id) == epoch:
                del current[unit_id]
        for key, expected in current.items():
            assert registry.get(key) is sessions[key, expected]
    assert len(registry) == len(current)


def test_asking_for_renewals_reaches_the_sessions_that_are_here() -> None:
    registry = Registry()
    session = Plain(registry, 3, 1)
    registry.register(session)
    registry.renew([2, 3], Renew(reason="anchor_change"))
    assert session.asked == ["anchor_change"]
