"""Places as Japan's public lists name them: prefectures, municipalities, and where an address lies.

A municipality is known by the five digits of the nationwide local government code (JIS X 0402) without their check
digit; the first two are its prefecture's (JIS X 0401). A ward of a designated city is a municipality with a code of
its own, and `ward_of` the city's; a special ward of Tokyo is of no city.
"""

import re
import unicodedata
from typing import Final

import msgspec

__all__ = [
    "PREFECTURE_PATTERN",
    "FormerMunicipality",
    "Municipality",
    "Place",
    "Prefecture",
    "postal_digits",
    "printed_postal_code",
]

PREFECTURE_PATTERN: Final = r"^(?:0[1-9]|[1-3][0-9]|4[0-7])$"
_POSTAL: Final = re.compile(r"[0-9]{7}")
# Whatever people write between the third digit and the fourth, the long vowel of kana included.
_HYPHENS: Final = dict.fromkeys(map(ord, "-‐‑‒–—―−ーｰ－ \u3000〒"))


class Prefecture(msgspec.Struct, frozen=True, kw_only=True):
    """One of the forty-seven. `kana` in full-width katakana."""

    code: str
    name: str
    kana: str


class Municipality(msgspec.Struct, frozen=True, kw_only=True):
    """A city, town, village or ward. `name` as addresses have it after the prefecture, a town's district included."""

    code: str
    name: str
    kana: str
    prefecture: str
    """Name of the prefecture."""
    ward_of: str | None = None

    @property
    def prefecture_code(self) -> str:
        return self.code[:2]

    def lies_in(self, code: str) -> bool:
        """Whether this is, or lies in, the prefecture, city or municipality of that code."""
        return code in (self.code, self.ward_of, self.prefecture_code)


class FormerMunicipality(msgspec.Struct, frozen=True, kw_only=True):
    """One that is no more: until when (a date as 2023-12-31), and the codes of what it has become."""

    code: str
    name: str
    prefecture: str
    until: str
    became: tuple[str, ...]


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """Where something stands, by codes. `city` is the designated city of a ward. What a closed area is held against."""

    municipality: str
    city: str | None = None
    postal_code: str = ""

    @property
    def prefecture(self) -> str:
        return self.municipality[:2]

    def lies_in(self, code: str) -> bool:
        """Whether it lies in the prefecture, city or municipality of that code."""
        return code in (self.municipality, self.city, self.prefecture)


def postal_digits(text: str) -> str | None:
    """The seven digits, however they were written: full-width, with any hyphen, after 〒. None: it is no such code."""
    digits = unicodedata.normalize("NFKC", text.strip()).translate(_HYPHENS)
    return digits if _POSTAL.fullmatch(digits) and digits.isascii() else None


def printed_postal_code(digits: str) -> str:
    """As it is printed: 100-0001."""
    return f"{digits[:3]}-{digits[3:]}" if digits else ""
