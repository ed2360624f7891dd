"""The list of Japan's prefectures, municipalities and postal codes, and what can be looked up in it. It has an age."""

import re
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Final

import msgspec

from servicehost.domain.place import FormerMunicipality, Municipality, Place, Prefecture

__all__ = ["NO_PLACES", "ListAge", "Places"]

_DISTRICT: Final = re.compile(r".+?[郡島](.+[町村])")


class ListAge(msgspec.Struct, frozen=True, kw_only=True):
    """How old the list is. `days` is what has gone by since `as_of`; never negative."""

    as_of: date
    source: str
    days: int
    municipalities: int
    postal_codes: int


class Places:
    """The list. Immutable; 143,000 postal codes take about a megabyte."""

    def __init__(
        self,
        *,
        as_of: date,
        source: str,
        prefectures: Sequence[Prefecture],
        municipalities: Sequence[Municipality],
        former: Sequence[FormerMunicipality] = (),
        postal_codes: Iterable[tuple[int, int]] = (),
    ) -> None:
        """`postal_codes` are pairs of a code as a number and the place of a municipality in `municipalities`."""
        self.as_of = as_of
        self.source = source
        self.prefectures = tuple(prefectures)
        self.municipalities = tuple(municipalities)
        self.former: Mapping[str, FormerMunicipality] = {one.code: one for one in former}
        self._by_code = {one.code: one for one in self.municipalities}
        pairs = sorted(postal_codes)
        self._codes = array("I", (code for code, _ in pairs))
        self._owners = array("H", (owner for _, owner in pairs))

    def age(self, today: date) -> ListAge:
        """How old the list is on that day."""
        return ListAge(
            as_of=self.as_of,
            source=self.source,
            days=max(0, (today - self.as_of).days),
            municipalities=len(self.municipalities),
            postal_codes=len(set(self._codes)),
        )

    def municipality(self, code: str) -> Municipality | None:
        """The one of that code, if it is one today."""
        return self._by_code.get(code)

    def prefecture(self, named: str) -> Prefecture | None:
        """By code or name."""
        return next((one for one in self.prefectures if named in (one.code, one.name)), None)

    def at(self, postal_code: str) -> tuple[Municipality, ...]:
        """The municipalities that the postal code (seven digits) lies in; none: the list does not have it."""
        code = int(postal_code)
        found = self._owners[bisect_left(self._codes, code) : bisect_right(self._codes, code)]
        return tuple(self.municipalities[owner] for owner in found)

    def named(self, prefecture: Prefecture, written: str) -> tuple[Municipality, ...]:
        """The municipalities of the prefecture with that code or name; a town's district or island may be left out."""
        return tuple(one for one in self.within(prefecture.code) if written in (one.code, one.name, _short(one.name)))

    def within(self, code: str) -> Iterator[Municipality]:
        """Those in a prefecture or a designated city, and the municipality of that code itself; in order of codes."""
        return (one for one in self.municipalities if one.lies_in(code))

    def knows(self, code: str) -> bool:
        """Whether it is the code of a prefecture or of a municipality of today."""
        return code in self._by_code or any(code == one.code for one in self.prefectures)

    def words_for(self, code: str) -> str:
        """A prefecture or a municipality as an address names it; the code itself if the list does not have it."""
        municipality, past = self._by_code.get(code), self.former.get(code)
        if municipality is not None:
            return municipality.prefecture + municipality.name
        if past is not None:
            return past.prefecture + past.name
        prefecture = self.prefecture(code)
        return code if prefecture is None else prefecture.name

    def place(self, code: str, postal_code: str = "") -> Place:
        """The place in the municipality of that code; a code that the list does not have stands for itself."""
        municipality = self._by_code.get(code)
        city = None if municipality is None else municipality.ward_of
        return Place(municipality=code, city=city, postal_code=postal_code)


def _short(name: str) -> str:
    """田方郡函南町 is 函南町, and 三宅島三宅村 is 三宅村, to those who live there."""
    match = _DISTRICT.fullmatch(name)
    return name if match is None else match[1]


NO_PLACES: Final = Places(as_of=date(1970, 1, 1), source="no list", prefectures=(), municipalities=())
"""A list of nothing: every address would need a person's word."""
