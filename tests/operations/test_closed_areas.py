"""A closed area from the closing to the last order restored, on a real store: held, decided, told, and given back."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from servicehost.backends.sql.reads import SqlReads, open_reads
from servicehost.domain.area_proposal import AreaProposal, AreaProposalState, ProposalKind
from servicehost.domain.contract import EVERYTHING, Scope
from servicehost.domain.errors import Conflict, Forbidden, NotFound
from servicehost.domain.exchange import ExchangeState
from servicehost.domain.fact_kind import Area, FactName
from servicehost.domain.rules import Verdict
from servicehost.operations.close_area import Closing
from servicehost.operations.decide_area import AreaDecision
from servicehost.operations.state_fact import Statement
from tests.builders.area_orders import on_site_order, settle
from tests.builders.world import CODE, DISPATCHER, MANAGER, OTHER_TENANT, SUPPORT, World

FOREVER = 2**41
TOKYO = Closing(code="13", reason="the river is over its banks", until=FOREVER)
YES, NO = AreaDecision(accept=True, reason="no road"), AreaDecision(accept=False, reason="by boat")


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    """An on-site order that was granted, in 千代田区."""
    opened = World(tmp_path)
    await opened.found()
    await on_site_order(opened)
    yield opened
    await opened.close()


@pytest.fixture
async def reads(world: World) -> AsyncIterator[SqlReads]:
    opened = open_reads(world.database)
    yield opened
    await opened.close()


async def proposals(reads: SqlReads, scope: Scope = EVERYTHING) -> list[AreaProposal]:
    return await reads.area_proposals(scope)


async def standing(world: World) -> tuple[ExchangeState, Verdict | None]:
    exchange = await world.exchange()
    return exchange.state, exchange.method


async def closed(world: World, closing: Closing = TOKYO) -> int:
    area = await world.ops.areas.close_area(DISPATCHER, closing)
    await settle(world)
    return area.number


async def test_an_order_inside_is_held_and_proposed_once(world: World, reads: SqlReads) -> None:
    assert await standing(world) == (ExchangeState.JUDGED, Verdict.ONSITE_SWAP)
    await closed(world)
    assert await standing(world) == (ExchangeState.REQUESTED, Verdict.UNDECIDED)
    await closed(world)
    await world.ops.areas.watch_areas()
    (proposal,) = await proposals(reads)
    assert (proposal.kind, proposal.state, proposal.area) == (ProposalKind.DOWNGRADE, AreaProposalState.OPEN, 1)
    assert len(await reads.closed_areas()) == 1


async def test_a_downgrade_carries_reason_author_and_notice_into_the_case_and_is_decided_once(
    world: World, reads: SqlReads
) -> None:
    await closed(world)
    decided = await world.ops.areas.decide_area_proposal(DISPATCHER, 1, YES)
    await settle(world)
    assert await standing(world) == (ExchangeState.JUDGED, Verdict.SENDBACK)
    assert (decided.decided_by, decided.reason) == (DISPATCHER.master_id, "no road")
    assert "センドバック" in decided.notice_ja
    view = await reads.exchange(EVERYTHING, 1)
    assert view is not None
    said = [row.fact for row in view.facts if row.fact.name is FactName.PROVIDER_DOWNGRADE]
    assert [(one.value, one.author) for one in said] == [(True, DISPATCHER.master_id)]
    assert await world.ops.areas.decide_area_proposal(DISPATCHER, 1, YES) == decided
    with pytest.raises(Conflict) as refused:
        await world.ops.areas.decide_area_proposal(DISPATCHER, 1, NO)
    assert refused.value.code == "proposal_decided"
    await world.ops.areas.watch_areas()
    assert len(await proposals(reads)) == 1


async def test_what_is_kept_stays_an_on_site_swap_and_is_not_asked_about_again(world: World, reads: SqlReads) -> None:
    await closed(world)
    await world.ops.areas.decide_area_proposal(DISPATCHER, 1, NO)
    await settle(world)
    await world.ops.areas.watch_areas()
    assert await standing(world) == (ExchangeState.JUDGED, Verdict.ONSITE_SWAP)
    (proposal,) = await proposals(reads)
    assert (proposal.state, proposal.notice_ja) == (AreaProposalState.DECLINED, "")


async def test_reopening_offers_to_restore_what_was_downgraded(world: World, reads: SqlReads) -> None:
    area = await closed(world)
    (decided,) = await world.ops.areas.decide_area_proposals(DISPATCHER, area, ProposalKind.DOWNGRADE, YES)
    await settle(world)
    await world.ops.areas.reopen_area(DISPATCHER, area, "the river is back")
    await settle(world)
    assert await standing(world) == (ExchangeState.JUDGED, Verdict.SENDBACK)
    restore = (await proposals(reads))[-1]
    assert (restore.kind, restore.undoes) == (ProposalKind.RESTORE, decided.number)
    await world.passes(1)
    (restored,) = await world.ops.areas.decide_area_proposals(DISPATCHER, area, ProposalKind.RESTORE, YES)
    await settle(world)
    assert await standing(world) == (ExchangeState.JUDGED, Verdict.ONSITE_SWAP)
    assert "駆けつけ交換にて手配" in restored.notice_ja
    assert await world.ops.areas.decide_area_proposals(DISPATCHER, area, ProposalKind.RESTORE, YES) == []


async def test_reopening_before_a_decision_lets_the_order_go_on(world: World, reads: SqlReads) -> None:
    area = await closed(world)
    await world.ops.areas.reopen_area(DISPATCHER, area, "a false alarm")
    await settle(world)
    assert await standing(world) == (ExchangeState.JUDGED, Verdict.ONSITE_SWAP)
    (proposal,) = await proposals(reads)
    assert (proposal.state, proposal.reason) == (AreaProposalState.WITHDRAWN, "area_open")
    with pytest.raises(Conflict) as refused:
        await world.ops.areas.decide_area_proposal(DISPATCHER, 1, YES)
    assert refused.value.code == "proposal_withdrawn"


async def test_an_end_that_was_named_opens_the_area_by_itself(world: World, reads: SqlReads) -> None:
    until = world.clock.wall() + 60_000
    await closed(world, Closing(code="13101", reason="a fire", until=until))
    await world.passes(60)
    await world.ops.areas.watch_areas()
    await settle(world)
    assert await standing(world) == (ExchangeState.JUDGED, Verdict.ONSITE_SWAP)
    (area,) = await reads.closed_areas()
    assert (area.ended_at, area.ended_by) == (until, DISPATCHER.master_id)
    assert await world.ops.areas.watch_areas() == 0


async def test_a_host_killed_between_closing_and_looking_makes_it_good(world: World, reads: SqlReads) -> None:
    closed_at, places = world.clock.wall(), world.ops.areas.policy.places

    def only_closed(batch: object) -> None:
        from servicehost.operations.close_area import _area  # noqa: PLC0415 - the half that is durable first

        batch.add_area(_area(DISPATCHER, TOKYO, places, closed_at))  # type: ignore[attr-defined]  # a batch

    await world.store.batch(EVERYTHING, only_closed)
    assert await proposals(reads) == []
    await world.ops.areas.watch_areas()
    assert [one.kind for one in await proposals(reads)] == [ProposalKind.DOWNGRADE]


async def test_what_a_dispatcher_decided_otherwise_is_not_restored(world: World, reads: SqlReads) -> None:
    area = await closed(world)
    await world.ops.areas.decide_area_proposal(DISPATCHER, 1, YES)
    await settle(world)
    await world.ops.state_fact(DISPATCHER, 1, Statement(name=FactName.PROVIDER_DOWNGRADE, value=False))
    await settle(world)
    await world.ops.areas.reopen_area(DISPATCHER, area, "the river is back")
    await settle(world)
    assert [one.kind for one in await proposals(reads)] == [ProposalKind.DOWNGRADE]
    assert await standing(world) == (ExchangeState.JUDGED, Verdict.ONSITE_SWAP)


async def test_another_customer_sees_no_proposal(world: World, reads: SqlReads) -> None:
    await closed(world)
    assert await proposals(reads, Scope(management_code=OTHER_TENANT)) == []
    assert len(await proposals(reads, MANAGER.scope)) == 1


@pytest.mark.parametrize(
    ("closing", "code"),
    [
        (Closing(code="99", reason="x", until=FOREVER), "area_unknown"),
        (Closing(code="13", reason=" ", until=FOREVER), "no_reason"),
        (Closing(code="13", reason="x"), "review_missing"),
        (Closing(code="13", reason="x", until=1), "ends_in_the_past"),
        (Closing(code="13", reason="x", state=Area.OPEN, until=FOREVER), "area_state_open"),
    ],
)
async def test_a_closing_that_cannot_be_is_refused_by_name(world: World, closing: Closing, code: str) -> None:
    with pytest.raises(Conflict) as refused:
        await world.ops.areas.close_area(DISPATCHER, closing)
    assert refused.value.code == code


async def test_only_dispatchers_close_and_decide(world: World) -> None:
    for actor in (MANAGER, SUPPORT):
        with pytest.raises(Forbidden):
            await world.ops.areas.close_area(actor, TOKYO)
        with pytest.raises(Forbidden):
            await world.ops.areas.decide_area_proposal(actor, 1, YES)
    with pytest.raises(NotFound):
        await world.ops.areas.reopen_area(DISPATCHER, 7, "x")
    with pytest.raises(NotFound):
        await world.ops.areas.decide_area_proposal(DISPATCHER, 7, YES)


async def test_the_right_is_at_risk_while_the_area_is_closed(world: World, reads: SqlReads) -> None:
    await closed(world)
    record = (await reads.right_records(EVERYTHING, [CODE]))[CODE]
    assert [area.code for area in record.areas] == ["13"]


async def test_faults_are_counted_where_they_are(world: World, reads: SqlReads) -> None:
    (counted,) = await reads.area_faults(EVERYTHING)
    assert (counted.municipality, counted.faults, counted.contracts) == ("13101", 1, 1)
    assert await reads.area_faults(Scope(management_code=OTHER_TENANT)) == []
