"""The session automaton: every state and every move, in one table that serves both ends.

A session is DIALED when TLS and WebSocket stand. The unit greets (GREETED) and the host answers with a welcome
(OPEN) or a refusal, which is the host's parting. In OPEN the two ends talk. Whoever says goodbye may say nothing more
but the answer it still owes; what the other end had sent before it heard the goodbye is lawful and is still taken
(PARTING). CLOSED means both goodbyes were said: only answers still owed may come, for they may have crossed the second
goodbye. Messages that cross on the wire lead both ends to the same state, in whichever order each end saw them.

Beside the table stands one law, kept by `protocol.session`: each end has at most one request in flight.
"""

import enum
from collections.abc import Mapping
from typing import Final

__all__ = ["TRANSITIONS", "Direction", "Kind", "State", "next_state"]


class Direction(enum.Enum):
    """Which end says it."""

    UP = "unit to host"
    DOWN = "host to unit"


class Kind(enum.Enum):
    """Every message there is, each with one sender."""

    HELLO = ("hello", "request", Direction.UP)
    WELCOME = ("hello", "result", Direction.DOWN)
    HELLO_REFUSED = ("hello", "error", Direction.DOWN)
    REPORT = ("report", "notification", Direction.UP)
    EVENT = ("event", "request", Direction.UP)
    EVENT_ANSWER = ("event", "answer", Direction.DOWN)
    PROGRESS = ("config.progress", "request", Direction.UP)
    PROGRESS_ANSWER = ("config.progress", "answer", Direction.DOWN)
    OFFER = ("config.offer", "request", Direction.DOWN)
    OFFER_ANSWER = ("config.offer", "answer", Direction.UP)
    TASK = ("task.run", "request", Direction.DOWN)
    TASK_ANSWER = ("task.run", "answer", Direction.UP)
    TASK_DONE = ("task.done", "request", Direction.UP)
    TASK_DONE_ANSWER = ("task.done", "answer", Direction.DOWN)
    ANCHORS = ("anchors", "request", Direction.DOWN)
    ANCHORS_ANSWER = ("anchors", "answer", Direction.UP)
    REPORT_REQUEST = ("report.request", "notification", Direction.DOWN)
    RENEW = ("renew", "notification", Direction.DOWN)
    UNIT_GOODBYE = ("goodbye", "notification", Direction.UP)
    HOST_GOODBYE = ("goodbye", "notification", Direction.DOWN)

    method: str
    role: str
    direction: Direction

    __hash__ = object.__hash__  # by identity: Enum's own goes through Python, and this is hashed at every frame

    def __init__(self, method: str, role: str, direction: Direction) -> None:
        self.method = method
        self.role = role
        self.direction = direction


class State(enum.Enum):
    """Where a session stands."""

    __hash__ = object.__hash__  # as above

    DIALED = "dialed"
    GREETED = "greeted"
    OPEN = "open"
    HOST_PARTING = "host parting"
    UNIT_PARTING = "unit parting"
    CLOSED = "closed"


_ANSWERS_UP = (Kind.OFFER_ANSWER, Kind.TASK_ANSWER, Kind.ANCHORS_ANSWER)
_ANSWERS_DOWN = (Kind.EVENT_ANSWER, Kind.PROGRESS_ANSWER, Kind.TASK_DONE_ANSWER)
_TALK_UP = (Kind.REPORT, Kind.EVENT, Kind.PROGRESS, Kind.TASK_DONE, *_ANSWERS_UP)
_TALK_DOWN = (*_ANSWERS_DOWN, Kind.OFFER, Kind.TASK, Kind.ANCHORS, Kind.REPORT_REQUEST, Kind.RENEW)

TRANSITIONS: Final[Mapping[State, Mapping[Kind, State]]] = {
    State.DIALED: {
        Kind.HELLO: State.GREETED,
        Kind.UNIT_GOODBYE: State.UNIT_PARTING,
        Kind.HOST_GOODBYE: State.HOST_PARTING,
    },
    State.GREETED: {
        Kind.WELCOME: State.OPEN,
        Kind.HELLO_REFUSED: State.HOST_PARTING,
        Kind.UNIT_GOODBYE: State.UNIT_PARTING,
        Kind.HOST_GOODBYE: State.HOST_PARTING,
    },
    State.OPEN: {
        **dict.fromkeys(_TALK_UP, State.OPEN),
        **dict.fromkeys(_TALK_DOWN, State.OPEN),
        Kind.UNIT_GOODBYE: State.UNIT_PARTING,
        Kind.HOST_GOODBYE: State.HOST_PARTING,
    },
    # The host has said goodbye: it still answers what it owes; the unit may have sent anything before it heard.
    State.HOST_PARTING: {
        Kind.HELLO: State.HOST_PARTING,
        **dict.fromkeys(_TALK_UP, State.HOST_PARTING),
        Kind.HELLO_REFUSED: State.HOST_PARTING,
        **dict.fromkeys(_ANSWERS_DOWN, State.HOST_PARTING),
        Kind.HOST_GOODBYE: State.HOST_PARTING,
        Kind.UNIT_GOODBYE: State.CLOSED,
    },
    # The unit has said goodbye: it still answers what it owes; the host may have sent anything before it heard.
    State.UNIT_PARTING: {
        Kind.WELCOME: State.UNIT_PARTING,
        Kind.HELLO_REFUSED: State.CLOSED,
        **dict.fromkeys(_TALK_DOWN, State.UNIT_PARTING),
        **dict.fromkeys(_ANSWERS_UP, State.UNIT_PARTING),
        Kind.HOST_GOODBYE: State.CLOSED,
    },
    # Both have said goodbye. What is owed may still be answered: the answer may already be under way.
    # So may the host's goodbye after a refusal, for the refusal was its parting already.
    State.CLOSED: dict.fromkeys(
        (
            Kind.HELLO_REFUSED,
            *_ANSWERS_DOWN,
            *_ANSWERS_UP,
            Kind.HOST_GOODBYE,
        ),
        State.CLOSED,
    ),
}


def next_state(state: State, kind: Kind) -> State | None:
    """Where `kind` leads from `state`; None when it is unlawful there."""
    return TRANSITIONS[state].get(kind)
