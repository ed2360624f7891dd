"""Answers of the API about where an exchange's units go, and why an errand is held. Times are RFC 3339, UTC."""

import msgspec

from servicehost.domain.destination import Destination, DestinationKind, DestinationWord
from servicehost.domain.hold import HOLD_TEXTS, Hold
from servicehost.domain.instant import rfc3339
from servicehost.web.answers import Time
from servicehost.web.place_answers import AddressAnswer

__all__ = ["DestinationAnswer", "DestinationWordAnswer", "HoldAnswer"]


class HoldAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Why an errand is held before it is ordered, and what to do about it."""

    hold: Hold
    text_ja: str
    text_en: str
    remedy_ja: str
    remedy_en: str

    @classmethod
    def of(cls, hold: Hold) -> "HoldAnswer":
        words, remedy = HOLD_TEXTS[hold]
        return cls(hold=hold, text_ja=words.ja, text_en=words.en, remedy_ja=remedy.ja, remedy_en=remedy.en)


class DestinationAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Where a unit goes to or comes from, and who receives there. `reason`: a dispatcher decided for it (`said_by`)
    instead of the usual place. Of kind `unknown` there is no place, and `hold` says what to do."""

    kind: DestinationKind
    address: str
    addressee: str
    telephone: str
    reason: str
    said_by: str
    hold: HoldAnswer | None

    @classmethod
    def of(cls, one: Destination) -> "DestinationAnswer":
        return cls(
            kind=one.kind,
            address=one.address,
            addressee=one.addressee,
            telephone=one.telephone,
            reason=one.reason,
            said_by=one.said_by,
            hold=None if one.hold is None else HoldAnswer.of(one.hold),
        )


class DestinationWordAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A dispatcher's word on it. `stand_in` null: the declared location is meant, or the address was erased."""

    number: int
    exchange: int
    kind: DestinationKind
    stand_in: AddressAnswer | None
    reason: str
    said_at: Time
    said_by: str

    @classmethod
    def of(cls, one: DestinationWord) -> "DestinationWordAnswer":
        return cls(
            number=one.number,
            exchange=one.exchange,
            kind=one.kind,
            stand_in=None if one.address is None else AddressAnswer.of(one.address),
            reason=one.reason,
            said_at=rfc3339(one.said_at),
            said_by=one.said_by,
        )
