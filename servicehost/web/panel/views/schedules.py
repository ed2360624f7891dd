"""Pushes and tasks for later: when each is next due, what it does to whom, and what became of its latest times."""

from datetime import time
from typing import Any, Final

import msgspec

from servicehost.domain.errors import Invalid, NotFound
from servicehost.domain.people import has_right
from servicehost.domain.rule import Text
from servicehost.domain.schedule import Schedule
from servicehost.domain.scheduled_order import (
    Occurrence,
    Plan,
    PushPlan,
    ScheduledOrder,
    ScheduleState,
    named_by,
    right_of_plan,
)
from servicehost.domain.selection import Selection
from servicehost.domain.task_work import kind_of
from servicehost.web.panel.config_words import TARGETS
from servicehost.web.panel.deeds import Deed, Question
from servicehost.web.panel.fleet_filter import selection_text
from servicehost.web.panel.forms import Form
from servicehost.web.panel.language import fill
from servicehost.web.panel.reason_words import reason_text
from servicehost.web.panel.schedule_page_words import LATES, OCCURRENCES, SCHEDULE_STATES, SCHEDULE_WORDS
from servicehost.web.panel.shell import Look, View
from servicehost.web.panel.task_page_words import work_text
from servicehost.web.panel.times import moment_in, read_local
from servicehost.web.panel.when_words import recurrence_text
from servicehost.web.panel.work_words import TASK_KINDS

__all__ = ["CANCEL", "PATH", "RETIME", "show_schedule", "show_schedules"]

PATH: Final = "/panel/schedules"
_PAGE: Final = 100
_NAMED: Final = 3
_LATEST: Final = 20


class ScheduleLine(msgspec.Struct, frozen=True, kw_only=True):
    """One schedule in words. `next`: its next time in its own zone; `named`: some of the sites that it names, `more`
    how many others; `whom`: who is meant where it names none, and `link` the fleet filtered so."""

    order: ScheduledOrder
    state: Any
    title: Text
    detail: Text | None
    next: Any
    when: Text
    named: tuple[str, ...]
    more: Text | None
    whom: Text | None
    link: str


async def show_schedules(look: Look) -> View:
    """Those that wait, or all; of each page the next one first."""
    every, after = look.asked("state") == "all", look.asked_number("after")
    found = await look.reads.scheduled_orders(look.scope, waiting=not every, after=after, limit=_PAGE + 1)
    page = sorted(found[:_PAGE], key=lambda one: (one.due_at is None, one.due_at or 0, -one.number))
    here = f"{PATH}?state=all" if every else PATH
    following = f"{here}{'&' if every else '?'}after={found[_PAGE - 1].number}" if len(found) > _PAGE else ""
    values: dict[str, Any] = {
        "lines": [await _line(look, one) for one in page],
        "customers": look.room.knowledge.customers,
        "filters": [
            (PATH, SCHEDULE_WORDS["schedules_waiting"], None, not every),
            (f"{PATH}?state=all", SCHEDULE_WORDS["schedules_every"], None, every),
        ],
        "first": here if after else "",
        "following": following,
    }
    return View(template="schedules.html", values=values)


async def the_schedule(look: Look) -> ScheduledOrder:
    """The one of the address. Raises NotFound `schedule_not_found`."""
    found = await look.reads.scheduled_order_numbered(look.scope, look.number("schedule"))
    if found is None:
        raise NotFound("schedule_not_found", "There is no such schedule")
    return found


async def show_schedule(look: Look) -> View:
    """Raises NotFound `schedule_not_found`."""
    one = await the_schedule(look)
    latest = await look.reads.occurrences(look.scope, one.number, limit=_LATEST)
    waits = one.state is ScheduleState.WAITING
    recurs, zone = one.schedule.recurrence is not None, one.schedule.time_zone
    values: dict[str, Any] = {
        "line": await _line(look, one),
        "one": one,
        "customer": look.room.knowledge.customers.get(one.management_code, ""),
        "why": _why(one),
        "late": LATES[one.late],
        "history": [(moment_in(seen.due_at, zone), seen, OCCURRENCES[seen.outcome], _why(seen)) for seen in latest],
        "changes": waits and (look.provider or has_right(look.actor, right_of_plan(one.plan))),
        "recurs": recurs,
        "new_hour": fill(SCHEDULE_WORDS["schedule_new_hour"], zone=zone),
        "hour": f"{one.schedule.recurrence.at_time:%H:%M}" if one.schedule.recurrence is not None else "",
        "people": await look.people([one.ordered_by]),
    }
    return View(template="schedule.html", values=values)


def _why(one: ScheduledOrder | Occurrence) -> Text | None:
    return None if one.reason is None else reason_text(one.reason)


async def _line(look: Look, one: ScheduledOrder) -> ScheduleLine:
    plan, recurrence, zone = one.plan, one.schedule.recurrence, one.schedule.time_zone
    codes = named_by(plan)
    selection = Selection(service_codes=codes) if isinstance(plan, PushPlan) else plan.adapters
    whom, link = (None, "") if codes else await selection_text(look, selection)
    rest = len(codes) - _NAMED
    return ScheduleLine(
        order=one,
        state=SCHEDULE_STATES[one.state],
        title=_title(plan),
        detail=_detail(plan),
        next=None if one.due_at is None else moment_in(one.due_at, zone),
        when=SCHEDULE_WORDS["schedule_once"] if recurrence is None else recurrence_text(recurrence, zone),
        named=codes[:_NAMED],
        more=fill(SCHEDULE_WORDS["schedule_more"], count=rest) if rest > 0 else None,
        whom=whom,
        link=link,
    )


def _title(plan: Plan) -> Text:
    if isinstance(plan, PushPlan):
        return SCHEDULE_WORDS["schedule_push"]
    return fill(SCHEDULE_WORDS["schedule_task"], kind=TASK_KINDS[kind_of(plan.work)])


def _detail(plan: Plan) -> Text | None:
    if not isinstance(plan, PushPlan):
        return work_text(plan.work)
    target = TARGETS[plan.target]
    if not plan.revisions:
        which = SCHEDULE_WORDS["schedule_working"]
    else:
        numbers = [
            fill(SCHEDULE_WORDS["schedule_revision"], revision=one) for one in sorted(set(plan.revisions.values()))
        ]
        several = Text(ja="・".join(one.ja for one in numbers[:5]), en=", ".join(one.en for one in numbers[:5]))
        which = fill(SCHEDULE_WORDS["schedule_fixed"], revisions=several)
    return Text(ja=f"{which.ja}、{target.ja}", en=f"{which.en}; {target.en}")


async def _ask_cancel(look: Look, form: Form) -> Question:
    line = await _line(look, await the_schedule(look))
    return Question(
        title=SCHEDULE_WORDS["schedule_cancel"],
        follows=SCHEDULE_WORDS["schedule_cancel_follows"],
        lines=(
            (SCHEDULE_WORDS["schedule_what"], line.title),
            (SCHEDULE_WORDS["schedule_when"], line.when),
            (SCHEDULE_WORDS["schedule_next"], line.next or "－"),
            (SCHEDULE_WORDS["schedule_note"], form.line("reason") or "－"),
        ),
        back=f"{PATH}/{look.number('schedule')}",
        stern=True,
    )


async def _cancel(look: Look, form: Form) -> str:
    number = look.number("schedule")
    await look.door.catalogue.schedules.cancel_schedule(look.actor, number, form.line("reason"))
    return f"{PATH}/{number}"


async def _retime(look: Look, form: Form) -> str:
    one = await the_schedule(look)
    changed = _changed(one.schedule, form)
    await look.door.catalogue.schedules.retime_schedule(look.actor, one.number, changed, form.line("reason"))
    return f"{PATH}/{one.number}"


def _changed(schedule: Schedule, form: Form) -> Schedule:
    """Another hour of the same dates, or another instant. Raises Invalid `time_malformed`."""
    recurrence = schedule.recurrence
    try:
        if recurrence is not None:
            at_time = time.fromisoformat(form.get("at_time"))
            return msgspec.structs.replace(
                schedule, recurrence=msgspec.structs.replace(recurrence, at_time=at_time.replace(tzinfo=None))
            )
        at = read_local(form.get("at"))
    except ValueError as error:
        raise Invalid("time_malformed", "The time cannot be read") from error
    if at is None:
        raise Invalid("time_malformed", "Say when")
    return msgspec.structs.replace(schedule, at=at)


_ONE: Final = f"{PATH}/{{schedule}}"
CANCEL: Final = Deed(path=f"{_ONE}/cancel", name="schedule_cancelled", shows=show_schedule, do=_cancel, ask=_ask_cancel)
RETIME: Final = Deed(path=f"{_ONE}/when", name="schedule_retimed", shows=show_schedule, do=_retime)
