import msgspec
import pytest

from servicehost.domain.enrolment_request import EnrolmentRequest, RequestState, Way, approved, asked_again, denied
from servicehost.domain.errors import Conflict

ASKED = EnrolmentRequest(
    request=3,
    unit_id=1,
    distribution_id="D",
    model="M",
    serial="1",
    key_fingerprint="k",
    way=Way.BIRTH,
    state=RequestState.PENDING,
    asked_at=10,
    last_asked_at=10,
    remote_address="a",
)
STATES = set(RequestState)


def in_state(state: RequestState) -> EnrolmentRequest:
    return msgspec.structs.replace(ASKED, state=state)


def test_a_yes_is_said_to_what_waits_or_was_denied() -> None:
    for state in (RequestState.PENDING, RequestState.DENIED):
        said = approved(in_state(state), "dora", 20)
        assert (said.state, said.decided_by, said.decided_at, said.reason) == (RequestState.APPROVED, "dora", 20, None)


def test_a_no_is_said_to_what_waits_or_was_approved() -> None:
    for state in (RequestState.PENDING, RequestState.APPROVED):
        said = denied(in_state(state), "dora", "wrong box", 20)
        assert (said.state, said.reason) == (RequestState.DENIED, "wrong box")


@pytest.mark.parametrize("state", [RequestState.APPROVED, RequestState.USED])
def test_a_second_yes_is_refused(state: RequestState) -> None:
    with pytest.raises(Conflict, match=f"is {state}"):
        approved(in_state(state), "dora", 20)


@pytest.mark.parametrize("state", [RequestState.DENIED, RequestState.USED])
def test_a_second_no_is_refused(state: RequestState) -> None:
    with pytest.raises(Conflict, match=f"is {state}"):
        denied(in_state(state), "dora", "", 20)


@pytest.mark.parametrize("state", sorted(STATES - {RequestState.USED}))
def test_one_more_try_changes_nothing_but_when_and_from_where(state: RequestState) -> None:
    assert asked_again(in_state(state), Way.BIRTH, "b", 30) == msgspec.structs.replace(
        in_state(state), last_asked_at=30, remote_address="b"
    )


def test_what_was_used_or_asked_otherwise_waits_anew() -> None:
    used = msgspec.structs.replace(in_state(RequestState.USED), decided_by="dora", decided_at=20, reason="r")
    for before, way in ((used, Way.BIRTH), (in_state(RequestState.APPROVED), Way.PERMISSION)):
        again = asked_again(before, way, "b", 30)
        assert (again.state, again.way, again.asked_at) == (RequestState.PENDING, way, 30)
        assert (again.decided_by, again.decided_at, again.reason) == (None, None, None)
