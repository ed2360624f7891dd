"""One unit of the load, its wire replaced by a list of what it wrote."""

import json
from typing import Any

import pytest

from protocol.wire.events import Event, Opened, Text
from protocol.wire.stack import UnitWire
from tests.bench.unit_session import Held, Offer, UnitSession

OFFER = Offer(7, 3, "sha-256:" + "ab" * 32)


class Wire(UnitWire):
    """Gives the events it was handed, takes frames instead of a socket."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.written: list[dict[str, Any]] = []

    @property
    def open(self) -> bool:
        return True

    def receive(self, ciphertext: bytes) -> list[Event]:
        events, self.events = self.events, []
        return events

    def send_text(self, payload: bytes) -> None:
        self.written.append(json.loads(payload))

    def outgoing(self) -> bytes:
        return b""

    def start(self) -> None:
        """Nobody is there."""


class Owner:
    """Notes what it is told."""

    def __init__(self, *, trying: bool) -> None:
        self.trying = trying
        self.told: list[object] = []

    def greeted(self) -> None:
        self.told.append("greeted")

    def stored(self) -> bool:
        self.told.append("stored")
        return self.trying

    def applying(self, number: int, held: Held) -> None:
        self.told.append((number, held))

    def confirmed(self) -> None:
        self.told.append("confirmed")

    def ran(self) -> None:
        self.told.append("ran")

    def given_up(self) -> None:
        self.told.append("given up")

    def dropped(self, number: int, reason: str) -> None:
        self.told.append(f"{number} dropped: {reason}")


class Transport:
    """Only closes."""

    def __init__(self) -> None:
        self.closed = False

    def close(self) -> None:
        self.closed = True


class Unit:
    """A session in its second breath: TCP stands, the wire is open, the hello is written."""

    def __init__(self, held: Held, *, trying: bool = False) -> None:
        self.owner, self.wire, self.transport = Owner(trying=trying), Wire(), Transport()
        self.session = UnitSession(4, self.wire, self.owner, held)
        self.session.connection_made(self.transport)  # type: ignore[arg-type]  # as much of one as is needed
        self.hears(Opened())

    def hears(self, *events: Event) -> None:
        self.wire.events += events
        self.session.data_received(b"")

    def answered(self, **result: object) -> None:
        frame = {"jsonrpc": "2.0", "id": self.wire.written[-1]["id"], "result": result}
        self.hears(Text(payload=json.dumps(frame).encode()))

    def offered(self) -> None:
        params = {"push": OFFER.push, "revision": OFFER.revision, "digest": OFFER.digest, "body": "hostname a\n"}
        frame = {"jsonrpc": "2.0", "id": 1, "method": "config.offer", "params": params}
        self.hears(Text(payload=json.dumps(frame).encode()))

    def said(self) -> list[str]:
        return [frame.get("method", "answer") for frame in self.wire.written]


def test_an_offer_that_is_only_stored_can_be_given_up_once() -> None:
    unit = Unit(Held())
    unit.answered()
    unit.offered()
    assert unit.session.give_up()
    assert not unit.session.give_up()
    unit.answered()
    assert unit.said() == ["hello", "answer", "config.progress"]
    assert unit.wire.written[-1]["params"]["phase"] == "reverted"
    assert unit.owner.told == ["greeted", "stored", "given up"]


def test_an_offer_that_is_tried_ends_the_session_with_a_goodbye_and_no_drop() -> None:
    before = Held(confirmed=Offer(2, 1, OFFER.digest).mark)
    unit = Unit(before, trying=True)
    unit.answered()
    unit.offered()
    unit.session.connection_lost(None)
    assert unit.said() == ["hello", "answer", "goodbye"]
    assert unit.wire.written[-1]["params"] == {"code": 1000, "reason": "applying"}
    assert unit.transport.closed
    assert unit.owner.told == ["greeted", "stored", (4, Held(trial=OFFER, confirmed=before.confirmed))]


def test_a_task_is_answered_with_its_result_and_counted() -> None:
    unit = Unit(Held())
    unit.answered()
    unit.hears(Text(payload=b'{"jsonrpc":"2.0","id":9,"method":"task.run","params":{}}'))
    answer = unit.wire.written[-1]
    assert (answer["id"], answer["result"]["outcome"]) == (9, "succeeded")
    assert unit.owner.told == ["greeted", "ran"]


def test_a_trial_is_told_in_the_hello_and_confirmed_after_a_welcome_that_says_yes() -> None:
    unit = Unit(Held(trial=OFFER))
    (module,) = unit.wire.written[0]["params"]["modules"]
    assert module == {"running": {"revision": 3, "digest": OFFER.digest}, "trial": 7}
    unit.answered(confirm=[OFFER.push])
    assert unit.wire.written[-1]["params"]["phase"] == "confirmed"
    assert unit.owner.told == []
    unit.answered()
    assert unit.owner.told == ["confirmed"]


@pytest.mark.parametrize("result", [{}, {"confirm": [8]}, {"revert": [7]}])
def test_a_welcome_that_does_not_say_yes_is_no_confirmation(result: dict[str, object]) -> None:
    unit = Unit(Held(trial=OFFER))
    unit.answered(**result)
    assert unit.said() == ["hello"]
    assert unit.owner.told == ["4 dropped: push 7 was on trial, and the welcome did not confirm it"]
