"""Waiting for the ends of pushes: a few pages a look, however many there are."""

from typing import Any

from servicehost.cli.push_progress import ended


class Host:
    """Answers one page of 500 after the other; each look ends half of what waits."""

    def __init__(self, pushes: int) -> None:
        self.open = set(range(1, pushes + 1))
        self.calls = 0

    def call(self, method: str, path: str, *, params: dict[str, str]) -> dict[str, Any]:
        assert (method, path) == ("GET", "pushes")
        self.calls += 1
        after = int(params["after"])
        page = range(after + 1, min(after + 500, 1_200) + 1)
        items = [{"push": n, "phase": "queued" if n in self.open else "confirmed", "reason": None} for n in page]
        return {"items": items, "next": page[-1] if page[-1] < 1_200 else None}


def test_it_looks_until_all_have_ended_and_leaves_the_others_as_they_are() -> None:
    host = Host(1_200)

    def pause(seconds: float) -> None:
        host.open = {number for number in host.open if number % 2 == 0 and len(host.open) > 700}

    refused: dict[str, Any] = {"service_code": "x", "push": None, "phase": None, "code": "no_config"}
    results: list[dict[str, Any]] = [
        refused,
        *({"service_code": f"{n}", "push": n, "phase": "queued"} for n in range(1, 1_201)),
    ]
    told = ended(host, results, pause=pause)
    assert told[0] == refused
    assert {one["phase"] for one in told[1:]} == {"confirmed"}
    assert host.calls < 20
