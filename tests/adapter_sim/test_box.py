"""The box, spoken with directly: what it stores, tries, confirms and restores."""

import pytest

from adapter_sim.box import Box, Clock, Habits
from adapter_sim.flash import Flash
from adapter_sim.slot import NotNow
from protocol.messages import ConfigProgress, Mark, OfferAnswer, Rejected, Standing, Welcome
from tests.adapter_sim.stage import BETTER, GOOD, offer

STANDING: Standing = "serving"


def fresh(habits: Habits | None = None) -> Box:
    return Box(boot_id="b0", now=0.0, habits=habits)


def power_cut(box: Box, now: float = 1.0) -> None:
    box.boot(boot_id=f"b{now}", cause="power_on", now=now)


def welcome(*confirm: int) -> Welcome:
    return Welcome(standing=STANDING, session_epoch=1, confirm=confirm)


def taken(box: Box, body: str, push: int, now: float = 0.0) -> None:
    """Offer, store, begin the trial."""
    answer = box.offer(offer(body, push=push), now)
    assert isinstance(answer, OfferAnswer)
    assert answer.outcome == "accepted"
    assert box.begin_trial(now)


def confirmed(box: Box, body: str, push: int) -> None:
    taken(box, body, push)
    assert box.welcomed(welcome(push))


def owed(box: Box) -> ConfigProgress:
    assert box.slot.owed is not None
    return box.slot.owed


def mark(body: str, push: int) -> Mark:
    made = offer(body, push=push)
    return Mark(revision=made.revision, digest=made.digest)


def test_a_config_runs_on_trial_and_is_startup_only_when_the_host_says_yes() -> None:
    box = fresh()
    taken(box, GOOD, 1)
    state = box.slot.state()
    assert (state.running, state.trial, state.startup, state.confirmed) == (mark(GOOD, 1), 1, None, None)
    assert not box.welcomed(welcome(99))
    assert box.slot.state().startup is None
    assert box.welcomed(welcome(99, 1))
    state = box.slot.state()
    assert (state.startup, state.confirmed, state.trial) == (mark(GOOD, 1), mark(GOOD, 1), None)
    assert (owed(box).push, owed(box).phase) == (1, "confirmed")


def test_nothing_runs_before_the_trial_begins() -> None:
    box = fresh()
    box.offer(offer(GOOD, push=1), 0.0)
    assert box.slot.state().running is None
    assert not box.welcomed(welcome(1))


@pytest.mark.parametrize(("reached", "reason"), [(False, "management_path_lost"), (True, "not_confirmed")])
def test_a_trial_nobody_confirms_ends_with_what_ran_before(reached: bool, reason: str) -> None:
    box = fresh()
    confirmed(box, GOOD, 1)
    box.slot.owed = None
    taken(box, BETTER, 2, now=100.0)
    if reached:
        box.reached()
    assert not box.expire(699.9)
    assert box.expire(700.0)
    state = box.slot.state()
    assert (state.running, state.startup, state.trial) == (mark(GOOD, 1), mark(GOOD, 1), None)
    assert state.last_failed is not None
    assert (state.last_failed.push, state.last_failed.reason) == (2, reason)
    assert (owed(box).push, owed(box).phase, owed(box).reason) == (2, "reverted", reason)


def test_a_trial_the_host_denies_ends_at_once_and_one_it_does_not_name_goes_on() -> None:
    box = fresh()
    confirmed(box, GOOD, 1)
    taken(box, BETTER, 2)
    assert not box.denied(Welcome(standing=STANDING, session_epoch=1, revert=(1, 3)))
    assert box.slot.state().trial == 2
    assert box.denied(Welcome(standing=STANDING, session_epoch=1, revert=(2,)))
    state = box.slot.state()
    assert (state.running, state.startup, state.trial) == (mark(GOOD, 1), mark(GOOD, 1), None)
    assert state.last_failed is not None
    assert (state.last_failed.push, state.last_failed.reason) == (2, "denied")
    assert (owed(box).push, owed(box).phase, owed(box).reason) == (2, "reverted", "denied")
    assert not box.denied(Welcome(standing=STANDING, session_epoch=1, revert=(2,)))


def test_a_yes_that_comes_too_late_is_not_heeded() -> None:
    box = fresh()
    taken(box, GOOD, 1)
    assert box.expire(600.0)
    assert not box.welcomed(welcome(1))
    assert box.slot.state().confirmed is None


def test_power_lost_in_a_trial_boots_the_startup_config_and_says_so() -> None:
    box = fresh()
    confirmed(box, GOOD, 1)
    taken(box, BETTER, 2)
    power_cut(box)
    state = box.slot.state()
    assert (state.running, state.trial) == (mark(GOOD, 1), None)
    assert state.last_failed is not None
    assert (state.last_failed.push, state.last_failed.reason) == (2, "power_lost")
    assert not box.begin_trial(2.0)


def test_power_lost_between_storing_and_trying_is_the_same() -> None:
    box = fresh()
    box.offer(offer(GOOD, push=1), 0.0)
    power_cut(box)
    failed = box.slot.state().last_failed
    assert failed is not None
    assert failed.reason == "power_lost"


def test_the_same_push_on_trial_is_answered_as_before() -> None:
    box = fresh()
    taken(box, GOOD, 1)
    before = box.slot.state()
    assert box.offer(offer(GOOD, push=1), 5.0) == OfferAnswer(outcome="accepted")
    assert not box.begin_trial(5.0)
    assert box.slot.state() == before


def test_the_same_push_once_confirmed_is_confirmed_again_without_a_trial() -> None:
    box = fresh()
    confirmed(box, GOOD, 1)
    box.slot.owed = None
    before = box.flash
    assert box.offer(offer(GOOD, push=1), 5.0) == OfferAnswer(outcome="accepted")
    assert not box.begin_trial(5.0)
    assert box.flash is before
    assert owed(box).phase == "confirmed"


def test_the_same_push_once_reverted_is_refused_with_its_reason_and_not_tried_twice() -> None:
    box = fresh()
    taken(box, GOOD, 1)
    box.expire(600.0)
    assert box.offer(offer(GOOD, push=1), 601.0) == OfferAnswer(outcome="refused", reason="management_path_lost")
    assert not box.begin_trial(601.0)


def test_another_push_during_a_trial_has_to_wait_for_its_end() -> None:
    box = fresh()
    taken(box, GOOD, 1)
    assert box.offer(offer(BETTER, push=2), 590.0) == NotNow(reason="on_trial", retry_after_s=11)
    box.expire(600.0)
    assert isinstance(box.offer(offer(BETTER, push=2), 601.0), OfferAnswer)


def test_a_digest_that_does_not_match_is_refused_and_may_be_put_right() -> None:
    box = fresh()
    wrong = offer(BETTER, push=1)
    mixed = type(wrong)(push=1, revision=1, digest=wrong.digest, body=GOOD)
    assert box.offer(mixed, 0.0) == OfferAnswer(outcome="refused", reason="digest_mismatch")
    failed = box.slot.state().last_failed
    assert failed is not None
    assert failed.reason == "digest_mismatch"
    assert box.offer(wrong, 0.0) == OfferAnswer(outcome="accepted")


def test_a_refused_offer_is_remembered_with_its_sentence() -> None:
    box = fresh()
    answer = box.offer(offer("nonsense", push=3), 0.0)
    assert isinstance(answer, OfferAnswer)
    assert (answer.outcome, answer.reason) == ("refused", "not_understood")
    state = box.slot.state()
    assert state.last_offered is not None
    assert state.last_failed is not None
    assert (state.last_offered.push, state.last_failed.reason) == (3, "refused")
    assert state.last_failed.text == "line 1: no such command 'nonsense'"


def test_substitutions_are_named_and_survive_a_power_cut() -> None:
    box = fresh()
    body = GOOD + "interface ge0 mtu 9000\n"
    answer = box.offer(offer(body, push=1), 0.0)
    replaced = Rejected(parameter="interface ge0 mtu", reason="576 to 1500, not 9000", substitution="1500")
    assert answer == OfferAnswer(outcome="substituted", rejected=(replaced,))
    box.begin_trial(0.0)
    box.welcomed(welcome(1))
    power_cut(box)
    assert box.slot.config.interfaces["ge0"].mtu == 1500
    assert box.slot.state().running == mark(body, 1)


def test_a_module_it_does_not_have_is_refused_and_leaves_no_mark() -> None:
    box = fresh()
    assert box.offer(offer(GOOD, push=1, module=3), 0.0) == OfferAnswer(outcome="refused", reason="unknown_module")
    assert box.flash == Flash()


def test_a_box_whose_flash_has_failed_stores_nothing() -> None:
    box = fresh()
    box.raise_alarm("flash", 2, wall=0.0, now=0.0)
    assert box.offer(offer(GOOD, push=1), 0.0) == OfferAnswer(outcome="refused", reason="flash_failed")
    box.mend()
    assert box.offer(offer(GOOD, push=1), 0.0) == OfferAnswer(outcome="accepted")


def test_a_box_that_always_reverts_does_not_heed_the_yes() -> None:
    box = fresh(Habits(reverts="not_confirmed"))
    taken(box, GOOD, 1)
    assert not box.check_trial()
    box.reached()
    assert not box.welcomed(welcome(1))
    assert box.expire(600.0)
    failed = box.slot.state().last_failed
    assert failed is not None
    assert failed.reason == "not_confirmed"


def test_a_hello_replaces_the_progress_that_was_owed() -> None:
    box = fresh()
    confirmed(box, GOOD, 1)
    hello = box.hello(wall=0.0, now=0.0)
    assert hello.modules[0].confirmed == mark(GOOD, 1)
    assert box.next_request() is None


def test_progress_comes_before_events_and_each_stays_until_it_is_answered() -> None:
    box = fresh()
    box.raise_event("link_up", wall=0.0, now=0.0)
    confirmed(box, GOOD, 1)
    progress = box.next_request()
    assert progress is not None
    assert progress is box.next_request()
    box.taken(progress)
    event = box.next_request()
    assert event is not None
    assert event is box.events.head
    box.taken(event)
    assert box.next_request() is None


def test_an_answer_to_old_progress_does_not_take_away_the_new() -> None:
    box = fresh()
    confirmed(box, GOOD, 1)
    old = box.next_request()
    assert old is not None
    taken(box, BETTER, 2)
    box.expire(600.0)
    box.taken(old)
    assert (owed(box).push, owed(box).phase) == (2, "reverted")


def test_a_power_cut_forgets_events_and_keeps_broken_parts_broken() -> None:
    box = fresh()
    box.raise_alarm("fan", 2, wall=0.0, now=0.0)
    power_cut(box)
    assert box.next_request() is None
    assert box.report(now=1.0).health["fan"] == "failed"


def test_a_mild_alarm_degrades_and_a_failed_self_test_has_its_own_name() -> None:
    box = fresh()
    box.raise_alarm("temperature", 4, wall=0.0, now=0.0)
    box.raise_alarm("self_test", 2, wall=0.0, now=0.0)
    assert (box.health["temperature"], box.health["self_test"]) == ("degraded", "failed")
    head = box.events.head
    assert head is not None
    assert head.sub_type == "hardware_alarm"
    box.events.answered()
    head = box.events.head
    assert head is not None
    assert head.sub_type == "self_test_failed"


def test_its_clock_errs_as_it_is_told() -> None:
    box = fresh(Habits(clock=Clock(skew_s=3600)))
    assert box.clock_text(wall=0.0, now=50.0) == "1970-01-01T01:00:00Z"
    box.habits = Habits(clock=Clock(since_1970=True))
    assert box.clock_text(wall=1_800_000_000.0, now=50.0) == "1970-01-01T00:00:50Z"
    box.habits = Habits(clock=Clock(skew_s=-1e9))
    assert box.clock_text(wall=0.0, now=0.0) == "1970-01-01T00:00:00Z"
