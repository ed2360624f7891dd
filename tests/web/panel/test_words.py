"""Everything that can be shown has words in both languages."""

import ast
import inspect
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

import servicehost.operations
from protocol.codes import CloseCode
from servicehost.domain import rollout_freeze, rollout_rules
from servicehost.domain.acceptance import Point
from servicehost.domain.admission import gone
from servicehost.domain.audit import Action
from servicehost.domain.audit_check import FaultKind
from servicehost.domain.certificate_standing import RevocationReason, Why
from servicehost.domain.charge import Charge, ChargeCode
from servicehost.domain.charge_proposal import ProposalState
from servicehost.domain.custody import HOLDER_WORDS, PART_WORDS
from servicehost.domain.enrolment import EnrolmentRefusal
from servicehost.domain.enrolment_request import RequestState, Way
from servicehost.domain.event import Event, EventClass, Severity
from servicehost.domain.exchange import ExchangeState, Failure
from servicehost.domain.fact_kind import KINDS, Cause, Source
from servicehost.domain.fault import FaultEnd, FaultPhase
from servicehost.domain.life import PEOPLES_WORDS, LifeSaid
from servicehost.domain.option import AttachCode
from servicehost.domain.people import Role
from servicehost.domain.presence import Presence
from servicehost.domain.push import Phase
from servicehost.domain.reaction import FOLLOWS
from servicehost.domain.rollout import MemberState, RolloutDeed, RolloutState
from servicehost.domain.rollout_rules import Verdict as GateVerdict
from servicehost.domain.rule import Text
from servicehost.domain.rules import RuleCode, Verdict
from servicehost.domain.schedule import Weekday
from servicehost.domain.scheduled_order import Late, OccurrenceEnd, ScheduleState
from servicehost.domain.symptom import SymptomKind
from servicehost.domain.task import Fact as TaskFact
from servicehost.domain.task import TaskState
from servicehost.domain.task_work import TaskKind
from servicehost.domain.unit import Life
from servicehost.domain.unit_return import INSPECTION_RESULTS, Loss, ReturnState
from servicehost.operations import halt_rollout, roll_back_rollout, rollout_health, step_rollouts
from servicehost.operations.note_erasure import ERASED
from servicehost.web.panel import (
    audit_words,
    case_words,
    custody_lines,
    event_words,
    fact_words,
    page_words,
    refusals,
    rollout_states,
    rollout_words,
    schedule_page_words,
    state_words,
    when_words,
    words,
    work_words,
)
from servicehost.web.panel.event_notes import notes_of
from servicehost.web.panel.event_words import EVENTS, event_text
from servicehost.web.panel.reason_words import REASONS, reason_text
from servicehost.web.panel.state_words import Badge, badge
from servicehost.web.panel.views.table import DEEDS
from servicehost.web.problem_codes import STATUS

JAPANESE = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]")


@pytest.mark.parametrize(
    ("table", "codes"),
    [
        (state_words.PRESENCES, [*Presence, state_words.NO_UNIT, state_words.TRYING]),
        (state_words.PHASES, Phase),
        (state_words.SEVERITIES, Severity),
        (state_words.FAULT_PHASES, FaultPhase),
        (state_words.EXCHANGE_STATES, ExchangeState),
        (state_words.VERDICTS, Verdict),
        (state_words.CHARGES, Charge),
        (state_words.POINTS, Point),
        (fact_words.SOURCES, Source),
        (state_words.RETURN_STATES, ReturnState),
        (state_words.CHARGE_STATES, ProposalState),
        (state_words.REQUEST_STATES, RequestState),
        (page_words.WAYS, Way),
        (audit_words.FAULTS, FaultKind),
        (audit_words.ROLES, Role),
        (work_words.ROLLOUT_STATES, RolloutState),
        (rollout_states.MEMBER_STATES, MemberState),
        (rollout_states.GATE_VERDICTS, GateVerdict),
        (when_words.WEEKDAYS, Weekday),
        (schedule_page_words.SCHEDULE_STATES, ScheduleState),
        (schedule_page_words.OCCURRENCES, OccurrenceEnd),
        (schedule_page_words.LATES, Late),
        (work_words.TASK_STATES, TaskState),
        (work_words.TASK_KINDS, TaskKind),
        (page_words.DONE, {deed.name for deed in DEEDS}),
    ],
)
def test_every_state_has_words(table: Mapping[Any, Any], codes: Any) -> None:
    assert set(table) == set(codes)


def test_no_two_states_of_a_kind_look_alike_without_colour() -> None:
    working = (work_words.ROLLOUT_STATES, work_words.TASK_STATES, rollout_states.MEMBER_STATES)
    for table in (state_words.PRESENCES, state_words.PHASES, state_words.VERDICTS, *working):
        assert len({(one.sign, one.word.ja) for one in table.values()}) == len(table)
        assert len({one.word.ja for one in table.values()}) == len(table)


def test_every_action_of_the_audit_has_words() -> None:
    assert set(Action) - set(audit_words.ACTIONS) == set()


def test_every_state_of_an_exchange_says_what_comes_next() -> None:
    assert set(ExchangeState) <= set(case_words.NEXT)


def test_every_reason_that_the_host_gives_has_words() -> None:
    codes = [code.name.lower() for code in CloseCode]
    codes += [*EnrolmentRefusal, *Why, *RevocationReason, *(away.reason for life in Life if (away := gone(life)))]
    codes += [*SymptomKind, *FaultEnd, *Failure, *Cause, *RuleCode, *Verdict]
    codes += [*TaskFact, *(one for one in GateVerdict if one not in (GateVerdict.NOT_YET, GateVerdict.PASSED))]
    codes += [*ChargeCode, *Loss, *INSPECTION_RESULTS, *AttachCode]
    assert [code for code in codes if code not in REASONS] == []


def test_every_member_of_a_rollout_is_counted_in_one_part() -> None:
    counted = [state for part in rollout_states.PARTS for state in part.states]
    assert sorted(counted) == sorted(MemberState)


def test_every_reason_of_a_member_that_the_rules_write_has_words() -> None:
    rooms = (rollout_rules, rollout_freeze, rollout_health, step_rollouts, halt_rollout, roll_back_rollout)
    known = {*rollout_words.MEMBER_REASONS, *rollout_words.ROLLOUT_EVENTS, *REASONS}
    written = {word for room in rooms for word in re.findall(r'_M\.\w+, "(\w+)"', inspect.getsource(room))}
    assert {"session_lost", "new_fault", "not_there_in_time", "rolled_back", "absent"} <= written
    assert sorted(written - known) == []


def test_every_deed_upon_a_rollout_has_words() -> None:
    for deed in RolloutDeed:
        assert {f"deed_{deed.value}", f"{deed.value}_follows"} <= set(page_words.PAGE_WORDS)


def test_every_value_of_a_fact_has_words() -> None:
    assert {value for kind in KINDS.values() for value in kind.values} <= set(fact_words.VALUES)


PLACES = {
    "deed": 2,
    "of_push": 2,
    "fault_event": 1,
    "exchange_event": 1,
    "return_event": 1,
    "charge_event": 1,
    "_event": 1,
    "told": 1,
    "_turned": 2,
}
"""Which argument of those that make events is the sub-type."""


def sub_types() -> Iterator[str]:
    """Every sub-type that the use cases write as a word, also as one of two."""
    folder = Path(inspect.getfile(servicehost.operations)).parent
    for path in folder.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.keyword) and node.arg == "sub_type":
                yield from said(node.value)
            if isinstance(node, ast.Assign) and [ast.unparse(one) for one in node.targets] == ["sub_type"]:
                yield from said(node.value)
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                place = PLACES.get(node.func.id, len(node.args))
                yield from (word for given in node.args[place : place + 1] for word in said(given))


def said(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.IfExp):
        yield from said(node.body)
        yield from said(node.orelse)
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value


def test_every_event_that_the_host_writes_has_words() -> None:
    written = set(sub_types()) | {f"push_{phase}" for phase in Phase if phase.ended}
    written |= {f"exchange_{state}" for state in ExchangeState}
    written |= {f"unit_{word}" for word in PEOPLES_WORDS if word is not LifeSaid.REGISTERED}
    assert {"unit_enrolled", "unit_moved", "adapter_goes_on", "enrolment_denied", "unit_registered_again"} <= written
    written |= {f"return_{state}" for state in ReturnState if state is not ReturnState.NOT_RETURNED}
    written |= {f"charge_{state}" for state in ProposalState}
    written |= set(FOLLOWS) | {"return_overdue", ERASED}
    assert len(written) > 30
    assert sorted(written - set(EVENTS)) == []


def test_what_is_unknown_is_shown_as_it_is() -> None:
    assert event_text("toner_low") == reason_text("toner_low") == Text(ja="toner_low", en="toner_low")
    assert badge(state_words.PHASES, "melted").word.ja == "melted"


def texts() -> Iterator[tuple[str, Text]]:
    tables: list[Mapping[Any, Any]] = [
        words.WORDS,
        words.SCRIPT,
        words.REFUSALS,
        event_words.EVENTS,
        REASONS,
    ]
    tables += [case_words.NEXT, audit_words.ACTIONS, audit_words.FIELDS, audit_words.FAULTS, audit_words.ROLES]
    tables.append({name: noun for name, (_, noun) in audit_words.NOUNS.items()})
    tables += [page_words.PAGE_WORDS, page_words.DONE, page_words.WAYS, refusals.REFUSED]
    tables.append({name: entry.word for name, entry in page_words.MENU.items()})
    tables += [fact_words.VALUES, fact_words.SOURCES, state_words.POINTS]
    tables += [custody_lines.RETURN_STATES, custody_lines.CHARGE_STATES, custody_lines.ERASED, HOLDER_WORDS, PART_WORDS]
    tables += [schedule_page_words.SCHEDULE_STATES, schedule_page_words.OCCURRENCES, schedule_page_words.LATES]
    tables += [rollout_words.MEMBER_REASONS, rollout_states.MEMBER_STATES, rollout_states.GATE_VERDICTS]
    tables += [value for name, value in vars(state_words).items() if name.isupper() and isinstance(value, dict)]
    for table in tables:
        for name, value in table.items():
            yield str(name), value.word if isinstance(value, Badge) else value


def test_every_text_is_japanese_in_japanese_and_english_in_english() -> None:
    for name, text in texts():
        assert JAPANESE.search(text.ja), name
        assert text.en, name
        assert not JAPANESE.search(text.en), name
        assert set(re.findall(r"{\w+}", text.ja)) == set(re.findall(r"{\w+}", text.en)), name


def event(**detail: Any) -> Event:
    return Event(at=1, class_=EventClass.MONITOR, sub_type="seen", severity=Severity.INFO, detail=detail)


def test_an_events_detail_is_put_into_words() -> None:
    said = notes_of(event(revision=3, failing=["flash"], count=2, note="夏の変更", epoch=9))
    assert [one.ja for one in said] == ["r3", "2件", "異常: フラッシュメモリ", "「夏の変更」"]
    assert [one.en for one in said] == ["r3", "2 of them", "failing: flash memory", "“夏の変更”"]
    assert [one.ja for one in notes_of(event(failing=[]))] == ["異常なし"]


def test_a_long_text_of_a_unit_is_cut() -> None:
    (said,) = notes_of(event(text="x" * 500))
    assert len(said.ja) == 121


TEMPLATES = Path(inspect.getfile(words)).parent / "templates"


def test_every_word_that_a_template_names_is_in_a_table() -> None:
    known = {**words.WORDS, **page_words.PAGE_WORDS}
    named = {
        name
        for path in TEMPLATES.glob("*.html")
        for pair in re.findall(r"""\b(?:w|s)\('(\w+)'[) ]|words\['(\w+)'\]""", path.read_text())
        for name in pair
        if name
    }
    assert sorted(name for name in named if name not in known and f"{name}excluded" not in known) == []


def test_a_refusal_on_a_page_is_one_that_the_door_knows() -> None:
    of_forms = {"text_too_long", "text_not_a_line", "nothing_chosen", "attendee_missing", "chain_not_found"}
    unknown = set(refusals.REFUSED) - set(STATUS) - of_forms - {"form_stale", "not_found"}
    assert sorted(unknown - {refusal.value for refusal in EnrolmentRefusal}) == []
