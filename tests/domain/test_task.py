"""The rules of a task: one table of states, each with a reason, and no way out of an end."""

import inspect
import types

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from servicehost.domain import task as module
from servicehost.domain.task import MOVES, Fact, Task, TaskState, after, changed, due_at, handed_out, to_hand_out
from servicehost.domain.task_work import (
    ClearStatus,
    Command,
    DumpDebug,
    Ping,
    ReadConfig,
    ReadStatus,
    Reboot,
    TaskKind,
    TaskWork,
    Traceroute,
    kind_of,
    only_looks,
)
from tests.builders.tasks import a_task

S, F = TaskState, Fact
BY_UNIT = {
    F.SUCCEEDED: S.SUCCEEDED,
    F.FAILED: S.FAILED,
    F.TIMED_OUT: S.TIMED_OUT,
    F.REJECTED: S.REJECTED,
    F.INTERRUPTED: S.INTERRUPTED,
}
# Written out once more, in other words than the table: what each fact makes of each open state; None: nothing.
WANTED: dict[TaskState, dict[Fact, TaskState]] = {
    S.QUEUED: {
        F.HANDED_OUT: S.IN_PROGRESS,
        F.UNSUPPORTED: S.REJECTED,
        F.EXPIRED: S.TIMED_OUT,
        F.CANCELLED: S.CANCELLED,
        F.CONTRACT_ENDED: S.CANCELLED,
    },
    S.IN_PROGRESS: {
        **BY_UNIT,
        F.POSTPONED: S.QUEUED,
        F.UNANSWERED: S.TIMED_OUT,
        F.CONTRACT_ENDED: S.INTERRUPTED,
        F.UNIT_CHANGED: S.INTERRUPTED,
    },
}


@pytest.mark.parametrize("state", TaskState)
@pytest.mark.parametrize("fact", Fact)
def test_a_fact_leads_where_the_table_says_and_nowhere_else(state: TaskState, fact: Fact) -> None:
    change = after(a_task(state=state), fact)
    wanted = WANTED.get(state, {}).get(fact)
    assert (None if change is None else change.state) == wanted


def test_what_has_ended_is_changed_by_nothing() -> None:
    assert {state for state in TaskState if not state.ended} == set(MOVES) == {S.QUEUED, S.IN_PROGRESS}


@pytest.mark.parametrize("fact", Fact)
def test_every_change_has_a_reason_and_a_better_one_is_kept(fact: Fact) -> None:
    for state in WANTED:
        change = after(a_task(state=state), fact)
        if change is not None:
            assert change.reason == fact.value
            better = after(a_task(state=state), fact, "power_lost")
            assert better is not None
            assert better.reason == "power_lost"


def test_only_a_unit_that_never_began_gives_a_task_back() -> None:
    given = handed_out(a_task(), 7, 2_000, 30)
    change = after(given, F.POSTPONED)
    assert change is not None
    back = changed(given, change, 3_000, 30)
    assert (back.state, back.unit_id, back.started_at, back.due_at) == (S.QUEUED, None, None, 61_000)


def test_the_clock_looks_at_what_waits_when_it_expires_and_at_what_runs_when_its_time_and_grace_are_over() -> None:
    waiting = a_task()
    assert due_at(waiting, 30) == 61_000
    given = handed_out(waiting, 7, 2_000, 30)
    assert (given.state, given.unit_id, given.started_at) == (S.IN_PROGRESS, 7, 2_000)
    assert due_at(given, 30) == given.due_at == 2_000 + 90_000
    change = after(given, F.SUCCEEDED)
    assert change is not None
    assert changed(given, change, 3_000, 30).due_at is None


def test_what_a_unit_has_is_given_to_no_other() -> None:
    given = handed_out(a_task(), 7, 2_000, 30)
    assert to_hand_out(given, 7) is F.HANDED_OUT  # again: the answer was lost
    assert to_hand_out(given, 8) is F.UNIT_CHANGED
    assert to_hand_out(a_task(), 8) is F.HANDED_OUT


@given(facts=st.lists(st.sampled_from(Fact), max_size=12))
def test_whatever_is_told_in_whatever_order_there_is_one_end(facts: list[Fact]) -> None:
    _told_in_any_order(module, facts)


def _told_in_any_order(rules: types.ModuleType, facts: list[Fact]) -> None:
    task: Task = a_task()
    ends = 0
    for at, fact in enumerate(facts, start=2_000):
        change = rules.after(task, fact)
        if change is None:
            continue
        assert not task.state.ended
        assert change.reason
        task = rules.changed(task, change, at, 30)
        ends += task.state.ended
        assert (task.due_at is None) == task.state.ended or fact is F.HANDED_OUT
    assert ends <= 1


MUTANTS = {
    "an end can be left": (
        "_S.IN_PROGRESS: {",
        "_S.SUCCEEDED: {_F.CANCELLED: _S.CANCELLED},\n        _S.IN_PROGRESS: {",
    ),
    "a task that a unit has can be taken back": (
        "_F.POSTPONED: _S.QUEUED,",
        "_F.POSTPONED: _S.QUEUED,\n            _F.CANCELLED: _S.CANCELLED,",
    ),
    "a power cut puts it back into the queue": ("_F.INTERRUPTED: _S.INTERRUPTED,", "_F.INTERRUPTED: _S.QUEUED,"),
    "another unit is given what one has": ("head.unit_id != unit_id", "False"),
    "a reason is lost": ("reason=reason or fact.value", "reason=reason"),
}


def _mutant(name: str) -> types.ModuleType:
    old, new = MUTANTS[name]
    source = inspect.getsource(module)
    assert old in source
    mutant = types.ModuleType("mutant")
    exec(compile(source.replace(old, new, 1), "mutant", "exec"), mutant.__dict__)  # noqa: S102 - our own source
    return mutant


@pytest.mark.parametrize("name", MUTANTS)
def test_the_table_catches_a_rule_that_was_changed(name: str) -> None:
    rules = _mutant(name)
    states = {state.value: rules.TaskState(state.value) for state in TaskState}
    differ: list[object] = [
        (state, fact)
        for state in TaskState
        for fact in Fact
        if _led(rules, states[state.value], rules.Fact(fact.value)) != _led(module, state, fact)
    ]
    given = msgspec.structs.replace(a_task(), state=states["in_progress"], unit_id=7)
    differ += [("handed", "out")] * (rules.to_hand_out(given, 8).value != F.UNIT_CHANGED.value)
    assert differ


def _led(rules: types.ModuleType, state: object, fact: object) -> tuple[str, str] | None:
    change = rules.after(msgspec.structs.replace(a_task(), state=state), fact)
    return None if change is None else (change.state.value, change.reason)


EVERY_KIND: dict[TaskKind, tuple[TaskWork, bool]] = {
    TaskKind.PING: (Ping(address="192.0.2.1"), True),
    TaskKind.TRACEROUTE: (Traceroute(address="2001:db8::1"), True),
    TaskKind.READ_CONFIG: (ReadConfig(), True),
    TaskKind.READ_STATUS: (ReadStatus(modules=(0, 3)), True),
    TaskKind.CLEAR_STATUS: (ClearStatus(), False),
    TaskKind.COMMAND: (Command(lines=("show version",)), False),
    TaskKind.REBOOT: (Reboot(), False),
    TaskKind.DUMP_DEBUG: (DumpDebug(), False),
}


@pytest.mark.parametrize("kind", TaskKind)
def test_each_kind_is_known_by_its_name_and_by_whether_it_only_looks(kind: TaskKind) -> None:
    work, looks = EVERY_KIND[kind]
    assert kind_of(work) is kind
    assert only_looks(work) is looks
    assert msgspec.json.decode(msgspec.json.encode(work), type=TaskWork) == work


@pytest.mark.parametrize(
    "work",
    [
        {"kind": "ping", "address": "192.0.2.1; reboot"},
        {"kind": "ping", "address": "-f"},
        {"kind": "ping", "address": ""},
        {"kind": "ping", "address": "192.0.2.1", "count": 101},
        {"kind": "ping", "address": "192.0.2.1", "size_bytes": 65_508},
        {"kind": "traceroute", "address": "192.0.2.1", "max_hops": 65},
        {"kind": "command", "lines": []},
        {"kind": "command", "lines": ["x"] * 11},
        {"kind": "command", "lines": ["two\nlines"]},
        {"kind": "read_status", "modules": []},
        {"kind": "read_status", "modules": [256]},
        {"kind": "reboot", "when": "now"},
        {"kind": "format"},
    ],
)
def test_parameters_out_of_bounds_are_no_task(work: dict[str, object]) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(work, TaskWork)
