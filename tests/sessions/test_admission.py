import errno

import pytest

from servicehost.sessions.admission import Admission, out_of_files, sessions_that_fit


def admission(*, max_handshakes: int = 2, max_sessions: int = 100, per_s: float = 10.0, burst: int = 3) -> Admission:
    return Admission(
        max_handshakes=max_handshakes,
        max_sessions=max_sessions,
        sessions_per_s=per_s,
        sessions_burst=burst,
        come_back_s=(30, 90),
        uniform=lambda least, most: (least + most) / 2,
    )


def test_accepting_stops_at_the_limit_of_handshakes_and_is_told_when_one_has_ended() -> None:
    door = admission()
    told: list[int] = []
    door.room_again = lambda: told.append(door.handshakes)
    door.handshake_begun()
    assert door.room_for_handshake()
    door.handshake_begun()
    assert not door.room_for_handshake()
    door.handshake_ended()
    door.handshake_ended()
    assert told == [1]  # once, on the way down from full


def test_a_burst_is_let_in_and_the_rest_as_the_rate_allows() -> None:
    door = admission()
    assert [door.let_in(100.0) for _ in range(4)] == [None, None, None, "too_many_arrive"]
    assert door.let_in(100.05) == "too_many_arrive"
    assert door.let_in(100.11) is None
    assert door.sessions == 4


def test_who_is_turned_away_costs_no_token() -> None:
    door = admission(burst=1)
    assert door.let_in(0.0) is None
    for _ in range(50):
        assert door.let_in(0.05) == "too_many_arrive"
    assert door.let_in(0.1001) is None


def test_a_full_host_lets_nobody_in_until_a_session_has_closed() -> None:
    door = admission(max_sessions=1)
    assert door.let_in(0.0) is None
    assert door.let_in(10.0) == "host_full"
    door.session_closed()
    assert door.let_in(10.0) is None


def test_a_draining_host_lets_nobody_in() -> None:
    door = admission()
    door.draining = True
    assert door.let_in(0.0) == "draining"
    assert door.sessions == 0


def test_those_turned_away_come_back_after_whole_seconds_between_the_limits() -> None:
    assert admission().come_back_s() == 60


@pytest.mark.parametrize(
    ("wanted", "limit", "fit"),
    [(12_000, 1_048_576, 12_000), (12_000, 1024, 816), (12_000, 128, 1), (500, 1024, 500)],
)
def test_sessions_leave_files_for_everybody_else(wanted: int, limit: int, fit: int) -> None:
    assert sessions_that_fit(wanted, limit, max_handshakes=64, reserved_files=128) == fit


@pytest.mark.parametrize(("number", "passes"), [(errno.EMFILE, True), (errno.ENFILE, True), (errno.EBADF, False)])
def test_want_of_files_is_told_from_other_errors(number: int, passes: bool) -> None:
    assert out_of_files(OSError(number, "accept")) is passes
