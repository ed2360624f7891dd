"""The demonstration's story, unattended, as anybody can run it."""

import json
import subprocess
import sys

import pytest


def tell(*arguments: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "servicehost", "demo", *arguments, "--json"]
    return subprocess.run(command, capture_output=True, text=True, timeout=240, check=False)


@pytest.mark.slow
@pytest.mark.timeout(260)
def test_the_story_comes_true_and_every_figure_is_read_back() -> None:
    told = tell("--adapters", "5", "--for", "150")
    assert told.returncode == 0, told.stderr
    summary = json.loads(told.stdout.splitlines()[-1])
    assert summary["adapters"] == summary["sessions"] == 5
    # Two configs each, one for each of the two replacements; and the one that cut the way to the host.
    assert summary["pushes"]["confirmed"] == 12
    assert summary["pushes"]["reverted"] == 1
    assert summary["declined"] == 1
    methods = {one["method"]: one for one in summary["exchanges"]}
    assert {method: one["state"] for method, one in methods.items()} == {"onsite_swap": "closed", "sendback": "closed"}
    assert methods["sendback"]["reasons"] == ["rental_without_option"]
    verdicts = {one["verdict"]: one for one in summary["verdicts"]}
    assert {verdict: one["rule"] for verdict, one in verdicts.items()} == {
        "onsite_swap": None,
        "sendback": "rental_without_option",
        "declined": "not_hardware",
    }
    assert "規則は、全12件のうち一つもありません" in verdicts["onsite_swap"]["rule_ja"]
    assert "有効なウルトラセンドバックオプションが付加されていません" in verdicts["sendback"]["rule_ja"]
    assert "has not failed" in verdicts["declined"]["rule_en"]
    assert [verdicts[one]["charge"] for one in ("onsite_swap", "sendback", "declined")] == ["none", "at_cost", "none"]
    (charge,) = summary["charges"]
    assert (charge["rule"], charge["state"], charge["currency"]) == ("rental_damage_found", "approved", "JPY")
    assert {item["part"]: item["amount"] for item in charge["items"]} == {"unit": 48_000, "ac_adapter": 3_800}
    assert charge["total"] == 51_800
    shown = " ".join(told.stderr.split())
    for words in ("駆けつけ交換", "センドバック交換", "交換対象外", "51,800円（税別）", "51,800 yen (tax excluded)"):
        assert words in shown
    assert summary["faults"] >= 3
    assert summary["seconds"] < 150


@pytest.mark.slow
def test_a_story_without_enough_time_says_which_part_did_not_come_true() -> None:
    told = tell("--adapters", "4", "--for", "0.1")
    assert told.returncode == 1
    assert told.stdout == ""
    assert "did not come true in time: every unit is in session" in " ".join(told.stderr.split())


def test_a_story_needs_four_adapters() -> None:
    told = tell("--adapters", "3", "--for", "5")
    assert told.returncode == 1
    assert "at least 4 adapters" in told.stderr
