"""The rules for attaching the option against the terms, and when an attached one gives no right."""

from collections.abc import Mapping
from itertools import product

import msgspec
import pytest

from servicehost.domain.declared_location import DeclaredBy, DeclaredLocation, location_at
from servicehost.domain.fact_kind import Channel, Coverage, Item
from servicehost.domain.option import (
    ATTACH_RULES,
    AttachCode,
    AttachFacts,
    AttachOutcome,
    AttachRule,
    OptionRequest,
    OptionState,
    attach,
    suspension,
)

FINE = AttachFacts(item=Item.ENTRY, channel=Channel.DIRECT, declared_location="Tokyo 1-1", coverage=Coverage.COVERED)
TERMS = """
item     channel   location  coverage  | outcome         rule
standby  *         *         *         | declined        not_entry_item
*        reseller  *         *         | declined        bought_from_reseller
*        *         nowhere   *         | declined        no_declared_location
*        *         *         island    | needs_decision  on_an_island
*        *         *         uncovered | needs_decision  area_uncovered
*        *         *         unknown   | needs_decision  coverage_unknown
*        unknown   *         *         | needs_decision  channel_unknown
*        *         *         *         | accepted        -
"""
Case = tuple[str, str, str, str]
CASES: tuple[Case, ...] = tuple(
    product(
        ("entry", "standby"),
        ("direct", "reseller", "unknown"),
        ("Tokyo 1-1", "nowhere"),
        ("covered", "island", "uncovered", "unknown"),
    )
)
LINES = [(line.split("|")[0].split(), line.split("|")[1].split()) for line in TERMS.strip().splitlines()[1:]]


def by_the_terms(case: Case) -> tuple[str, str]:
    for pattern, (outcome, rule) in LINES:
        if all(wanted in ("*", value) for wanted, value in zip(pattern, case, strict=True)):
            return outcome, rule
    raise AssertionError(case)


def facts_of(case: Case) -> AttachFacts:
    item, channel, location, coverage = case
    return AttachFacts(
        item=Item(item),
        channel=None if channel == "unknown" else Channel(channel),
        declared_location="" if location == "nowhere" else location,
        coverage=None if coverage == "unknown" else Coverage(coverage),
    )


def first_difference(rules: tuple[AttachRule, ...] = ATTACH_RULES) -> Case | None:
    for case in CASES:
        ruling = attach(facts_of(case), rules)
        if (ruling.outcome, "-" if ruling.rule is None else ruling.rule.code) != by_the_terms(case):
            return case
    return None


def test_every_combination_is_ruled_as_the_terms_say() -> None:
    assert len(CASES) == 48
    assert first_difference() is None


@pytest.mark.parametrize("i", range(len(ATTACH_RULES)), ids=[rule.code for rule in ATTACH_RULES])
def test_a_rule_that_is_dropped_moved_or_says_something_else_is_noticed(i: int) -> None:
    before, rule, after = ATTACH_RULES[:i], ATTACH_RULES[i], ATTACH_RULES[i + 1 :]
    outcomes = [outcome for outcome in AttachOutcome if outcome is not rule.outcome]
    assert first_difference(before + after) is not None
    for outcome in outcomes:
        assert first_difference((*before, msgspec.structs.replace(rule, outcome=outcome), *after)) is not None
    first = ATTACH_RULES[0] if i else ATTACH_RULES[-1]
    others = tuple(one for one in ATTACH_RULES if one not in (rule, first))
    assert first_difference((rule, first, *others) if i else (first, rule, *others)) is not None


def test_each_rule_says_in_both_languages_what_is_the_case_and_what_to_do() -> None:
    for rule in ATTACH_RULES:
        assert all((rule.words.ja, rule.words.en, rule.remedy.ja, rule.remedy.en))
    assert {rule.code for rule in ATTACH_RULES} == set(AttachCode)


def a_location(number: int = 1, effective_at: int = 10) -> DeclaredLocation:
    return DeclaredLocation(
        number=number,
        service_code="nxe000000001",
        management_code="nxm000000001",
        location="Tokyo 1-1",
        effective_at=effective_at,
        declared_at=0,
        declared_by="anna",
        source=DeclaredBy.OPERATION_MANAGER,
    )


def a_request(state: OptionState, rule: AttachCode | None, location: int | None = 1) -> OptionRequest:
    return OptionRequest(
        number=1,
        service_code="nxe000000001",
        management_code="nxm000000001",
        state=state,
        rule=rule,
        location=location,
        asked_at=0,
        asked_by="anna",
    )


ISLAND = msgspec.structs.replace(FINE, coverage=Coverage.ISLAND)
DECIDED = a_request(OptionState.ATTACHED, AttachCode.ON_AN_ISLAND)
SUSPENDED: Mapping[str, tuple[AttachFacts, OptionRequest | None, int, AttachCode | None]] = {
    "covered": (FINE, None, 1, None),
    "decided about this place": (ISLAND, DECIDED, 1, None),
    "decided about another place": (ISLAND, DECIDED, 2, AttachCode.ON_AN_ISLAND),
    "decided for another reason": (
        msgspec.structs.replace(FINE, coverage=Coverage.UNCOVERED), DECIDED, 1, AttachCode.AREA_UNCOVERED,
    ),
    "waiting": (ISLAND, a_request(OptionState.WAITING, AttachCode.ON_AN_ISLAND), 1, AttachCode.ON_AN_ISLAND),
    "refused": (ISLAND, a_request(OptionState.REFUSED, AttachCode.ON_AN_ISLAND), 1, AttachCode.ON_AN_ISLAND),
    "nobody ever decided": (ISLAND, None, 1, AttachCode.ON_AN_ISLAND),
    "no location": (
        msgspec.structs.replace(FINE, declared_location=" "), DECIDED, 1, AttachCode.NO_DECLARED_LOCATION,
    ),
    "standby, which the judgement reads itself": (msgspec.structs.replace(FINE, item=Item.STANDBY), None, 1, None),
}  # fmt: skip


@pytest.mark.parametrize("name", SUSPENDED)
def test_an_attached_option_is_suspended_unless_its_place_is_covered_or_decided(name: str) -> None:
    facts, request, location, expected = SUSPENDED[name]
    rule = suspension(facts, request, a_location(location))
    assert (None if rule is None else rule.code) == expected


def test_the_location_in_force_is_the_one_that_took_effect_last() -> None:
    first, later, corrected = a_location(1, 10), a_location(2, 20), a_location(3, 20)
    assert location_at([first, later, corrected], 9) is None
    assert location_at([later, first, corrected], 19) == first
    assert location_at([corrected, later, first], 20) == corrected
