"""The trace in words."""

from datetime import datetime

import msgspec

from servicehost.domain.explanation import FACT_WORDS, SUPPLIER_WORDS, TraceLine, explain
from servicehost.domain.fact import Facts
from servicehost.domain.fact_kind import FactName, Source, Supplier
from servicehost.domain.judgement import judge
from tests.domain.cases import NOON, known, said


def line_of(code: str, facts: Facts) -> TraceLine:
    return next(line for line in explain(judge(facts).trace) if line.code == code)


def test_a_line_shows_who_said_what_when_and_from_which_source() -> None:
    facts = Facts(statements=(said("location", "elsewhere", Source.REQUESTER),))
    line = msgspec.to_builtins(line_of("not_at_declared_location", facts))
    shown = line["fact"]["location"]
    assert (line["holds"], shown["value"], shown["ask"]) == (True, "elsewhere", None)
    (statement,) = shown["statements"]
    assert (statement["value"], statement["source"], statement["author"]) == ("elsewhere", "requester", "a person")
    assert datetime.fromisoformat(statement["time"]) == NOON


def test_an_unknown_fact_is_shown_with_whom_to_ask_in_both_languages() -> None:
    line = line_of("nobody_attends", Facts())
    assert (line.holds, line.fact[FactName.ATTENDEE].ask) == (None, Supplier.OPERATION_MANAGER)
    assert line.text_ja == "「立会者の有無」が確認できていません。運用管理担当者による確認が必要です。"
    assert line.text_en == "Not known: whether somebody attends. To be supplied by the operation manager."


def test_sources_that_differ_are_said_to_and_not_called_unknown() -> None:
    sides = (said("site", "staffed", Source.SITE), said("site", "unmanned", Source.REQUESTER))
    line = line_of("unmanned_or_restricted", Facts(statements=sides))
    assert line.text_en == "Sources differ on the state of the site: the dispatcher must settle it."
    assert "食い違って" in line.text_ja
    assert len(line.fact[FactName.SITE].statements) == 2


def test_every_missing_fact_of_a_rule_is_named() -> None:
    text = line_of("rental_without_option", known({"ownership": "rental", "item": "entry"})).text_en
    assert "ultra-sendback option" in text
    assert "through whom" in text
    assert "contract item" not in text


def test_a_false_rule_shows_only_the_facts_that_make_it_false() -> None:
    line = line_of("rental_without_option", known({"ownership": "brought_in", "option": False}))
    assert set(line.fact) == {FactName.OWNERSHIP}


def test_every_fact_and_every_supplier_has_words() -> None:
    assert set(FACT_WORDS) == set(FactName)
    assert set(SUPPLIER_WORDS) == set(Supplier)
