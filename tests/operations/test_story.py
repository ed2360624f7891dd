import contextlib
import dataclasses
from collections.abc import Callable
from typing import TypeVar

import pytest

from servicehost.backends.sql.reads import open_reads
from servicehost.domain.contract import EVERYTHING, Scope
from servicehost.domain.errors import Refused
from servicehost.domain.exchange import ExchangeState
from servicehost.domain.fact_kind import Cause
from servicehost.domain.fault import FaultEnd, FaultPhase
from servicehost.domain.reaction import Reaction
from servicehost.domain.rules import Verdict
from servicehost.operations.reactions import Handler, Reactions, handlers
from servicehost.operations.request_exchange import ExchangeRequest
from servicehost.ports.store import Batch
from tests.builders.memory_store import MemoryStore
from tests.builders.stories import ON_SITE, SENDBACK, Step, tell, until
from tests.builders.world import CODE, MANAGER, NEW, OLD, OTHER_TENANT, SUPPORT, TENANT, Field, World

S = ExchangeState
T = TypeVar("T")


async def test_an_entitled_unit_that_fails_is_swapped_on_site_and_its_case_closed(case_world: World) -> None:
    await tell(case_world, ON_SITE)

    exchange = await case_world.exchange()
    reads = open_reads(case_world.database)
    view = await reads.exchange(Scope(management_code=TENANT), 1)
    fault = await reads.fault(EVERYTHING, 1)
    hidden = await reads.exchange(Scope(management_code=OTHER_TENANT), 1)
    left = await reads.reactions(EVERYTHING)
    await reads.close()
    assert exchange.method is Verdict.ONSITE_SWAP
    assert await case_world.bound() == NEW
    assert view is not None
    assert fault is not None
    assert hidden is None
    assert left == []
    assert [step.state for step in view.steps] == [
        S.REQUESTED, S.REQUESTED, S.JUDGED, S.RESERVED, S.ORDERED, S.ARRIVED, S.SWAPPED, S.ACCEPTED, S.CONFIRMED,
        S.CLOSED,
    ]  # fmt: skip
    assert [step.by for step in view.steps][5:9] == ["unit", "unit", "host", "operation_manager"]
    assert all(point.holds and point.at <= view.steps[-3].at for point in view.acceptance)
    assert len(view.acceptance) == 4
    assert len(view.exchange.judged.trace if view.exchange.judged else ()) == 12
    assert (fault.fault.phase, fault.fault.reason) == (FaultPhase.CLOSED, FaultEnd.EXCHANGED)
    assert [symptom.kind for symptom in fault.symptoms] == ["hardware_alarm"]


async def test_a_rental_unit_without_the_option_is_sent_back_and_swaps_at_the_managers_word(case_world: World) -> None:
    await until(case_world, SENDBACK, S.ARRIVED)

    assert await case_world.bound() == OLD
    assert case_world.sessions[NEW].binding is None
    await tell(case_world, SENDBACK[8:])

    exchange = await case_world.exchange()
    assert (exchange.method, exchange.state) == (Verdict.SENDBACK, S.CLOSED)
    assert exchange.judged is not None
    assert exchange.judged.reasons == ("rental_without_option",)
    assert await case_world.bound() == NEW
    assert {unit for unit, _ in case_world.line.ended} == {OLD, NEW}


async def test_a_cut_line_is_suspected_declined_and_closes_itself_when_the_line_is_back(case_world: World) -> None:
    await case_world.hello(OLD)
    await case_world.falls_silent(OLD)
    await case_world.passes(599)
    assert (await case_world.ops.suspect_silence(600_000)).noted == 0
    await case_world.passes(2)
    assert (await case_world.ops.suspect_silence(600_000)).noted == 1
    assert (await case_world.ops.suspect_silence(600_000)).noted == 0

    await case_world.ops.record_triage(SUPPORT, 1, Cause.NOT_HARDWARE, "the carrier reports a cut")
    await case_world.ops.request_exchange(MANAGER, ExchangeRequest(service_code=CODE))
    await case_world.workers()
    exchange = await case_world.exchange()
    await case_world.hello(OLD)
    await case_world.workers()

    fault = await case_world.store.batch(EVERYTHING, lambda batch: batch.fault(1))
    assert (exchange.state, exchange.reason) == (S.DECLINED, "not_hardware")
    assert fault is not None
    assert (fault.phase, fault.reason) == (FaultPhase.CLOSED, FaultEnd.CAME_BACK)


async def test_a_declined_request_keeps_nobody_from_asking_again(case_world: World) -> None:
    await case_world.hello(OLD)
    await case_world.ops.request_exchange(SUPPORT, ExchangeRequest(service_code=CODE))
    await case_world.workers()
    await case_world.ops.request_exchange(MANAGER, ExchangeRequest(service_code=CODE))

    assert (await case_world.exchange(1)).state is S.DECLINED
    assert (await case_world.exchange(2)).state is S.REQUESTED


@pytest.mark.parametrize("cut", [3, 7, 8, 10, 13, 15])
async def test_a_host_killed_between_two_steps_finds_the_story_on_its_disk(cut: int, case_world: World) -> None:
    await tell(case_world, SENDBACK[:cut])
    await case_world.killed()
    if NEW in case_world.sessions:
        await case_world.reports(NEW)
    await tell(case_world, SENDBACK[cut:])
    await case_world.workers()

    assert (await case_world.exchange()).state is S.CLOSED
    assert await case_world.bound() == NEW


class Killed(BaseException):
    """The host dies right after a commit: nothing that catches errors of ours may catch it."""


class MortalStore(MemoryStore):
    dies_after = 0
    commits = 0

    async def batch(self, scope: Scope, work: Callable[[Batch], T]) -> T:
        done = await super().batch(scope, work)
        self.commits += 1
        if self.commits == self.dies_after:
            raise Killed
        return done


EVERY_COMMIT = [
    pytest.param(ON_SITE, 1, marks=pytest.mark.slow, id="on site, every commit"),
    pytest.param(SENDBACK, 1, marks=pytest.mark.slow, id="sendback, every commit"),
    pytest.param(ON_SITE, 15, id="on site, every fifteenth commit"),
    pytest.param(SENDBACK, 15, id="sendback, every fifteenth commit"),
]


@pytest.mark.parametrize(("story", "stride"), EVERY_COMMIT)
async def test_a_host_killed_after_any_single_commit_still_ends_the_story(story: list[Step], stride: int) -> None:
    store = MortalStore()
    await Field(store).found()
    empty, store.commits, lived = store.photograph(), 0, False
    while not lived:
        store.put_back(empty)
        store.dies_after, store.commits = store.dies_after + stride, 0
        lived = await _lives_through(Field(store), story)

        store.commits += 10_000
        exchange = await Field(store).exchange()
        assert (store.dies_after, exchange.state) == (store.dies_after, S.CLOSED)
    assert store.dies_after > 50


async def _lives_through(case_world: Field, story: list[Step]) -> bool:
    """Whether the host was never killed. The step in which it was is taken again, as people and units do."""
    lived = True
    for step in [*story, *story[-3:]]:
        try:
            await step(case_world)
        except Refused:
            continue  # it had been done before the host died
        except Killed:
            lived = False
            await case_world.reborn()
            if NEW in case_world.sessions:
                await case_world.reports(NEW)
            with contextlib.suppress(Refused):
                await step(case_world)
    return lived


@pytest.mark.parametrize("story", [ON_SITE, SENDBACK], ids=["on site", "sendback"])
async def test_a_story_in_which_every_reaction_runs_twice_ends_the_same(story: list[Step], case_world: World) -> None:
    def twice(handler: Handler) -> Handler:
        async def run(reaction: Reaction) -> None:
            await handler(reaction)
            await handler(reaction)

        return run

    single = handlers(store=case_world.store, clock=case_world.clock, line=case_world.line, carrier=case_world.carrier)
    doubled = {operation: twice(handler) for operation, handler in single.items()}
    machine = Reactions(store=case_world.store, clock=case_world.clock, handlers=doubled)
    case_world.ops = dataclasses.replace(case_world.ops, run_reactions=machine.run_due)
    await tell(case_world, story)

    reads = open_reads(case_world.database)
    view = await reads.exchange(EVERYTHING, 1)
    left = await reads.reactions(EVERYTHING)
    await reads.close()
    assert view is not None
    assert view.exchange.state is S.CLOSED
    assert left == []
    assert [step.state for step in view.steps].count(S.SWAPPED) == 1
