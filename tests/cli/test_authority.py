"""`servicehost authority rollover`, as people read it."""

from typing import Any

import pytest

from servicehost.cli import main
from servicehost.cli.host_api import UNREACHABLE, HostApi

ANSWER: dict[str, Any] = {
    "under_way": True,
    "towards": "next",
    "begun_at": "2026-03-01T12:00:00Z",
    "begun_by": "dora",
    "stays": "b" * 64,
    "leaves": "a" * 64,
    "cross_signed": True,
    "stranded": 2,
    "counts": {"not_seen": 1, "anchor_missing": 0, "old_certificate": 1},
    "items": [{"distribution_id": "0001", "why": "not_seen", "life": "bound", "seen_at": None}],
    "next": 7,
}


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, ...]]:
    made: list[tuple[Any, ...]] = []

    def call(_api: HostApi, method: str, path: str, *, json: Any = None, params: Any = None) -> Any:
        made.append((method, path, json, params))
        return ANSWER if method == "GET" else {"under_way": False}

    monkeypatch.setattr(HostApi, "call", call)
    monkeypatch.setenv("SERVICEHOST_TOKEN", "x")
    return made


def test_the_report_names_units_counts_reasons_and_says_how_to_go_on(
    calls: list[tuple[Any, ...]], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["authority", "rollover", "show", "--limit", "1"]) == 0
    text = capsys.readouterr().out
    for words in ("strand now: 2 (1 not_seen, 1 old_certificate)", "0001  not_seen  last seen never", "--after 7"):
        assert words in text
    assert calls == [("GET", "authority/rollover", None, {"after": "0", "limit": "1"})]


def test_each_command_is_one_call(calls: list[tuple[Any, ...]], capsys: pytest.CaptureFixture[str]) -> None:
    for words in (["start"], ["end", "--force", "--reason", "stolen"], ["abort", "--reason", "no"]):
        assert main(["authority", "rollover", *words]) == 0
    assert [call[:3] for call in calls] == [
        ("POST", "authority/rollover", None),
        ("POST", "authority/rollover/end", {"force": True, "reason": "stolen"}),
        ("POST", "authority/rollover/abort", {"reason": "no"}),
    ]
    assert "one trust anchor is in force" in capsys.readouterr().out


def test_a_host_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("SERVICEHOST_TOKEN", "x")
    assert main(["authority", "rollover", "show", "--url", "http://127.0.0.1:1"]) == UNREACHABLE
    assert "http://127.0.0.1:1 does not answer" in capsys.readouterr().err
