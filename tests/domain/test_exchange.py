import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from servicehost.domain.errors import Conflict
from servicehost.domain.exchange import (
    ENDED,
    EXCHANGE_TABLE,
    Exchange,
    ExchangeRefusal,
    ExchangeState,
    Said,
    next_state,
    said_by_verdict,
)
from servicehost.domain.rules import Verdict

S = ExchangeState
WAY = [S.JUDGED, S.RESERVED, S.ORDERED, S.ARRIVED, S.SWAPPED, S.ACCEPTED, S.CONFIRMED, S.CLOSED]
SAYINGS = [Said.GRANT, Said.RESERVE, Said.ORDER, Said.ARRIVE, Said.SWAP, Said.ACCEPT, Said.CONFIRM, Said.CLOSE]


def exchange(state: ExchangeState) -> Exchange:
    return Exchange(
        exchange=1,
        service_code="nxe000000001",
        management_code="nxm000000001",
        fault=1,
        state=state,
        requested_by="m",
        requested_at=0,
        changed_at=0,
    )


def said(state: ExchangeState, saying: Said) -> ExchangeState:
    """The state after it, refused or not."""
    try:
        return next_state(exchange(state), saying) or state
    except Conflict:
        return state


def test_the_table_answers_every_saying_in_every_state() -> None:
    assert set(EXCHANGE_TABLE) == set(S)
    assert all(set(row) == set(Said) for row in EXCHANGE_TABLE.values())


def test_every_refusal_carries_its_name_and_says_why() -> None:
    refused = [(state, word) for state, row in EXCHANGE_TABLE.items() for word, cell in row.items() if _refuses(cell)]
    for state, word in refused:
        with pytest.raises(Conflict, match=f"Exchange 1 \\({state}\\): ") as refusal:
            next_state(exchange(state), word)
        assert refusal.value.code == EXCHANGE_TABLE[state][word]


def _refuses(cell: object) -> bool:
    return isinstance(cell, ExchangeRefusal)


def test_the_story_told_in_order_ends_closed() -> None:
    state = S.REQUESTED
    for saying, expected in zip(SAYINGS, WAY, strict=True):
        state = said(state, saying)
        assert state is expected


@pytest.mark.parametrize("saying", SAYINGS[1:])
def test_what_was_said_already_changes_nothing_when_said_again(saying: Said) -> None:
    reached = WAY[SAYINGS.index(saying)]
    later = WAY[WAY.index(reached) :]

    assert [next_state(exchange(state), saying) for state in later] == [None] * len(later)


@pytest.mark.parametrize("saying", SAYINGS[4:])
def test_what_comes_too_early_is_refused_by_name(saying: Said) -> None:
    due = WAY[SAYINGS.index(saying) - 1]
    for state in [S.REQUESTED, *WAY[: WAY.index(due)]]:
        with pytest.raises(Conflict) as refused:
            next_state(exchange(state), saying)
        assert refused.value.code.startswith("not_")


@settings(max_examples=1_500, deadline=None, database=None)
@given(sayings=st.lists(st.sampled_from(Said), max_size=40))
def test_in_any_order_an_end_is_final_and_no_step_is_skipped(sayings: list[Said]) -> None:
    state, passed = S.REQUESTED, [S.REQUESTED]
    for saying in sayings:
        after = said(state, saying)
        assert state not in ENDED or after is state
        if after is not state:
            passed.append(after)
        state = after
    forward = [one for one in passed if one in WAY]
    if S.SWAPPED in passed:
        assert {S.JUDGED, S.RESERVED, S.ARRIVED} <= set(passed)
        assert forward[-1 - forward[::-1].index(S.SWAPPED) :] == WAY[4 : 4 + len(forward) - forward.index(S.SWAPPED)]
    assert S.CONFIRMED not in passed or S.ACCEPTED in passed
    assert S.CANCELLED not in passed or S.SWAPPED not in passed


def test_every_verdict_says_something_of_the_errand() -> None:
    assert {verdict: said_by_verdict(verdict) for verdict in Verdict} == {
        Verdict.ONSITE_SWAP: Said.GRANT,
        Verdict.SENDBACK: Said.GRANT,
        Verdict.NEW_SUPPLY: Said.GRANT,
        Verdict.DECLINED: Said.DECLINE,
        Verdict.UNDECIDED: Said.UNDECIDE,
    }
