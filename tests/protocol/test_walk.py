"""A random walk of two ends over a wire that keeps order: whatever they lawfully say, neither ever sees an error."""

from collections import deque

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from protocol.codec import RequestId
from protocol.states import Direction, Kind, next_state
from tests.builders.pair import SAMPLES, Pair, request_of, voice

_CALLS = [kind for kind in Kind if kind.role in ("request", "notification")]


class TwoEnds(RuleBasedStateMachine):
    """Each end says anything lawful at any time; frames wait on the wire, each way in order, as long as they like."""

    def __init__(self) -> None:
        super().__init__()
        self.pair = Pair()
        self.wire: dict[Direction, deque[bytes]] = {Direction.UP: deque(), Direction.DOWN: deque()}
        self.owed: dict[Direction, tuple[Kind, RequestId] | None] = {Direction.UP: None, Direction.DOWN: None}

    @rule(kind=st.sampled_from(_CALLS))
    def somebody_speaks(self, kind: Kind) -> None:
        speaker = self.pair.speaker(kind.direction)
        if next_state(speaker.state, kind) is not None and not (kind.role == "request" and speaker.asking):
            self.wire[kind.direction].append(speaker.say(SAMPLES[kind]))

    @rule(direction=st.sampled_from(Direction), welcomed=st.booleans())
    def somebody_answers(self, direction: Direction, welcomed: bool) -> None:
        owed = self.owed[direction]
        if owed is None:
            return
        speaker = self.pair.speaker(direction)
        kinds = [kind for kind in Kind if request_of(kind) is owed[0] and next_state(speaker.state, kind) is not None]
        if kinds:
            kind = kinds[0] if welcomed else kinds[-1]
            self.wire[direction].append(voice(speaker, kind, owed[1]))
            self.owed[direction] = None

    @precondition(lambda self: any(self.wire.values()))
    @rule(direction=st.sampled_from(Direction))
    def the_wire_delivers(self, direction: Direction) -> None:
        if not self.wire[direction]:
            return
        heard = self.pair.listener(direction).receive(self.wire[direction].popleft())
        if heard.id is not None:
            other = Direction.DOWN if direction is Direction.UP else Direction.UP
            self.owed[other] = (heard.kind, heard.id)

    def teardown(self) -> None:
        """Once the wire is empty, both ends stand at the same place and await the same answers."""
        while any(self.wire.values()):
            for direction in Direction:
                self.the_wire_delivers(direction)
        self.pair.stands()
        assert self.pair.unit.asking == self.pair.host.owing
        assert self.pair.host.asking == self.pair.unit.owing


TwoEnds.TestCase.settings = settings(max_examples=200, stateful_step_count=40, deadline=None)
TestTwoEnds = TwoEnds.TestCase
