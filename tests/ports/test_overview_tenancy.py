"""Overviews outside a scope: a customer counts, lists and names nothing but what is their own."""

from collections.abc import AsyncIterator, Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from servicehost.domain.audit import Action
from servicehost.domain.charge_proposal import ProposalState
from servicehost.domain.contract import EVERYTHING, Scope
from servicehost.domain.instant import as_datetime
from servicehost.domain.people import Role
from servicehost.domain.unit_return import ReturnState
from servicehost.ports.overview import AuditFilter, OverviewReads
from tests.builders.panel import add_people
from tests.builders.stories import SENDBACK, tell
from tests.builders.world import DISPATCHER, MANAGER, OTHER_TENANT, TENANT, World
from tests.ports.test_tenancy import verbs_of

OURS, THEIRS = Scope(management_code=TENANT), Scope(management_code=OTHER_TENANT)
NOTHING: tuple[Any, ...] = (None, [], {}, [0])
SPAN = ((0, 2**42),)

READS: Mapping[str, Callable[[Any, Scope], Any]] = {
    "return_counts": lambda r, s: r.return_counts(s),
    "charge_counts": lambda r, s: r.charge_counts(s),
    "returns_by_due": lambda r, s: r.returns_by_due(s, tuple(ReturnState)),
    "charges_newest_first": lambda r, s: r.charges_newest_first(s, tuple(ProposalState)),
    "charge_sums": lambda r, s: r.charge_sums(s, SPAN),
    "audit_newest_first": lambda r, s: r.audit_newest_first(s, TENANT, AuditFilter()),
    "chain_rows": lambda r, s: r.chain_rows(s, TENANT),
    "chain_head": lambda r, s: r.chain_head(s, TENANT),
    "names_of": lambda r, s: r.names_of(s, ["anna"]),
}


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    """A sendback whose old unit has not come back, and a charge for it that was approved."""
    made = World(tmp_path)
    await made.found()
    await tell(made, SENDBACK)
    await made.passes(15 * 86_400)
    await made.ops.lapse_returns()
    await made.ops.run_reactions()
    await made.ops.approve_charge(DISPATCHER, 1, "it's 100%")
    yield made
    await made.close()


async def name_anna(world: World) -> None:
    await add_people(world.store, {"anna": (Role.OPERATION_MANAGER, TENANT)})


def test_the_walk_knows_every_public_method() -> None:
    assert verbs_of(OverviewReads) == set(READS)


async def test_reads_show_nothing_of_another_customer(world: World) -> None:
    await name_anna(world)
    for verb, read in READS.items():
        assert await read(world.reads, THEIRS) in NOTHING, verb
        assert await read(world.reads, OURS) not in NOTHING, verb
        assert await read(world.reads, EVERYTHING) not in NOTHING, verb


async def test_returns_come_by_their_due_date_and_go_on_after_the_last(world: World) -> None:
    (first,) = await world.reads.returns_by_due(OURS, [ReturnState.NOT_RETURNED])
    mark = (first.unit_return.due_at, first.unit_return.number)
    assert await world.reads.returns_by_due(OURS, tuple(ReturnState), after=mark) == []
    assert await world.reads.returns_by_due(OURS, tuple(ReturnState), after=(mark[0] - 1, 99)) == [first]
    assert await world.reads.returns_by_due(OURS, [ReturnState.DUE]) == []
    assert await world.reads.return_counts(OURS) == {"not_returned": 1}


async def test_charges_come_newest_first_and_are_summed_by_the_time_of_their_approval(world: World) -> None:
    (charge,) = await world.reads.charges_newest_first(OURS, [ProposalState.APPROVED])
    assert charge.proposal.decided_at is not None
    assert await world.reads.charges_newest_first(OURS, tuple(ProposalState), before=charge.proposal.proposal) == []
    at = charge.proposal.decided_at
    assert await world.reads.charge_sums(OURS, [(at, at + 1), (at + 1, at + 2), (at - 1, at)]) == [33_500, 0, 0]
    assert await world.reads.charge_sums(OURS, []) == []


async def found(world: World, **wanted: Any) -> list[str]:
    lines = await world.reads.audit_newest_first(OURS, TENANT, AuditFilter(**wanted))
    numbers = [line.number for line in lines]
    assert numbers == sorted(numbers, reverse=True)
    return [bytes(line.record).decode().partition('"action":"')[2].partition('"')[0] for line in lines]


async def test_the_audit_is_filtered_by_time_actor_action_and_subject(world: World) -> None:
    assert (await found(world))[0] == "approve_charge"
    assert await found(world, action=Action.APPROVE_CHARGE, actor=DISPATCHER.master_id) == ["approve_charge"]
    assert await found(world, action=Action.APPROVE_CHARGE, actor=MANAGER.master_id) == []
    assert set(await found(world, actor=MANAGER.master_id)) == {
        "request_exchange",
        "swap_unit",
        "settle_swap",
        "confirm_recovery",
    }
    assert set(await found(world, subject="charge ")) == {"propose_charge", "approve_charge"}
    # A joker is a letter like others.
    assert await found(world, subject="charge_") == []
    assert await found(world, actor="%") == []
    assert await found(world, subject='"') == []
    assert await found(world, before=0) == []
    assert len(await found(world, since=0)) == len(await found(world))


async def test_a_chain_is_read_as_it_is_kept(world: World) -> None:
    rows = await world.reads.chain_rows(OURS, TENANT)
    head = await world.reads.chain_head(OURS, TENANT)
    assert head is not None
    assert (rows[-1].number, rows[-1].hash) == (head.number, head.hash)
    assert await world.reads.chain_rows(OURS, TENANT, after=head.number) == []
    assert rows[0].management_code == TENANT
    assert as_datetime(rows[0].at).year == 2027
