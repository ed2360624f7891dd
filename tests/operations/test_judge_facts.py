"""A facts file, read strictly, and what is said about it."""

import json
from datetime import UTC, datetime
from typing import Literal

import msgspec
import pytest

from servicehost.domain.fact import FactError, Facts
from servicehost.domain.fact_kind import Source
from servicehost.operations.judge_facts import FactsFileError, judge_facts, read_facts
from tests.domain.cases import ENTITLED
from tests.domain.terms import FIELDS, ORDER

WRITTEN = datetime(2026, 4, 1, 3, 4, 5, tzinfo=UTC)


def read(raw: bytes | str, syntax: Literal["json", "toml"] = "json") -> Facts:
    return read_facts(raw.encode() if isinstance(raw, str) else raw, syntax=syntax, time=WRITTEN, author="a person")


def problems(raw: bytes | str, syntax: Literal["json", "toml"] = "json") -> tuple[str, ...]:
    with pytest.raises(FactsFileError) as refused:
        read(raw, syntax)
    return refused.value.problems


@pytest.mark.parametrize(("field", "value"), [(name, value) for name in FIELDS for value in FIELDS[name]])
def test_every_listed_value_of_every_field_is_read(field: str, value: str | bool) -> None:
    (fact,) = read(json.dumps({field: value})).statements
    assert (fact.name, fact.value, fact.source, fact.time, fact.author) == (
        field, value, Source.FILE, WRITTEN, "a person",
    )  # fmt: skip


def test_toml_says_the_same_as_json() -> None:
    assert read('option = true\ncause = "natural"\n', "toml") == read('{"option": true, "cause": "natural"}')


def test_an_empty_object_is_a_file_in_which_nothing_is_known() -> None:
    assert read("{}") == Facts()


def test_a_byte_order_mark_is_no_part_of_the_facts() -> None:
    assert len(read(b'\xef\xbb\xbf{"option": true}').statements) == 1


@pytest.mark.parametrize("value", ["rust", None, 1, 0, "true", ["natural"], {"is": "natural"}, 1.5, "", "NATURAL"])
@pytest.mark.parametrize("field", ["cause", "option"])
def test_an_unlisted_value_is_refused_by_its_field_with_the_listed_ones(field: str, value: object) -> None:
    (problem,) = problems(json.dumps({field: value}))
    assert problem.startswith(f"{field} cannot be ")
    assert json.dumps(FIELDS[field][0]) in problem


@pytest.mark.parametrize("field", ["colour", "Cause", "", "inspection", "causes"])
def test_an_unknown_field_is_refused_by_its_name(field: str) -> None:
    (problem,) = problems(json.dumps({field: "natural"}))
    assert problem.startswith(f'"{field}" is not a field')


def test_everything_wrong_is_named_at_once() -> None:
    assert len(problems('{"colour": 1, "cause": "rust", "option": 2, "item": "entry"}')) == 3


def test_a_field_given_twice_is_refused_rather_than_half_read() -> None:
    assert problems('{"option": true, "option": false}') == ('"option" is given more than once; keep one',)
    assert "TOML" in problems("option = true\noption = false\n", "toml")[0]


@pytest.mark.parametrize("raw", ["[]", "null", "true", '"cause"', "3"])
def test_what_is_no_object_of_fields_is_refused(raw: str) -> None:
    assert "where an object of fields is expected" in problems(raw)[0]


@pytest.mark.parametrize("raw", [b"{", b"\xff\xfe{}", b'{"option": true} x', b"[" * 100_000, b"9" * 5_000])
@pytest.mark.parametrize("syntax", ["json", "toml"])
def test_bytes_that_are_broken_or_hostile_are_refused(raw: bytes, syntax: Literal["json", "toml"]) -> None:
    assert problems(raw, syntax)


def test_an_empty_file_is_no_json_but_is_toml_in_which_nothing_is_known() -> None:
    assert problems("")
    assert read("", "toml") == Facts()


def test_what_a_message_repeats_is_escaped_and_cut() -> None:
    (problem,) = problems(json.dumps({"\x1b[31m" + "x" * 1_000: 1}))
    assert "\x1b" not in problem
    assert len(problem) < 400


def test_an_author_must_be_named() -> None:
    with pytest.raises(FactError, match="author"):
        read_facts(b'{"option": true}', syntax="json", time=WRITTEN, author="")


def test_the_answer_has_the_method_the_charge_and_both_whole_traces() -> None:
    judged = msgspec.to_builtins(judge_facts(read(json.dumps(dict(ENTITLED)))))
    assert list(judged) == ["method", "charge", "trace", "charge_trace"]
    assert (judged["method"], judged["charge"]) == ("onsite_swap", "none")
    assert [line["code"] for line in judged["trace"]] == list(ORDER)
    for line in (*judged["trace"], *judged["charge_trace"]):
        assert list(line) == ["code", "holds", "fact", "text_ja", "text_en"]
        assert line["holds"] is False


# The three that the terms make easy to get wrong.
@pytest.mark.parametrize(
    ("changed", "method", "charge"),
    [
        ({"area": "no_entry", "provider_downgrade": True}, "sendback", "none"),
        ({"cause": "disaster"}, "sendback", "at_cost"),
        ({"cause": "negligence"}, "sendback", "at_cost"),
    ],
)
def test_method_and_charge_are_judged_apart(changed: dict[str, str | bool], method: str, charge: str) -> None:
    judged = judge_facts(read(json.dumps({**ENTITLED, **changed})))
    assert (judged.method, judged.charge) == (method, charge)
