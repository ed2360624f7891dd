"""One site: whether it would get an on-site swap now, where its unit is declared to stand, and what is asked for it."""

from typing import Any, Final

from servicehost.domain.declared_location import location_at
from servicehost.domain.delegate import MAX_DELEGATES, Delegate
from servicehost.domain.eligibility import holds, risks
from servicehost.domain.errors import Invalid, NotFound
from servicehost.domain.exchange import ENDED
from servicehost.domain.explanation import FACT_WORDS
from servicehost.domain.fact_kind import Coverage, Location, SiteState
from servicehost.domain.instant import from_datetime
from servicehost.domain.option import OptionState
from servicehost.domain.people import Right, Role
from servicehost.domain.rule import Text
from servicehost.domain.standing import Standing, why_suspended
from servicehost.domain.unit import Adapter
from servicehost.operations.add_delegate import Naming
from servicehost.operations.declare_location import Declaration
from servicehost.operations.request_exchange import ExchangeRequest
from servicehost.operations.state_site import SiteWord
from servicehost.web.panel.case_words import CASE_WORDS
from servicehost.web.panel.deeds import Deed, Question
from servicehost.web.panel.fact_words import source_text, value_text
from servicehost.web.panel.forms import Form
from servicehost.web.panel.page_words import PAGE_WORDS
from servicehost.web.panel.shell import Look, View
from servicehost.web.panel.state_words import OPTIONS, Badge
from servicehost.web.panel.stored_cases import case_of
from servicehost.web.panel.times import read_local
from servicehost.web.panel.views.tasks import newest_tasks
from servicehost.web.standings import standings_of

__all__ = [
    "ASK_EXCHANGE",
    "ASK_OPTION",
    "DECIDE_OPTION",
    "DECLARE",
    "END_DELEGATE",
    "NAME_DELEGATE",
    "STATE_SITE",
    "delegates_at",
    "show_adapter",
]

_SPEAKERS: Final = frozenset({Role.OPERATION_MANAGER, Role.DISPATCHER})
_CASES: Final = 10


def _code(look: Look) -> str:
    return look.request.match_info["service_code"]


async def show_adapter(look: Look) -> View:
    """Raises NotFound `adapter_not_found`."""
    code, now = _code(look), look.now
    view = await look.reads.adapter(look.scope, code)
    if view is None:
        raise NotFound("adapter_not_found", "There is no such adapter")
    (standing,) = await standings_of(look.reads, look.scope, [view])
    request, declared = standing.record.request, location_at(standing.record.locations, now)
    history = sorted(standing.record.locations, key=lambda one: (-one.effective_at, -one.number))
    statements = _statements(standing)
    waiting = request is not None and request.state is OptionState.WAITING
    open_exchange = await _open_exchange(look, code)
    values: dict[str, Any] = {
        "of": look.site(code),
        "adapter": standing.adapter,
        "unit": standing.unit,
        "risks": risks(standing, now),
        "holds": holds(standing),
        "option": _option(standing, now),
        "asked": waiting,
        "decides": waiting and look.may(Right.DISPATCH),
        "speaks": look.actor.role in _SPEAKERS,
        "declared": declared,
        "history": history,
        "now": now,
        "statements": statements,
        "open_exchange": open_exchange,
        "delegates": await delegates_at(look, standing.adapter),
        "cases": await _cases(look, code),
        **await newest_tasks(look, code),
        "coverage_options": [(one.value, value_text(one)) for one in Coverage],
        "site_options": [(one.value, value_text(one)) for one in SiteState],
        "location_options": [(one.value, value_text(one)) for one in Location],
        "people": await look.people([*(one.declared_by for one in history), *(one["author"] for one in statements)]),
    }
    return View(template="adapter.html", values=values)


def _option(standing: Standing, now: int) -> Badge:
    request = standing.record.request
    if standing.adapter.option:
        return OPTIONS["suspended" if why_suspended(standing, now) is not None else "attached"]
    known = {OptionState.WAITING: "waiting", OptionState.REFUSED: "refused"}
    return OPTIONS["none" if request is None else known.get(request.state, "none")]


def _statements(standing: Standing) -> list[dict[str, Any]]:
    """The last word of each source."""
    return [
        {
            "name": FACT_WORDS[one.name],
            "value": value_text(one.value),
            "source": source_text(one.source),
            "author": one.author,
            "at": from_datetime(one.time),
        }
        for one in standing.record.statements
    ]


async def delegates_at(look: Look, adapter: Adapter) -> list[Delegate]:
    """Those who are named to attend there, also from later on, by their names."""
    found = await look.reads.delegates(look.scope, adapter.management_code, limit=MAX_DELEGATES)
    here = (one for one in found if not one.service_codes or adapter.service_code in one.service_codes)
    still = [one for one in here if one.ended_at is None and (one.attends_until or look.now + 1) > look.now]
    return sorted(still, key=lambda one: (one.name, one.number))


async def _name_delegate(look: Look, form: Form) -> str:
    view = await look.reads.adapter(look.scope, _code(look))
    if view is None:
        raise NotFound("adapter_not_found", "There is no such adapter")
    naming = Naming(
        name=form.line("name", 100),
        telephone=form.line("telephone", 32),
        service_codes=(view.adapter.service_code,),
        attends_until=_instant(form, "attends_until"),
    )
    await look.door.catalogue.contracts.add_delegate(look.actor, view.adapter.management_code, naming)
    return f"{_back(look)}#delegates"


async def _end_delegate(look: Look, form: Form) -> str:
    await look.door.catalogue.contracts.end_delegate(look.actor, look.number("delegate"), form.line("reason"))
    return f"{_back(look)}#delegates"


def _instant(form: Form, name: str) -> int | None:
    """Raises Invalid `time_malformed`."""
    try:
        return read_local(form.get(name))
    except ValueError as error:
        raise Invalid("time_malformed", "The time cannot be read") from error


async def _open_exchange(look: Look, code: str) -> Any:
    newest = await look.reads.exchanges(look.scope, service_code=code, newest_first=True, limit=1)
    return next((one for one in newest if one.state not in ENDED), None)


async def _cases(look: Look, code: str) -> list[Any]:
    faults = await look.reads.faults(look.scope, service_code=code, newest_first=True, limit=_CASES)
    views = [await look.reads.fault(look.scope, one.fault) for one in faults]
    return [case_of(view, None) for view in views if view is not None]


async def _declare(look: Look, form: Form) -> str:
    declaration = Declaration(
        service_code=_code(look),
        location=form.line("location"),
        effective_at=_instant(form, "effective_at"),
        coverage=form.maybe("coverage", Coverage),
        reason=form.line("reason"),
    )
    await look.cases.declare_location(look.actor, declaration)
    return f"{_back(look)}#location"


async def _state(look: Look, form: Form) -> str:
    word = SiteWord(
        site=form.maybe("site", SiteState),
        location=form.maybe("location", Location),
        attended=form.yes_or_no("attended"),
        reason=form.line("reason"),
    )
    await look.cases.state_site(look.actor, _code(look), word)
    return f"{_back(look)}#site"


async def _ask_option(look: Look, form: Form) -> str:
    await look.cases.attach_option(look.actor, _code(look), form.line("reason"))
    return _back(look)


async def _decide(look: Look, form: Form) -> str:
    accept, reason = form.yes_or_no("accept"), form.line("reason")
    if accept is None:
        raise Invalid("nothing_chosen", "Choose one")
    if not reason:
        raise Invalid("no_reason", "Give the reason")
    await look.cases.decide_option(look.actor, _code(look), accept, reason)
    return _back(look)


def _wanted(look: Look, form: Form) -> ExchangeRequest:
    """Raises Invalid `attendance_contradicts`, `attendee_missing`."""
    attended, name = form.yes_or_no("attended"), form.line("attendee", 100)
    if attended is False and name:
        raise Invalid("attendance_contradicts", "Either name who attends, or say that nobody can")
    if attended and not name:
        raise Invalid("attendee_missing", "Give the name of the one who attends")
    return ExchangeRequest(
        service_code=_code(look),
        attendee=name,
        attended=attended,
        site=form.maybe("site", SiteState),
        location=form.maybe("location", Location),
        reason=form.line("reason"),
    )


async def _ask_about_exchange(look: Look, form: Form) -> Question:
    if await look.reads.adapter(look.scope, _code(look)) is None:
        raise NotFound("adapter_not_found", "There is no such adapter")
    wanted = _wanted(look, form)
    unsure = CASE_WORDS["not_sure"]
    nobody = CASE_WORDS["nobody_attends"] if wanted.attended is False else unsure
    lines: tuple[tuple[Text, Any], ...] = (
        (PAGE_WORDS["site_word"], look.site(wanted.service_code).name),
        (CASE_WORDS["what_happened"], wanted.reason or "－"),
        (CASE_WORDS["attendee_word"], wanted.attendee or nobody),
        (CASE_WORDS["site_is"], unsure if wanted.site is None else value_text(wanted.site)),
        (CASE_WORDS["unit_stands"], unsure if wanted.location is None else value_text(wanted.location)),
    )
    return Question(
        title=CASE_WORDS["exchange_ask"], follows=CASE_WORDS["exchange_follows"], lines=lines, back=_back(look)
    )


async def _ask_exchange(look: Look, form: Form) -> str:
    exchange = await look.cases.request_exchange(look.actor, _wanted(look, form))
    return f"/panel/cases/exchange-{exchange.exchange}"


def _back(look: Look) -> str:
    return f"/panel/adapters/{_code(look)}"


_OF: Final = "/panel/adapters/{service_code}"
DECLARE: Final = Deed(path=f"{_OF}/locations", name="location_declared", shows=show_adapter, do=_declare)
STATE_SITE: Final = Deed(path=f"{_OF}/site", name="site_stated", shows=show_adapter, do=_state)
NAME_DELEGATE: Final = Deed(path=f"{_OF}/delegates", name="delegate_named", shows=show_adapter, do=_name_delegate)
END_DELEGATE: Final = Deed(
    path=f"{_OF}/delegates/{{delegate}}/end", name="delegate_ended", shows=show_adapter, do=_end_delegate
)
ASK_OPTION: Final = Deed(path=f"{_OF}/option", name="option_asked", shows=show_adapter, do=_ask_option)
DECIDE_OPTION: Final = Deed(path=f"{_OF}/option/decision", name="option_decided", shows=show_adapter, do=_decide)
ASK_EXCHANGE: Final = Deed(
    path=f"{_OF}/exchanges", name="exchange_asked", shows=show_adapter, do=_ask_exchange, ask=_ask_about_exchange
)
