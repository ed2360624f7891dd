"""Charges: proposed by the rules, approved or waived with a reason, summed by month, taken away as a file."""

from datetime import date
from typing import Any, Final
from urllib.parse import urlencode

from aiohttp import hdrs, web

from servicehost.domain.charge_proposal import ChargeProposal, ProposalState
from servicehost.domain.custody import PART_WORDS
from servicehost.domain.errors import Invalid, NotFound, Unauthenticated
from servicehost.domain.people import Right, demand
from servicehost.domain.rule import Text
from servicehost.web.charges_csv import charges_csv, span
from servicehost.web.panel.cases import rule_views
from servicehost.web.panel.chart import month_chart
from servicehost.web.panel.custody_lines import ITEM_WHYS
from servicehost.web.panel.deeds import Deed, Question
from servicehost.web.panel.forms import Form
from servicehost.web.panel.page_words import PAGE_WORDS
from servicehost.web.panel.paint import yen
from servicehost.web.panel.reason_words import reason_text
from servicehost.web.panel.shell import HTML_HEADERS, Look, View, look_of, to_log_in
from servicehost.web.panel.state_words import CHARGE_STATES
from servicehost.web.panel.times import months_before

__all__ = ["APPROVE", "WAIVE", "send_charges", "show_charges"]

_PAGE: Final = 20
_MONTHS: Final = 12
_PATH: Final = "/panel/charges"


async def show_charges(look: Look) -> View:
    """Those to be decided first: of one state, else all that stand; newest first, with the sums of twelve months."""
    asked, mark = look.asked("state"), look.asked_number("before")
    states = [ProposalState(asked)] if asked in set(ProposalState) else _standing(asked)
    found = await look.reads.charges_newest_first(look.scope, states, before=mark, limit=_PAGE + 1)
    rows = found[:_PAGE]
    counts = await look.reads.charge_counts(look.scope)
    months = months_before(look.now, _MONTHS)
    sums = await look.reads.charge_sums(look.scope, [(begin, end) for _, begin, end in months])
    evidence = {one.proposal.proposal: _evidence(one.proposal) for one in rows}
    values: dict[str, Any] = {
        "rows": rows,
        "evidence": evidence,
        "months": [(month.strftime("%Y-%m"), amount) for (month, _, _), amount in zip(months, sums, strict=True)],
        "chart": month_chart([month for month, _, _ in months], sums, look.language),
        "filters": _filters(asked, counts),
        "part_words": PART_WORDS,
        "item_whys": ITEM_WHYS,
        "people": await look.people(_named(rows)),
        "first": _address(asked) if mark else "",
        "following": _address(asked, rows[-1].proposal.proposal) if len(found) > _PAGE else "",
    }
    return View(template="charges.html", values=values)


def _standing(asked: str) -> list[ProposalState]:
    return [state for state in ProposalState if asked == "all" or state is not ProposalState.WITHDRAWN]


def _evidence(one: ChargeProposal) -> Any:
    return rule_views([one.evidence.rule], one.evidence.rule.code)


def _named(rows: list[Any]) -> list[str | None]:
    """Everybody whose word stands on the page."""
    authors = [
        line.author for row in rows for fact in row.proposal.evidence.rule.fact.values() for line in fact.statements
    ]
    return [*authors, *(row.proposal.decided_by for row in rows)]


def _filters(asked: str, counts: dict[str, int]) -> list[tuple[str, Text, int, bool]]:
    known = asked in set(ProposalState)
    every = sum(count for state, count in counts.items() if state != ProposalState.WITHDRAWN)
    return [(_address(""), PAGE_WORDS["all"], every, not known)] + [
        (_address(state), badge.word, counts.get(state, 0), state == asked) for state, badge in CHARGE_STATES.items()
    ]


def _address(state: str, before: int = 0) -> str:
    asked = ({"state": state} if state else {}) | ({"before": str(before)} if before else {})
    return f"{_PATH}?{urlencode(asked)}#proposals" if asked else f"{_PATH}#proposals"


async def _charge(look: Look) -> ChargeProposal:
    found = await look.reads.charge(look.scope, look.number("charge"))
    if found is None:
        raise NotFound("charge_not_found", "There is no such charge")
    return found


async def _question(look: Look, form: Form, what: str, *, must: bool, stern: bool) -> Question:
    one = await _charge(look)
    demand(look.actor, Right.DISPATCH)
    reason = form.line("reason")
    if (must or one.asks) and not reason:
        raise Invalid("no_reason", "Say why it is charged or waived")
    return Question(
        title=PAGE_WORDS[f"{what}_charge"],
        follows=PAGE_WORDS[f"{what}_charge_follows"],
        lines=(
            (PAGE_WORDS["amount"], yen(one.total)),
            (PAGE_WORDS["rule"], reason_text(one.rule)),
            (PAGE_WORDS["site_word"], look.site(one.service_code).name),
            (PAGE_WORDS["reason_word"], reason or "－"),
        ),
        back=_PATH,
        stern=stern,
    )


async def _ask_approval(look: Look, form: Form) -> Question:
    return await _question(look, form, "approve", must=False, stern=False)


async def _ask_waiver(look: Look, form: Form) -> Question:
    return await _question(look, form, "waive", must=True, stern=True)


async def _approve(look: Look, form: Form) -> str:
    await look.cases.approve_charge(look.actor, look.number("charge"), form.line("reason"))
    return _PATH


async def _waive(look: Look, form: Form) -> str:
    await look.cases.waive_charge(look.actor, look.number("charge"), form.line("reason"))
    return _PATH


APPROVE: Final = Deed(
    path=f"{_PATH}/{{charge}}/approval", name="charge_approved", shows=show_charges, do=_approve, ask=_ask_approval
)
WAIVE: Final = Deed(
    path=f"{_PATH}/{{charge}}/waiver", name="charge_waived", shows=show_charges, do=_waive, ask=_ask_waiver
)


async def send_charges(request: web.Request) -> web.StreamResponse:
    """The file for billing, as the API sends it. Raises Invalid `time_malformed`."""
    try:
        look = await look_of(request)
    except Unauthenticated as refused:
        return to_log_in(refused)
    since, until = _day(look.asked("from")), _day(look.asked("to"))
    parts = await charges_csv(look.reads, look.scope, *span(since, until))
    name = f"charges-{since or 'all'}-{until or 'now'}.csv"
    headers = {
        **HTML_HEADERS,
        hdrs.CONTENT_TYPE: "text/csv; charset=utf-8",
        hdrs.CONTENT_DISPOSITION: f'attachment; filename="{name}"',
    }
    return web.Response(body=parts, headers=headers)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise Invalid("time_malformed", "A day is written like 2026-04-01") from error
