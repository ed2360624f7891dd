import asyncio
from collections.abc import Callable
from typing import Any

from servicehost.backends.sql.reads import open_reads
from servicehost.domain.contract import EVERYTHING
from servicehost.domain.errors import Conflict
from servicehost.domain.reaction import Operation, Reaction, Retry
from servicehost.operations.reactions import Reactions
from tests.builders.world import CODE, OTHER_CODE, OTHER_TENANT, TENANT, World

RETRY = Retry(tries=3, first_wait_ms=1_000, longest_wait_ms=4_000)
TENANTS = {CODE: TENANT, OTHER_CODE: OTHER_TENANT}


def reaction(code: str, name: str) -> Reaction:
    return Reaction(
        number=0,
        cause="test",
        operation=Operation.JUDGE_EXCHANGE,
        service_code=code,
        management_code=TENANTS[code],
        caused_at=0,
        next_try_at=0,
        detail={"name": name},
    )


class Recorder:
    """Runs nothing and remembers what it was given; fails for the names it was told."""

    def __init__(self, case_world: World, *failing: str) -> None:
        self.ran: list[str] = []
        self.failing = set(failing)
        handlers: dict[Operation, Callable[[Reaction], Any]] = dict.fromkeys(Operation, self._run)
        self.machine = Reactions(store=case_world.store, clock=case_world.clock, handlers=handlers, retry=RETRY)

    async def _run(self, one: Reaction) -> None:
        self.ran.append(one.detail["name"])
        await asyncio.sleep(0)
        if one.detail["name"] in self.failing:
            raise Conflict("no_spare", "there is none")


async def _caused(case_world: World, *reactions: Reaction) -> None:
    await case_world.store.batch(EVERYTHING, lambda batch: batch.add_reactions(reactions))


async def test_the_reactions_of_one_adapter_run_in_the_order_of_what_caused_them(case_world: World) -> None:
    await _caused(case_world, *(reaction(CODE, str(n)) for n in range(5)))
    recorder = Recorder(case_world)

    assert await recorder.machine.run_due() == 5
    assert recorder.ran == ["0", "1", "2", "3", "4"]
    assert await recorder.machine.run_due() == 0


async def test_a_failing_one_holds_up_its_own_adapter_until_it_is_parked_and_nobody_else(case_world: World) -> None:
    await _caused(case_world, reaction(CODE, "bad"), reaction(CODE, "after"), reaction(OTHER_CODE, "elsewhere"))
    recorder = Recorder(case_world, "bad")
    await recorder.machine.run_due()
    assert sorted(recorder.ran) == ["bad", "elsewhere"]

    for _ in range(RETRY.tries):
        await case_world.passes(5)
        await recorder.machine.run_due()

    assert recorder.ran.count("bad") == RETRY.tries
    assert recorder.ran.count("after") == 1
    reads = open_reads(case_world.database)
    (parked,) = await reads.reactions(EVERYTHING, parked=True)
    events = await reads.events(EVERYTHING, newest_first=True, limit=1)
    await reads.close()
    assert (parked.detail["name"], parked.failure, parked.text) == ("bad", "no_spare", "there is none")
    assert (events[0].sub_type, events[0].reason) == ("reaction_parked", "no_spare")


async def test_a_fault_of_ours_is_parked_like_any_other_failure(case_world: World) -> None:
    async def breaks(one: Reaction) -> None:
        raise ZeroDivisionError

    await _caused(case_world, reaction(CODE, "x"))
    machine = Reactions(
        store=case_world.store,
        clock=case_world.clock,
        handlers=dict.fromkeys(Operation, breaks),
        retry=Retry(tries=1),
    )
    await machine.run_due()

    parked = await case_world.store.batch(EVERYTHING, lambda batch: batch.reaction(1))
    assert parked is not None
    assert (parked.failure, parked.text) == ("host_fault", "ZeroDivisionError()")


async def test_what_an_exchange_refuses_because_it_moved_on_is_not_a_failure(case_world: World) -> None:
    async def late(one: Reaction) -> None:
        raise Conflict("exchange_ended", "it has ended")

    await _caused(case_world, reaction(CODE, "x"))
    await Reactions(store=case_world.store, clock=case_world.clock, handlers=dict.fromkeys(Operation, late)).run_due()

    assert await case_world.store.batch(EVERYTHING, lambda batch: batch.reaction(1)) is None
