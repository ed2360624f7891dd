"""Answers of the API about places and addresses. Each says how old the list is that it rests on."""

from datetime import date
from typing import Annotated

import msgspec
from msgspec import Meta

from servicehost.domain.address import Address, AddressFault, Checked, Finding
from servicehost.domain.instant import as_datetime, rfc3339
from servicehost.domain.place import Municipality, printed_postal_code
from servicehost.domain.shipping_address import ShippingAddress
from servicehost.operations.area_catalogue import AreaPolicy
from servicehost.web.answers import Time

__all__ = [
    "AddressAnswer",
    "AddressCheckAnswer",
    "AddressFinding",
    "Municipalities",
    "MunicipalityAnswer",
    "PlacesAnswer",
    "PostalCodeAnswer",
    "Prefectures",
    "ShippingAddressAnswer",
    "ShippingAddresses",
    "today_in_japan",
]

_NINE_HOURS_MS = 9 * 3_600_000


def today_in_japan(now: int) -> date:
    """The day that it is in Japan at an instant."""
    return as_datetime(now + _NINE_HOURS_MS).date()


class PlacesAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """How old the packaged list of places is, and what it holds. `old`: past the age that the settings allow."""

    as_of: Annotated[str, Meta(description="The day that the list stands for", examples=["2026-10-03"])]
    age_days: int
    old: bool
    source: str
    municipalities: int
    postal_codes: int

    @classmethod
    def of(cls, policy: AreaPolicy, now: int) -> "PlacesAnswer":
        age = policy.places.age(today_in_japan(now))
        return cls(
            as_of=age.as_of.isoformat(),
            age_days=age.days,
            old=age.days >= policy.list_is_old_after_days,
            source=age.source,
            municipalities=age.municipalities,
            postal_codes=age.postal_codes,
        )


class MunicipalityAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A municipality, by its code of five digits. `ward_of` is the designated city's code."""

    code: str
    prefecture_code: str
    prefecture: str
    name: str
    kana: str
    ward_of: str | None

    @classmethod
    def of(cls, one: Municipality) -> "MunicipalityAnswer":
        return cls(
            code=one.code,
            prefecture_code=one.prefecture_code,
            prefecture=one.prefecture,
            name=one.name,
            kana=one.kana,
            ward_of=one.ward_of,
        )


class Municipalities(msgspec.Struct, frozen=True, kw_only=True):
    """`next` is the `after` of the part that follows; null: there is none."""

    items: list[MunicipalityAnswer]
    next: str | None
    list: PlacesAnswer


class PrefectureAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A prefecture, by its code of two digits."""

    code: str
    name: str
    kana: str


class Prefectures(msgspec.Struct, frozen=True, kw_only=True):
    """The forty-seven, in the order of their codes."""

    items: list[PrefectureAnswer]
    list: PlacesAnswer


class PostalCodeAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The municipalities that a postal code lies in; none: the list does not have it, which its age may explain."""

    postal_code: str
    items: list[MunicipalityAnswer]
    list: PlacesAnswer


class AddressAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """An address as it is kept: names of the list, digits without hyphens but in the postal code."""

    postal_code: str
    municipality_code: str
    prefecture: str
    municipality: str
    rest: str
    addressee: str
    telephone: str

    @classmethod
    def of(cls, one: Address) -> "AddressAnswer":
        return cls(
            postal_code=printed_postal_code(one.postal_code),
            municipality_code=one.municipality_code,
            prefecture=one.prefecture,
            municipality=one.municipality,
            rest=one.rest,
            addressee=one.addressee,
            telephone=one.telephone,
        )


class ShippingAddressAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A shipping address as it was said; `address` null: it was erased. `word`: how a doubt about it was settled."""

    number: int
    service_code: str
    address: AddressAnswer | None
    said_at: Time
    said_by: str
    word: str
    list: PlacesAnswer

    @classmethod
    def of(cls, one: ShippingAddress, listed: PlacesAnswer) -> "ShippingAddressAnswer":
        return cls(
            number=one.number,
            service_code=one.service_code,
            address=None if one.address is None else AddressAnswer.of(one.address),
            said_at=rfc3339(one.said_at),
            said_by=one.said_by,
            word=one.word,
            list=listed,
        )


class ShippingAddresses(msgspec.Struct, frozen=True, kw_only=True):
    """In the order in which they were said; the last counts. `next` is the `after` of the part that follows."""

    items: list[ShippingAddressAnswer]
    next: int | None


class AddressFinding(msgspec.Struct, frozen=True, kw_only=True):
    """One thing about an address. `doubt`: a person's word, with its reason, settles it."""

    code: AddressFault
    doubt: bool
    text_ja: str
    text_en: str

    @classmethod
    def of(cls, one: Finding) -> "AddressFinding":
        return cls(code=one.fault, doubt=one.doubt, text_ja=one.words.ja, text_en=one.words.en)


class AddressCheckAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What is found of an address. `valid`: nothing at all; with doubts alone it can be kept on a person's word."""

    valid: bool
    findings: list[AddressFinding]
    address: AddressAnswer | None
    list: PlacesAnswer

    @classmethod
    def of(cls, checked: Checked, listed: PlacesAnswer) -> "AddressCheckAnswer":
        return cls(
            valid=not checked.findings,
            findings=[AddressFinding.of(one) for one in checked.findings],
            address=None if checked.address is None else AddressAnswer.of(checked.address),
            list=listed,
        )
