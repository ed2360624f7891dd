"""An area closes over an order that is on its way: called back and sent again, kept, or too late, each by name."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from servicehost.backends.carriers.simulated import Conduct
from servicehost.domain.area_proposal import AreaProposal, AreaProposalState, ProposalKind
from servicehost.domain.contract import EVERYTHING
from servicehost.domain.exchange import ExchangeState
from servicehost.domain.fact_kind import FactName
from servicehost.domain.hold import Hold
from servicehost.domain.rules import Verdict
from servicehost.operations.close_area import Closing
from servicehost.operations.decide_area import AreaDecision
from servicehost.operations.state_fact import Statement
from tests.builders.area_orders import on_site_order, settle
from tests.builders.world import DISPATCHER, NEW, NEW_2, World, distribution_id

TOKYO = Closing(code="13", reason="the river is over its banks", until=2**41)
YES, NO = AreaDecision(accept=True, reason="no road"), AreaDecision(accept=False, reason="by boat")
S = ExchangeState


async def in_stock_again(world: World, *units: int) -> None:
    """What was parked for want of a spare goes on."""
    for unit_id in units:
        await world.ops.stock_unit(DISPATCHER, distribution_id(unit_id))
    for parked in await world.reads.reactions(EVERYTHING, parked=True):
        await world.ops.resend_reaction(DISPATCHER, parked.number)
    await settle(world)


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    """Exchange 1, in 千代田区, with a driver under way; another spare is in stock."""
    opened = World(tmp_path, conduct=Conduct(travel_s=None))
    await opened.found()
    await on_site_order(opened)
    await in_stock_again(opened, NEW, NEW_2)
    assert (await opened.exchange()).state is S.ORDERED
    yield opened
    await opened.close()


async def proposals(world: World) -> list[AreaProposal]:
    return await world.reads.area_proposals(EVERYTHING)


async def closed(world: World) -> None:
    await world.ops.areas.close_area(DISPATCHER, TOKYO)
    await settle(world)


async def test_it_is_called_back_and_a_second_errand_of_its_own_name_goes_out_as_a_sendback(world: World) -> None:
    await closed(world)
    (proposal,) = await proposals(world)
    assert (proposal.kind, proposal.state) == (ProposalKind.RECALL, AreaProposalState.OPEN)
    decided = await world.ops.areas.decide_area_proposal(DISPATCHER, proposal.number, YES)
    assert decided.notice_ja == ""
    await settle(world)
    exchange = await world.exchange()
    assert (exchange.state, exchange.method, exchange.round) == (S.ORDERED, Verdict.SENDBACK, 2)
    first, second = world.carrier._book.errands.values()
    assert (first.order_id, first.called_off) == ("exchange-1", True)
    assert second.delivery is not None
    assert (second.order_id, second.delivery.method, second.called_off) == ("exchange-1-2", "sendback", False)
    (proposal,) = await proposals(world)
    assert "センドバック" in proposal.notice_ja
    view = await world.reads.exchange(EVERYTHING, 1)
    assert view is not None
    assert ("failed", "recalled") in [(step.state, step.reason) for step in view.steps]
    await world.ops.run_reactions()
    assert len(world.carrier._book.errands) == 2


async def test_go_on_keeps_the_errand_and_is_not_asked_again(world: World) -> None:
    await closed(world)
    await world.ops.areas.decide_area_proposal(DISPATCHER, 1, NO)
    await settle(world)
    await world.ops.areas.watch_areas()
    exchange = await world.exchange()
    assert (exchange.state, exchange.method, exchange.round) == (S.ORDERED, Verdict.ONSITE_SWAP, 1)
    assert [one.state for one in await proposals(world)] == [AreaProposalState.DECLINED]
    assert [one.called_off for one in world.carrier._book.errands.values()] == [False]


async def test_the_carrier_may_say_that_it_is_too_late_and_the_errand_goes_on(world: World) -> None:
    await closed(world)
    world.carrier.conduct = Conduct(travel_s=0, speaks=False)
    await world.ops.areas.decide_area_proposal(DISPATCHER, 1, YES)
    await settle(world)
    exchange = await world.exchange()
    assert (exchange.state, exchange.method, exchange.round) == (S.ORDERED, Verdict.ONSITE_SWAP, 1)
    (proposal,) = await proposals(world)
    assert (proposal.state, proposal.notice_ja) == (AreaProposalState.TOO_LATE, "")
    told = [one.sub_type for one in await world.reads.events(EVERYTHING, limit=1_000)]
    assert told.count("recall_refused") == 1
    view = await world.reads.exchange(EVERYTHING, 1)
    assert view is not None
    assert not [row for row in view.facts if row.fact.name is FactName.PROVIDER_DOWNGRADE and row.fact.value is True]


async def test_a_carrier_that_cannot_be_reached_leaves_the_decision_waiting_and_calls_back_once(world: World) -> None:
    await closed(world)
    world.carrier.conduct = Conduct(travel_s=None, reachable=False)
    await world.ops.areas.decide_area_proposal(DISPATCHER, 1, YES)
    await world.ops.run_reactions()
    assert (await world.exchange()).round == 1
    world.carrier.conduct = Conduct(travel_s=None)
    await settle(world)
    assert (await world.exchange()).round == 2
    assert len(world.carrier._book.errands) == 2


async def test_a_no_from_before_the_closing_lets_nothing_out_in_silence(tmp_path: Path) -> None:
    opened = World(tmp_path)
    await opened.found()
    await on_site_order(opened)
    no = Statement(name=FactName.PROVIDER_DOWNGRADE, value=False)
    await opened.ops.state_fact(DISPATCHER, 1, no)
    await settle(opened)
    await closed(opened)
    (proposal,) = await proposals(opened)
    assert (proposal.kind, proposal.earlier_by) == (ProposalKind.DOWNGRADE, DISPATCHER.master_id)
    await in_stock_again(opened, NEW)
    exchange = await opened.exchange()
    assert (exchange.state, exchange.held) == (S.RESERVED, Hold.AREA_PROPOSAL)
    await opened.ops.areas.decide_area_proposal(DISPATCHER, proposal.number, NO)
    await settle(opened)
    assert (await opened.exchange()).state is S.ORDERED
    await opened.close()
