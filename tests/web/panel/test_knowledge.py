"""What is read again, and what is not."""

from typing import Any

import pytest

from servicehost.domain.contract import EVERYTHING, Scope
from servicehost.domain.push import Phase
from servicehost.domain.rollout import MemberState, RolloutState, Tally
from servicehost.operations.push_config import PushOrder
from servicehost.ports.rollouts import RolloutView
from servicehost.web.panel import knowledge
from servicehost.web.panel.knowledge import Knowledge
from servicehost.web.panel.stored_cases import StoredCases
from tests.builders.office import ANNA_S, Office, open_office
from tests.builders.rollouts import a_rollout
from tests.web.panel.test_watch import CountingReads

ONE, TWO = "nxe000000001", "nxe000000002"
ANNA = Scope(management_code=ANNA_S)


async def known(office: Office, scope: Scope = ANNA) -> tuple[Knowledge, CountingReads]:
    reads: Any = CountingReads(office)
    made = Knowledge(scope, reads, office.clock, StoredCases(reads))
    await made.read()
    reads.asked.clear()
    return made, reads


def newest(office: Office) -> int:
    return max(office.shelf.events, default=0)


async def test_without_news_nothing_is_read() -> None:
    office = await open_office()
    await office.adapter(ONE)
    made, reads = await known(office)
    assert not await made.catch_up(newest(office))
    assert reads.asked == []


async def test_only_the_adapter_that_an_event_names_is_read_again() -> None:
    office = await open_office()
    await office.adapter(ONE)
    await office.adapter(TWO)
    made, reads = await known(office)
    await office.save(ONE, "hostname one\n")
    assert await made.catch_up(newest(office))
    assert reads.asked.count("adapter") == 1
    assert "adapters" not in reads.asked
    assert made.adapters[ONE].working_revision == 1
    assert made.events[0].sub_type == "config_saved"


async def test_an_adapter_with_a_push_under_way_is_looked_at_every_time() -> None:
    office = await open_office()
    await office.adapter(ONE)
    push = await office.push(ONE, "hostname one\n")
    made, _ = await known(office)
    office.stands(push, Phase.STORED)
    assert await made.catch_up(newest(office))
    stands = made.adapters[ONE].push
    assert stands is not None
    assert stands.phase is Phase.STORED


async def test_a_push_to_many_is_one_event_and_reads_everything() -> None:
    office = await open_office()
    await office.adapter(ONE)
    await office.adapter(TWO)
    made, reads = await known(office)
    order = PushOrder(service_codes=[ONE, TWO], body="hostname many\n")
    await office.catalogue.push_config(office.anna, order)
    await made.catch_up(newest(office))
    assert "adapters" in reads.asked
    assert {view.push is not None for view in made.adapters.values()} == {True}


async def test_everything_is_read_again_now_and_then() -> None:
    office = await open_office()
    await office.adapter(ONE)
    made, reads = await known(office)
    office.clock.go_on(14.9)
    assert not await made.catch_up(newest(office))
    office.clock.go_on(0.1)
    assert await made.catch_up(newest(office))
    assert "adapters" in reads.asked


async def test_what_lies_beyond_the_bound_is_said_to_be_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    office = await open_office()
    for number in range(1, 8):
        await office.adapter(f"nxe{number:09d}")
    monkeypatch.setattr(knowledge, "_PART", 2)
    made, _ = await known(office)
    assert (len(made.adapters), made.complete) == (7, True)
    monkeypatch.setattr(knowledge, "MAX_ADAPTERS", 4)
    made, _ = await known(office)
    assert (sorted(made.adapters), made.complete) == ([f"nxe{number:09d}" for number in range(1, 5)], False)


async def test_only_the_provider_is_told_whose_an_adapter_is() -> None:
    office = await open_office()
    assert (await known(office))[0].customers == {}
    assert (await known(office, EVERYTHING))[0].customers[ANNA_S] == "Contract of Anna"


async def test_what_waits_for_the_providers_people_is_counted_for_nobody_else() -> None:
    office = await open_office()
    for scope, times in ((ANNA, 0), (EVERYTHING, 1)):
        await office.adapter(ONE if scope is ANNA else TWO)
        made, reads = await known(office, scope)
        await made.read()
        assert reads.asked.count("concerns") == times


class RolloutShelf(CountingReads):
    """Counts which rollouts are read one by one."""

    def __init__(self, office: Office) -> None:
        super().__init__(office)
        self.views: dict[int, RolloutView] = {}
        self.read_singly: list[int] = []

    def stands(self, number: int, state: RolloutState, **members: int) -> None:
        tally = Tally(counts={MemberState(name): count for name, count in members.items()})
        self.views[number] = RolloutView(rollout=a_rollout(number, state), tallies={1: tally})

    async def rollouts(self, _scope: Scope, *, states: Any, limit: int, **_: Any) -> list[RolloutView]:
        return [view for view in self.views.values() if view.rollout.state in states][:limit]

    async def rollout_view(self, _scope: Scope, number: int) -> RolloutView | None:
        self.read_singly.append(number)
        return self.views.get(number)


async def test_a_rollout_that_has_ended_stays_with_its_last_figures_and_is_read_no_more() -> None:
    reads: Any = RolloutShelf(await open_office())
    made = Knowledge(ANNA, reads, reads.office.clock, StoredCases(reads))
    reads.stands(1, RolloutState.RUNNING, pushed=2)
    await made.read()
    reads.stands(1, RolloutState.HALTED, pushed=1, confirmed=1)
    for _ in range(2):  # one is tried still: its end is yet to be seen
        await made.read()
    assert reads.read_singly == [1, 1]
    reads.stands(1, RolloutState.HALTED, confirmed=2)
    for _ in range(3):
        await made.read()
    assert reads.read_singly == [1, 1, 1]
    assert [view.tallies[1].of(MemberState.CONFIRMED) for view in made.rollouts] == [2]
    reads.stands(1, RolloutState.ROLLING_BACK, to_undo=2)
    await made.read()
    assert [view.rollout.state for view in made.rollouts] == [RolloutState.ROLLING_BACK]
