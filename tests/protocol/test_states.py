"""The table, on both ends: every message in every state, said and heard."""

import itertools

import pytest

from protocol.codes import CloseCode
from protocol.errors import LocalProtocolError, RemoteProtocolError
from protocol.states import TRANSITIONS, Direction, Kind, State, next_state
from tests.builders.pair import Pair, request_of, voice

_EVERY = [pytest.param(state, kind, id=f"{state.name}-{kind.name}") for state in State for kind in Kind]
_LAWFUL_IN = {kind: next(state for state in State if kind in TRANSITIONS[state]) for kind in Kind}


def _frame_of(pair: Pair, state: State, kind: Kind) -> bytes:
    """A frame of `kind` from a speaker for whom it is lawful, with the listener in `state`."""
    request_id = pair.forced(state, kind)
    speaker = pair.speaker(kind.direction)
    speaker.state = _LAWFUL_IN[kind]
    return voice(speaker, kind, request_id)


@pytest.mark.parametrize(("state", "kind"), _EVERY)
def test_an_end_says_only_what_the_table_allows(state: State, kind: Kind) -> None:
    pair = Pair()
    request_id = pair.forced(state, kind)
    speaker, after = pair.speaker(kind.direction), next_state(state, kind)
    if after is None:
        with pytest.raises(LocalProtocolError, match=rf"{kind.name} while {state.value}"):
            voice(speaker, kind, request_id)
        assert speaker.state is state
    else:
        voice(speaker, kind, request_id)
        assert speaker.state is after


@pytest.mark.parametrize(("state", "kind"), _EVERY)
def test_an_end_hears_only_what_the_table_allows(state: State, kind: Kind) -> None:
    pair = Pair()
    frame = _frame_of(pair, state, kind)
    listener, after = pair.listener(kind.direction), next_state(state, kind)
    if after is None:
        with pytest.raises(RemoteProtocolError) as caught:
            listener.receive(frame)
        assert (caught.value.reason, caught.value.close) == ("out_of_order", CloseCode.PROTOCOL_ERROR)
        assert (caught.value.answer is not None) == (kind.role == "request")
        assert listener.state is state
    else:
        assert listener.receive(frame).kind is kind
        assert listener.state is after


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind.role in ("request", "notification")])
def test_an_end_never_says_what_belongs_to_the_other(kind: Kind) -> None:
    if kind.method == "goodbye":
        return  # both ends say it
    pair = Pair()
    with pytest.raises(LocalProtocolError, match="is not said"):
        voice(pair.listener(kind.direction), kind, None)


@pytest.mark.parametrize("state", State)
def test_what_crosses_on_the_wire_leaves_both_ends_in_one_state(state: State) -> None:
    """Each end takes its own word first and the peer's second; from every state both orders meet again."""
    moves = TRANSITIONS[state]
    ups = [kind for kind in moves if kind.direction is Direction.UP]
    downs = [kind for kind in moves if kind.direction is Direction.DOWN]
    for up, down in itertools.product(ups, downs):
        if request_of(down) is up or request_of(up) is down:
            continue  # an answer never crosses its own request
        unit, host = next_state(moves[up], down), next_state(moves[down], up)
        assert unit is host, f"{up.name} crosses {down.name}"
        assert unit is not None, f"{up.name} crosses {down.name}"


def test_only_hello_and_goodbyes_are_lawful_before_the_greeting() -> None:
    assert set(TRANSITIONS[State.DIALED]) == {Kind.HELLO, Kind.UNIT_GOODBYE, Kind.HOST_GOODBYE}


def test_after_both_goodbyes_no_new_matter_is_lawful() -> None:
    assert all(kind.role in ("answer", "error") or kind is Kind.HOST_GOODBYE for kind in TRANSITIONS[State.CLOSED])
    assert set(TRANSITIONS[State.CLOSED].values()) == {State.CLOSED}


def test_every_state_is_reached_and_every_kind_is_lawful_somewhere() -> None:
    reached, frontier = {State.DIALED}, [State.DIALED]
    while frontier:
        new = set(TRANSITIONS[frontier.pop()].values()) - reached
        reached |= new
        frontier += new
    assert reached == set(State)
    assert {kind for moves in TRANSITIONS.values() for kind in moves} == set(Kind)
