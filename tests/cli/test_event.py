"""`servicehost event` against a host's own door."""

import io
import json
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from servicehost.cli.errors import UNREACHABLE, CommandError
from servicehost.cli.following import Messages, follow
from servicehost.domain.contract import EVERYTHING
from servicehost.domain.event import Severity
from tests.builders.api import Api, open_api
from tests.builders.command_line import Output, point_at, run
from tests.builders.estate import an_event
from tests.builders.office import ANNA_S


@pytest.fixture
async def api(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Api]:
    async with open_api() as opened:
        point_at(str(opened.client._base_url).rstrip("/"), tmp_path, monkeypatch)
        monkeypatch.setenv("SERVICEHOST_TOKEN", await opened.token_of(opened.office.anna))
        events = [an_event(ANNA_S, sub_type="fan", severity=Severity.ALERT) for _ in range(3)]
        await opened.office.store.batch(EVERYTHING, lambda batch: batch.add_events(events))
        with capture_logs():
            yield opened


async def test_the_newest_that_fit_are_listed_in_their_order(api: Api, capsys: Output) -> None:
    assert await run("event", "list", "--sub-type", "fan", "--severity", "1", "--newest", "2") == 0
    numbers = [one["event"] for one in json.loads(capsys.readouterr().out)["items"]]
    assert numbers == sorted(api.office.shelf.events)[-2:]


async def test_an_export_of_a_single_event_is_a_line_too(api: Api, capsys: Output) -> None:
    last = max(api.office.shelf.events)
    await api.office.store.batch(EVERYTHING, lambda batch: batch.add_events([an_event(ANNA_S, sub_type="flash")]))
    assert await run("event", "export", "--sub-type", "flash") == 0
    (line,) = capsys.readouterr().out.splitlines()
    assert json.loads(line)["event"] == last + 1
    assert await run("event", "export", "--csv", "--sub-type", "fan") == 0
    assert len(capsys.readouterr().out.splitlines()) == 4


async def test_what_is_no_filter_is_bad_input(api: Api, capsys: Output) -> None:
    assert await run("event", "export", "--class", "weather") == 2
    assert "query_invalid" in capsys.readouterr().err


class Lines:
    """A host that is lost between its answers. Each answer is a list of parts."""

    def __init__(self, *answers: list[bytes] | CommandError) -> None:
        self.asked: list[int | None] = []
        self._answers = list(answers)

    def copy(self, path: str, take: Callable[[bytes], object], query: dict[str, str], *, seen: int | None) -> None:
        self.asked.append(seen)
        answer = self._answers.pop(0)
        if isinstance(answer, CommandError):
            raise answer
        for part in answer:
            take(part)


def said(name: str, number: int = 0, **data: Any) -> bytes:
    head = f"id: {number}\n" if number else ""
    return f"event: {name}\n{head}data: {json.dumps(data)}\n\n".encode()


BEGUN = said("begun", after=4, missed=False, removed={"event": 0})
LOST = CommandError("gone", code=UNREACHABLE)


def followed(
    *answers: list[bytes] | CommandError, after: int | None = None
) -> tuple[Lines, list[Any], list[float], str]:
    """The host, what was written, how long was waited, and how it ended."""
    host, out, waits = Lines(*answers), io.BytesIO(), list[float]()
    fake: Any = host
    with pytest.raises(CommandError) as ended:
        follow(fake, {}, after, out, wait=waits.append)
    return host, [json.loads(line)["event"] for line in out.getvalue().splitlines()], waits, str(ended.value)


def test_a_message_may_arrive_in_pieces() -> None:
    whole = BEGUN + said("event", 5, event=5)
    messages = Messages()
    heard = [one for place in range(len(whole)) for one in messages.of(whole[place : place + 1])]
    assert [(name, number) for name, number, _ in heard] == [("begun", 0), ("event", 5)]


def test_what_was_lost_is_asked_for_again_after_the_last_that_was_written() -> None:
    first = [BEGUN, said("event", 5, event=5), said("event", 6, event=6)[:10]]
    second = [BEGUN, said("event", 6, event=6), said("ended", code="token_invalid", at="")]
    host, written, waits, ending = followed(first, LOST, second)
    assert written == [5, 6]
    assert host.asked == [None, 5, 5]
    assert waits == [1, 2]
    assert "servicehost login" in ending


def test_a_host_that_stays_away_is_given_up() -> None:
    _, _, waits, ending = followed([BEGUN], *[LOST] * 6)
    assert waits == [1, 2, 5, 10, 30]
    assert ending == "gone"


def test_what_the_host_has_removed_is_no_secret() -> None:
    begun = said("begun", after=1, missed=True, removed={"event": 3})
    assert "Events up to 3 have been removed" in followed([begun], after=1)[3]


def test_a_refusal_is_not_tried_again() -> None:
    assert followed(CommandError("no", code=3))[3] == "no"
