"""Returns by their due dates, the chain of custody of a unit, and what a dispatcher records of it."""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from urllib.parse import urlencode

import msgspec

from servicehost.domain.custody import HOLDER_WORDS, PART_WORDS, Handover, Holder, Part, Place
from servicehost.domain.errors import Invalid, NotFound
from servicehost.domain.fact_kind import Inspection
from servicehost.domain.people import Right, demand
from servicehost.domain.rule import Text
from servicehost.domain.unit_return import (
    INSPECTION_RESULTS,
    OWED_STATES,
    RETURN_TABLE,
    Erasure,
    Loss,
    ReturnSaid,
    ReturnState,
    UnitReturn,
)
from servicehost.operations.inspect_return import InspectionReport
from servicehost.operations.returning import Receipt, Shipment
from servicehost.ports.case_reads import Box
from servicehost.ports.custody import CustodyView, ReturnView
from servicehost.web.panel.custody_lines import ERASED
from servicehost.web.panel.deeds import Deed, Question
from servicehost.web.panel.fact_words import value_text
from servicehost.web.panel.forms import Form, read_number
from servicehost.web.panel.page_words import PAGE_WORDS
from servicehost.web.panel.reason_words import reason_text
from servicehost.web.panel.shell import Look, View
from servicehost.web.panel.state_words import RETURN_STATES

__all__ = ["INSPECT", "RECEIVE", "SHIP", "WRITE_OFF", "Step", "show_return", "show_returns", "show_unit", "steps_of"]

_PAGE: Final = 50
_DAY_MS: Final = 86_400_000
_PATH: Final = "/panel/returns"
_OPEN: Final = OWED_STATES | {ReturnState.RECEIVED}
_OFFERS: Final = {
    "shipment": ReturnSaid.SHIP,
    "receipt": ReturnSaid.RECEIVE,
    "inspection": ReturnSaid.INSPECT,
    "loss": ReturnSaid.WRITE_OFF,
}


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """Things that changed hands together."""

    at: int
    by: str
    parts: tuple[Part, ...]
    source: Place | None
    target: Place
    why: str
    reference: str
    note: str


async def show_returns(look: Look) -> View:
    """Those that are still open, or of one state; by due date."""
    asked = look.asked("state")
    states = [ReturnState(asked)] if asked in set(ReturnState) else sorted(_OPEN)
    mark = _mark(look.asked("after"))
    found = await look.reads.returns_by_due(look.scope, states, after=mark, limit=_PAGE + 1)
    rows = found[:_PAGE]
    counts = await look.reads.return_counts(look.scope)
    following = ""
    if len(found) > _PAGE:
        last = rows[-1].unit_return
        following = _address(asked, f"{last.due_at}-{last.number}")
    values = {
        "rows": rows,
        "filters": _filters(asked, counts),
        "until_due": lambda due: until_due(due, look.now),
        "first": _address(asked) if mark != (0, 0) else "",
        "following": following,
    }
    return View(template="returns.html", values=values)


def _filters(asked: str, counts: Mapping[str, int]) -> list[tuple[str, Text, int, bool]]:
    known = asked in set(ReturnState)
    still = sum(counts.get(state, 0) for state in _OPEN)
    return [(_address(""), PAGE_WORDS["open_returns"], still, not known)] + [
        (_address(state), badge.word, counts.get(state, 0), state == asked) for state, badge in RETURN_STATES.items()
    ]


def _address(state: str, after: str = "") -> str:
    asked = ({"state": state} if state else {}) | ({"after": after} if after else {})
    return f"{_PATH}?{urlencode(asked)}" if asked else _PATH


def _mark(text: str) -> tuple[int, int]:
    due, _, number = text.partition("-")
    return read_number(due), read_number(number)


def until_due(due_at: int, now: int) -> Text:
    """How many whole days are left, or have passed."""
    days = abs(due_at - now) // _DAY_MS
    if due_at >= now:
        return Text(ja=f"あと{days}日" if days else "本日中", en=f"{days} days left" if days else "today")
    return Text(ja=f"{days}日超過" if days else "期限超過", en=f"{days} days over" if days else "just over")


async def show_return(look: Look) -> View:
    """One return with the chain of custody of its unit."""
    found = await _the_return(look)
    view = await look.reads.custody_of_unit(look.scope, found.unit.distribution_id)
    one = found.unit_return
    more = {
        "one": one,
        "erased": _erased(one),
        "here_of": f"{_PATH}/{one.number}",
        "offers": [name for name, said in _OFFERS.items() if _offered(one, said)],
        "part_options": [(part.value, PART_WORDS[part]) for part in Part if part is not Part.UNIT],
        "result_options": [(result.value, value_text(result)) for result in INSPECTION_RESULTS],
        "loss_options": [(loss.value, reason_text(loss)) for loss in Loss],
        "until_due": lambda due: until_due(due, look.now),
    }
    return await _custody(look, found.unit, view, more)


async def show_unit(look: Look) -> View:
    """The chain of custody of one unit, as far as the viewer sees it."""
    distribution_id = look.request.match_info["distribution_id"]
    view = await look.reads.custody_of_unit(look.scope, distribution_id)
    if view is None:
        raise NotFound("unit_not_found", "There is no such unit")
    known = next((box for box in view.units.values() if box.distribution_id == distribution_id), None)
    if known is None:
        unit = await look.reads.unit(look.scope, distribution_id)
        if unit is None:
            raise NotFound("unit_not_found", "There is no such unit")
        known = Box(distribution_id=distribution_id, model=unit.unit.model, serial=unit.unit.serial)
    return await _custody(look, known, view, {"one": None})


async def _custody(look: Look, unit: Box, view: CustodyView | None, more: Mapping[str, Any]) -> View:
    handovers = () if view is None else view.handovers
    last = {one.thing: one for one in handovers}
    one: UnitReturn | None = more["one"]
    people = [*(step.by for step in handovers), None if one is None else one.inspected_by]
    values = {
        "unit": unit,
        "things": [
            {"part": thing.part, "place": handover.target, "at": handover.at} for thing, handover in last.items()
        ],
        "steps": steps_of(handovers),
        "part_words": PART_WORDS,
        "holder_words": HOLDER_WORDS,
        "named_place": lambda place: look.site(place.name).name if place.holder is Holder.SITE else place.name,
        "people": await look.people(people),
        **more,
    }
    return View(template="custody.html", values=values)


def steps_of(handovers: Sequence[Handover]) -> list[Step]:
    """In their order; what passed together, from one place to another by one word, is one step."""
    found: list[Step] = []
    for one in handovers:
        made = Step(
            at=one.at,
            by=one.by,
            parts=(one.thing.part,),
            source=one.source,
            target=one.target,
            why=one.evidence.why,
            # Orders of our own and stable words are no reference that anybody could look up.
            reference=one.evidence.reference if one.evidence.why == "return_shipped" else "",
            note=one.evidence.note,
        )
        if found and msgspec.structs.replace(made, parts=found[-1].parts) == found[-1]:
            found[-1] = msgspec.structs.replace(found[-1], parts=(*found[-1].parts, *made.parts))
        else:
            found.append(made)
    return found


def _erased(one: UnitReturn) -> Text:
    if one.erased is None or one.erasure is Erasure.UNKNOWN:
        return PAGE_WORDS["erased_unknown"]
    return ERASED[one.erased, one.erasure]


def _offered(one: UnitReturn, said: ReturnSaid) -> bool:
    return isinstance(RETURN_TABLE[one.state][said], ReturnState)


async def _the_return(look: Look) -> ReturnView:
    found = await look.reads.unit_return(look.scope, look.number("return"))
    if found is None:
        raise NotFound("return_not_found", "There is no such return")
    return found


def _back(look: Look) -> str:
    return f"{_PATH}/{look.number('return')}"


async def _ship(look: Look, form: Form) -> str:
    shipment = Shipment(
        by_driver=form.get("by") == Holder.DRIVER,
        carrier=form.line("name", 100),
        reference=form.line("reference", 100),
    )
    await look.cases.note_shipped(look.actor, look.number("return"), shipment)
    return _back(look)


async def _receive(look: Look, form: Form) -> str:
    receipt = Receipt(place=form.line("place", 100), missing=form.many("missing", Part), note=form.line("note"))
    await look.cases.receive_return(look.actor, look.number("return"), receipt)
    return _back(look)


async def _inspect(look: Look, form: Form) -> str:
    report = InspectionReport(
        result=form.chosen("result", Inspection),
        damaged=form.many("damaged", Part),
        erased=form.yes_or_no("erased"),
        place=form.line("place", 100),
        note=form.line("note"),
    )
    await look.cases.inspect_return(look.actor, look.number("return"), report)
    return _back(look)


async def _ask_receipt(look: Look, form: Form) -> Question:
    found, missing = await _the_return(look), form.many("missing", Part)
    demand(look.actor, Right.DISPATCH)
    lines = (
        *_of_unit(look, found),
        (PAGE_WORDS["received_where"], form.line("place", 100) or "－"),
        (PAGE_WORDS["missing"], _named(missing)),
    )
    return Question(
        title=PAGE_WORDS["receive_ask"], follows=PAGE_WORDS["receive_follows"], lines=lines, back=_back(look)
    )


async def _ask_inspection(look: Look, form: Form) -> Question:
    found, damaged = await _the_return(look), form.many("damaged", Part)
    demand(look.actor, Right.DISPATCH)
    lines = (
        *_of_unit(look, found),
        (PAGE_WORDS["inspection_result"], value_text(form.chosen("result", Inspection))),
        (PAGE_WORDS["damaged"], _named(damaged)),
    )
    return Question(
        title=PAGE_WORDS["inspect_ask"], follows=PAGE_WORDS["inspect_follows"], lines=lines, back=_back(look)
    )


async def _ask_loss(look: Look, form: Form) -> Question:
    found, loss, reason = await _the_return(look), form.chosen("loss", Loss), form.line("reason")
    demand(look.actor, Right.DISPATCH)
    if not reason:
        raise Invalid("no_reason", "Say why it is given up")
    lines = (
        *_of_unit(look, found),
        (PAGE_WORDS["why_given_up"], reason_text(loss)),
        (PAGE_WORDS["reason_word"], reason),
    )
    follows = PAGE_WORDS["loss_follows_charged" if loss is Loss.NEVER_RETURNED else "loss_follows"]
    return Question(title=PAGE_WORDS["loss_ask"], follows=follows, lines=lines, back=_back(look), stern=True)


def _of_unit(look: Look, found: ReturnView) -> tuple[tuple[Text, Any], ...]:
    return (
        (PAGE_WORDS["model_serial"], f"{found.unit.model}-{found.unit.serial}"),
        (PAGE_WORDS["site_word"], look.site(found.unit_return.service_code).name),
    )


def _named(parts: Sequence[Part]) -> Text:
    if not parts:
        return PAGE_WORDS["none"]
    names = [PART_WORDS[part] for part in parts]
    return Text(ja="、".join(one.ja for one in names), en=", ".join(one.en for one in names))


async def _write_off(look: Look, form: Form) -> str:
    loss, reason = form.chosen("loss", Loss), form.line("reason")
    await look.cases.write_off_return(look.actor, look.number("return"), loss, reason)
    return _back(look)


_OF: Final = f"{_PATH}/{{return}}"
SHIP: Final = Deed(path=f"{_OF}/shipment", name="shipped", shows=show_return, do=_ship)
RECEIVE: Final = Deed(path=f"{_OF}/receipt", name="received", shows=show_return, do=_receive, ask=_ask_receipt)
INSPECT: Final = Deed(path=f"{_OF}/inspection", name="inspected", shows=show_return, do=_inspect, ask=_ask_inspection)
WRITE_OFF: Final = Deed(path=f"{_OF}/loss", name="written_off", shows=show_return, do=_write_off, ask=_ask_loss)
