"""Custody, returns and charges: outside its scope a caller finds nothing and changes nothing."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

import msgspec
import pytest

from servicehost.domain.charge_proposal import ChargeEvidence, ChargeItem, ChargeProposal, ItemWhy, ProposalState
from servicehost.domain.contract import EVERYTHING
from servicehost.domain.custody import Evidence, Handover, Holder, Part, Place, Thing
from servicehost.domain.errors import NotFound
from servicehost.domain.explanation import TraceLine
from servicehost.domain.unit_return import ReturnState, UnitReturn
from servicehost.ports.custody import Custody, CustodyReads
from servicehost.ports.store import Batch
from tests.ports.conftest import Backend
from tests.ports.test_case_tenancy import NOTHING, Case, build_case, verbs_of

replace = msgspec.structs.replace
LINE = TraceLine(code="rental_lost", holds=True, fact={}, text_ja="紛失", text_en="lost")


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """A customer's case with a handover, a return and two charges."""

    case: Case
    handover: Handover
    unit_return: UnitReturn
    proposal: ChargeProposal
    approved: ChargeProposal

    @property
    def unit_id(self) -> int:
        return self.case.unit.unit_id

    @property
    def number(self) -> int:
        return self.case.exchange.exchange


def a_handover(case: Case) -> Handover:
    return Handover(
        thing=Thing(unit_id=case.unit.unit_id),
        source=None,
        target=Place(holder=Holder.SITE, name=case.code),
        at=1,
        by="host",
        evidence=Evidence(why="x"),
        exchange=case.exchange.exchange,
        management_code=case.tenant,
    )


def a_return(case: Case) -> UnitReturn:
    return UnitReturn(
        number=0,
        exchange=case.exchange.exchange,
        service_code=case.code,
        management_code=case.tenant,
        unit_id=case.unit.unit_id,
        state=ReturnState.DUE,
        opened_at=1,
        due_at=5,
        changed_at=1,
        changed_by="host",
        why="x",
    )


def a_proposal(case: Case, state: ProposalState, number: int) -> ChargeProposal:
    return ChargeProposal(
        proposal=0,
        exchange=case.exchange.exchange,
        service_code=case.code,
        management_code=case.tenant,
        unit_id=case.unit.unit_id,
        rule="rental_lost",
        items=(ChargeItem(part=Part.UNIT, why=ItemWhy.RULE, amount=None if number else 7),),
        total=None if number else 7,
        tax="excluded",
        asks=False,
        state=state,
        proposed_at=1,
        evidence=ChargeEvidence(rule=LINE, unit_return=1, handovers=()),
        decided_at=3 if state is ProposalState.APPROVED else None,
    )


async def build(backend: Backend, number: int) -> Kept:
    case = await build_case(backend, number)

    def work(batch: Batch) -> Kept:
        (handover,) = batch.add_handovers([a_handover(case)])
        return Kept(
            case=case,
            handover=handover,
            unit_return=batch.add_return(a_return(case)),
            proposal=batch.add_proposal(a_proposal(case, ProposalState.PROPOSED, 1)),
            approved=batch.add_proposal(a_proposal(case, ProposalState.APPROVED, 0)),
        )

    return await backend.store.batch(EVERYTHING, work)


# Each is called within the scope of `m` (mine) and speaks of what belongs to `t` (theirs).
CUSTODY: Mapping[str, Callable[[Any, Kept, Kept], Any]] = {
    "chains": lambda b, t, m: b.chains([t.unit_id]),
    "add_handovers": lambda b, t, m: b.add_handovers([t.handover]),
    "unit_return": lambda b, t, m: b.unit_return(t.unit_return.number),
    "returns_of_exchange": lambda b, t, m: b.returns_of_exchange(t.number),
    "returns_of_units": lambda b, t, m: b.returns_of_units([t.unit_id]),
    "returns_past_due": lambda b, t, m: [r for r in b.returns_past_due(9, 9) if r.unit_id == t.unit_id],
    "add_return": lambda b, t, m: b.add_return(replace(t.unit_return, unit_id=t.case.spare.unit_id)),
    "save_return": lambda b, t, m: b.save_return(replace(t.unit_return, due_at=9)),
    "proposal": lambda b, t, m: b.proposal(t.proposal.proposal),
    "proposals_of": lambda b, t, m: b.proposals_of(t.number, t.unit_id),
    "unpriced_proposals": lambda b, t, m: [p for p in b.unpriced_proposals(9) if p.unit_id == t.unit_id],
    "add_proposal": lambda b, t, m: b.add_proposal(t.approved),
    "save_proposal": lambda b, t, m: b.save_proposal(replace(t.proposal, state=ProposalState.WAIVED)),
}
DISGUISED: Mapping[str, Callable[[Any, Kept, Kept], Any]] = {
    "a handover": lambda b, t, m: b.add_handovers([replace(t.handover, management_code=m.case.tenant)]),
    "a return": lambda b, t, m: b.add_return(
        replace(t.unit_return, management_code=m.case.tenant, service_code=m.case.code)
    ),
    "a charge": lambda b, t, m: b.add_proposal(
        replace(t.approved, management_code=m.case.tenant, service_code=m.case.code)
    ),
    "my return given away": lambda b, t, m: b.save_return(replace(m.unit_return, management_code=t.case.tenant)),
}
READS: Mapping[str, Callable[[Any, Kept, Any], Any]] = {
    "custody_of_exchange": lambda r, t, s: r.custody_of_exchange(s, t.number),
    "custody_of_unit": lambda r, t, s: r.custody_of_unit(s, t.case.unit.distribution_id),
    "returns": lambda r, t, s: _of(t, r.returns(s), lambda view: view.unit_return),
    "unit_return": lambda r, t, s: r.unit_return(s, t.unit_return.number),
    "charges": lambda r, t, s: _of(t, r.charges(s), lambda one: one),
    "charge": lambda r, t, s: r.charge(s, t.proposal.proposal),
    "approved_charges": lambda r, t, s: _of(t, r.approved_charges(s, since=0, before=9), lambda one: one.proposal),
}


async def _of(theirs: Kept, rows: Any, owner: Callable[[Any], Any]) -> list[Any]:
    return [row for row in await rows if owner(row).management_code == theirs.case.tenant]


@pytest.mark.parametrize(("protocol", "table"), [(Custody, CUSTODY), (CustodyReads, READS)])
def test_the_walk_knows_every_public_method(protocol: type, table: Mapping[str, object]) -> None:
    assert verbs_of(protocol) == set(table)


@pytest.mark.parametrize("verb", CUSTODY)
async def test_a_batch_reaches_nothing_of_another_customer(real: Backend, verb: str) -> None:
    theirs, mine = await build(real, 1), await build(real, 2)
    before = real.dump()
    with suppress(NotFound):
        assert await real.store.batch(mine.case.scope, lambda batch: CUSTODY[verb](batch, theirs, mine)) in NOTHING
    assert real.dump() == before


@pytest.mark.parametrize("verb", CUSTODY)
async def test_within_its_own_scope_the_same_call_reaches_something(real: Backend, verb: str) -> None:
    mine, other = await build(real, 1), await build(real, 2)
    before = real.dump()
    found = await real.store.batch(mine.case.scope, lambda batch: CUSTODY[verb](batch, mine, other))
    assert real.dump() != before or found not in NOTHING


@pytest.mark.parametrize("what", DISGUISED)
async def test_nothing_of_mine_hangs_on_a_case_of_theirs(real: Backend, what: str) -> None:
    theirs, mine = await build(real, 1), await build(real, 2)
    before = real.dump()
    with pytest.raises(NotFound):
        await real.store.batch(mine.case.scope, lambda batch: DISGUISED[what](batch, theirs, mine))
    assert real.dump() == before


@pytest.mark.parametrize("verb", READS)
async def test_reads_show_nothing_of_another_customer(real: Backend, verb: str) -> None:
    theirs, mine = await build(real, 1), await build(real, 2)
    assert await READS[verb](real.reads, theirs, mine.case.scope) in NOTHING
    assert await READS[verb](real.reads, theirs, theirs.case.scope) not in NOTHING
