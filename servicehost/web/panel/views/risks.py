"""Rights at risk: what would stand in the way of an on-site swap now, site by site, and what to do about it."""

from collections import Counter
from collections.abc import Sequence
from typing import Final
from urllib.parse import urlencode

import msgspec

from servicehost.domain.eligibility import DESTINATION, Risk, has_right_to_lose, open_points
from servicehost.domain.rule import Text
from servicehost.domain.standing import Standing
from servicehost.web.panel.menu import rights_waiting
from servicehost.web.panel.page_words import PAGE_WORDS
from servicehost.web.panel.shell import MENUS, Look, View
from servicehost.web.panel.watch import aside
from servicehost.web.standings import all_standings

__all__ = ["show_risks"]

_PAGE: Final = 30


class _Row(msgspec.Struct, frozen=True, kw_only=True):
    code: str
    management_code: str
    has_right: bool
    risks: tuple[Risk, ...]


class _Contract(msgspec.Struct, frozen=True, kw_only=True):
    code: str
    name: str
    adapters: int
    with_option: int
    at_risk: int


async def show_risks(look: Look) -> View:
    """Of the viewer's scope, or of the one contract that is chosen; a reason narrows it, and it goes on by parts."""
    now, standings = look.now, await all_standings(look.reads, look.scope)
    rows = await aside(len(standings), lambda: [_row(one, now) for one in standings])
    look.request.app[MENUS].note_rights(look.actor, rights_waiting(standings, look.actor.role, now), now)
    contract, reason, after = look.asked("contract"), look.asked("reason"), look.asked("after")
    risky = [row for row in rows if row.risks and contract in ("", row.management_code)]
    fitting = [row for row in risky if not reason or any(risk.reason == reason for risk in row.risks)]
    part = [row for row in fitting if row.code > after][: _PAGE + 1]
    values = {
        "contracts": _contracts(look, rows),
        "contract": contract,
        "reasons": _reasons(risky, contract, reason),
        "rows": part[:_PAGE],
        "first": _address(contract, reason) if after else "",
        "following": _address(contract, reason, part[_PAGE - 1].code) if len(part) > _PAGE else "",
    }
    return View(template="rights.html", values=values)


def _row(standing: Standing, now: int) -> _Row:
    has_right = has_right_to_lose(standing)
    adapter = standing.adapter
    return _Row(
        code=adapter.service_code,
        management_code=adapter.management_code,
        has_right=has_right,
        risks=open_points(standing, now),
    )


def _contracts(look: Look, rows: Sequence[_Row]) -> list[_Contract]:
    """Those with most at risk first."""
    names = look.room.knowledge.customers
    every = Counter(row.management_code for row in rows)
    having = Counter(row.management_code for row in rows if row.has_right)
    risky = Counter(row.management_code for row in rows if any(one.rule != DESTINATION for one in row.risks))
    return [
        _Contract(
            code=code,
            name=names.get(code, code),
            adapters=count,
            with_option=having[code],
            at_risk=risky[code],
        )
        for code, count in sorted(every.items(), key=lambda one: (-risky[one[0]], one[0]))
    ]


def _reasons(rows: Sequence[_Row], contract: str, chosen: str) -> list[tuple[str, Text, int, bool]]:
    """Every reason that there is, the most frequent first, and before them all reasons."""
    words = {risk.reason: risk.words for row in rows for risk in row.risks}
    counts = Counter(reason for row in rows for reason in {risk.reason for risk in row.risks})
    every = [(_address(contract), PAGE_WORDS["all"], len(rows), not chosen)]
    return every + [
        (_address(contract, reason), words[reason], count, reason == chosen)
        for reason, count in sorted(counts.items(), key=lambda one: (-one[1], one[0]))
    ]


def _address(contract: str, reason: str = "", after: str = "") -> str:
    asked = {name: value for name, value in (("contract", contract), ("reason", reason), ("after", after)) if value}
    return f"/panel/rights?{urlencode(asked)}#risks" if asked else "/panel/rights#risks"
