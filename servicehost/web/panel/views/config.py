"""The config of one site: what it has, what a push would change, its history, and how pushes went."""

import asyncio
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec
from aiohttp import web

from servicehost.domain.config import Mark, Revision
from servicehost.domain.diff import unified
from servicehost.domain.errors import NotFound, Refused
from servicehost.domain.fact_kind import Item
from servicehost.domain.module import MAIN
from servicehost.domain.people import Right
from servicehost.domain.rule import Text
from servicehost.operations.compare_configs import Which, Word
from servicehost.ports.reads import AdapterView
from servicehost.web.panel.config_words import CONFIG_WORDS, DRIFT, STANDINGS, TARGETS
from servicehost.web.panel.forms import read_number
from servicehost.web.panel.refusals import refusal_text
from servicehost.web.panel.shell import Look, View

__all__ = ["MAX_EDITED", "TYPED", "Difference", "difference_between", "show_config", "the_adapter"]

MAX_EDITED: Final = 65_536
"""Characters; a longer text is not edited in a browser's form."""
TYPED: Final = web.RequestKey("config_typed", str)
"""Where a request keeps the text that was not saved, so that the page can hold it against what stands."""
_HISTORY: Final = 20
_PUSHES: Final = 5
_SHOWN_LINES: Final = 400
_HUNK: Final = re.compile(r"@@ -\d+(?:,\d+)? \+(\d+)")
_WORDS: Final[Mapping[str, Word]] = {"working": "working", "startup": "startup", "running": "running"}


class DiffLine(msgspec.Struct, frozen=True, kw_only=True):
    """One line of a diff, with the sign before it: `+`, `-`, a blank, or a backslash for a last line that does not end;
    or `@`, and the number of the line on the right side at which what follows begins.
    """

    sign: str
    text: str


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """What lies between two texts; `why_not` says why it cannot be shown."""

    title: Text
    lines: Sequence[DiffLine] = ()
    cut: bool = False
    why_not: Text | None = None


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """One of the three configs, as a line of the table."""

    name: Text
    revision: int | None
    saved: Revision | None
    silent: bool = False
    """Nobody has said, which is not the same as none."""


async def the_adapter(look: Look) -> AdapterView:
    """The adapter of the address. Raises NotFound `adapter_not_found`."""
    view = await look.reads.adapter(look.scope, look.request.match_info["service_code"])
    if view is None:
        raise NotFound("adapter_not_found", "There is no such adapter")
    return view


async def show_config(look: Look) -> View:
    """Raises NotFound `adapter_not_found`."""
    view = await the_adapter(look)
    code, working = view.adapter.service_code, view.working_revision or 0
    revisions = await _newest(look, code, working)
    pushes = await look.reads.pushes(look.scope, service_code=code, newest_first=True, limit=_PUSHES)
    text = await _text(look, code, working)
    named = {one.author for one in revisions} | {one.ordered_by for one in pushes}
    values: dict[str, Any] = {
        "of": look.site(code),
        "adapter": view.adapter,
        "standings": [await _standing(look, view, name, revisions) for name in STANDINGS],
        "drift": _drift(view),
        "working": working,
        "text": text[0],
        "masked": text[1],
        "editable": len(text[0]) <= MAX_EDITED,
        "yours": await _yours(look, text[0]) if not text[1] else None,
        "outgoing": await _outgoing(look, view),
        "compared": await _compared(look, code),
        "choices": [*((name, STANDINGS[name]) for name in STANDINGS), *_numbers(revisions)],
        "asked": {"from": look.asked("from") or "startup", "to": look.asked("to") or "working"},
        "history": revisions,
        "pushes": pushes,
        # The provider's people may under a consent, which the use case asks for.
        "edits": look.provider or look.may(Right.EDIT_CONFIG),
        "may_push": (look.provider or look.may(Right.PUSH_CONFIG)) and view.adapter.item is not Item.STANDBY,
        "standby": view.adapter.item is Item.STANDBY,
        "targets": [(one.value, words) for one, words in TARGETS.items()],
        "people": await look.people(named),
    }
    return View(template="config.html", values=values)


async def _newest(look: Look, code: str, working: int) -> list[Revision]:
    """The last revisions, the newest first: numbers have no gaps."""
    after = max(0, working - _HISTORY)
    found = await look.reads.revisions(look.scope, code, MAIN, after=after, limit=_HISTORY)
    return sorted(found, key=lambda one: -one.revision)


async def _text(look: Look, code: str, working: int) -> tuple[str, int]:
    body = await look.reads.body(look.scope, code, MAIN, working) if working else None
    shown = await look.door.catalogue.configs.showing.text(look.actor, code, body or "")
    return shown.text, shown.values


async def _standing(look: Look, view: AdapterView, name: str, known: Sequence[Revision]) -> Standing:
    running = _running(view)
    number = {
        "working": view.working_revision,
        "startup": view.adapter.startup_revision,
        "running": running.revision if running else None,
    }[name]
    saved = next((one for one in known if one.revision == number), None)
    if saved is None and number:
        saved = next(iter(await look.reads.revision_set(look.scope, view.adapter.service_code, number)), None)
    return Standing(name=STANDINGS[name], revision=number, saved=saved, silent=name == "running" and running is None)


def _running(view: AdapterView) -> Mark | None:
    states = () if view.unit is None else view.unit.modules
    return next((state.running for state in states if state.module == MAIN), None)


def _drift(view: AdapterView) -> Any:
    drift = view.drift
    return DRIFT["unknown" if drift is None else "drifted" if drift else "none"]


async def _yours(look: Look, standing: str) -> Difference | None:
    """Somebody saved in between: both versions to look at."""
    typed: str | None = look.request.get(TYPED)
    if typed is None or max(len(typed), len(standing)) > MAX_EDITED:
        return None
    text = await asyncio.to_thread(unified, standing, typed, left_name="", right_name="")
    return _difference(CONFIG_WORDS["config_yours"], text)


async def _outgoing(look: Look, view: AdapterView) -> Difference | None:
    """From what the unit runs, or else shall start with, to what would be pushed."""
    runs = _running(view) is not None
    if view.working_revision is None or not (runs or view.adapter.startup_revision):
        return None
    left: Word = "running" if runs else "startup"
    return await _between(look, view.adapter.service_code, left, "working", CONFIG_WORDS[f"from_{left}"])


async def _compared(look: Look, code: str) -> Difference | None:
    """The two that were asked for."""
    left, right = _asked_for(look.asked("from")), _asked_for(look.asked("to"))
    if left is None or right is None:
        return None
    title = Text(ja=f"{_name(left).ja} → {_name(right).ja}", en=f"{_name(left).en} → {_name(right).en}")
    return await _between(look, code, left, right, title)


async def _between(look: Look, code: str, left: int | Word, right: int | Word, title: Text) -> Difference:
    one, two = Which(service_code=code, revision=left), Which(service_code=code, revision=right)
    return await difference_between(look, one, two, title)


async def difference_between(look: Look, left: Which, right: Which, title: Text) -> Difference:
    """What lies between two revisions, or why that cannot be shown; as the viewer may see it."""
    try:
        compared = await look.door.catalogue.configs.compare_configs(look.actor, left, right)
    except Refused as refused:
        return Difference(title=title, why_not=refusal_text(refused))
    if compared.unified is None:
        return Difference(title=title, why_not=CONFIG_WORDS["config_no_text"])
    return _difference(title, compared.unified)


def _difference(title: Text, text: str) -> Difference:
    lines = text.splitlines()[2:]  # the names of the two sides stand in the title
    return Difference(title=title, lines=[_line(line) for line in lines[:_SHOWN_LINES]], cut=len(lines) > _SHOWN_LINES)


def _line(line: str) -> DiffLine:
    hunk = _HUNK.match(line)
    return DiffLine(sign=line[:1], text=hunk[1] if hunk else line[1:])


def _asked_for(text: str) -> int | Word | None:
    if text in _WORDS:
        return _WORDS[text]
    return read_number(text) or None


def _name(which: int | Word) -> Text:
    return _number(which) if isinstance(which, int) else STANDINGS[which]


def _number(revision: int) -> Text:
    return Text(ja=f"第{revision}版", en=f"revision {revision}")


def _numbers(revisions: Sequence[Revision]) -> list[tuple[str, Text]]:
    return [(str(one.revision), _number(one.revision)) for one in revisions]
