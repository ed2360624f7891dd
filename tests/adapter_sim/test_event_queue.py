"""Events that wait to be answered."""

from adapter_sim.event_queue import EVENTS_LOST, MAX_EVENTS, EventQueue
from protocol.messages import Event


def event(text: str) -> Event:
    return Event(sequence=0, sub_type="link_up", text=text)


def test_events_keep_their_order_and_are_numbered_from_one() -> None:
    queue = EventQueue()
    for text in ("a", "b"):
        assert queue.put(event(text))
    assert (queue.head, len(queue)) == (Event(sequence=1, sub_type="link_up", text="a"), 2)
    queue.answered()
    assert queue.head == Event(sequence=2, sub_type="link_up", text="b")
    queue.answered()
    queue.answered()
    assert queue.head is None


def test_a_full_queue_loses_the_newest_and_says_how_many() -> None:
    queue = EventQueue()
    kept = [queue.put(event(str(number))) for number in range(MAX_EVENTS + 3)]
    assert kept == [True] * MAX_EVENTS + [False] * 3
    for _ in range(MAX_EVENTS):
        queue.answered()
    head = queue.head
    assert head is not None
    assert (head.sequence, head.sub_type) == (MAX_EVENTS + 1, EVENTS_LOST)
    assert head.text == "3 events found the queue full and are lost"
    queue.answered()
    assert queue.head is None
