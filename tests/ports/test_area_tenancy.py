"""Closed areas: a tenant closes none, and sees and changes nothing of another's orders inside them."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

import msgspec
import pytest

from servicehost.domain.area_proposal import AreaProposal, AreaProposalState, ProposalKind
from servicehost.domain.closed_area import ClosedArea
from servicehost.domain.contract import EVERYTHING
from servicehost.domain.errors import NotFound
from servicehost.ports.areas import AreaReads, Areas
from servicehost.ports.store import Batch
from tests.domain.test_area_proposal import an_area
from tests.ports.conftest import Backend
from tests.ports.test_case_tenancy import NOTHING, Case, build_case, verbs_of

replace = msgspec.structs.replace


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """A customer's exchange of which something is proposed."""

    case: Case
    area: ClosedArea
    proposal: AreaProposal


async def build(backend: Backend, number: int) -> Held:
    case = await build_case(backend, number)

    def work(batch: Batch) -> Held:
        area = batch.add_area(an_area())
        proposal = AreaProposal(
            number=0,
            area=area.number,
            kind=ProposalKind.DOWNGRADE,
            exchange=case.exchange.exchange,
            service_code=case.code,
            management_code=case.tenant,
            state=AreaProposalState.OPEN,
            proposed_at=11,
        )
        return Held(case=case, area=area, proposal=batch.add_area_proposal(proposal))

    return await backend.store.batch(EVERYTHING, work)


def _mine(found: list[Any], theirs: Held) -> list[Any]:
    return [one for one in found if one.management_code == theirs.case.tenant]


AREAS: Mapping[str, Callable[[Any, Held, Held], Any]] = {
    "add_area": lambda b, t, m: b.add_area(an_area()),
    "end_area": lambda b, t, m: b.end_area(replace(t.area, ended_at=20)),
    "exchanges_of_areas": lambda b, t, m: _mine(b.exchanges_of_areas(0, 9), t),
    "area_proposals_of": lambda b, t, m: b.area_proposals_of(t.case.exchange.exchange),
    "open_proposals": lambda b, t, m: b.open_proposals(t.area.number, ProposalKind.DOWNGRADE, 9),
    "proposal_of_area": lambda b, t, m: b.proposal_of_area(t.proposal.number),
    "add_area_proposal": lambda b, t, m: b.add_area_proposal(replace(t.proposal, state=AreaProposalState.DECLINED)),
    "save_area_proposal": lambda b, t, m: b.save_area_proposal(replace(t.proposal, state=AreaProposalState.DECLINED)),
}
THE_SAME_FOR_ALL = {"areas", "closed_areas"}
THE_PROVIDERS = {"add_area", "end_area"}
READS: Mapping[str, Callable[[Any, Held, Any], Any]] = {
    "area_proposals": lambda r, t, s: r.area_proposals(s, area=t.area.number),
    "area_faults": lambda r, t, s: r.area_faults(s),
}


@pytest.mark.parametrize(("protocol", "table"), [(Areas, AREAS), (AreaReads, READS)])
def test_the_walk_knows_every_public_method(protocol: type, table: Mapping[str, object]) -> None:
    assert verbs_of(protocol) - THE_SAME_FOR_ALL == set(table)


@pytest.mark.parametrize("verb", AREAS)
async def test_a_batch_reaches_nothing_of_another_customer(real: Backend, verb: str) -> None:
    theirs, mine = await build(real, 1), await build(real, 2)
    before = real.dump()
    with suppress(NotFound):
        assert await real.store.batch(mine.case.scope, lambda batch: AREAS[verb](batch, theirs, mine)) in NOTHING
    assert real.dump() == before


@pytest.mark.parametrize("verb", AREAS)
async def test_within_its_own_scope_the_same_call_reaches_something(real: Backend, verb: str) -> None:
    mine, other = await build(real, 1), await build(real, 2)
    scope = EVERYTHING if verb in THE_PROVIDERS else mine.case.scope
    before = real.dump()
    found = await real.store.batch(scope, lambda batch: AREAS[verb](batch, mine, other))
    assert real.dump() != before or found not in NOTHING


async def test_reads_show_no_proposal_of_another_customer(real: Backend) -> None:
    theirs, mine = await build(real, 1), await build(real, 2)
    assert await READS["area_proposals"](real.reads, theirs, mine.case.scope) == []
    assert await READS["area_proposals"](real.reads, theirs, theirs.case.scope) != []


async def test_areas_are_the_same_for_all(real: Backend) -> None:
    theirs = await build(real, 1)
    found = await real.store.batch(theirs.case.scope, lambda batch: batch.areas())
    assert found == [theirs.area] == await real.reads.closed_areas()
    assert await real.reads.closed_areas(now=9) == []
