"""Verdicts and charges on a terminal, in both languages and whole."""

import io
from typing import Any

import pytest
from rich.console import Console

from servicehost.demo.case_screen import CHARGES, VERDICTS, cases_screen
from servicehost.demo.told import Told
from servicehost.domain.charge_proposal import ProposalState
from servicehost.domain.rules import Verdict

VERDICT = {
    "site": "仙台支店",
    "service_code": "nxe000000001",
    "verdict": "sendback",
    "rule_ja": "オプションが付加されていません。",
    "rule_en": "There is no option.",
}
CHARGE = {
    "site": "仙台支店",
    "service_code": "nxe000000001",
    "state": "approved",
    "tax": "excluded",
    "total": 51_800,
    "rule_ja": "破損が認められました。",
    "rule_en": "It is damaged.",
    "items": [{"part_ja": "機器本体", "part_en": "the unit", "amount": 51_800}],
}


def shown(width: int = 120, **told: Any) -> str:
    out = io.StringIO()
    Console(file=out, width=width).print(cases_screen(Told(**told)))
    return out.getvalue()


def test_every_verdict_and_every_state_of_a_charge_has_words() -> None:
    assert set(VERDICTS) == set(Verdict)
    assert set(CHARGES) == set(ProposalState)


def test_a_verdict_stands_with_its_rule_in_both_languages() -> None:
    said = shown(verdicts=(VERDICT, VERDICT | {"verdict": None}))
    for words in ("仙台支店", "⇄ センドバック交換", "sendback", *VERDICT.values(), "判定中"):
        assert words in said


@pytest.mark.parametrize("width", [80, 120])
def test_a_charge_stands_with_its_sum_and_nothing_is_cut_off(width: int) -> None:
    said = shown(width, charges=(CHARGE,))
    assert "¥ 51,800円（税別）承認済み" in said
    assert "51,800 yen (tax excluded), approved" in said
    assert "…" not in said


def test_a_charge_without_a_price_says_so() -> None:
    items = [{"part_ja": "機器本体", "part_en": "the unit", "amount": None}]
    said = shown(charges=(CHARGE | {"state": "proposed", "total": None, "items": items},))
    assert "金額未定" in said
    assert "no price yet" in said


def test_without_cases_there_is_nothing() -> None:
    assert shown().strip() == ""
