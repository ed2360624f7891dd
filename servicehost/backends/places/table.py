"""The text that the list of places is kept in: one line a municipality, so that a new edition reads as its changes.

Lines have tabs between their columns; the first column says what the line is:

    as_of         the day the postal data stands for
    source        whose data it is
    prefecture    code, name, kana
    municipality  code, name, kana, code of its designated city (or nothing), postal codes
    former        code, name, prefecture, last day, codes of what it has become

Postal codes are written by their first three digits: `100:0001-0014,8111 101:0021` stands for 1000001 to 1000014,
1008111 and 1010021. Large offices' own codes are among them.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import groupby
from typing import Final

from servicehost.domain.place import FormerMunicipality, Municipality, Prefecture
from servicehost.domain.places import Places

__all__ = ["BadPlaces", "postal_text", "read_places", "written_places"]

_SUFFIX: Final = 10_000


class BadPlaces(ValueError):
    """A list that cannot be read; the message names its line."""


def read_places(text: str) -> Places:
    """Raises BadPlaces."""
    lines: dict[str, list[list[str]]] = defaultdict(list)
    for number, line in enumerate(text.splitlines(), start=1):
        if not line or line.startswith("#"):
            continue
        kind, *columns = line.split("\t")
        if len(columns) != _COLUMNS.get(kind):
            raise BadPlaces(f"line {number}: {kind!r} with {len(columns)} columns is no line of a list of places")
        lines[kind].append(columns)
    try:
        return _made(lines)
    except (ValueError, IndexError) as error:
        raise BadPlaces(f"no list of places: {error}") from error


_COLUMNS: Final = {"as_of": 1, "source": 1, "prefecture": 3, "municipality": 5, "former": 5}


def _made(lines: dict[str, list[list[str]]]) -> Places:
    prefectures = [Prefecture(code=code, name=name, kana=kana) for code, name, kana in lines["prefecture"]]
    names = {one.code: one.name for one in prefectures}
    municipalities = [
        Municipality(code=code, name=name, kana=kana, prefecture=names.get(code[:2], ""), ward_of=city or None)
        for code, name, kana, city, _ in lines["municipality"]
    ]
    former = [
        FormerMunicipality(code=code, name=name, prefecture=prefecture, until=until, became=tuple(became.split()))
        for code, name, prefecture, until, became in lines["former"]
    ]
    return Places(
        as_of=date.fromisoformat(lines["as_of"][0][0]),
        source=lines["source"][0][0],
        prefectures=prefectures,
        municipalities=municipalities,
        former=former,
        postal_codes=(
            (code, owner) for owner, columns in enumerate(lines["municipality"]) for code in _postal_codes(columns[-1])
        ),
    )


def _postal_codes(text: str) -> Iterator[int]:
    for group in text.split():
        head, _, suffixes = group.partition(":")
        for run in suffixes.split(","):
            first, _, last = run.partition("-")
            yield from range(int(head) * _SUFFIX + int(first), int(head) * _SUFFIX + int(last or first) + 1)


def postal_text(codes: Iterable[int]) -> str:
    """Postal codes as a column of the table."""
    heads = groupby(sorted(set(codes)), lambda code: code // _SUFFIX)
    return " ".join(f"{head:03d}:{_runs([code % _SUFFIX for code in of_head])}" for head, of_head in heads)


def _runs(suffixes: Sequence[int]) -> str:
    # In a run of neighbours each is as far from the start as it is down the list.
    runs = [[one for _, one in run] for _, run in groupby(enumerate(suffixes), lambda at: at[1] - at[0])]
    return ",".join(f"{run[0]:04d}" if len(run) == 1 else f"{run[0]:04d}-{run[-1]:04d}" for run in runs)


def written_places(
    *,
    as_of: date,
    source: str,
    prefectures: Iterable[Prefecture],
    municipalities: Iterable[tuple[Municipality, Iterable[int]]],
    former: Iterable[FormerMunicipality],
) -> str:
    """The whole text; `read_places` reads it back."""
    rows: list[tuple[str, ...]] = [("as_of", as_of.isoformat()), ("source", source)]
    rows += [("prefecture", one.code, one.name, one.kana) for one in prefectures]
    rows += [
        ("municipality", one.code, one.name, one.kana, one.ward_of or "", postal_text(codes))
        for one, codes in municipalities
    ]
    rows += [("former", one.code, one.name, one.prefecture, one.until, " ".join(one.became)) for one in former]
    return "".join("\t".join(row) + "\n" for row in rows)
