"""A page's lists, each line under its key: what is sent is the lines that differ from those sent before."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeAlias

import msgspec

from servicehost.web.panel.headline import filled, headline_of
from servicehost.web.panel.knowledge import MAX_ADAPTERS
from servicehost.web.panel.language import Language
from servicehost.web.panel.paint import paint
from servicehost.web.panel.picture import Picture
from servicehost.web.panel.search import Wish
from servicehost.web.panel.words import WORDS

__all__ = ["ROWS_SHOWN", "ListChange", "Sheet", "changes", "sheet_of"]

ROWS_SHOWN = 200
"""More than that nobody reads; the search finds the others."""

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


def sheet_of(picture: Picture, wish: Wish, language: Language) -> Sheet:
    """Everything that moves on the page."""
    pulse = {"pulse": {"pulse": paint("pulse", picture.event, language)}}
    if wish.pulse:
        return pulse
    fleet = [row for row in picture.fleet if wish.fits(row)] if wish.narrow else picture.fleet
    sees = _sees(picture, wish)
    shown = fleet[:ROWS_SHOWN]

    def lines(part: str, rows: Iterable[tuple[str, Any]], empty: str) -> dict[str, str]:
        made = {key: paint(part, row, language) for key, row in rows}
        return made or {"empty": paint(f"no_{part}", WORDS[empty], language)}

    nothing = "nothing_found" if picture.fleet else "no_adapters"
    return pulse | {
        "headline": {"headline": paint("headline", headline_of(picture), language)},
        "presences": {
            state: paint("presence_tile", (state, count, wish), language) for state, count in picture.presences
        },
        "phases": {phase: paint("phase_tile", (phase, count), language) for phase, count in picture.phases},
        "shown": {"shown": paint("shown", _shown(picture, len(fleet), len(shown)), language)},
        "fleet": lines("fleet_row", ((row.service_code, row) for row in shown), nothing),
        "pushes_open": lines(
            "push_row", ((f"{row.push}", row) for row in picture.pushes_open if sees(row.service_code)), "nothing_open"
        ),
        "pushes_ended": lines(
            "push_row",
            ((f"{row.push}", row) for row in picture.pushes_ended if sees(row.service_code)),
            "nothing_ended",
        ),
        "rollouts": lines("rollout_row", ((f"{row.rollout}", row) for row in picture.rollouts), "no_rollouts"),
        "tasks": lines(
            "task_row", ((f"{row.task}", row) for row in picture.tasks if sees(row.service_code)), "no_tasks"
        ),
        "cases": lines(
            "case", ((row.case.key, row) for row in picture.cases if sees(row.case.service_code)), "no_cases"
        ),
        "events": lines(
            "event_row", ((f"{row.event}", row) for row in picture.events if sees(row.service_code)), "no_events"
        ),
    }


def _sees(picture: Picture, wish: Wish) -> Callable[[str], bool]:
    """A search narrows every list to the adapters that it finds; a state narrows the fleet alone."""
    if not wish.search:
        return lambda _code: True
    found = {row.service_code for row in picture.fleet if wish.finds(row)}
    return found.__contains__


def _shown(picture: Picture, fitting: int, shown: int) -> tuple[Any, ...]:
    total = len(picture.fleet)
    name = "shown" if shown == fitting else "shown_part"
    texts = [filled(name, total=total, shown=shown)]
    if not picture.complete:
        texts.append(filled("too_many", limit=MAX_ADAPTERS))
    return tuple(texts)
