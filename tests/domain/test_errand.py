from collections.abc import Callable
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from servicehost.domain.appointment import AppointmentState, agree, propose
from servicehost.domain.errand import (
    MILESTONES,
    Errand,
    ErrandPolicy,
    Milestone,
    TimeSaid,
    missed,
    open_errand,
    target_of,
    time_of,
    with_time,
)
from servicehost.domain.errors import Conflict
from servicehost.domain.lateness import Lateness, Punctuality, lateness
from servicehost.domain.miss import MISS_WORDS, MissReason
from servicehost.domain.rules import Verdict
from tests.domain.test_appointment import AGREED, DAY, EVENING, HOUR, MORNING, NOW, SATO, code_of

M, P = Milestone, Punctuality
POLICY = ErrandPolicy(onsite_target_ms=4 * HOUR, delivery_target_ms=3 * DAY)
BLANK = Errand(exchange=1, service_code="nxe000000001", management_code="nxm000000001", changed_at=0)
ON_SITE = open_errand(BLANK, Verdict.ONSITE_SWAP, NOW, POLICY)


def said(milestone: Milestone, at: int, *, estimated: bool = False) -> TimeSaid:
    return TimeSaid(milestone=milestone, at=at, estimated=estimated, by="carrier", said_at=NOW)


def told(errand: Errand, *times: TimeSaid, now: int = NOW + DAY) -> Errand:
    for one in times:
        errand = with_time(errand, one, Verdict.ONSITE_SWAP, now)
    return errand


def appointed(errand: Errand) -> Errand:
    proposed = propose(errand.appointments, (MORNING, EVENING), "dora", NOW, "")
    return replace(errand, appointments=agree(proposed, AGREED, SATO, "anna", NOW))


def test_the_target_is_counted_from_the_order_until_a_window_is_agreed() -> None:
    assert target_of(BLANK, Verdict.ONSITE_SWAP, None, POLICY) is None
    assert ON_SITE.target_at == NOW + 4 * HOUR
    assert open_errand(BLANK, Verdict.SENDBACK, NOW, POLICY).target_at == NOW + 3 * DAY
    assert target_of(appointed(ON_SITE), Verdict.ONSITE_SWAP, NOW, POLICY) == MORNING.until_at


def test_after_a_visit_that_came_to_nothing_the_target_waits_for_the_next_appointment() -> None:
    after = missed(told(appointed(ON_SITE), said(M.ARRIVED, NOW)), MissReason.ATTENDEE_ABSENT, "carrier", NOW, "留守")
    assert (after.visit, after.target_at, time_of(after, M.ARRIVED)) == (2, None, None)
    assert after.appointments[-1].state is AppointmentState.MISSED
    assert [(one.visit, one.reason, one.note) for one in after.missed_visits] == [(1, "attendee_absent", "留守")]
    assert target_of(after, Verdict.ONSITE_SWAP, NOW, POLICY) is None
    assert target_of(appointed(after), Verdict.ONSITE_SWAP, NOW, POLICY) == MORNING.until_at
    assert time_of(told(after, said(M.ARRIVED, NOW + HOUR)), M.ARRIVED) == NOW + HOUR


def test_one_visit_is_missed_once() -> None:
    after = missed(appointed(ON_SITE), MissReason.NO_ENTRY, "dora", NOW)
    assert code_of(lambda: missed(after, MissReason.NO_ENTRY, "dora", NOW)) == "no_visit_under_way"
    for again in (appointed(after), told(after, said(M.DEPARTED, NOW))):
        assert len(missed(again, MissReason.NO_ENTRY, "dora", NOW).missed_visits) == 2


def test_the_last_word_on_each_milestone_counts_estimates_apart_from_what_was() -> None:
    errand = told(
        ON_SITE,
        said(M.ARRIVED, NOW + HOUR, estimated=True),
        said(M.ARRIVED, NOW + 2 * HOUR, estimated=True),
        said(M.ARRIVED, NOW + 3 * HOUR),
    )
    assert time_of(errand, M.ARRIVED, estimated=True) == NOW + 2 * HOUR
    assert time_of(errand, M.ARRIVED) == NOW + 3 * HOUR
    assert len(errand.times) == 2
    assert told(errand, said(M.ARRIVED, NOW + 3 * HOUR)) is errand


@pytest.mark.parametrize(
    ("times", "code"),
    [
        ([said(M.ARRIVED, NOW + 5 * 60_000)], None),
        ([said(M.ARRIVED, NOW + 5 * 60_000 + 1)], "time_not_yet"),
        ([said(M.ARRIVED, NOW + DAY, estimated=True)], None),
        ([said(M.STARTED, NOW), said(M.ARRIVED, NOW + 1)], "times_out_of_order"),
        ([said(M.ARRIVED, NOW), said(M.DONE, NOW - 1)], "times_out_of_order"),
        ([said(M.DEPARTED, NOW), said(M.ARRIVED, NOW), said(M.DONE, NOW), said(M.STARTED, NOW)], None),
    ],
)
def test_times_that_cannot_be_are_refused_by_name(times: list[TimeSaid], code: str | None) -> None:
    assert code_of(lambda: told(ON_SITE, *times, now=NOW)) == code


@pytest.mark.parametrize("method", [*Verdict, None])
@pytest.mark.parametrize("milestone", Milestone)
def test_what_is_shipped_has_no_work_and_what_is_declined_no_times(
    method: Verdict | None, milestone: Milestone
) -> None:
    has = method is not None and milestone in MILESTONES.get(method, ())
    wanted = None if has else "no_such_milestone"
    assert code_of(lambda: with_time(BLANK, said(milestone, NOW), method, NOW)) == wanted


class Row(NamedTuple):
    """Target, arrival, estimate and now; whether it is over; and what follows."""

    target: int | None
    arrived: int | None
    estimate: int | None
    now: int
    over: bool
    punctuality: Punctuality
    by_ms: int


@pytest.mark.parametrize(
    "row",
    [
        Row(None, None, None, 99, False, P.NO_TARGET, 0),
        Row(100, None, None, 99, False, P.PENDING, 0),
        Row(100, None, None, 100, False, P.PENDING, 0),
        Row(100, None, None, 101, False, P.OVERDUE, 1),
        Row(100, None, 150, 99, False, P.EXPECTED_LATE, 50),
        Row(100, None, 100, 99, False, P.PENDING, 0),
        Row(100, None, 150, 101, False, P.OVERDUE, 50),
        Row(100, None, 90, 101, False, P.OVERDUE, 1),
        Row(100, 100, None, 999, False, P.ON_TIME, 0),
        Row(100, 101, None, 999, False, P.LATE, 1),
        Row(100, 101, None, 999, True, P.LATE, 1),
        Row(100, None, None, 999, True, P.NO_TARGET, 0),
    ],
)
def test_how_late_it_is_follows_from_target_arrival_estimate_and_now(row: Row) -> None:
    late = lateness(an_errand(row.target, row.arrived, row.estimate), row.now, over=row.over)
    assert (late.punctuality, late.by_ms) == (row.punctuality, row.by_ms)
    assert late.reason_wanted is (row.punctuality in (P.LATE, P.OVERDUE))


def an_errand(target: int | None, arrived: int | None, estimate: int | None) -> Errand:
    times = [(arrived, False), (estimate, True)]
    kept = tuple(said(M.ARRIVED, at, estimated=estimated) for at, estimated in times if at is not None)
    return replace(BLANK, target_at=target, times=kept)


INSTANTS = st.none() | st.integers(0, 1_000)


def properties(judge: Callable[[Errand, int], Lateness], errand: Errand, now: int) -> bool:
    """What holds of every errand: never early by a negative time, never less late as time goes by, never a wish for a
    reason that was given, and one for a reason exactly when the target was missed."""
    late, later = judge(errand, now), judge(errand, now + 7)
    given = judge(replace(errand, late_because=MissReason.TRAFFIC), now)
    arrived = time_of(errand, M.ARRIVED)
    missed_it = errand.target_at is not None and (now if arrived is None else arrived) > errand.target_at
    steady = late.by_ms >= 0 and later.by_ms >= late.by_ms and (late.by_ms > 0) >= missed_it
    return steady and not given.reason_wanted and late.reason_wanted == missed_it


@given(INSTANTS, INSTANTS, INSTANTS, st.integers(0, 1_000))
def test_lateness_only_grows_and_asks_for_a_reason_exactly_when_the_target_was_missed(
    target: int | None, arrived: int | None, estimate: int | None, now: int
) -> None:
    assert properties(lateness, an_errand(target, arrived, estimate), now)


def _forgiving(errand: Errand, now: int) -> Lateness:
    lenient = None if errand.target_at is None else errand.target_at + 10
    return lateness(replace(errand, target_at=lenient), now)


def _forgetful(errand: Errand, now: int) -> Lateness:
    return replace(lateness(errand, now), reason_wanted=False)


def _hopeful(errand: Errand, now: int) -> Lateness:
    """It believes the estimate where the target has passed."""
    return lateness(errand, min(now, errand.target_at or now))


@pytest.mark.parametrize("mutant", [_forgiving, _forgetful, _hopeful])
def test_a_wrong_rule_would_be_found(mutant: Callable[[Errand, int], Lateness]) -> None:
    tried = [
        an_errand(target, arrived, estimate)
        for target in (None, 100)
        for arrived in (None, 101)
        for estimate in (None, 120)
    ]
    assert not all(properties(mutant, errand, now) for errand in tried for now in (99, 101))


def test_every_reason_has_words_in_both_languages() -> None:
    assert set(MISS_WORDS) == set(MissReason)
    assert all(words.ja and words.en for words in MISS_WORDS.values())


def test_a_conflict_names_itself() -> None:
    with pytest.raises(Conflict, match="departed"):
        told(ON_SITE, said(M.DEPARTED, NOW + HOUR), said(M.ARRIVED, NOW))
