"""An order that has gone out when its area closes: called back by a decision, once for each closing, or too late."""

import msgspec
import pytest

from servicehost.domain.area_proposal import (
    AreaOrder,
    AreaProposal,
    AreaProposalState,
    Due,
    Moot,
    ProposalKind,
    Propose,
    due,
)
from servicehost.domain.closed_area import ClosedArea
from servicehost.domain.exchange import ExchangeState
from servicehost.domain.fact_kind import FactName
from servicehost.domain.rules import Verdict
from tests.domain.test_area_proposal import ON_SITE, _made, an_area, an_exchange, word

replace = msgspec.structs.replace
UNDER_WAY = replace(ON_SITE, exchange=an_exchange(Verdict.ONSITE_SWAP, ExchangeState.ORDERED))
RECALL = Propose(kind=ProposalKind.RECALL, area=an_area())


def proposed(state: AreaProposalState = AreaProposalState.OPEN) -> AreaProposal:
    return replace(_made(RECALL, 1, 11), state=state)


def moot_of(found: Due | None) -> Moot | None:
    return getattr(found, "moot", None)


def test_calling_it_back_is_proposed_while_the_driver_is_under_way() -> None:
    assert due(UNDER_WAY, [an_area()], 20) == RECALL
    assert due(replace(UNDER_WAY, proposals=(proposed(),)), [an_area()], 20) is None


@pytest.mark.parametrize("state", [AreaProposalState.ACCEPTED, AreaProposalState.DECLINED, AreaProposalState.TOO_LATE])
def test_what_was_decided_of_one_closing_is_not_proposed_again_but_of_the_next_it_is(state: AreaProposalState) -> None:
    decided = replace(UNDER_WAY, proposals=(proposed(state),))
    assert due(decided, [an_area()], 20) is None
    again = an_area(2, at=15)
    assert due(decided, [replace(an_area(), ended_at=12), again], 20) == replace(RECALL, area=again)


@pytest.mark.parametrize(
    ("state", "areas", "moot"),
    [
        (ExchangeState.ARRIVED, [an_area()], Moot.TOO_LATE),
        (ExchangeState.SWAPPED, [an_area()], Moot.TOO_LATE),
        (ExchangeState.CANCELLED, [an_area()], Moot.EXCHANGE_ENDED),
        (ExchangeState.REQUESTED, [an_area()], Moot.DECIDED_OTHERWISE),
        (ExchangeState.ORDERED, [an_area(ended_at=12)], Moot.AREA_OPEN),
        (ExchangeState.ORDERED, [an_area()], None),
    ],
)
def test_a_recall_that_nobody_needs_any_more_is_withdrawn_by_name(
    state: ExchangeState, areas: list[ClosedArea], moot: Moot | None
) -> None:
    order = replace(UNDER_WAY, exchange=an_exchange(Verdict.ONSITE_SWAP, state), proposals=(proposed(),))
    assert moot_of(due(order, areas, 20)) is moot


@pytest.mark.parametrize(("said_at", "named"), [(5, True), (12, False)])
@pytest.mark.parametrize("order", [ON_SITE, UNDER_WAY])
def test_a_decision_from_before_the_closing_is_named_and_decides_nothing(
    order: AreaOrder, said_at: int, named: bool
) -> None:
    no = word(FactName.PROVIDER_DOWNGRADE, False, said_at)
    found = due(replace(order, facts=(no,)), [an_area(at=10)], 20)
    assert isinstance(found, Propose)
    assert found.earlier == (no if named else None)
