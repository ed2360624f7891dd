"""One case, whole: what was seen and stated, the verdict with its reasons, every step, what is due and charged."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

import msgspec

from servicehost.domain.charge_proposal import ProposalState
from servicehost.domain.delegate import Delegate
from servicehost.domain.destination import Destination, bring_to
from servicehost.domain.errors import NotFound
from servicehost.domain.exchange import OPEN_STATES, Exchange, ExchangeState
from servicehost.domain.explanation import FACT_WORDS
from servicehost.domain.fact_kind import FactName
from servicehost.domain.fault import FaultPhase
from servicehost.domain.hold import HOLD_TEXTS
from servicehost.domain.instant import from_datetime
from servicehost.domain.people import Right, Role
from servicehost.domain.plain_verdict import behind_downgrade, downgrade_text, plain_verdict
from servicehost.domain.rule import Text
from servicehost.domain.rules import Verdict
from servicehost.domain.triage import guided
from servicehost.domain.triage_question import right_to_answer
from servicehost.ports.case_reads import ExchangeView, FaultView
from servicehost.ports.cases import FactRow
from servicehost.web.panel.case_words import CASE_WORDS, NEXT
from servicehost.web.panel.errand_lines import ErrandSeen, errand_seen
from servicehost.web.panel.fact_words import source_text, value_text
from servicehost.web.panel.forms import read_number
from servicehost.web.panel.menu import waits_for
from servicehost.web.panel.provider_words import DESTINATIONS
from servicehost.web.panel.reason_words import reason_text
from servicehost.web.panel.shell import Look, View
from servicehost.web.panel.stored_cases import case_of
from servicehost.web.panel.triage_lines import TriageSeen, triage_seen
from servicehost.web.panel.views.adapter import delegates_at
from servicehost.web.worksheet.sheet import has_sheet

__all__ = ["FactLine", "Moment", "offers_of", "show_case", "show_cases", "show_exchange", "show_fault", "timeline_of"]

_PAGE: Final = 30
_SENT: Final = (Verdict.ONSITE_SWAP, Verdict.SENDBACK, Verdict.NEW_SUPPLY)
_TRIAGED_NEXT: Final = (FaultPhase.SUSPECTED, FaultPhase.OPEN)


class Moment(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the story: what happened (`kind` names the table of words), when, by whom, and why."""

    at: int
    kind: str
    code: str
    by: str = ""
    why: str | None = None


class FactLine(msgspec.Struct, frozen=True, kw_only=True):
    """A statement; `newest` false: its source has said something later."""

    name: Text
    value: Text
    source: Text
    author: str
    at: int
    evidence: str
    newest: bool


async def show_cases(look: Look) -> View:
    """Every fault, the newest first, with its exchange; by parts."""
    mark = look.asked_number("before")
    found = await look.reads.faults(
        look.scope, newest_first=True, after=mark, limit=_PAGE + 1, open_only=look.asked("only") == "open"
    )
    rows = [await _row(look, fault.fault) for fault in found[:_PAGE]]
    counts = await look.reads.fault_counts(look.scope)
    still = sum(count for phase, count in counts.items() if phase != "closed")
    only = look.asked("only") == "open"
    head = "/panel/cases?only=open" if only else "/panel/cases"
    values = {
        "rows": [row for row in rows if row is not None],
        "filters": [
            ("/panel/cases", CASE_WORDS["every_case"], sum(counts.values()), not only),
            ("/panel/cases?only=open", CASE_WORDS["open_cases"], still, only),
        ],
        "first": head if mark else "",
        "following": f"{head}{'&' if only else '?'}before={found[_PAGE - 1].fault}" if len(found) > _PAGE else "",
    }
    return View(template="cases.html", values=values)


async def _row(look: Look, fault: int) -> dict[str, Any] | None:
    view = await look.reads.fault(look.scope, fault)
    if view is None:
        return None
    exchange = await look.reads.exchange(look.scope, view.exchanges[-1]) if view.exchanges else None
    waits = exchange is not None and waits_for(exchange.exchange, look.actor.role)
    return {"case": case_of(view, exchange), "waits": waits}


async def show_case(look: Look) -> View:
    """By its key: a fault with its newest exchange, or one exchange with its fault."""
    kind, _, text = look.request.match_info["case"].partition("-")
    number = read_number(text)
    if kind == "exchange":
        return await _of_exchange(look, number)
    return await _of_fault(look, number if kind == "fault" else 0)


async def show_fault(look: Look) -> View:
    """The page on which a fault's forms stand."""
    return await _of_fault(look, look.number("fault"))


async def _of_fault(look: Look, number: int) -> View:
    fault = await look.reads.fault(look.scope, number)
    if fault is None:
        raise NotFound("fault_not_found", "There is no such fault")
    exchange = await look.reads.exchange(look.scope, fault.exchanges[-1]) if fault.exchanges else None
    return await _case(look, fault, exchange)


async def show_exchange(look: Look) -> View:
    """The page on which an exchange's forms stand."""
    return await _of_exchange(look, look.number("exchange"))


async def _of_exchange(look: Look, number: int) -> View:
    exchange = await look.reads.exchange(look.scope, number)
    if exchange is None:
        raise NotFound("exchange_not_found", "There is no such exchange")
    about = exchange.exchange.fault
    fault = None if about is None else await look.reads.fault(look.scope, about)
    return await _case(look, fault, exchange)


async def _case(look: Look, fault: FaultView | None, view: ExchangeView | None) -> View:
    case = case_of(fault, view)
    exchange = None if view is None else view.exchange
    number = 0 if exchange is None else exchange.exchange
    custody = None if exchange is None else await look.reads.custody_of_exchange(look.scope, number)
    charges = [] if exchange is None else await look.reads.charges(look.scope, exchange=number)
    triage = await _triage(look, fault)
    rows = _facts(fault, view)
    moments = timeline_of(fault, view)
    values = {
        "case": case,
        "exchange": exchange,
        "old_unit": (None if view is None else view.old_unit) or (None if fault is None else fault.unit),
        "new_unit": None if view is None else view.new_unit,
        "earlier": [] if fault is None else [one for one in fault.exchanges if one != number],
        "next": _next(look, case.phase, exchange),
        "waits": exchange is not None and waits_for(exchange, look.actor.role),
        "offers": offers_of(look, exchange),
        "triage": triage,
        "triage_waits": fault is not None and fault.fault.phase in _TRIAGED_NEXT,
        "answer_source": _answer_source(look),
        "has_sheet": view is not None and has_sheet(look.actor, view),
        "errand": None if exchange is None else await _errand(look, exchange),
        "delegates": await _delegates(look, case.service_code),
        "facts": rows,
        "moments": moments,
        "returns": () if custody is None else custody.returns,
        "boxes": {} if custody is None else custody.units,
        "charges": [one for one in charges if one.state is not ProposalState.WITHDRAWN],
        "verdict": _verdict(exchange),
        "hold": None if exchange is None or exchange.held is None else HOLD_TEXTS[exchange.held],
        "destination": _destination(view),
        "destination_words": DESTINATIONS,
        "people": await look.people(
            [*(row.author for row in rows), *(one.by for one in moments), *_authors_of(triage)]
        ),
    }
    return View(template="case.html", values=values)


def _destination(view: ExchangeView | None) -> Destination | None:
    """Where the replacement was sent, or would be; nothing before it is known how it goes."""
    if view is None or view.whereabouts is None or view.exchange.method not in _SENT:
        return None
    return view.exchange.destination or bring_to(view.whereabouts)


async def _triage(look: Look, fault: FaultView | None) -> TriageSeen | None:
    """The guided triage; once it is over only if there is something to be told of it."""
    record = None if fault is None else await look.reads.triage_record(look.scope, fault.fault.fault)
    if fault is None or record is None:
        return None
    seen = triage_seen(guided(record, look.now, look.cases.triage.policy))
    return seen if fault.fault.phase in _TRIAGED_NEXT or seen.answers or seen.decided else None


def _authors_of(triage: TriageSeen | None) -> list[str]:
    if triage is None:
        return []
    return [one.author for one in triage.answers] + [one.author for one in triage.decided]


def _answer_source(look: Look) -> str:
    """As whose word an answer of theirs is recorded: a name of `ERRAND_WORDS`, empty for who may not answer."""
    if not look.may(right_to_answer(look.actor)):
        return ""
    return "triage_as_manager" if look.actor.role is Role.OPERATION_MANAGER else "triage_by_phone"


async def _errand(look: Look, exchange: Exchange) -> ErrandSeen | None:
    known = await look.reads.errand(look.scope, exchange.exchange)
    return None if known is None else errand_seen(known.errand, exchange, look.now)


async def _delegates(look: Look, service_code: str) -> list[Delegate]:
    view = await look.reads.adapter(look.scope, service_code)
    return [] if view is None else await delegates_at(look, view.adapter)


def offers_of(look: Look, exchange: Exchange | None) -> frozenset[str]:
    """What this person may say of the exchange now; the use cases decide again."""
    if exchange is None or exchange.state not in OPEN_STATES:
        return frozenset()
    return frozenset(_offers(look, exchange))


def _offers(look: Look, exchange: Exchange) -> Iterator[str]:
    state, speaks = exchange.state, look.may(Right.EXCHANGE)
    dispatches = look.may(Right.DISPATCH)
    before_order = state in (ExchangeState.REQUESTED, ExchangeState.JUDGED, ExchangeState.RESERVED)
    under_way = state in (ExchangeState.ORDERED, ExchangeState.ARRIVED)
    on_site = exchange.method is Verdict.ONSITE_SWAP
    if before_order and speaks:
        yield "attendee"
    if before_order and dispatches:
        yield "downgrade"
    if under_way and exchange.swap_now_at is None and (speaks or (dispatches and on_site)):
        yield "swap"
    if state is ExchangeState.ACCEPTED and speaks:
        yield "confirmation"
    if (before_order or under_way) and (speaks or dispatches):
        yield "cancellation"


def _next(look: Look, phase: str | None, exchange: Exchange | None) -> Text:
    """What is to happen next, and by whom."""
    if exchange is None:
        return NEXT["closed" if phase == "closed" else "no_exchange"]
    under_way = exchange.state in (ExchangeState.ORDERED, ExchangeState.ARRIVED)
    if under_way and exchange.swap_now_at is not None:
        return NEXT["swap_said"]
    if exchange.state is ExchangeState.ARRIVED and exchange.method is Verdict.ONSITE_SWAP:
        return NEXT["arrived_on_site"]
    known = NEXT[exchange.state]
    own = exchange.state is ExchangeState.ACCEPTED and look.actor.role is Role.OPERATION_MANAGER
    return NEXT["accepted_yours"] if own else known


def _verdict(exchange: Exchange | None) -> Text | None:
    """The verdict and the rule that gave it, in one sentence of plain words."""
    judged = None if exchange is None else exchange.judged
    if judged is None:
        return None
    if judged.override is not None:
        return plain_verdict(judged)
    if judged.method is Verdict.UNDECIDED:
        return CASE_WORDS["verdict_open"]
    method = reason_text(judged.method)
    line = next((one for one in judged.trace if one.code == judged.decided_by), None)
    if line is None:
        return Text(
            ja=f"駆けつけ交換を妨げる規則がひとつも当てはまらないため、{method.ja}と判定されました。",
            en=f"No rule stands in its way: {method.en}.",
        )
    said = behind_downgrade(judged.method, judged.trace)
    named = Text(ja="", en="") if said is None else downgrade_text(said)
    return Text(
        ja=f"次の理由により、{method.ja}と判定されました。{line.text_ja}{named.ja}",
        en=f"The verdict is {method.en}, because: {line.text_en} {named.en}".rstrip(),
    )


def _facts(fault: FaultView | None, view: ExchangeView | None) -> list[FactLine]:
    """Newest first; each statement once, though both the fault and the exchange tell of it."""
    rows = {_key(row): row for row in (*(fault.facts if fault else ()), *(view.facts if view else ()))}
    ordered = sorted(rows.values(), key=lambda row: row.fact.time, reverse=True)
    said: set[tuple[FactName, str]] = set()
    lines = []
    for row in ordered:
        mark = (row.fact.name, row.fact.source)
        lines.append(
            FactLine(
                name=FACT_WORDS[row.fact.name],
                value=value_text(row.fact.value),
                source=source_text(row.fact.source),
                author=row.fact.author,
                at=from_datetime(row.fact.time),
                evidence=row.evidence,
                newest=mark not in said,
            )
        )
        said.add(mark)
    return lines


def _key(row: FactRow) -> tuple[Any, ...]:
    return (row.fact.name, row.fact.source, row.fact.time, row.fact.author, row.fact.value)


def timeline_of(fault: FaultView | None, view: ExchangeView | None) -> Sequence[Moment]:
    """Everything that happened, oldest first."""
    return sorted(_moments(fault, view), key=lambda one: one.at)


def _moments(fault: FaultView | None, view: ExchangeView | None) -> Iterator[Moment]:
    if fault is not None:
        yield Moment(at=fault.fault.opened_at, kind="event", code="fault_opened", by="host")
        for one in fault.symptoms:
            yield Moment(at=one.first_at, kind="symptom", code=one.kind, by="unit", why=one.component or None)
        if fault.fault.phase == "closed":
            reason = None if fault.fault.reason is None else fault.fault.reason.value
            yield Moment(at=fault.fault.changed_at, kind="event", code="fault_closed", why=reason)
    if view is not None:
        for step in view.steps:
            yield Moment(at=step.at, kind="state", code=step.state, by=step.by, why=step.reason)
