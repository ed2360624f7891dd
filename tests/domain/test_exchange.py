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


AGAIN = {Said.OVERRULE, Said.REOPEN}
"""What begins a case again."""


@settings(max_examples=1_500, deadline=None, database=None)
@given(sayings=st.lists(st.sampled_from(sorted(set(Said) - AGAIN - {Said.TAKE_OVER})), max_size=40))
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


ENDS = {
    # state: what it ends by, and what can still be said of it that changes something
    S.CLOSED: {Said.REOPEN: S.REQUESTED},
    S.DECLINED: {Said.OVERRULE: S.REQUESTED},
    S.CANCELLED: {},
    S.FAILED: {Said.REOPEN: S.REQUESTED},
}


def test_each_end_is_left_by_the_word_that_takes_it_up_again_and_by_no_other() -> None:
    assert set(ENDS) == ENDED
    for state, ways in ENDS.items():
        left = {word: said(state, word) for word in Said if said(state, word) is not state}
        assert left == ways


# Read a line as: in this state, what each of these comes to; a word that is no state is the refusal's.
WAYS_BESIDE = """
            cancel             fail               take_over        overrule         reopen
requested   cancelled          not_reserved       swapped          -                not_closed
judged      cancelled          not_reserved       swapped          -                not_closed
reserved    cancelled          failed             swapped          -                not_closed
ordered     cancelled          failed             ordered_already  ordered_already  not_closed
arrived     cancelled          failed             ordered_already  ordered_already  not_closed
swapped     swapped_already    failed             ordered_already  ordered_already  not_closed
accepted    swapped_already    failed             ordered_already  ordered_already  not_closed
confirmed   confirmed_already  confirmed_already  ordered_already  ordered_already  not_closed
closed      exchange_ended     exchange_ended     exchange_ended   exchange_ended   requested
declined    exchange_ended     exchange_ended     exchange_ended   requested        exchange_ended
cancelled   -                  exchange_ended     exchange_ended   exchange_ended   exchange_ended
failed      exchange_ended     -                  exchange_ended   exchange_ended   requested
"""


def _cells() -> list[tuple[str, str, str]]:
    head, *lines = [line.split() for line in WAYS_BESIDE.strip().splitlines()]
    return [(state, word, cell) for state, *cells in lines for word, cell in zip(head, cells, strict=True)]


@pytest.mark.parametrize(("state", "word", "cell"), _cells())
def test_every_cancel_failure_and_retry_in_every_state_has_a_named_answer(state: str, word: str, cell: str) -> None:
    found = EXCHANGE_TABLE[S(state)][Said(word)]
    assert ("-" if found is None else found.value) == cell


def test_the_table_of_named_answers_leaves_no_state_out() -> None:
    assert {state for state, _, _ in _cells()} == {state.value for state in S}


@settings(max_examples=500, deadline=None, database=None)
@given(sayings=st.lists(st.sampled_from(Said), max_size=60))
def test_however_often_it_is_taken_up_again_no_unit_is_accepted_that_was_not_swapped_in_this_time(
    sayings: list[Said],
) -> None:
    state, swapped = S.REQUESTED, False
    for saying in sayings:
        after = said(state, saying)
        swapped = after is S.SWAPPED or (swapped and after is not S.REQUESTED)
        if after in (S.ACCEPTED, S.CONFIRMED, S.CLOSED):
            assert swapped
        state = after


def test_every_verdict_says_something_of_the_errand() -> None:
    assert {verdict: said_by_verdict(verdict) for verdict in Verdict} == {
        Verdict.ONSITE_SWAP: Said.GRANT,
        Verdict.SENDBACK: Said.GRANT,
        Verdict.NEW_SUPPLY: Said.GRANT,
        Verdict.DECLINED: Said.DECLINE,
        Verdict.UNDECIDED: Said.UNDECIDE,
    }
