import itertools

import pytest

from servicehost.domain.exchange import ExchangeState
from servicehost.domain.rules import Verdict
from servicehost.domain.swap import Speaker, SwapView, may_return, may_say_swap_now, swap_due

S = ExchangeState


def test_the_binding_moves_only_for_a_unit_that_was_sent_has_greeted_and_whose_way_is_free() -> None:
    due = {
        (state, hello, silent, said)
        for state, hello, silent, said in itertools.product(S, (True, False), (True, False), (True, False))
        if swap_due(SwapView(state=state, new_said_hello=hello, old_silent=silent, said_now=said))
    }

    free = [(True, False), (False, True), (True, True)]
    assert due == {(state, True, *way) for state in (S.ORDERED, S.ARRIVED) for way in free}


@pytest.mark.parametrize(
    ("method", "speaker"),
    [
        (Verdict.ONSITE_SWAP, Speaker.ATTENDEE),
        (Verdict.SENDBACK, Speaker.OPERATION_MANAGER),
        (Verdict.NEW_SUPPLY, Speaker.OPERATION_MANAGER),
    ],
)
def test_swap_now_is_one_persons_word_and_no_others(method: Verdict, speaker: Speaker) -> None:
    assert [one for one in Speaker if may_say_swap_now(method, one)] == [speaker]


def test_the_old_unit_can_return_from_the_swap_until_people_have_confirmed() -> None:
    assert [state for state in S if may_return(state)] == [S.SWAPPED, S.ACCEPTED]
