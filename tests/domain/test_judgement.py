"""The judgement against the terms of service, and its promises for facts that are not all known."""

import random
from collections.abc import Iterator
from functools import cache

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from servicehost.domain.condition import All, Condition, Not
from servicehost.domain.explanation import explain
from servicehost.domain.fact import Facts
from servicehost.domain.fact_kind import FactName, FactValue, Source, Supplier
from servicehost.domain.judgement import VERDICT_TEXTS, judge
from servicehost.domain.rule import Rule
from servicehost.domain.rules import RULES, Verdict
from tests.domain.cases import CHANGES, ENTITLED, THOROUGHLY, disputed_facts, known, said, some_values
from tests.domain.terms import COMBINATIONS, METHOD, ORDER, combinations, look_up, read_table

Rules = tuple[Rule[Verdict], ...]


@cache
def expected() -> tuple[tuple[dict[str, str | bool], tuple[str, ...]], ...]:
    """Every combination with its outcome by the terms, shuffled so that a wrong rule shows early."""
    table = read_table(METHOD)
    cases = [(case, look_up(table, case)) for case in combinations()]
    random.Random(3).shuffle(cases)
    return tuple(cases)


def first_difference(rules: Rules = RULES) -> str | None:
    """Say where the rules and the terms first differ in the verdict or in the rule that decides, if anywhere."""
    for case, outcome in expected():
        judgement = judge(known(case), rules)
        if (judgement.verdict, judgement.decided_by or "-") != outcome:
            return f"{case}: {judgement.verdict} by {judgement.decided_by}, the terms say {outcome}"
    return None


def test_every_combination_of_known_values_is_judged_as_the_terms_say() -> None:
    assert len(expected()) == COMBINATIONS
    assert first_difference() is None


@pytest.mark.parametrize("code", ORDER)
def test_a_dropped_rule_is_noticed(code: str) -> None:
    assert first_difference(tuple(rule for rule in RULES if rule.code != code)) is not None


def swapped(i: int) -> Rules:
    return (*RULES[:i], RULES[i + 1], RULES[i], *RULES[i + 2 :])


# The four other pairs of neighbours exclude each other, so that only the order of the trace can tell them apart.
@pytest.mark.parametrize("i", [0, 2, 4, 6, 8, 9, 10], ids=lambda i: f"{ORDER[i]}+{ORDER[i + 1]}")
def test_two_neighbours_that_change_places_are_noticed(i: int) -> None:
    assert first_difference(swapped(i)) is not None


@pytest.mark.parametrize("i", [1, 3, 5, 7], ids=lambda i: f"{ORDER[i]}+{ORDER[i + 1]}")
def test_the_other_neighbours_never_hold_together(i: int) -> None:
    traces = (judge(known(case), RULES[i : i + 2]).trace for case, _ in expected()[::7])
    assert not any(first.holds and second.holds for first, second in traces)
    assert tuple(rule.code for rule in swapped(i)) != ORDER


def weakened(condition: Condition) -> Iterator[Condition]:
    """Every condition that differs from this one by a single value forgotten."""
    if isinstance(condition, All):
        for i, part in enumerate(condition.parts):
            for other in weakened(part):
                yield All(parts=(*condition.parts[:i], other, *condition.parts[i + 1 :]))
    elif isinstance(condition, Not):
        for other in weakened(condition.part):
            yield Not(part=other)
    else:
        for value in condition.values:
            yield msgspec.structs.replace(condition, values=tuple(v for v in condition.values if v != value))


@pytest.mark.parametrize("i", range(len(RULES)), ids=ORDER)
def test_a_value_forgotten_in_a_rule_is_noticed(i: int) -> None:
    for condition in weakened(RULES[i].condition):
        mutant = msgspec.structs.replace(RULES[i], condition=condition)
        assert first_difference((*RULES[:i], mutant, *RULES[i + 1 :])) is not None


@pytest.mark.parametrize("i", range(len(RULES)), ids=ORDER)
def test_a_wrong_verdict_of_a_rule_is_noticed(i: int) -> None:
    mutant = msgspec.structs.replace(RULES[i], outcome=Verdict.ONSITE_SWAP)
    assert first_difference((*RULES[:i], mutant, *RULES[i + 1 :])) is not None


@THOROUGHLY
@given(facts=disputed_facts())
def test_any_facts_have_one_verdict_with_every_rule_explained(facts: Facts) -> None:
    """Total, deterministic, explained; and undecided names facts that are really unknown, and whom to ask."""
    judgement = judge(facts)
    lines = explain(judgement.trace)
    assert judge(Facts(statements=facts.statements[::-1])) == judgement
    assert tuple(line.code for line in lines) == ORDER
    assert all(line.text_ja and line.text_en and line.fact for line in lines)
    first = next((line for line in lines if line.holds is not False), None)
    assert judgement.decided_by == (first and first.code)
    assert (judgement.verdict is Verdict.UNDECIDED) == (first is not None and first.holds is None)
    assert (judgement.verdict is Verdict.UNDECIDED) == bool(judgement.missing)
    findings = facts.findings()
    assert all(findings[missing.name].value is None and missing.ask for missing in judgement.missing)


@THOROUGHLY
@given(values=some_values())
def test_nobody_drives_out_without_option_natural_failure_declared_location_and_attendance(
    values: dict[str, FactValue],
) -> None:
    if judge(known(values)).verdict is not Verdict.ONSITE_SWAP:
        return
    needed = ("requester", "option", "channel", "item", "cause", "location", "site", "attendee")
    assert {name: values.get(name) for name in needed} == {name: ENTITLED[name] for name in needed}


@THOROUGHLY
@given(values=some_values(), name=st.sampled_from(sorted(ENTITLED)))
def test_a_fact_that_becomes_known_never_changes_what_was_decided(values: dict[str, FactValue], name: str) -> None:
    before = judge(known({n: value for n, value in values.items() if n != name}))
    if before.verdict is Verdict.UNDECIDED:
        return
    after = judge(known(values))
    assert (after.verdict, after.decided_by) == (before.verdict, before.decided_by)


@THOROUGHLY
@given(values=some_values(), change=st.sampled_from(CHANGES))
def test_facts_behind_the_rule_that_decides_change_nothing(
    values: dict[str, FactValue], change: tuple[str, FactValue | None]
) -> None:
    before = judge(known(values))
    codes = [*ORDER, None]
    read = {name for rule in RULES[: codes.index(before.decided_by) + 1] for name in _read_by(rule)}
    name, value = change
    if name in read:
        return
    others = {n: v for n, v in values.items() if n != name}
    after = judge(known(others if value is None else {**others, name: value}))
    assert (after.verdict, after.decided_by, after.missing) == (before.verdict, before.decided_by, before.missing)


@cache
def _read_by(rule: Rule[Verdict]) -> frozenset[FactName]:
    """With nothing known a rule uses every fact it reads."""
    return frozenset(finding.name for finding in judge(Facts(), (rule,)).trace[0].used)


def test_nothing_known_asks_first_who_is_asking() -> None:
    judgement = judge(Facts())
    assert (judgement.verdict, judgement.decided_by) == (Verdict.UNDECIDED, "not_operation_manager")
    assert [(m.name, m.ask) for m in judgement.missing] == [(FactName.REQUESTER, Supplier.REQUESTER)]


def test_two_sources_that_differ_leave_it_undecided_until_a_person_settles_it() -> None:
    values = {name: value for name, value in ENTITLED.items() if name != "site"}
    sides = (said("site", "staffed", Source.SITE), said("site", "restricted", Source.REQUESTER, 1))
    facts = known(values).plus(*sides)
    assert judge(facts).decided_by == "unmanned_or_restricted"
    assert [finding.statements for finding in judge(facts).missing] == [sides]
    settled = facts.plus(said("site", "staffed", Source.DISPATCHER, 2, settles=True))
    assert judge(settled).verdict is Verdict.ONSITE_SWAP


@pytest.mark.parametrize("area", ["no_entry", "mass_damage"])
def test_a_troubled_area_waits_for_the_dispatcher(area: str) -> None:
    values = {**ENTITLED, "area": area}
    assert judge(known(values)).verdict is Verdict.ONSITE_SWAP
    del values["provider_downgrade"]
    assert [(m.name, m.ask) for m in judge(known(values)).missing] == [
        (FactName.PROVIDER_DOWNGRADE, Supplier.DISPATCHER)
    ]


def test_every_verdict_has_words() -> None:
    assert set(VERDICT_TEXTS) == set(Verdict)
