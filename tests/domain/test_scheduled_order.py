"""What an instant means for a push that waits: what is due, what was missed, when it is over."""

import importlib.util
import sys
from datetime import date, time
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servicehost.domain import scheduled_order as rules
from servicehost.domain.people import Right
from servicehost.domain.schedule import Every, Recurrence, Schedule
from servicehost.domain.scheduled_order import (
    Late,
    Plan,
    PlanKind,
    PushPlan,
    ScheduledOrder,
    ScheduleState,
    TaskPlan,
    due,
    kind_of_plan,
    named_by,
    right_of_plan,
    without_words,
)
from servicehost.domain.selection import Selection
from servicehost.domain.task_work import ReadStatus, Reboot

DAY, GRACE = 86_400_000, 300_000
DAILY = Schedule(recurrence=Recurrence(every=Every.DAY, at_time=time(0), starts_on=date(1970, 1, 3)))
ONCE = Schedule(at=2 * DAY)


def waits(schedule: Schedule = DAILY, late: Late = Late.RUN, due_at: int | None = 2 * DAY) -> ScheduledOrder:
    return ScheduledOrder(
        number=1,
        management_code="nxm000000001",
        schedule=schedule,
        plan=PushPlan(service_codes=("nxe000000001",)),
        late=late,
        note="",
        master_id="anna",
        ordered_by="anna",
        ordered_at=0,
        state=ScheduleState.WAITING,
        changed_at=0,
        due_at=due_at,
    )


# schedule, late, now: missed, fired, late, following
TABLE = [
    (ONCE, Late.RUN, 2 * DAY - 1, None),
    (ONCE, Late.RUN, 2 * DAY, ((), 2 * DAY, False, None)),
    (ONCE, Late.SKIP, 2 * DAY + GRACE, ((), 2 * DAY, False, None)),
    (ONCE, Late.RUN, 2 * DAY + GRACE + 1, ((), 2 * DAY, True, None)),
    (ONCE, Late.SKIP, 2 * DAY + GRACE + 1, ((2 * DAY,), None, True, None)),
    (DAILY, Late.RUN, 2 * DAY, ((), 2 * DAY, False, 3 * DAY)),
    (DAILY, Late.RUN, 4 * DAY + 1, ((2 * DAY, 3 * DAY), 4 * DAY, False, 5 * DAY)),
    (DAILY, Late.SKIP, 4 * DAY + 1, ((2 * DAY, 3 * DAY), 4 * DAY, False, 5 * DAY)),
    (DAILY, Late.RUN, 4 * DAY + 2 * GRACE, ((2 * DAY, 3 * DAY), 4 * DAY, True, 5 * DAY)),
    (DAILY, Late.SKIP, 4 * DAY + 2 * GRACE, ((2 * DAY, 3 * DAY, 4 * DAY), None, True, 5 * DAY)),
]


def told(module: Any, schedule: Schedule, late: Late, now: int) -> Any:
    what = module.due(waits(schedule, late), now, GRACE)
    return None if what is None else (what.missed, what.fire, what.late, what.following)


@pytest.mark.parametrize(("schedule", "late", "now", "expected"), TABLE)
def test_the_table(schedule: Schedule, late: Late, now: int, expected: object) -> None:
    assert told(rules, schedule, late, now) == expected


def test_of_a_long_absence_the_latest_times_are_named_and_the_others_counted() -> None:
    what = due(waits(), 300 * DAY, GRACE)
    assert what is not None
    assert (len(what.missed), what.unnamed, what.missed[-1], what.fire) == (100, 198, 299 * DAY, 300 * DAY)


def test_what_has_ended_is_never_due() -> None:
    assert due(waits(due_at=None), 9 * DAY, GRACE) is None


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("one.due_at > now", "one.due_at >= now"),
        ("following <= now", "following < now - 86_400_000"),
        ("now - times[-1] > grace_ms", "now - times[-1] >= grace_ms"),
        ("one.late is Late.RUN or not late", "not late"),
        ("one.late is Late.RUN or not late", "True"),
        ("times[:-1] if fires else times", "times[:-1]"),
        ("times[:-1] if fires else times", "times"),
        ("following=following", "following=None"),
    ],
)
def test_a_rule_that_is_broken_is_noticed(right: str, wrong: str, tmp_path: Path) -> None:
    mutant = _mutant(tmp_path, right, wrong)
    # The mutant has an enumeration of its own: it is handed its own words.
    assert any(
        told(mutant, schedule, mutant.Late(late.value), now) != expected for schedule, late, now, expected in TABLE
    )


def _mutant(folder: Path, right: str, wrong: str) -> Any:
    source = Path(rules.__file__).read_text()
    assert right in source
    (folder / "mutant.py").write_text(source.replace(right, wrong))
    spec = importlib.util.spec_from_file_location("mutant_scheduled_order", folder / "mutant.py")
    assert spec is not None
    assert spec.loader is not None
    made: ModuleType = importlib.util.module_from_spec(spec)
    sys.modules["mutant_scheduled_order"] = made
    spec.loader.exec_module(made)
    return made


@given(st.lists(st.integers(1, 4 * DAY), max_size=20), st.sampled_from(Late))
def test_however_often_somebody_looks_each_time_is_told_once(pauses: list[int], late: Late) -> None:
    now, at, seen = DAY, waits(late=late), []
    for pause in pauses:
        now += pause
        what = due(at, now, GRACE)
        if what is not None:
            seen += [*what.missed, *([] if what.fire is None else [what.fire])]
            at = waits(late=late, due_at=what.following)
    assert seen == [day * DAY for day in range(2, 2 + len(seen))]


MEANT = (Selection(tag="Sato"), Selection(query="memo:Sato"), Selection(group=1), Selection(service_codes=("a", "b")))


@pytest.mark.parametrize("meant", MEANT)
def test_a_plan_names_the_adapters_of_a_list_alone_and_keeps_no_other_word_once_it_is_erased(meant: Selection) -> None:
    plan = TaskPlan(adapters=meant, work=Reboot(), name="Sato")
    named = meant.service_codes or ()
    assert named_by(plan) == named
    assert without_words(plan) == TaskPlan(adapters=Selection(service_codes=named), work=Reboot(), name="")


@pytest.mark.parametrize(
    ("plan", "kind", "right"),
    [
        (PushPlan(service_codes=("a",)), PlanKind.PUSH, Right.PUSH_CONFIG),
        (TaskPlan(adapters=Selection(group=1), work=Reboot(), name=""), PlanKind.TASK, Right.OPERATE),
        (TaskPlan(adapters=Selection(group=1), work=ReadStatus(), name=""), PlanKind.TASK, Right.LOOK_INTO_UNITS),
    ],
)
def test_what_is_planned_says_which_right_it_needs(plan: Plan, kind: PlanKind, right: Right) -> None:
    assert (kind_of_plan(plan), right_of_plan(plan)) == (kind, right)
