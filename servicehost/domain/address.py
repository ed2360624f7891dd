"""Postal addresses in Japan: what people write, checked against the list of places, and what is kept of it.

Japan only, as adapters are shipped within Japan only. Hyphens, full-width digits and spaces are forgiven; what
contradicts itself is refused by name. That the list does not know a postal code is a doubt and no refusal: codes are
made every month, and the list has an age. A person's word, with its reason, settles a doubt.
"""

import enum
import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Final

import msgspec

from servicehost.domain.place import Municipality, Place, Prefecture, postal_digits, printed_postal_code
from servicehost.domain.places import Places
from servicehost.domain.rule import Text

__all__ = [
    "MAX_ADDRESSEE",
    "MAX_REST",
    "PLACE_FAULTS",
    "Address",
    "AddressFault",
    "Checked",
    "Finding",
    "WrittenAddress",
    "check_address",
]

MAX_REST: Final = 120
MAX_ADDRESSEE: Final = 100

_TELEPHONE: Final = re.compile(r"0[0-9]{9,10}")
_HYPHEN: Final = re.compile(r"(?<=[0-9])[‐‑‒–—―−ー](?=[0-9])")
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f]")


class AddressFault(enum.StrEnum):
    """What is wrong with a written address. The first is a doubt: a person's word settles it."""

    POSTAL_CODE_UNKNOWN = "postal_code_unknown"
    POSTAL_CODE_MALFORMED = "postal_code_malformed"
    POSTAL_CODE_ELSEWHERE = "postal_code_elsewhere"
    PREFECTURE_UNKNOWN = "prefecture_unknown"
    MUNICIPALITY_UNKNOWN = "municipality_unknown"
    MUNICIPALITY_FORMER = "municipality_former"
    WARD_MISSING = "ward_missing"
    REST_MISSING = "rest_missing"
    REST_TOO_LONG = "rest_too_long"
    ADDRESSEE_MISSING = "addressee_missing"
    ADDRESSEE_TOO_LONG = "addressee_too_long"
    TELEPHONE_MALFORMED = "telephone_malformed"


PLACE_FAULTS: Final = tuple(fault.value for fault in AddressFault)[:7]
"""The codes by which a place is refused; the rest concerns who and where exactly."""


class WrittenAddress(msgspec.Struct, frozen=True, kw_only=True):
    """As somebody wrote it. Prefecture and municipality by name or code; `rest` is everything after them."""

    postal_code: str
    prefecture: str
    municipality: str
    rest: str = ""
    addressee: str = ""
    telephone: str = ""


class Address(msgspec.Struct, frozen=True, kw_only=True):
    """A checked address. `postal_code` has seven digits, `telephone` digits alone; names are the list's own.

    `municipality_code` is the five-digit local government code, its first two digits the prefecture's.
    """

    postal_code: str
    municipality_code: str
    prefecture: str
    municipality: str
    rest: str
    addressee: str
    telephone: str

    @property
    def line(self) -> str:
        """In one line as it is written in Japan, without addressee and telephone."""
        return f"〒{printed_postal_code(self.postal_code)} {self.prefecture}{self.municipality}{self.rest}"


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One thing about a written address. `doubt`: it may be right all the same."""

    fault: AddressFault
    words: Text

    @property
    def doubt(self) -> bool:
        return self.fault is AddressFault.POSTAL_CODE_UNKNOWN


class Checked(msgspec.Struct, frozen=True, kw_only=True):
    """What came of it. `address` and `place` are there unless something is wrong that no word settles."""

    findings: tuple[Finding, ...]
    address: Address | None = None
    place: Place | None = None

    @property
    def wrong(self) -> tuple[Finding, ...]:
        """What no word settles."""
        return tuple(one for one in self.findings if not one.doubt)

    @property
    def doubts(self) -> tuple[Finding, ...]:
        return tuple(one for one in self.findings if one.doubt)


def check_address(written: WrittenAddress, places: Places, *, place_only: bool = False) -> Checked:
    """Never raises. `place_only`: rest, addressee and telephone are not asked for."""
    postal_code = postal_digits(written.postal_code)
    prefecture = places.prefecture(_folded(written.prefecture))
    rest = _folded(written.rest)
    found: list[Finding] = []
    municipality: Municipality | None = None
    if postal_code is None:
        found.append(_finding(AddressFault.POSTAL_CODE_MALFORMED, written.postal_code))
    if prefecture is None:
        found.append(_finding(AddressFault.PREFECTURE_UNKNOWN, written.prefecture))
    else:
        municipality, rest, fault = _municipality(places, prefecture, _folded(written.municipality), rest)
        found += [] if fault is None else [fault]
    if postal_code is not None and municipality is not None:
        found += _against_each_other(places, postal_code, municipality)
    telephone = _telephone(written.telephone)
    found += [] if place_only else _of_the_rest(rest, written.addressee.strip(), telephone)
    if postal_code is None or municipality is None or any(not one.doubt for one in found):
        return Checked(findings=tuple(found))
    address = Address(
        postal_code=postal_code,
        municipality_code=municipality.code,
        prefecture=municipality.prefecture,
        municipality=municipality.name,
        rest=rest,
        addressee=written.addressee.strip(),
        telephone=telephone,
    )
    return Checked(findings=tuple(found), address=address, place=places.place(municipality.code, postal_code))


def _folded(text: str) -> str:
    """Full-width digits and letters as plain ones, half-width kana as full, hyphens between digits as plain ones."""
    return _HYPHEN.sub("-", unicodedata.normalize("NFKC", text).strip())


def _municipality(
    places: Places, prefecture: Prefecture, written: str, rest: str
) -> tuple[Municipality | None, str, Finding | None]:
    """The municipality and the rest without a ward that stood at its beginning; else what is wrong."""
    found = places.named(prefecture, written)
    if len(found) != 1:
        return None, rest, _no_such(places, prefecture, written)
    wards = [one for one in places.within(found[0].code) if one.ward_of == found[0].code]
    if not wards:
        return found[0], rest, None
    for ward in wards:
        name = ward.name.removeprefix(found[0].name)
        if rest.startswith(name):
            return ward, rest.removeprefix(name).lstrip(), None
    return None, rest, _finding(AddressFault.WARD_MISSING, "、".join(ward.name for ward in wards))


def _no_such(places: Places, prefecture: Prefecture, written: str) -> Finding:
    former = [one for one in places.former.values() if written in (one.code, one.name)]
    here = [one for one in former if one.prefecture == prefecture.name]
    if not here:
        return _finding(AddressFault.MUNICIPALITY_UNKNOWN, f"{prefecture.name} {written}")
    became = "、".join(places.words_for(code) for code in here[0].became)
    gone = f"{here[0].name} ({here[0].until})"
    return _finding(AddressFault.MUNICIPALITY_FORMER, f"{gone} → {became}" if became else gone)


def _against_each_other(places: Places, postal_code: str, municipality: Municipality) -> Iterator[Finding]:
    owners = places.at(postal_code)
    if not owners:
        yield _finding(AddressFault.POSTAL_CODE_UNKNOWN, f"{printed_postal_code(postal_code)} ({places.as_of})")
    elif municipality not in owners:
        there = "、".join(one.prefecture + one.name for one in owners)
        yield _finding(AddressFault.POSTAL_CODE_ELSEWHERE, f"{printed_postal_code(postal_code)} = {there}")


def _of_the_rest(rest: str, addressee: str, telephone: str) -> Iterator[Finding]:
    if not rest or _CONTROL.search(rest):
        yield _finding(AddressFault.REST_MISSING, "")
    if len(rest) > MAX_REST:
        yield _finding(AddressFault.REST_TOO_LONG, str(MAX_REST))
    if not addressee or _CONTROL.search(addressee):
        yield _finding(AddressFault.ADDRESSEE_MISSING, "")
    if len(addressee) > MAX_ADDRESSEE:
        yield _finding(AddressFault.ADDRESSEE_TOO_LONG, str(MAX_ADDRESSEE))
    if not _TELEPHONE.fullmatch(telephone):
        yield _finding(AddressFault.TELEPHONE_MALFORMED, "")


def _telephone(written: str) -> str:
    """Digits alone, from inside Japan: +81 3 1234 5678 is 0312345678."""
    text = re.sub(r"[\s()‐‑‒–—―−ー・.-]", "", _folded(written))
    return "0" + text.removeprefix("+81").removeprefix("0") if text.startswith("+81") else text


def _finding(fault: AddressFault, about: str) -> Finding:
    words = _WORDS[fault]
    return Finding(fault=fault, words=Text(ja=words.ja.format(about), en=words.en.format(about)))


_WORDS: Final[Mapping[AddressFault, Text]] = {
    AddressFault.POSTAL_CODE_UNKNOWN: Text(
        ja="郵便番号 {} は住所一覧にありません。正しいことをご確認のうえ、確認した方法を理由として添えてください。",
        en="The postal code {} is not in the list of that date. Make sure of it, and say how you did as the reason.",
    ),
    AddressFault.POSTAL_CODE_MALFORMED: Text(
        ja="「{}」は郵便番号ではありません。7 桁の数字でご記入ください。",
        en="{!r} is no postal code; write its seven digits, like 100-0001.",
    ),
    AddressFault.POSTAL_CODE_ELSEWHERE: Text(
        ja="郵便番号と市区町村が一致しません({})。どちらかをお直しください。",
        en="Postal code and municipality do not agree ({}); correct one of them.",
    ),
    AddressFault.PREFECTURE_UNKNOWN: Text(
        ja="「{}」という都道府県はありません。「東京都」のように、またはコード(01 から 47)でご記入ください。",
        en="{!r} is no prefecture; write its name in full, like 東京都, or its code from 01 to 47.",
    ),
    AddressFault.MUNICIPALITY_UNKNOWN: Text(
        ja="{} という市区町村は住所一覧にありません。区まで含めた名称、またはコード(5 桁)でご記入ください。",
        en="The list has no municipality {}; write its whole name, ward included, or its code of five digits.",
    ),
    AddressFault.MUNICIPALITY_FORMER: Text(
        ja="{} は廃止された市区町村です。現在の名称でご記入ください。",
        en="This municipality is no more: {}. Write its present name.",
    ),
    AddressFault.WARD_MISSING: Text(
        ja="区が記入されていません。次のいずれかでご記入ください: {}",
        en="The ward is missing; it is one of: {}",
    ),
    AddressFault.REST_MISSING: Text(
        ja="町名・番地がご記入されていません。1 行でご記入ください。",
        en="What follows the municipality is missing: district and house number, in one line.",
    ),
    AddressFault.REST_TOO_LONG: Text(
        ja="町名・番地・建物名は {} 文字以内でご記入ください。",
        en="What follows the municipality has at most {} characters.",
    ),
    AddressFault.ADDRESSEE_MISSING: Text(
        ja="宛名がご記入されていません。1 行でご記入ください。",
        en="The addressee is missing; write one line.",
    ),
    AddressFault.ADDRESSEE_TOO_LONG: Text(
        ja="宛名は {} 文字以内でご記入ください。",
        en="The addressee has at most {} characters.",
    ),
    AddressFault.TELEPHONE_MALFORMED: Text(
        ja="電話番号は、0 から始まる 10 桁または 11 桁の番号でご記入ください。",
        en="The telephone number has ten or eleven digits, beginning with 0.",
    ),
}
