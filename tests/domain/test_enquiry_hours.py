"""When a person answers: the table of the terms, instant by instant, in Japan's time."""

from datetime import date, datetime, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from servicehost.domain.enquiry_hours import JAPAN, Enquiry, EnquiryHours, Hours, answering, said_of

HOURS = EnquiryHours()


def at(text: str) -> int:
    return round(datetime.fromisoformat(text).replace(tzinfo=JAPAN).timestamp() * 1000)


@pytest.mark.parametrize(
    ("enquiry", "now", "answers_from"),
    [
        # 2026-11-23 is a Monday and a public holiday.
        ("fault", "2026-11-23 03:00", "2026-11-23 03:00"),
        ("on_site", "2027-01-01 03:00", "2027-01-01 03:00"),
        ("usage", "2026-11-23 08:59", "2026-11-23 09:00"),
        ("usage", "2026-11-23 09:00", "2026-11-23 09:00"),
        ("usage", "2026-11-23 18:59", "2026-11-23 18:59"),
        ("usage", "2026-11-23 19:00", "2026-11-24 09:00"),
        ("usage", "2027-01-01 12:00", "2027-01-01 12:00"),
        ("procedure", "2026-11-20 17:29", "2026-11-20 17:29"),
        ("procedure", "2026-11-20 17:30", "2026-11-24 09:00"),
        ("procedure", "2026-11-21 12:00", "2026-11-24 09:00"),
        ("procedure", "2026-11-23 12:00", "2026-11-24 09:00"),
        ("procedure", "2026-12-28 18:00", "2027-01-04 09:00"),
        ("procedure", "2026-05-02 00:00", "2026-05-07 09:00"),
    ],
)
def test_a_person_answers_from(enquiry: str, now: str, answers_from: str) -> None:
    found = answering(HOURS, Enquiry(enquiry), at(now))
    assert (found.answers_from, found.open_now) == (at(answers_from), now == answers_from)


def test_days_are_taken_out_and_in_by_the_settings() -> None:
    closed = msgspec.structs.replace(HOURS, closed_dates=frozenset({date(2026, 11, 24)}))
    assert answering(closed, Enquiry.PROCEDURE, at("2026-11-23 12:00")).answers_from == at("2026-11-25 09:00")
    opened = msgspec.structs.replace(HOURS, open_dates=frozenset({date(2026, 11, 23)}))
    assert answering(opened, Enquiry.PROCEDURE, at("2026-11-23 12:00")).open_now
    ordinary = msgspec.structs.replace(HOURS, public_holidays=False)
    assert answering(ordinary, Enquiry.PROCEDURE, at("2026-11-23 12:00")).open_now


def test_where_nobody_ever_answers_no_time_is_named() -> None:
    never = msgspec.structs.replace(HOURS, procedure=Hours(days=frozenset()))
    found = answering(never, Enquiry.PROCEDURE, at("2026-11-23 12:00"))
    assert (found.open_now, found.answers_from) == (False, None)
    assert "追ってご案内いたします" in said_of(found).ja


@pytest.mark.parametrize(
    ("enquiry", "now", "ja", "en"),
    [
        ("on_site", "2026-11-23 03:00", "24時間365日、担当者が対応いたします", "at any hour"),
        ("usage", "2026-11-23 12:00", "ただいま担当者が対応いたします", "answered now"),
        ("usage", "2026-11-23 22:15", "11月24日(火)9:00以降となります", "from Tue 2026-11-24 09:00 JST"),
    ],
)
def test_it_is_said_in_both_languages(enquiry: str, now: str, ja: str, en: str) -> None:
    words = said_of(answering(HOURS, Enquiry(enquiry), at(now)))
    assert ja in words.ja
    assert en in words.en


@given(
    enquiry=st.sampled_from(Enquiry),
    now=st.datetimes(min_value=datetime(2022, 1, 1), max_value=datetime(2098, 1, 1)),  # noqa: DTZ001 - Japan's, below
)
def test_whenever_it_is_said_somebody_answers_then_and_nobody_before(enquiry: Enquiry, now: datetime) -> None:
    instant = round(now.replace(tzinfo=JAPAN).timestamp() * 1000)
    found = answering(HOURS, enquiry, instant)
    assert found.answers_from is not None
    assert answering(HOURS, enquiry, found.answers_from).open_now
    if not found.open_now:
        assert not answering(HOURS, enquiry, found.answers_from - 1).open_now
        assert found.answers_from - instant < timedelta(days=11).total_seconds() * 1000
