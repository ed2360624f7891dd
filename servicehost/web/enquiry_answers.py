"""Answers of the API about when a person answers. Times are RFC 3339, UTC."""

import msgspec

from servicehost.domain.enquiry_hours import Answering, Enquiry, EnquiryHours, answering, said_of
from servicehost.domain.exchange import Exchange
from servicehost.web.answers import Time, time_or_none
from servicehost.web.case_answers import ExchangeAnswer, exchange_fields

__all__ = ["AnsweringAnswer", "EnquiryHoursAnswer", "ExchangeRequested"]


class AnsweringAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Whether a person answers such enquiries now, and else from when on (null: no hours are set), in both languages.

    `always`: they do so day and night.
    """

    enquiry: Enquiry
    open_now: bool
    answers_from: Time | None
    always: bool
    text_ja: str
    text_en: str

    @classmethod
    def of(cls, found: Answering) -> "AnsweringAnswer":
        words = said_of(found)
        return cls(
            enquiry=found.enquiry,
            open_now=found.open_now,
            answers_from=time_or_none(found.answers_from),
            always=found.always,
            text_ja=words.ja,
            text_en=words.en,
        )


class EnquiryHoursAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Every kind of enquiry. What the machine does, it does at any hour."""

    items: list[AnsweringAnswer]

    @classmethod
    def of(cls, hours: EnquiryHours, now: int) -> "EnquiryHoursAnswer":
        return cls(items=[AnsweringAnswer.of(answering(hours, enquiry, now)) for enquiry in Enquiry])


class ExchangeRequested(ExchangeAnswer, frozen=True, kw_only=True):
    """An exchange as it was asked for, and when a person answers: with the option at any hour, without it in the hours
    of questions of use. The verdict does not wait for that."""

    person: AnsweringAnswer

    @classmethod
    def of_asked(cls, exchange: Exchange, option: bool, hours: EnquiryHours, now: int) -> "ExchangeRequested":
        enquiry = Enquiry.ON_SITE if option else Enquiry.USAGE
        return cls(**exchange_fields(exchange), person=AnsweringAnswer.of(answering(hours, enquiry, now)))
