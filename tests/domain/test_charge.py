"""The charge against the terms of service."""

from itertools import product

import msgspec
import pytest
from hypothesis import given

from servicehost.domain.charge import CHARGE_RULES, CHARGE_TEXTS, Charge, charge
from servicehost.domain.explanation import explain
from servicehost.domain.fact import Facts
from servicehost.domain.fact_kind import Accessories, Cause, FactValue, Inspection, Ownership, Supplier
from servicehost.domain.rule import Rule
from tests.domain.cases import BRIEFLY, ENTITLED, disputed_facts, known, some_values
from tests.domain.terms import CHARGE, look_up, read_table
from tests.domain.test_judgement import weakened

Rules = tuple[Rule[Charge], ...]
ORDER = tuple(rule.code for rule in CHARGE_RULES)
OWNERSHIPS, CAUSES, INSPECTIONS = tuple(Ownership), tuple(Cause), (None, *Inspection)
ACCESSORIES = (None, *Accessories)


def case(*values: FactValue | None) -> dict[str, FactValue]:
    named = zip(("ownership", "cause", "inspection", "accessories"), values, strict=False)
    return {name: value for name, value in named if value is not None}


def first_difference(rules: Rules = CHARGE_RULES) -> str | None:
    table = read_table(CHARGE)
    for values in product(OWNERSHIPS, CAUSES, INSPECTIONS, ACCESSORIES):
        charging = charge(known(case(*values)), rules)
        if (charging.charge,) != look_up(table, case(*values)):
            return f"{values}: {charging.charge} by {charging.decided_by}"
    return None


def test_every_owner_cause_and_inspection_is_charged_as_the_terms_say() -> None:
    assert first_difference() is None


@pytest.mark.parametrize("code", ORDER)
def test_a_dropped_rule_is_noticed(code: str) -> None:
    assert first_difference(tuple(rule for rule in CHARGE_RULES if rule.code != code)) is not None


@pytest.mark.parametrize("i", range(len(CHARGE_RULES)), ids=ORDER)
def test_a_value_forgotten_in_a_rule_is_noticed(i: int) -> None:
    for condition in weakened(CHARGE_RULES[i].condition):
        mutant = msgspec.structs.replace(CHARGE_RULES[i], condition=condition)
        assert first_difference((*CHARGE_RULES[:i], mutant, *CHARGE_RULES[i + 1 :])) is not None


@pytest.mark.parametrize("inspection", INSPECTIONS)
def test_a_charge_is_undecided_exactly_if_what_is_unknown_could_change_it(inspection: Inspection | None) -> None:
    for owner, cause in product((None, *OWNERSHIPS), (None, *CAUSES)):
        charging = charge(known(case(owner, cause, inspection)))
        possible = {
            charge(known(case(o, c, inspection))).charge
            for o, c in product((owner,) if owner else OWNERSHIPS, (cause,) if cause else CAUSES)
        }
        assert charging.charge == (Charge.UNDECIDED if len(possible) > 1 else possible.pop())
        assert bool(charging.missing) == (charging.charge is Charge.UNDECIDED)


@pytest.mark.parametrize("cause", ["natural", "not_hardware"])
def test_what_is_free_for_every_owner_does_not_ask_whose_the_unit_is(cause: str) -> None:
    assert charge(known({"cause": cause})).charge is Charge.NONE


def test_a_brought_in_unit_is_free_whatever_happened_to_it() -> None:
    assert charge(known({"ownership": "brought_in"})).charge is Charge.NONE


def test_an_unknown_cause_of_a_rental_unit_is_for_triage_to_supply() -> None:
    charging = charge(known({"ownership": "rental"}))
    assert (charging.charge, [m.ask for m in charging.missing]) == (Charge.UNDECIDED, [Supplier.TRIAGE])


@pytest.mark.parametrize("requester", ["operation_manager", "other"])
def test_a_declined_request_is_charged_by_the_cause_all_the_same(requester: str) -> None:
    values = {**ENTITLED, "requester": requester, "cause": "accident"}
    assert charge(known(values)).charge is Charge.AT_COST


@BRIEFLY
@given(values=some_values())
def test_a_facts_file_never_comes_to_policy_and_only_owner_and_cause_count(values: dict[str, FactValue]) -> None:
    charging = charge(known(values))
    assert charging.charge is not Charge.POLICY
    assert charge(known({n: v for n, v in values.items() if n in {"ownership", "cause"}})) == charging


@BRIEFLY
@given(facts=disputed_facts())
def test_any_facts_have_one_charge_with_every_rule_explained(facts: Facts) -> None:
    charging = charge(facts)
    lines = explain(charging.trace)
    assert charge(Facts(statements=facts.statements[::-1])) == charging
    assert tuple(line.code for line in lines) == ORDER
    assert all(line.text_ja and line.text_en and line.fact for line in lines)


def test_every_charge_has_words() -> None:
    assert set(CHARGE_TEXTS) == set(Charge)
