"""Each rule by itself: its value and its missing facts, against every way in which what is unknown could turn out."""

from collections.abc import Iterator, Mapping
from itertools import product

import pytest

from servicehost.domain.charge import CHARGE_RULES
from servicehost.domain.condition import All, Condition, Not, Once
from servicehost.domain.fact_kind import KINDS, FactName, FactValue
from servicehost.domain.rule import Rule, read_rules
from servicehost.domain.rules import RULES
from tests.domain.cases import known
from tests.domain.terms import ORDER

EVERY = (*RULES, *CHARGE_RULES)


def names_in(condition: Condition) -> list[FactName]:
    if isinstance(condition, All):
        return [name for part in condition.parts for name in names_in(part)]
    return names_in(condition.part) if isinstance(condition, Not) else [condition.name]


def once_in(condition: Condition) -> set[FactName]:
    if isinstance(condition, All):
        return {name for part in condition.parts for name in once_in(part)}
    if isinstance(condition, Not):
        return once_in(condition.part)
    return {condition.name} if isinstance(condition, Once) else set()


def partial(names: list[FactName]) -> Iterator[dict[str, FactValue]]:
    """Every choice of a value or of not knowing, for every name."""
    for values in product(*((None, *KINDS[name].values) for name in names)):
        yield {name: value for name, value in zip(names, values, strict=True) if value is not None}


def completions(values: Mapping[str, FactValue], unknown: list[FactName]) -> Iterator[dict[str, FactValue]]:
    for filled in product(*(KINDS[name].values for name in unknown)):
        yield {**values, **dict(zip(unknown, filled, strict=True))}


def holds(rule: Rule[object], values: Mapping[str, FactValue]) -> bool | None:
    return read_rules((rule,), known(values))[0].holds


def test_the_rules_have_the_codes_of_the_terms_in_their_order() -> None:
    assert tuple(rule.code for rule in RULES) == ORDER


@pytest.mark.parametrize("rule", EVERY, ids=lambda rule: rule.code)
def test_a_rule_reads_each_fact_once_so_that_unknown_is_exact(rule: Rule[object]) -> None:
    names = names_in(rule.condition)
    assert len(names) == len(set(names))


@pytest.mark.parametrize("rule", EVERY, ids=lambda rule: rule.code)
def test_a_rule_is_unknown_exactly_if_its_missing_facts_could_tip_it_and_names_those(rule: Rule[object]) -> None:
    names = names_in(rule.condition)
    for values in partial(names):
        reading = read_rules((rule,), known(values))[0]
        unknown = [n for n in names if n not in values and n not in once_in(rule.condition)]
        whole = list(completions(values, unknown))
        outcomes = {holds(rule, case) for case in whole}
        assert reading.holds is (None if len(outcomes) > 1 else outcomes.pop())
        tipping = {
            name
            for name in unknown
            if any(len({holds(rule, {**case, name: v}) for v in KINDS[name].values}) > 1 for case in whole)
        }
        assert {finding.name for finding in reading.missing} == tipping
        assert reading.used


@pytest.mark.parametrize("rule", EVERY, ids=lambda rule: rule.code)
def test_a_rule_speaks_both_languages_both_ways(rule: Rule[object]) -> None:
    texts = [rule.holds.ja, rule.holds.en, rule.clear.ja, rule.clear.en]
    assert all(texts)
    assert len(set(texts)) == len(texts)
    assert all(not text.isascii() for text in texts[::2])
    assert all(text.isascii() for text in texts[1::2])


@pytest.mark.parametrize(
    ("values", "right"),
    [
        ({"option": False}, False),
        ({"channel": "reseller"}, False),
        ({"item": "standby"}, False),
        ({"option": True, "channel": "reseller"}, False),
        ({"option": True, "channel": "direct"}, None),
        ({"option": True, "item": "entry"}, None),
        ({"channel": "direct", "item": "entry"}, None),
        ({}, None),
        ({"option": True, "channel": "direct", "item": "entry"}, True),
    ],
    ids=str,
)
def test_one_excluding_fact_is_enough_to_know_that_an_option_gives_no_right(
    values: dict[str, FactValue], right: bool | None
) -> None:
    rental_without_option = RULES[ORDER.index("rental_without_option")]
    expected = None if right is None else not right
    assert read_rules((rental_without_option,), known({"ownership": "rental", **values}))[0].holds is expected
