"""When a person answers. What the machine does, from taking a request to its verdict, it does at any hour.

The hours are the field's: service faults and on-site swaps day and night; how to use the service, hardware failure
included, 9:00 to 19:00 every day; contracts and procedures on weekdays, 9:00 to 17:30. All times are Japan's, which has
known no summer time since 1951.
"""

import enum
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Final

import msgspec

from servicehost.domain.public_holidays import is_public_holiday
from servicehost.domain.rule import Text

__all__ = ["JAPAN", "Answering", "Enquiry", "EnquiryHours", "Hours", "answering", "said_of"]

JAPAN: Final = timezone(timedelta(hours=9), "JST")
_DAY_MINUTES: Final = 24 * 60
_LOOK_AHEAD_DAYS: Final = 400
_EVERY_DAY: Final = frozenset(range(7))
_WEEKDAYS: Final = frozenset(range(5))


class Enquiry(enum.StrEnum):
    """What somebody asks about."""

    FAULT = "fault"
    ON_SITE = "on_site"
    USAGE = "usage"
    """How to use it, with hardware failure and defects of software."""
    PROCEDURE = "procedure"
    """Contracts and procedures, with a change of the declared location."""


class Hours(msgspec.Struct, frozen=True, kw_only=True):
    """Minutes of the day, up to and not including `closes`, on these days of the week (0 is Monday).

    `rests`: not on public holidays, nor on the days that the provider is closed.
    """

    opens: int = 0
    closes: int = _DAY_MINUTES
    days: frozenset[int] = _EVERY_DAY
    rests: bool = False


class EnquiryHours(msgspec.Struct, frozen=True, kw_only=True):
    """The hours of each kind of enquiry; of faults and on-site swaps somebody answers at any time.

    `closed_days` are closed every year, as (month, day); `closed_dates` once. `open_dates` are no holidays whatever the
    calendar says. The closing at the turn of the year and the days named are (U) values.
    """

    usage: Hours = Hours(opens=9 * 60, closes=19 * 60)
    procedure: Hours = Hours(opens=9 * 60, closes=17 * 60 + 30, days=_WEEKDAYS, rests=True)
    public_holidays: bool = True
    closed_days: frozenset[tuple[int, int]] = frozenset({(12, 29), (12, 30), (12, 31), (1, 2), (1, 3)})
    closed_dates: frozenset[date] = frozenset()
    open_dates: frozenset[date] = frozenset()

    def of(self, enquiry: Enquiry) -> Hours:
        """The hours of one kind."""
        return {Enquiry.USAGE: self.usage, Enquiry.PROCEDURE: self.procedure}.get(enquiry, Hours())

    def open_on(self, enquiry: Enquiry, day: date) -> bool:
        """Whether anybody answers such enquiries on that day at all."""
        hours = self.of(enquiry)
        if day.weekday() not in hours.days or hours.opens >= hours.closes:
            return False
        return not (hours.rests and self._rests(day))

    def _rests(self, day: date) -> bool:
        if day in self.open_dates:
            return False
        closed = day in self.closed_dates or (day.month, day.day) in self.closed_days
        return closed or (self.public_holidays and is_public_holiday(day))


class Answering(msgspec.Struct, frozen=True, kw_only=True):
    """Whether a person answers now, and else from when on; None: not within the next 400 days."""

    enquiry: Enquiry
    open_now: bool
    answers_from: int | None
    always: bool


def answering(hours: EnquiryHours, enquiry: Enquiry, now: int) -> Answering:
    """`now` and `answers_from` are milliseconds UTC; open now, `answers_from` is `now`."""
    here = datetime.fromtimestamp(now / 1000, UTC).astimezone(JAPAN)
    openings = (_opening(hours, enquiry, here, ahead) for ahead in range(_LOOK_AHEAD_DAYS))
    found = next((opening for opening in openings if opening is not None), None)
    at = None if found is None else max(now, round(found.timestamp() * 1000))
    return Answering(enquiry=enquiry, open_now=at == now, answers_from=at, always=hours.of(enquiry) == Hours())


def _opening(hours: EnquiryHours, enquiry: Enquiry, here: datetime, ahead: int) -> datetime | None:
    """The first instant of that day, not before `here`, at which somebody answers."""
    midnight = datetime.combine(here.date() + timedelta(days=ahead), datetime.min.time(), JAPAN)
    if not hours.open_on(enquiry, midnight.date()):
        return None
    span = hours.of(enquiry)
    opens, closes = midnight + timedelta(minutes=span.opens), midnight + timedelta(minutes=span.closes)
    return max(opens, here) if here < closes else None


_DAYS_JA: Final = "月火水木金土日"
_DAYS_EN: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_SUBJECT: Final[Mapping[Enquiry, Text]] = {
    Enquiry.FAULT: Text(ja="サービス障害のお問い合わせ", en="Service faults"),
    Enquiry.ON_SITE: Text(ja="駆けつけ交換のご依頼", en="On-site swaps"),
    Enquiry.USAGE: Text(
        ja="ご利用方法(機器故障を含む)のお問い合わせ", en="Questions of use, hardware failure included"
    ),
    Enquiry.PROCEDURE: Text(ja="ご契約・お手続きのお問い合わせ", en="Contracts and procedures"),
}


def said_of(found: Answering) -> Text:
    """When a person answers, in words for the customer."""
    subject = _SUBJECT[found.enquiry]
    if found.always:
        ja = f"{subject.ja}には、24時間365日、担当者が対応いたします。"
        return Text(ja=ja, en=f"{subject.en}: answered at any hour.")
    if found.open_now:
        return Text(ja=f"{subject.ja}には、ただいま担当者が対応いたします。", en=f"{subject.en}: answered now.")
    if found.answers_from is None:
        ja = f"{subject.ja}への担当者からの回答時期は、追ってご案内いたします。"
        return Text(ja=ja, en=f"{subject.en}: no hours are set; we will say when a person answers.")
    at = datetime.fromtimestamp(found.answers_from / 1000, UTC).astimezone(JAPAN)
    day_ja, day_en = _DAYS_JA[at.weekday()], _DAYS_EN[at.weekday()]
    ja = (
        f"{subject.ja}の受付と自動判定は24時間行っております。担当者からの回答は、"
        f"{at.month}月{at.day}日({day_ja}){at.hour}:{at.minute:02d}以降となります。"
    )
    en = f"{subject.en}: taken and judged at any hour; a person answers from {day_en} {at:%Y-%m-%d %H:%M} JST."
    return Text(ja=ja, en=en)
