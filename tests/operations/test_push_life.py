"""The life of pushes under lost answers, power cuts, duplicates, stale sessions and restarts of the host.

A model of a unit talks with a real intake on a real database; after every step the promises are looked up there.
"""

import asyncio
import sqlite3
import tempfile
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, ClassVar, TypeVar

import msgspec
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from protocol.codes import CloseCode, ErrorCode
from protocol.digest import digest_of
from protocol.messages import ConfigOffer, Event, FailedMark, Mark, ModuleState, OfferAnswer, OfferedMark
from protocol.session import RefusedByPeer
from servicehost.backends.sql.store import SqlStore, open_store
from servicehost.domain.push import Phase
from servicehost.operations.intake import Intake
from servicehost.operations.phone_home import HostIdentity
from servicehost.ports.desk import Fence, Stale
from tests.builders.databases import fresh_database
from tests.builders.estate import Estate, a_push, a_revision, build_estate
from tests.builders.units import a_caller, a_hello, a_progress

T = TypeVar("T")
LEAST_STEPS = 2_000
Said = OfferAnswer | RefusedByPeer
YES: Said = OfferAnswer(outcome="accepted")
NO: Said = OfferAnswer(outcome="refused")
BUSY: Said = RefusedByPeer(code=ErrorCode.BUSY, reason="busy")


class Standing:
    def wall(self) -> int:
        return 1_000

    def monotonic(self) -> float:
        return 50.0

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(0)


class Box:
    """One unit: what it keeps in its flash, and what it holds in memory."""

    def __init__(self) -> None:
        self.confirmed: Mark | None = None
        self.running: Mark | None = None
        self.trial: ConfigOffer | None = None
        self.failed: FailedMark | None = None
        self.offered: OfferedMark | None = None
        self.stored: ConfigOffer | None = None
        self.owed: list[Any] = []  # progress not yet answered; a hello replaces it
        self.applied: list[int] = []

    def state(self) -> ModuleState:
        return ModuleState(
            running=self.running,
            startup=self.confirmed,
            confirmed=self.confirmed,
            last_offered=self.offered,
            last_failed=self.failed,
            trial=None if self.trial is None else self.trial.push,
        )

    def store(self, offer: ConfigOffer) -> None:
        assert digest_of(offer.body.encode()) == offer.digest
        self.stored = offer
        self.offered = OfferedMark(revision=offer.revision, digest=offer.digest, push=offer.push)

    def apply(self) -> None:
        assert self.stored is not None
        self.trial, self.stored = self.stored, None
        self.running = Mark(revision=self.trial.revision, digest=self.trial.digest)

    def fail(self, offer: ConfigOffer, reason: str, word: str) -> None:
        self.failed = FailedMark(revision=offer.revision, digest=offer.digest, push=offer.push, reason=reason)
        self.running, self.trial, self.stored = self.confirmed, None, None
        self.owed.append(a_progress(offer.push, word, digest=offer.digest, reason=reason))

    def make_permanent(self) -> None:
        assert self.trial is not None
        self.confirmed, self.failed = self.running, None
        self.applied.append(self.trial.push)
        self.owed.append(a_progress(self.trial.push, "confirmed", digest=self.trial.digest))
        self.trial = None


class PushLife(RuleBasedStateMachine):
    steps: ClassVar[int] = 0

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.database = fresh_database(Path(self.folder.name))
        self.loop = asyncio.new_event_loop()
        self.box = Box()
        self.fence: Fence | None = None
        self.old_fences: list[Fence] = []
        self.said_yes: set[int] = set()
        self.ended: dict[int, str] = {}
        self.acknowledged: set[int] = set()  # sequences of events
        self.sequence = 0
        self.bodies = 0
        self.start()
        self.estate: Estate = self.run(build_estate(self.store, 1))

    # -- the host -----------------------------------------------------------------------------------------------

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self.loop.run_until_complete(work)

    def start(self) -> None:
        async def begin() -> None:
            self.store: SqlStore = open_store(self.database)
            run = await self.store.begin_run("h", 1)
            time = Standing()
            us = HostIdentity(host="h", run=run)
            self.intake = Intake(self.store, time, us, sleep=time.sleep)
            self.task = asyncio.ensure_future(self.intake.run())

        self.run(begin())
        self.reader = sqlite3.connect(f"file:{self.database}?mode=ro", uri=True)

    def stop(self) -> None:
        async def end() -> None:
            self.task.cancel()
            await asyncio.wait([self.task])
            await self.store.close()

        self.reader.close()
        self.run(end())

    def tell(self, said: Any) -> Any:
        """What the host answers: a result, or the exception it answered with."""

        async def wait() -> Any:
            return (await asyncio.gather(said(), return_exceptions=True))[0]

        return self.run(wait())

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        return self.reader.execute(sql).fetchall()

    # -- people -------------------------------------------------------------------------------------------------

    @rule(same_body=st.booleans())
    def order(self, same_body: bool) -> None:
        """An operator pushes a config; what no unit tries yet gives way."""
        self.bodies += 0 if same_body and self.bodies else 1
        body = f"config {self.bodies}\n"
        code, tenant = self.estate.service_code, self.estate.management_code

        async def push() -> None:
            async with self.store.transaction(self.estate.scope) as tx:
                newest = (await tx.latest_revisions([code], 0))[code].revision
                digest = digest_of(body.encode())
                await tx.add_content(tenant, digest, body)
                await tx.add_revisions([a_revision(code, tenant, revision=newest + 1, digest=digest)])
                standing = (await tx.open_pushes([code], 0)).get(code, [])
                await tx.save_pushes(
                    [
                        msgspec.structs.replace(one, phase=Phase.SUPERSEDED, reason="newer_push")
                        for one in standing
                        if one.phase.recallable
                    ]
                )
                await tx.add_pushes([a_push(code, tenant, revision=newest + 1, digest=digest)])

        self.run(push())

    @rule()
    def cancel(self) -> None:
        async def recall() -> None:
            async with self.store.transaction(self.estate.scope) as tx:
                standing = (await tx.open_pushes([self.estate.service_code], 0)).values()
                await tx.save_pushes(
                    [
                        msgspec.structs.replace(one, phase=Phase.CANCELLED)
                        for pushes in standing
                        for one in pushes
                        if one.phase.recallable
                    ]
                )

        self.run(recall())

    @rule()
    def restart_the_host(self) -> None:
        self.stop()
        self.leave()
        self.start()

    # -- the unit -----------------------------------------------------------------------------------------------

    def leave(self) -> None:
        if self.fence is not None:
            self.old_fences.append(self.fence)
        self.fence = None

    @rule(answer_lost=st.booleans())
    def dial(self, answer_lost: bool) -> None:
        self.leave()
        self.box.owed.clear()
        hello = a_hello(self.box.state())
        answer = self.tell(lambda: self.intake.phone_home(a_caller(self.estate.unit.distribution_id), hello))
        welcome = answer.welcome
        self.said_yes |= set(welcome.confirm)
        if self.box.trial is not None:
            assert [*welcome.confirm, *welcome.revert] == [self.box.trial.push]
        if answer_lost:
            self.old_fences.append(answer.fence)
            return
        self.fence = answer.fence
        if welcome.confirm:
            self.box.make_permanent()
        elif welcome.revert and self.box.trial is not None:
            self.box.fail(self.box.trial, "not_wanted", "reverted")

    @precondition(lambda self: self.fence is not None)
    @rule(answer_lost=st.booleans(), refuse=st.integers(0, 5))
    def ask_for_work(self, answer_lost: bool, refuse: int) -> None:
        assert self.fence is not None
        fence = self.fence
        before = dict(self.rows("SELECT push, phase FROM push WHERE open_of IS NOT NULL"))
        offer = self.tell(lambda: self.intake.work_due(fence))
        if not isinstance(offer, ConfigOffer):
            assert offer is None
            return
        assert set(before.values()) <= {"queued", "offered"}, "offered while another is on trial"
        assert offer.push == min(before)
        said, became = YES, {"stored"}
        if self.box.trial is not None:
            said, became = BUSY, {"queued", "offered"}
        elif refuse == 0:
            said, became = NO, {"refused"}
        else:
            self.box.store(offer)
        if answer_lost:
            self.leave()
            return
        for _ in range(2):  # said twice, taken once
            assert self.tell(lambda: self.intake.take_offer_answer(fence, offer.push, said)) is None
        ((phase,),) = self.rows(f"SELECT phase FROM push WHERE push = {offer.push}")  # noqa: S608
        assert phase in became

    @rule(count=st.integers(1, 5), lost=st.booleans())
    def go_on(self, count: int, lost: bool) -> None:
        """What a healthy unit does next: the thread on which everything else is a disturbance."""
        for left in reversed(range(count)):
            self._go_on(lost=lost and left == 0)
            self.promises_hold()

    def _go_on(self, *, lost: bool) -> None:
        if self.fence is None:
            self.dial(answer_lost=lost)
        elif self.box.owed:
            self.report_progress(answer_lost=lost)
        elif self.box.stored is not None:
            self.apply()
        else:
            self.ask_for_work(answer_lost=lost, refuse=1)

    @rule(count=st.integers(1, 5), lost=st.booleans())
    def order_and_go_on(self, count: int, lost: bool) -> None:
        self.order(same_body=False)
        self.go_on(count=count, lost=lost)

    @rule(lost=st.booleans(), refuse=st.integers(0, 1))
    def order_and_ask(self, lost: bool, refuse: int) -> None:
        self.order(same_body=False)
        if self.fence is None:
            self.dial(answer_lost=False)
        self.ask_for_work(answer_lost=lost, refuse=refuse)

    @precondition(lambda self: self.fence is not None and self.box.stored is not None)
    @rule()
    def boast(self) -> None:
        """A unit that confirms on its own word, before it has found back to a host that said yes, proves nothing."""
        assert self.fence is not None
        assert self.box.stored is not None
        fence, said = self.fence, a_progress(self.box.stored.push, "confirmed", digest=self.box.stored.digest)
        before = self.rows("SELECT * FROM push")
        assert self.tell(lambda: self.intake.take_progress(fence, said)) is None
        assert self.rows("SELECT * FROM push") == before

    @precondition(lambda self: self.box.stored is not None)
    @rule()
    def apply(self) -> None:
        """Applying a config always ends the session: the unit must show that it finds back."""
        self.box.apply()
        self.end_session()

    @precondition(lambda self: self.box.stored is not None)
    @rule()
    def fail_to_apply(self) -> None:
        assert self.box.stored is not None
        self.box.fail(self.box.stored, "apply_failed", "reverted")

    @precondition(lambda self: self.box.trial is not None)
    @rule()
    def give_up_the_trial(self) -> None:
        """No host was reached in time."""
        assert self.box.trial is not None
        self.box.fail(self.box.trial, "management_path_lost", "reverted")
        self.end_session()

    @rule(forget_stored=st.booleans())
    def cut_the_power(self, forget_stored: bool) -> None:
        self.leave()
        if self.box.trial is not None:
            self.box.fail(self.box.trial, "power_lost", "reverted")
        if forget_stored:
            self.box.stored = None
        self.box.owed.clear()

    @precondition(lambda self: self.fence is not None)
    @rule()
    def end_session(self) -> None:
        if self.fence is not None:
            self.intake.session_ended(self.fence, CloseCode.DONE, "")
            self.run(self.intake.flush())
        self.leave()

    @precondition(lambda self: self.fence is not None and self.box.owed)
    @rule(answer_lost=st.booleans())
    def report_progress(self, answer_lost: bool) -> None:
        assert self.fence is not None
        fence, said = self.fence, self.box.owed[0]
        for _ in range(2):
            assert self.tell(lambda: self.intake.take_progress(fence, said)) is None
        if said.phase == "confirmed":
            assert self.rows(f"SELECT phase FROM push WHERE push = {said.push}") == [("confirmed",)]  # noqa: S608
        if answer_lost:
            self.leave()
        else:
            self.box.owed.pop(0)

    @precondition(lambda self: self.fence is not None)
    @rule(again=st.booleans(), answer_lost=st.booleans())
    def raise_alarm(self, again: bool, answer_lost: bool) -> None:
        assert self.fence is not None
        fence = self.fence
        self.sequence += 0 if again and self.sequence else 1
        alarm = Event(sequence=self.sequence, sub_type="hardware_alarm")
        assert self.tell(lambda: self.intake.take_event(fence, "boot-x", alarm)) is None
        self.acknowledged.add(self.sequence)
        if answer_lost:
            self.leave()

    @precondition(lambda self: self.old_fences)
    @rule(choice=st.integers(0, 100), phase=st.sampled_from(["confirmed", "reverted"]))
    def speak_from_an_old_session(self, choice: int, phase: str) -> None:
        old = self.old_fences[choice % len(self.old_fences)]
        newest = max(fence.epoch for fence in [*self.old_fences, *([self.fence] if self.fence else [])])
        if old.epoch == newest:
            return  # lost to the unit, but no newer one stands: the host still believes in it
        before = self.rows("SELECT * FROM push")
        for push, digest in self.rows("SELECT push, digest FROM push")[-2:]:
            said = a_progress(push, phase, digest=digest)
            assert isinstance(self.tell(lambda said=said: self.intake.take_progress(old, said)), Stale)
            answer = self.tell(lambda push=push: self.intake.take_offer_answer(old, push, NO))
            assert isinstance(answer, Stale)
        assert isinstance(self.tell(lambda: self.intake.work_due(old)), Stale)
        self.intake.session_ended(old, CloseCode.SILENT, "")
        assert self.rows("SELECT * FROM push") == before

    # -- promises -----------------------------------------------------------------------------------------------

    @invariant()
    def promises_hold(self) -> None:
        type(self).steps += 1
        pushes = self.rows("SELECT push, phase, digest, open_of FROM push ORDER BY push")
        on_trial = [push for push, phase, _, _ in pushes if phase in ("stored", "running")]
        waiting = [push for push, phase, _, _ in pushes if phase in ("queued", "offered")]
        assert len(on_trial) <= 1
        assert len(waiting) <= 1
        for push, phase, _, open_of in pushes:
            assert (open_of is None) == Phase(phase).ended
            assert self.ended.get(push, phase) == phase, "an ended phase has changed"
            if Phase(phase).ended:
                self.ended[push] = phase
            if phase in ("running", "confirmed"):
                assert push in self.said_yes
        ((startup,),) = self.rows("SELECT startup_digest FROM adapter")
        said_yes_to = {digest for push, _, digest, _ in pushes if push in self.said_yes}
        assert startup is None or startup in said_yes_to
        assert len(self.box.applied) == len(set(self.box.applied)), "a push was made permanent twice"

        self.each_thing_is_told_once()

    def each_thing_is_told_once(self) -> None:
        told = self.rows("SELECT json_extract(detail, '$.push'), sub_type FROM event WHERE sub_type LIKE 'push_%'")
        assert len(told) == len({push for push, _ in told})
        told_of = dict(told)
        assert all(told_of[push] == f"push_{self.ended[push]}" for push in told_of)
        by_unit = {push for push, phase in self.ended.items() if phase in ("confirmed", "reverted", "refused")}
        assert by_unit <= set(told_of)
        alarms = [row[0] for row in self.rows("SELECT sequence FROM unit_event WHERE boot_id = 'boot-x'")]
        assert sorted(alarms) == sorted(self.acknowledged)
        ((count,),) = self.rows("SELECT count(*) FROM event WHERE sub_type = 'hardware_alarm'")
        assert count == len(self.acknowledged)

    def teardown(self) -> None:
        """From wherever it got to: left in peace, everything comes to an end and both sides agree."""
        try:
            self.come_to_rest()
        finally:
            self.stop()
            self.loop.close()
            self.folder.cleanup()

    def come_to_rest(self) -> None:
        for _ in range(6):
            self.dial(answer_lost=False)
            while self.box.owed:
                self.report_progress(answer_lost=False)
            self.ask_for_work(answer_lost=False, refuse=1)
            if self.box.stored is not None:
                self.apply()
        self.promises_hold()
        assert self.rows("SELECT push, phase FROM push WHERE open_of IS NOT NULL") == []
        ((startup,),) = self.rows("SELECT startup_digest FROM adapter")
        if startup is not None and (self.box.failed is None or self.box.failed.digest != startup):
            assert self.box.confirmed is not None
            assert self.box.confirmed.digest == startup


def test_the_promises_hold_whatever_is_lost_cut_repeated_or_restarted() -> None:
    PushLife.steps = 0
    run_state_machine_as_test(
        PushLife,
        settings=settings(
            max_examples=44,
            stateful_step_count=50,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
        ),
    )
    assert PushLife.steps >= LEAST_STEPS
