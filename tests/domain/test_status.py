"""Status: what is news."""

from typing import Any

import pytest

from servicehost.domain.config import Mark
from servicehost.domain.status import Status, merge

ONE = Mark(revision=1, digest="sha256:1")


def status(at: int, **fields: Any) -> Status:
    return Status(**({"reported_at": at, "uptime_s": at} | fields))


def test_the_first_report_is_news() -> None:
    assert merge(None, status(1)) == (status(1), True)


@pytest.mark.parametrize(
    ("change", "news"),
    [
        ({"cpu_percent": 99.0, "memory_percent": 5.0, "temperature_c": 80.0}, False),
        ({"health": {"flash": "failed"}}, True),
        ({"running": (ONE,)}, True),
        ({"addresses": ("192.0.2.1",)}, True),
    ],
)
def test_news_is_what_people_act_on(change: dict[str, Any], news: bool) -> None:
    later = status(2, **change)
    assert merge(status(1), later) == (later, news)


def test_a_report_that_comes_late_changes_nothing() -> None:
    newest = status(2)
    assert merge(newest, status(1, health={"flash": "failed"})) == (newest, False)
