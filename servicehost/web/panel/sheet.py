"""A page's lists, each line under its key: what is sent is the lines that differ from those sent before."""

import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

import msgspec

from servicehost.web.panel.filters import Found
from servicehost.web.panel.headline import filled, headline_of
from servicehost.web.panel.knowledge import MAX_ADAPTERS
from servicehost.web.panel.language import Language
from servicehost.web.panel.paint import paint
from servicehost.web.panel.picture import FleetRow, Picture, PushRow
from servicehost.web.panel.search import Wish
from servicehost.web.panel.state_words import PRESENCES
from servicehost.web.panel.words import WORDS

__all__ = ["ROWS_SHOWN", "ListChange", "Sheet", "changes", "sheet_of"]

ROWS_SHOWN = 200
"""On one page: more than that nobody reads."""

Sheet: TypeAlias = Mapping[str, Mapping[str, str]]
"""List → key → HTML, in the order of the page."""


class ListChange(msgspec.Struct, frozen=True, kw_only=True):
    """All keys of a list in their order, and the lines that are new or differ."""

    order: list[str]
    items: dict[str, str]


def changes(before: Sheet, now: Sheet) -> dict[str, ListChange]:
    """The lists that differ. With nothing before: all of them, whole."""
    return {
        name: ListChange(order=list(lines), items=_differing(before.get(name, {}), lines))
        for name, lines in now.items()
        if before.get(name) != lines or list(before.get(name, {})) != list(lines)
    }


def _differing(before: Mapping[str, str], now: Mapping[str, str]) -> dict[str, str]:
    return {key: html for key, html in now.items() if before.get(key) != html}


def _pulse(picture: Picture) -> str:
    """It differs when something has happened; steps of rollouts and of tasks make no events of their own."""
    works = zlib.crc32(msgspec.json.encode((picture.rollouts, picture.tasks)))
    return f"{picture.event}-{works:x}"


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """The part of the fleet that a page shows: `rows` of the `fitting`, from the one in place `first` on. `held`: how
    many the filters hold, None without one; `following`: the address of the rows behind them, empty when there are
    none."""

    rows: tuple[FleetRow, ...]
    fitting: int
    first: int
    total: int
    held: int | None
    following: str


def sheet_of(picture: Picture, wish: Wish, language: Language, found: Found | None = None) -> Sheet:
    """Everything that moves on the page. `found`: whom the wish's filters hold."""
    pulse = {"pulse": {"pulse": paint("pulse", _pulse(picture), language)}}
    if wish.pulse:
        return pulse
    held = picture.fleet if found is None else tuple(row for row in picture.fleet if row.service_code in found.codes)
    sees = _sees(held, wish, found)
    part = _part(picture, held, wish, found)
    presences = picture.presences if found is None else _presences(held)

    def lines(kind: str, rows: Iterable[tuple[str, str, Any]], empty: str) -> dict[str, str]:
        """Of rows with their key and adapter those that are seen; `empty` is said only when there is none at all."""
        made, left_out = {}, False
        for key, service_code, row in rows:
            if sees(service_code):
                made[key] = paint(kind, row, language)
            else:
                left_out = True
        return made or {"empty": paint(f"no_{kind}", WORDS["none_found" if left_out else empty], language)}

    nothing = "nothing_found" if picture.fleet else "no_adapters"
    return pulse | {
        "headline": {"headline": paint("headline", headline_of(picture), language)},
        "presences": {state: paint("presence_tile", (state, count, wish), language) for state, count in presences},
        "phases": {phase: paint("phase_tile", (phase, count), language) for phase, count in picture.phases},
        "shown": {"shown": paint("shown", _shown(picture, part, found), language)},
        "fleet": lines("fleet_row", ((row.service_code, row.service_code, row) for row in part.rows), nothing),
        "fleet_pages": {"pages": paint("fleet_pages", (wish, part.following), language)},
        "pushes_open": lines("push_row", _pushes(picture.pushes_open), "nothing_open"),
        "pushes_ended": lines("push_row", _pushes(picture.pushes_ended), "nothing_ended"),
        "rollouts": {f"{row.rollout}": paint("rollout_row", row, language) for row in picture.rollouts}
        or {"empty": paint("no_rollout_row", WORDS["no_rollouts"], language)},
        "tasks": lines("task_row", ((f"{row.task}", row.service_code, row) for row in picture.tasks), "no_tasks"),
        "cases": lines("case", ((row.case.key, row.case.service_code, row) for row in picture.cases), "no_cases"),
        "events": lines("event_row", ((f"{row.event}", row.service_code, row) for row in picture.events), "no_events"),
    }


def _pushes(rows: Iterable[PushRow]) -> Iterator[tuple[str, str, Any]]:
    return ((f"{row.push}", row.service_code, row) for row in rows)


def _part(picture: Picture, held: Sequence[FleetRow], wish: Wish, found: Found | None) -> Part:
    fleet = [row for row in held if wish.fits(row)]
    begins = _place_behind(picture, wish.after, fleet)
    rows = tuple(fleet[begins : begins + ROWS_SHOWN])
    more = rows and begins + ROWS_SHOWN < len(fleet)
    return Part(
        rows=rows,
        fitting=len(fleet),
        first=begins + 1,
        total=len(picture.fleet),
        held=None if found is None else len(found.codes),
        following=wish.address(after=rows[-1].service_code) if more else "",
    )


def _place_behind(picture: Picture, after: str, fleet: Sequence[FleetRow]) -> int:
    """Where the page begins: behind the adapter that was the last one before, whether it fits still or not."""
    if not after:
        return 0
    before: set[str] = set()
    for row in picture.fleet:
        before.add(row.service_code)
        if row.service_code == after:
            return sum(1 for one in fleet if one.service_code in before)
    return 0


def _presences(rows: Iterable[FleetRow]) -> tuple[tuple[str, int], ...]:
    counts = Counter(row.presence for row in rows)
    return tuple((presence, counts[presence]) for presence in PRESENCES)


def _sees(held: Sequence[FleetRow], wish: Wish, found: Found | None) -> Callable[[str], bool]:
    """A search and a filter narrow every list to the adapters that they find; a state narrows the fleet alone."""
    if not wish.search and found is None:
        return lambda _code: True
    return {row.service_code for row in held if wish.finds(row)}.__contains__


def _shown(picture: Picture, part: Part, found: Found | None) -> tuple[Any, ...]:
    if found is not None and found.trouble is not None:
        return (WORDS["filter_broken"],)
    whole = len(part.rows) == part.fitting
    last = part.first + len(part.rows) - 1
    texts = [
        filled("shown", total=part.total, shown=part.fitting)
        if whole
        else filled("shown_part", total=part.total, fitting=part.fitting, first=part.first, last=last)
    ]
    if found is not None:
        texts.insert(0, filled("filter_holds_more" if found.more else "filter_holds", held=part.held))
    if not picture.complete:
        texts.append(filled("too_many", limit=MAX_ADAPTERS))
    return tuple(texts)
