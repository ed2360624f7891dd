"""Pushes over a wire that loses, repeats and reorders, between a box that loses power and a host that is killed.

The box is the simulator's own, the host its own use cases on a real store; here lies only what may happen between them.
"""

import asyncio
import sqlite3
import tempfile
from collections.abc import Coroutine
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from adapter_sim.box import Habits, Reversion
from protocol.messages import ConfigOffer, ConfigProgress, Welcome
from servicehost.backends.sql.store import open_store
from servicehost.domain.errors import Conflict
from servicehost.domain.people import Actor, Role
from servicehost.domain.push import Phase, Target
from servicehost.operations.cancel_push import cancel_push
from servicehost.operations.choose_revisions import PushOrder
from servicehost.operations.ordering import PushTerms
from servicehost.operations.push_config import push_config
from servicehost.ports.desk import Fence, Stale
from tests.builders.box_and_host import BoxAndHost, body
from tests.builders.databases import fresh_database
from tests.fakes.clock import FixedClock
from tests.fakes.line import RecordingLine

__all__ = ["PushWire"]

T = TypeVar("T")
_MOST_UNDER_WAY = 6


class Under(NamedTuple):
    """A message under way. Down go welcomes and offers, up answers and progress."""

    fence: Fence
    said: Any
    push: int = 0


class PushWire(RuleBasedStateMachine):
    """One adapter. After every step the promises are looked up where they are kept."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.database = fresh_database(Path(self.folder.name))
        self.loop = asyncio.new_event_loop()
        self.both: BoxAndHost = self.run(BoxAndHost.found(self.database))
        person = self.both.estate.person
        self.anna = Actor(
            person_id=person.person_id,
            master_id=person.master_id,
            name=person.name,
            role=Role.OPERATION_MANAGER,
            management_code=person.management_code,
        )
        self.reader = sqlite3.connect(f"file:{self.database}?mode=ro", uri=True)
        self.session: Fence | None = None
        """The session as the box has it."""
        self.newest = 0
        self.up: list[Under] = []
        self.down: list[Under] = []
        self.said: list[Under] = []
        """What went up last, delivered once already."""
        self.acknowledged: set[int] = set()
        self.ended: dict[int, str] = {}
        self.heard_yes: set[str] = set()
        """Digests that ran on trial when the host said yes."""

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self.loop.run_until_complete(work)

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        return self.reader.execute(sql).fetchall()

    # -- people -------------------------------------------------------------------------------------------------

    @rule(number=st.integers(1, 4), of=st.sampled_from(Target))
    def order(self, number: int, of: Target) -> None:
        order = PushOrder(service_codes=[self.both.estate.service_code], body=body(number), target=of)
        (ordered,) = self.run(
            push_config(
                self.anna, order, store=self.both.store, clock=FixedClock(), line=RecordingLine(), terms=PushTerms()
            )
        )
        assert ordered.push is not None
        self.acknowledged.add(ordered.push.push)

    @precondition(lambda self: self.acknowledged)
    @rule()
    def cancel(self) -> None:
        number = max(self.acknowledged)
        with suppress(Conflict):  # it is on trial, or has ended
            self.run(cancel_push(self.anna, number, store=self.both.store, clock=FixedClock(), line=RecordingLine()))

    # -- the host -----------------------------------------------------------------------------------------------

    @rule()
    def kill_the_host(self) -> None:
        """What was committed stays, every session is gone."""
        self.run(self.both.store.close())
        self.both.store = open_store(self.database)
        self.hang_up()

    @precondition(lambda self: self.session is not None and len(self.down) < _MOST_UNDER_WAY)
    @rule()
    def the_host_offers(self) -> None:
        assert self.session is not None
        offer = self.run(self.both.offer(self.session))
        if isinstance(offer, ConfigOffer):
            self.down.append(Under(self.session, offer))

    # -- the box ------------------------------------------------------------------------------------------------

    def hang_up(self) -> None:
        """What goes up may still arrive, long after; what goes down finds nobody."""
        self.session = None
        self.down.clear()

    @rule(answer_lost=st.booleans())
    def dial(self, answer_lost: bool) -> None:
        self.hang_up()
        running, trial = self.both.box.slot.running, self.both.box.slot.trial
        answer = self.run(self.both.hello())
        self.newest = answer.fence.epoch
        if answer.welcome.confirm:
            assert running is not None
            assert trial is not None
            assert answer.welcome.confirm == (trial.push,)
            self._yes_is_meant(trial.push, running.mark.digest)
            self.heard_yes.add(running.mark.digest)
        if not answer_lost:
            self.session = answer.fence
            self.down.append(Under(answer.fence, answer.welcome))

    def _yes_is_meant(self, push: int, digest: str) -> None:
        ((phase,),) = self.rows(f"SELECT phase FROM push WHERE push = {push}")  # noqa: S608
        ((startup,),) = self.rows("SELECT startup_digest FROM adapter")
        assert phase == "running" or digest == startup, "the host says yes to what nobody wants any more"

    @precondition(lambda self: self.session is not None and self.both.box.flash.trial is not None)
    @rule()
    def boast(self) -> None:
        """A unit that confirms on its own word proves nothing."""
        assert self.session is not None
        stored = self.both.box.flash.trial
        assert stored is not None
        mark = stored.config.mark
        said = ConfigProgress(push=stored.push, revision=mark.revision, digest=mark.digest, phase="confirmed")
        self.run(self.both.progressed(self.session, said))

    @precondition(lambda self: self.session is not None and len(self.up) < _MOST_UNDER_WAY)
    @rule()
    def the_box_reports(self) -> None:
        assert self.session is not None
        said = self.both.box.next_request()
        if said is not None:
            self.up.append(Under(self.session, said))

    @rule()
    def apply(self) -> None:
        if self.both.box.begin_trial(self.both.now):
            self.both.box.check_trial()
            self.hang_up()

    @rule()
    def cut_the_power(self) -> None:
        self.both.boot()
        self.hang_up()

    @rule()
    def let_time_pass(self) -> None:
        self.both.time_passes()

    @rule(how=st.sampled_from([None, None, "apply_failed", "not_confirmed"]))
    def fall_ill_or_recover(self, how: Reversion | None) -> None:
        self.both.box.habits = Habits(reverts=how)

    # -- the wire -----------------------------------------------------------------------------------------------

    @precondition(lambda self: self.down)
    @rule(which=st.integers(0, 9), again=st.booleans())
    def something_comes_down(self, which: int, again: bool) -> None:
        message = self._taken_from(self.down, which, again=again)
        if isinstance(message.said, Welcome):
            self.both.hear(message.said)
        elif len(self.up) < _MOST_UNDER_WAY:
            self.up.append(Under(message.fence, self.both.take(message.said), message.said.push))

    @precondition(lambda self: self.up)
    @rule(which=st.integers(0, 9), again=st.booleans(), answer_lost=st.booleans())
    def something_comes_up(self, which: int, again: bool, answer_lost: bool) -> None:
        message = self._taken_from(self.up, which, again=again)
        self.said = [*self.said[-9:], message]
        before = self.rows("SELECT * FROM push")
        if message.push:
            result = self.run(self.both.answered(message.fence, message.push, message.said))
        else:
            result = self.run(self.both.progressed(message.fence, message.said))
            if not answer_lost and result is None:
                self.both.box.taken(message.said)
        if message.fence.epoch < self.newest:
            assert isinstance(result, Stale), "an old session has written"
            assert self.rows("SELECT * FROM push") == before

    @staticmethod
    def _taken_from(wire: list[Under], which: int, *, again: bool) -> Under:
        message = wire[which % len(wire)]
        if not again:
            wire.remove(message)
        return message

    # -- several steps of a healthy day ----------------------------------------------------------------------------

    @rule(number=st.integers(1, 4), of=st.sampled_from(Target), boots=st.booleans())
    def all_goes_well(self, number: int, of: Target, boots: bool) -> None:
        """Most of what matters happens after something was confirmed."""
        self.order(number, of)
        self.both.box.habits = Habits()
        self.recover()
        if boots:
            self.cut_the_power()

    @rule(number=st.integers(1, 4), of=st.sampled_from(Target), boasts=st.booleans())
    def order_and_store(self, number: int, of: Target, boasts: bool) -> None:
        """As far as the offer's way down; what comes of it is left to chance."""
        self.order(number, of)
        self.dial(answer_lost=False)
        self.something_comes_down(0, again=False)
        self.the_host_offers()
        if self.down:
            self.something_comes_down(0, again=False)
        if boasts and self.session is not None and self.both.box.flash.trial is not None:
            self.boast()

    @precondition(lambda self: self.said)
    @rule(which=st.integers(0, 9))
    def an_old_word_is_heard_again(self, which: int) -> None:
        """The wire has kept something all the while."""
        self.up.append(self.said[which % len(self.said)])
        self.something_comes_up(len(self.up) - 1, again=False, answer_lost=True)

    @rule(number=st.integers(1, 4))
    def a_bad_boot(self, number: int) -> None:
        """What was stored to be tried cannot be applied when the time has come."""
        self.all_goes_well(number, Target.STARTUP, boots=False)
        self.both.box.habits = Habits(reverts="apply_failed")
        self.cut_the_power()
        self.dial(answer_lost=False)

    def recover(self) -> None:
        """Time enough for every trial to end, and a wire without fault."""
        self.both.time_passes()
        self.hang_up()
        for _ in range(3):
            self.dial(answer_lost=False)
            while self.down or self.up:
                while self.down:
                    self.something_comes_down(0, again=False)
                while self.up:
                    self.something_comes_up(0, again=False, answer_lost=False)
                self.the_box_reports()
                self.the_host_offers()
                if self.both.box.flash.trial is not None and self.both.box.slot.trial is None:
                    self.apply()
                    self.dial(answer_lost=False)

    # -- promises -----------------------------------------------------------------------------------------------

    @invariant()
    def promises_hold(self) -> None:
        pushes = self.rows("SELECT push, phase, digest, open_of, target, kind FROM push ORDER BY push")
        phases = {row[0]: row[1] for row in pushes}
        assert self.acknowledged <= set(phases), "an acknowledged push is lost"
        assert len([phase for phase in phases.values() if phase in ("stored", "running")]) <= 1
        for push, phase, _, open_of, _, _ in pushes:
            assert (open_of is None) == Phase(phase).ended
            assert self.ended.get(push, phase) == phase, "a push has two ends"
            if Phase(phase).ended:
                self.ended[push] = phase
        confirmed = {row[2] for row in pushes if row[1] == "confirmed"}
        ((startup,),) = self.rows("SELECT startup_digest FROM adapter")
        assert startup is None or startup in confirmed, "a startup config was never confirmed"
        unproven = self.rows("SELECT 1 FROM startup_proof WHERE push IS NOT NULL")
        assert startup is None or unproven or startup in self.heard_yes, "what never ran is said to be proved"
        for (good,) in self.rows("SELECT good_digest FROM startup_proof WHERE good_digest IS NOT NULL"):
            assert good in self.heard_yes, "what never ran is kept as good"
        flash = self.both.box.flash
        assert flash.startup is None or flash.startup.mark.digest in self.heard_yes, "made permanent without a yes"
        self.each_end_is_told_once()

    def each_end_is_told_once(self) -> None:
        ends = "sub_type LIKE 'push_%' AND sub_type != 'push_ordered'"
        told = self.rows(f"SELECT json_extract(detail, '$.push') FROM event WHERE {ends}")  # noqa: S608
        numbers = sorted(number for (number,) in told if number is not None)
        assert numbers == sorted(push for push in self.ended if push != 1), "an end is told twice, or not at all"

    def teardown(self) -> None:
        """Whatever has happened: once the wire is sound, every push ends and box and host agree."""
        try:
            self.both.box.habits = Habits()
            self.recover()
            self.promises_hold()
            assert self.rows("SELECT push, phase FROM push WHERE open_of IS NOT NULL") == []
            self.they_agree()
        finally:
            self.reader.close()
            self.run(self.both.store.close())
            self.loop.close()
            self.folder.cleanup()

    def they_agree(self) -> None:
        ((startup,),) = self.rows("SELECT startup_digest FROM adapter")
        given_up = self.rows("SELECT failed_digest FROM startup_proof WHERE failed_digest IS NOT NULL")
        state = self.both.box.slot.state()
        if startup is not None and (startup,) not in given_up:
            assert state.startup is not None
            assert state.startup.digest == startup, "the box would start with something else"
