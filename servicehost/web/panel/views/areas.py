"""Closed areas: closed and opened again, and what is proposed of the orders inside, decided singly or together."""

from typing import Any, Final

from servicehost.domain.area_proposal import AreaProposal, AreaProposalState, ProposalKind
from servicehost.domain.closed_area import ClosedArea
from servicehost.domain.errors import Conflict, Invalid, NotFound
from servicehost.domain.fact_kind import Area
from servicehost.domain.people import Right, demand
from servicehost.domain.places import Places
from servicehost.operations.close_area import Closing
from servicehost.operations.decide_area import AreaDecision
from servicehost.web.panel.deeds import Deed, Question
from servicehost.web.panel.forms import Form
from servicehost.web.panel.page_words import PAGE_WORDS
from servicehost.web.panel.provider_words import AREA_STATES, PROPOSAL_STATES, PROPOSALS
from servicehost.web.panel.shell import Look, View
from servicehost.web.panel.times import read_local

__all__ = ["CLOSE", "DECIDE", "DECIDE_ALL", "REOPEN", "show_areas"]

_PATH: Final = "/panel/areas"
_SHOWN: Final = 100
_CHOICES: Final = (Area.NO_ENTRY, Area.MASS_DAMAGE)


async def show_areas(look: Look) -> View:
    """Areas in force, newest first, each with what waits for a decision; then what was decided last.

    Raises Forbidden `no_right` for customers: their notices tell them.
    """
    demand(look.actor, Right.INSPECT)
    areas = await look.reads.closed_areas(now=look.now, limit=_SHOWN)
    waiting = await look.reads.area_proposals(look.scope, states=[AreaProposalState.OPEN], limit=_SHOWN)
    values: dict[str, Any] = {
        "areas": list(reversed(areas)),
        "waiting": waiting,
        "kinds": {area.number: _kinds(area, waiting) for area in areas},
        "names": {area.number: area.name for area in await look.reads.closed_areas(limit=1_000)},
        "area_states": AREA_STATES,
        "proposal_words": PROPOSALS,
        "proposal_states": PROPOSAL_STATES,
        "state_options": [(one.value, AREA_STATES[one].word) for one in _CHOICES],
        "places": _places(look).prefectures,
        "people": await look.people([*(area.closed_by for area in areas), *(one.earlier_by for one in waiting)]),
    }
    return View(template="areas.html", values=values)


def _kinds(area: ClosedArea, waiting: list[AreaProposal]) -> list[tuple[str, Any]]:
    here = {one.kind for one in waiting if one.area == area.number}
    return [(kind.value, PROPOSALS[kind]) for kind in ProposalKind if kind in here]


def _places(look: Look) -> Places:
    return look.cases.areas.policy.places


def _code_of(places: Places, written: str) -> str:
    """By code or by name. Raises Conflict `area_unknown`."""
    if places.knows(written):
        return written
    prefecture = places.prefecture(written)
    if prefecture is not None:
        return prefecture.code
    found = [one.code for one in places.municipalities if f"{one.prefecture}{one.name}" == written]
    if len(found) != 1:
        raise Conflict("area_unknown", f"{written!r} is no prefecture or municipality of the list")
    return found[0]


def _instant(form: Form, name: str) -> int | None:
    try:
        return read_local(form.get(name))
    except ValueError as error:
        raise Invalid("time_malformed", "A time is written like 2026-04-01T09:30") from error


def _closing(look: Look, form: Form) -> Closing:
    return Closing(
        code=_code_of(_places(look), form.line("code")),
        reason=form.line("reason"),
        state=form.chosen("state", Area),
        until=_instant(form, "until"),
        review_at=_instant(form, "review_at"),
    )


async def _ask_close(look: Look, form: Form) -> Question:
    demand(look.actor, Right.DISPATCH)
    closing = _closing(look, form)
    if not closing.reason:
        raise Invalid("no_reason", "Say why the area is closed")
    lines = (
        (PAGE_WORDS["area_name"], _places(look).words_for(closing.code)),
        (PAGE_WORDS["area_why"], AREA_STATES[closing.state].word),
        (PAGE_WORDS["reason_word"], closing.reason),
    )
    return Question(
        title=PAGE_WORDS["close_area"], follows=PAGE_WORDS["no_areas_more"], lines=lines, back=_PATH, stern=True
    )


async def _close(look: Look, form: Form) -> str:
    await look.cases.areas.close_area(look.actor, _closing(look, form))
    return _PATH


async def _reopen(look: Look, form: Form) -> str:
    await look.cases.areas.reopen_area(look.actor, look.number("area"), form.line("reason"))
    return _PATH


def _decision(form: Form) -> AreaDecision:
    accept = form.yes_or_no("accept")
    if accept is None:
        raise Invalid("nothing_chosen", "Choose one")
    return AreaDecision(accept=accept, reason=form.line("reason"))


async def _decide(look: Look, form: Form) -> str:
    await look.cases.areas.decide_area_proposal(look.actor, look.number("proposal"), _decision(form))
    return f"{_PATH}#proposals"


async def _decide_all(look: Look, form: Form) -> str:
    kind = form.chosen("kind", ProposalKind)
    await look.cases.areas.decide_area_proposals(look.actor, look.number("area"), kind, _decision(form))
    return f"{_PATH}#proposals"


async def _ask_all(look: Look, form: Form) -> Question:
    demand(look.actor, Right.DISPATCH)
    decision, kind = _decision(form), form.chosen("kind", ProposalKind)
    if not decision.reason:
        raise Invalid("no_reason", "Say why it is decided so")
    number = look.number("area")
    areas = await look.reads.closed_areas(after=number - 1, limit=1)
    if not areas or areas[0].number != number:
        raise NotFound("area_not_found", "There is no such closed area")
    chosen = PAGE_WORDS["accept_it" if decision.accept else "leave_it"]
    lines = (
        (PAGE_WORDS["area_name"], areas[0].name),
        (PAGE_WORDS["proposal_kind"], PROPOSALS[kind]),
        (PAGE_WORDS["decided"], chosen),
        (PAGE_WORDS["reason_word"], decision.reason),
    )
    follows = PAGE_WORDS["areas_lead"]
    return Question(title=PAGE_WORDS["decide_all"], follows=follows, lines=lines, back=_PATH, stern=True)


CLOSE: Final = Deed(path=_PATH, name="area_closed", shows=show_areas, do=_close, ask=_ask_close)
REOPEN: Final = Deed(path=f"{_PATH}/{{area}}/reopening", name="area_reopened", shows=show_areas, do=_reopen)
DECIDE: Final = Deed(path=f"{_PATH}/proposals/{{proposal}}/decision", name="area_decided", shows=show_areas, do=_decide)
DECIDE_ALL: Final = Deed(
    path=f"{_PATH}/{{area}}/decisions", name="area_decided", shows=show_areas, do=_decide_all, ask=_ask_all
)
