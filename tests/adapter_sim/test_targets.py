"""What a push changes on a box: both, running alone, startup alone; and the boot that tries what was stored."""

import msgspec

from adapter_sim.box import Box, Habits
from adapter_sim.slot import NotNow
from protocol.messages import ConfigOffer, ModuleState, OfferAnswer, Target
from tests.adapter_sim.stage import BETTER, GOOD, offer
from tests.adapter_sim.test_box import confirmed, fresh, mark, owed, power_cut, welcome


def offered(box: Box, body: str, push: int, target: Target) -> OfferAnswer:
    answer = box.offer(to(body, push, target), 0.0)
    assert isinstance(answer, OfferAnswer)
    return answer


def to(body: str, push: int, target: Target) -> ConfigOffer:
    return msgspec.structs.replace(offer(body, push=push), target=target)


def told(state: ModuleState) -> tuple[object, ...]:
    return state.running, state.startup, state.confirmed, state.trial


def test_to_running_alone_the_next_boot_returns_to_the_startup_config() -> None:
    box = fresh()
    confirmed(box, GOOD, 1)
    offered(box, BETTER, 2, "running")
    assert box.begin_trial(1.0)
    assert box.welcomed(welcome(2))
    assert owed(box).phase == "confirmed"
    assert told(box.slot.state()) == (mark(BETTER, 2), mark(GOOD, 1), mark(BETTER, 2), None)
    assert offered(box, BETTER, 2, "running").outcome == "accepted"
    assert not box.begin_trial(2.0), "offered again it is not tried again"
    power_cut(box)
    assert told(box.slot.state()) == (mark(GOOD, 1), mark(GOOD, 1), mark(BETTER, 2), None)


def test_to_startup_alone_nothing_is_tried_until_the_next_boot() -> None:
    box = fresh()
    confirmed(box, GOOD, 1)
    for _ in range(2):  # offered again it is answered the same
        assert offered(box, BETTER, 2, "startup").outcome == "accepted"
        assert (owed(box).push, owed(box).phase) == (2, "confirmed")
    assert not box.begin_trial(1.0)
    assert told(box.slot.state()) == (mark(GOOD, 1), mark(BETTER, 2), mark(GOOD, 1), None)
    power_cut(box)
    assert told(box.slot.state()) == (mark(BETTER, 2), mark(BETTER, 2), mark(GOOD, 1), 2)
    assert box.welcomed(welcome(2))
    assert told(box.slot.state()) == (mark(BETTER, 2), mark(BETTER, 2), mark(BETTER, 2), None)
    power_cut(box, 2.0)
    assert told(box.slot.state()) == (mark(BETTER, 2), mark(BETTER, 2), mark(BETTER, 2), None)


def test_a_boot_that_reaches_no_host_restores_what_was_confirmed_and_the_next_one_tries_again() -> None:
    box = fresh()
    confirmed(box, GOOD, 1)
    offered(box, BETTER, 2, "startup")
    for boot in (1.0, 2.0):
        power_cut(box, boot)
        assert box.slot.state().trial == 2
        assert box.expire(boot + 601)
        state = box.slot.state()
        assert told(state) == (mark(GOOD, 1), mark(BETTER, 2), mark(GOOD, 1), None)
        assert state.last_failed is not None
        assert (state.last_failed.push, state.last_failed.reason) == (2, "management_path_lost")


def test_power_that_goes_while_a_boot_is_tried_is_told_and_the_boot_is_tried_again() -> None:
    box = fresh()
    confirmed(box, GOOD, 1)
    offered(box, BETTER, 2, "startup")
    power_cut(box, 1.0)
    power_cut(box, 2.0)
    state = box.slot.state()
    assert state.trial == 2
    assert state.last_failed is not None
    assert state.last_failed.reason == "power_lost"


def test_the_confirmed_config_offered_to_startup_alone_drops_the_one_that_failed() -> None:
    box = fresh()
    confirmed(box, GOOD, 1)
    offered(box, BETTER, 2, "startup")
    offered(box, GOOD, 3, "startup")
    assert box.slot.state().startup == mark(GOOD, 1)
    power_cut(box)
    assert told(box.slot.state()) == (mark(GOOD, 1), mark(GOOD, 1), mark(GOOD, 1), None)


def test_a_confirmed_push_to_both_drops_what_was_stored_to_be_tried() -> None:
    box = fresh()
    confirmed(box, GOOD, 1)
    offered(box, BETTER, 2, "startup")
    confirmed(box, GOOD, 3)
    power_cut(box)
    assert box.slot.state().trial is None


def test_while_a_config_is_on_trial_nothing_is_stored_beside_it() -> None:
    box = fresh()
    offered(box, GOOD, 1, "both")
    assert isinstance(box.offer(to(BETTER, 2, "startup"), 0.0), NotNow)


def test_a_box_that_cannot_apply_it_tells_so_at_boot() -> None:
    box = Box(boot_id="b0", now=0.0)
    confirmed(box, GOOD, 1)
    offered(box, BETTER, 2, "startup")
    box.habits = Habits(reverts="apply_failed")
    power_cut(box)
    assert box.check_trial()
    failed = box.slot.state().last_failed
    assert failed is not None
    assert failed.reason == "apply_failed"
    assert box.slot.state().running == mark(GOOD, 1)
