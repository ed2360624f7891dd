from servicehost.sessions.backlog import Backlog


def test_messages_wait_in_order_up_to_both_limits() -> None:
    backlog = Backlog(0.0, 100, max_messages=3, max_bytes=10)
    assert [backlog.add(message) for message in (b"12345", b"123456", b"1", b"2", b"3")] == [
        True,
        False,
        True,
        True,
        False,
    ]
    assert list(backlog.messages) == [b"12345", b"1", b"2"]


def test_only_bytes_that_left_count_as_progress() -> None:
    backlog = Backlog(10.0, 100, max_messages=1, max_bytes=1)
    assert backlog.stalled_for(15.0, 100) == 5.0
    assert backlog.stalled_for(20.0, 120) == 10.0
    assert backlog.stalled_for(22.0, 119) == 0.0
    assert backlog.stalled_for(25.0, 119) == 3.0
