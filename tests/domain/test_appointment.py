import pytest
from msgspec.structs import replace

from servicehost.domain.appointment import (
    Agreement,
    Appointment,
    AppointmentState,
    Attendee,
    Window,
    agree,
    check_visit,
    check_windows,
    propose,
    shown_state,
    standing,
)
from servicehost.domain.errors import Conflict
from servicehost.domain.exchange import Exchange, ExchangeState
from servicehost.domain.rules import Verdict

HOUR, DAY, NOW = 3_600_000, 86_400_000, 1_800_000_000_000
MORNING = Window(from_at=NOW + HOUR, until_at=NOW + 3 * HOUR)
EVENING = Window(from_at=NOW + 8 * HOUR, until_at=NOW + 10 * HOUR)
SATO = Attendee(name="佐藤", telephone="03-1234-5678")
AGREED = Agreement(window=MORNING, attendee=SATO)
S = AppointmentState


def code_of(call: object) -> str | None:
    try:
        call()  # type: ignore[operator]  # each is a lambda
    except Conflict as conflict:
        return conflict.code
    return None


@pytest.mark.parametrize(
    ("windows", "code"),
    [
        ([MORNING, EVENING], None),
        ([Window(from_at=NOW - HOUR, until_at=NOW + 1)], None),
        ([Window(from_at=NOW + 5, until_at=NOW + 5)], "window_empty"),
        ([Window(from_at=NOW - HOUR, until_at=NOW)], "window_in_the_past"),
        ([Window(from_at=NOW, until_at=NOW + 12 * HOUR)], None),
        ([Window(from_at=NOW, until_at=NOW + 12 * HOUR + 1)], "window_too_long"),
        ([Window(from_at=NOW + 60 * DAY - 1, until_at=NOW + 60 * DAY)], None),
        ([Window(from_at=NOW + 60 * DAY, until_at=NOW + 60 * DAY + 1)], "window_too_far"),
        ([MORNING, Window(from_at=MORNING.until_at, until_at=EVENING.from_at)], None),
        ([MORNING, Window(from_at=MORNING.until_at - 1, until_at=EVENING.from_at)], "windows_overlap"),
    ],
)
def test_windows_that_nobody_can_keep_are_refused_by_name(windows: list[Window], code: str | None) -> None:
    assert code_of(lambda: check_windows(windows, NOW)) == code


def test_windows_are_shown_by_their_beginning() -> None:
    assert check_windows([EVENING, MORNING], NOW) == (MORNING, EVENING)


def agreed() -> tuple[Appointment, ...]:
    return agree(propose((), (MORNING, EVENING), "dora", NOW, ""), AGREED, SATO, "anna", NOW + 1)


def test_one_of_the_proposed_windows_is_agreed_with_who_attends() -> None:
    (one,) = agreed()
    assert (one.state, one.window, one.attendee, one.agreed_by) == (S.AGREED, MORNING, SATO, "anna")
    assert agree((one,), AGREED, SATO, "anna", NOW + 9) == (one,)


@pytest.mark.parametrize(
    ("before", "agreement", "attendee", "code"),
    [
        ((), AGREED, SATO, "no_appointment"),
        (propose((), (EVENING,), "dora", NOW, ""), AGREED, SATO, "window_not_proposed"),
        (agreed(), AGREED, replace(SATO, name="鈴木"), "appointment_agreed_already"),
        (agreed(), replace(AGREED, window=EVENING), SATO, "appointment_agreed_already"),
    ],
)
def test_what_cannot_be_agreed_is_refused_by_name(
    before: tuple[Appointment, ...], agreement: Agreement, attendee: Attendee, code: str
) -> None:
    assert code_of(lambda: agree(before, agreement, attendee, "anna", NOW)) == code


def test_a_window_that_has_passed_is_agreed_by_nobody() -> None:
    proposed = propose((), (MORNING,), "dora", NOW, "")
    assert code_of(lambda: agree(proposed, AGREED, SATO, "anna", MORNING.until_at)) == "window_in_the_past"


def test_what_was_agreed_changes_with_a_reason_and_what_was_proposed_without() -> None:
    assert code_of(lambda: propose(agreed(), (EVENING,), "anna", NOW + 2, " ")) == "change_needs_reason"
    old, fresh = propose(agreed(), (EVENING,), "anna", NOW + 2, "停電のため")
    assert (old.state, old.reason, old.ended_by, old.ended_at) == (S.CHANGED, "停電のため", "anna", NOW + 2)
    assert (fresh.number, fresh.state, fresh.windows) == (2, S.PROPOSED, (EVENING,))
    assert propose((old, fresh), (EVENING,), "dora", NOW + 3, "") == (old, fresh)
    again = propose((old, fresh), (MORNING,), "dora", NOW + 3, "")
    assert [one.state for one in again] == [S.CHANGED, S.CHANGED, S.PROPOSED]
    assert standing(again) == again[-1]
    assert standing((old,)) is standing(()) is None


def an_exchange(state: ExchangeState, method: Verdict | None) -> Exchange:
    return Exchange(
        exchange=1,
        service_code="nxe000000001",
        management_code="nxm000000001",
        fault=1,
        state=state,
        requested_by="anna",
        requested_at=0,
        changed_at=0,
        method=method,
    )


@pytest.mark.parametrize("method", [*Verdict, None])
@pytest.mark.parametrize("state", ExchangeState)
def test_a_visit_is_awaited_between_the_verdict_and_the_swap_on_site_alone(
    state: ExchangeState, method: Verdict | None
) -> None:
    awaited = method is Verdict.ONSITE_SWAP and state.value in {"judged", "reserved", "ordered", "arrived"}
    assert code_of(lambda: check_visit(an_exchange(state, method))) == (None if awaited else "no_visit_expected")


@pytest.mark.parametrize(
    ("kept", "exchange", "shown"),
    [
        (S.PROPOSED, ExchangeState.ORDERED, S.PROPOSED),
        (S.AGREED, ExchangeState.ARRIVED, S.AGREED),
        (S.AGREED, ExchangeState.SWAPPED, S.KEPT),
        (S.AGREED, ExchangeState.CLOSED, S.KEPT),
        (S.PROPOSED, ExchangeState.CLOSED, S.WITHDRAWN),
        (S.AGREED, ExchangeState.CANCELLED, S.WITHDRAWN),
        (S.PROPOSED, ExchangeState.FAILED, S.WITHDRAWN),
        (S.MISSED, ExchangeState.CLOSED, S.MISSED),
        (S.CHANGED, ExchangeState.CANCELLED, S.CHANGED),
    ],
)
def test_what_became_of_it_follows_from_the_exchange(
    kept: AppointmentState, exchange: ExchangeState, shown: AppointmentState
) -> None:
    assert shown_state(replace(agreed()[0], state=kept), exchange) is shown
