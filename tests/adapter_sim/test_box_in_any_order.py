"""Whatever happens to a box, in whatever order: offers, answers that get lost, welcomes, time, power cuts."""

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from adapter_sim.box import Box
from adapter_sim.flash import Flash, StoredConfig
from protocol.messages import Mark, OfferAnswer, Welcome
from tests.adapter_sim.stage import BETTER, CUTS_THE_PATH, GOOD, offer

BODIES = (GOOD, BETTER, CUTS_THE_PATH, "nonsense", GOOD + "interface ge0 mtu 9000\n")
TIMEOUT_S = 60

pushes = st.integers(1, 6)


class AnyOrder(RuleBasedStateMachine):
    """Every push carries one body of its own, as immutable revisions do."""

    @initialize()
    def power_on(self) -> None:
        self.now = 0.0
        self.boots = 0
        self.box = Box(boot_id="b0", now=0.0)
        self.before: StoredConfig | None = None
        self.startup: StoredConfig | None = None
        self.said_yes: set[Mark] = set()

    @rule(push=pushes, again=st.booleans())
    def the_host_offers(self, push: int, again: bool) -> None:
        """With `again`, the answer got lost and the host offers once more before anything else happens."""
        ran, was = self.box.slot.running, self.box.flash
        made = offer(BODIES[push % len(BODIES)], push=push, confirm_timeout_s=TIMEOUT_S)
        answer = self.box.offer(made, self.now)
        if again and isinstance(answer, OfferAnswer) and answer.outcome != "refused":
            assert self.box.offer(made, self.now) == answer
        assert self.box.slot.running is ran
        assert (self.box.flash.startup, self.box.flash.confirmed) == (was.startup, was.confirmed)

    @rule()
    def the_answer_was_said(self) -> None:
        ran = self.box.slot.running
        if self.box.begin_trial(self.now):
            self.before = ran
            assert self.box.slot.running is not None

    @rule()
    def a_connection_stands(self) -> None:
        self.box.reached()

    @rule(confirm=st.sets(pushes))
    def the_host_welcomes(self, confirm: set[int]) -> None:
        running = self.box.slot.running
        on_trial = self.box.slot.trial
        if self.box.welcomed(Welcome(standing="serving", session_epoch=1, confirm=tuple(confirm))):
            assert on_trial is not None
            assert on_trial.push in confirm
            assert running is not None
            self.said_yes.add(running.mark)
            self.startup = running
            assert self.box.slot.running == running
        assert self.box.flash.startup == self.startup

    @rule(revert=st.sets(pushes))
    def the_host_denies(self, revert: set[int]) -> None:
        trial = self.box.slot.trial
        if self.box.denied(Welcome(standing="serving", session_epoch=1, revert=tuple(revert))):
            assert trial is not None
            assert trial.push in revert
            self.the_trial_has_failed(trial.push)
        else:
            assert trial is None or trial.push not in revert

    @rule()
    def it_says_hello(self) -> None:
        hello = self.box.hello(wall=self.now, now=self.now)
        assert hello.modules[0] == self.box.slot.state()
        assert self.box.slot.owed is None

    @rule(answered=st.booleans())
    def it_asks(self, answered: bool) -> None:
        request = self.box.next_request()
        if request is not None and answered:
            self.box.taken(request)

    @rule(seconds=st.integers(1, TIMEOUT_S))
    def time_goes_by(self, seconds: int) -> None:
        self.now += seconds
        trial = self.box.slot.trial
        if self.box.expire(self.now):
            assert trial is not None
            assert self.now >= trial.deadline
            self.the_trial_has_failed(trial.push)
        else:
            assert trial is None or self.now < trial.deadline

    @rule()
    def the_config_cannot_be_applied(self) -> None:
        trial = self.box.slot.trial
        if self.box.slot.restore("apply_failed", "no") and trial is not None:
            self.the_trial_has_failed(trial.push)

    @rule()
    def the_power_goes_and_comes_back(self) -> None:
        stored = self.box.flash.trial
        self.boots += 1
        self.box.boot(boot_id=f"b{self.boots}", cause="power_on", now=self.now)
        assert self.box.slot.running == self.startup
        if stored is not None:
            failed = self.box.flash.last_failed
            assert failed is not None
            assert (failed.push, failed.reason) == (stored.push, "power_lost")

    def the_trial_has_failed(self, push: int) -> None:
        assert self.box.slot.running == self.before
        failed = self.box.flash.last_failed
        assert failed is not None
        assert failed.push == push
        assert self.box.slot.owed is not None

    @invariant()
    def startup_is_what_the_host_said_yes_to(self) -> None:
        flash: Flash = self.box.flash
        assert flash.startup == self.startup
        assert flash.confirmed == (self.startup.mark if self.startup else None)
        assert flash.confirmed is None or flash.confirmed in self.said_yes

    @invariant()
    def off_trial_it_runs_its_startup_config(self) -> None:
        if self.box.slot.trial is None:
            assert self.box.slot.running == self.startup
        else:
            assert self.box.slot.running is not None
            assert self.box.flash.trial is not None
            assert self.box.slot.running == self.box.flash.trial.config


TestAnyOrder = AnyOrder.TestCase
TestAnyOrder.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
