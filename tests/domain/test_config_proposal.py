"""A proposed config ends once, and is not put over what was saved since without a word."""

from itertools import product

import pytest

from servicehost.domain.config_proposal import ConfigProposal, DraftState, decided, demand_current
from servicehost.domain.errors import Conflict

OPEN = ConfigProposal(
    number=1,
    management_code="nxm000000001",
    service_code="nxe000000001",
    module=0,
    digest="sha256:x",
    size_bytes=1,
    base_revision=2,
    proposed_by="saki",
    proposed_at=1,
    reason="",
)
ENDS = [DraftState.ACCEPTED, DraftState.DECLINED, DraftState.WITHDRAWN]


@pytest.mark.parametrize(("first", "second"), list(product(ENDS, ENDS)))
def test_an_end_is_said_once_and_again_changes_nothing(first: DraftState, second: DraftState) -> None:
    ended = decided(OPEN, first, "anna", 5, answer="why")
    assert (ended.state, ended.decided_by, ended.decided_at, ended.answer) == (first, "anna", 5, "why")
    if first is second:
        assert decided(ended, second, "ben", 6) == ended
        return
    with pytest.raises(Conflict) as refused:
        decided(ended, second, "anna", 6)
    assert refused.value.code == "proposal_decided"


def test_what_was_saved_since_it_was_written_is_in_its_way() -> None:
    demand_current(OPEN, 2)
    for standing in (1, 3):
        with pytest.raises(Conflict) as refused:
            demand_current(OPEN, standing)
        assert refused.value.code == "proposal_overtaken"
