"""`servicehost task` against a host's own door."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import get_args

import msgspec
import pytest

from servicehost.cli.task import State
from servicehost.cli.task_progress import OPEN
from servicehost.cli.work import Kind
from servicehost.domain.contract import EVERYTHING
from servicehost.domain.task import Change, Result, TaskState, changed
from servicehost.domain.task_work import TaskKind
from servicehost.ports.store import Batch
from tests.builders.case_api import CaseApi
from tests.builders.command_line import Output, open_command_line, run, said
from tests.builders.world import CODE, TENANT

PING = ("task", "run", "ping", CODE, "--address", "192.0.2.1", "--count", "3", "-o", "json")


@pytest.fixture
async def cases(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[CaseApi]:
    async with open_command_line(tmp_path, monkeypatch, who="anna") as opened:
        yield opened


async def ends(cases: CaseApi, number: int, state: TaskState, body: bytes = b"") -> None:
    """As a unit would have it."""

    def work(batch: Batch) -> None:
        task = batch.tasks([number])[number]
        batch.save_tasks([changed(task, Change(state=state, reason="done"), 2_000, 0)])
        small = {"media_type": "text/plain", "size_bytes": len(body), "digest": "d"}
        result = Result(task=number, module=0, management_code=TENANT, body=body, **small)  # type: ignore[arg-type]  # a dict of several types
        batch.add_task_results([result])

    await cases.world.store.batch(EVERYTHING, work)


def test_its_words_are_those_of_the_domain() -> None:
    assert set(get_args(Kind)) == {kind.value for kind in TaskKind}
    assert set(get_args(State)) == {state.value for state in TaskState}
    assert set(OPEN) == {state.value for state in TaskState if not state.ended}


async def test_a_task_is_ordered_listed_shown_and_taken_back(cases: CaseApi, capsys: Output) -> None:
    (one,) = (await said(capsys, *PING, "--reason", "line is slow"))["items"]
    assert (one["service_code"], one["task"], one["code"]) == (CODE, 1, None)
    (listed,) = (await said(capsys, "task", "list", CODE, "--state", "queued"))["items"]
    assert (listed["kind"], listed["work"]["count"], listed["note"]) == ("ping", 3, "line is slow")
    assert (await said(capsys, "task", "show", "1"))["results"] == []
    assert (await said(capsys, "task", "cancel", "1"))["state"] == "cancelled"
    assert await run("task", "cancel", "99") == 3
    assert "task_not_found" in capsys.readouterr().err


async def test_what_a_task_brought_is_written_as_it_is(cases: CaseApi, capsys: Output, tmp_path: Path) -> None:
    await said(capsys, *PING)
    await ends(cases, 1, TaskState.SUCCEEDED, b'{"sent":3}')
    assert await run("task", "result", "1") == 0
    assert capsys.readouterr().out == '{"sent":3}'
    kept = tmp_path / "ping.json"
    assert await run("task", "result", "1", "--to", str(kept)) == 0
    assert msgspec.json.decode(kept.read_bytes()) == {"sent": 3}
    assert await run("task", "result", "1", "--module", "9") == 3
    assert await run("task", "result", "1", "--to", str(tmp_path)) == 2


@pytest.mark.parametrize(
    ("state", "code", "printed"), [(TaskState.SUCCEEDED, 0, "brought"), (TaskState.FAILED, 3, '"failed"')]
)
async def test_whoever_waits_sees_the_end_and_what_it_brought(  # noqa: PLR0917 - three of them are fixtures
    cases: CaseApi, capsys: Output, monkeypatch: pytest.MonkeyPatch, state: TaskState, code: int, printed: str
) -> None:
    loop = asyncio.get_running_loop()
    looks: list[float] = []

    def sleep(seconds: float) -> None:
        looks.append(seconds)
        asyncio.run_coroutine_threadsafe(ends(cases, 1, state, b"brought"), loop).result()

    monkeypatch.setattr("servicehost.cli.task_progress.time.sleep", sleep)
    assert await run(*PING, "--wait") == code
    assert printed in capsys.readouterr().out
    assert len(looks) == 1


@pytest.mark.parametrize(
    "words",
    [
        ("ping", CODE),
        ("command", CODE),
        ("reboot", CODE, "--module", "1"),
    ],
)
async def test_what_lacks_its_parameters_is_told_before_anything_is_asked(
    cases: CaseApi, capsys: Output, words: tuple[str, ...]
) -> None:
    assert await run("task", "run", *words) == 2
    assert "servicehost: " in capsys.readouterr().err


async def test_an_adapter_that_is_not_there_ends_with_3(cases: CaseApi, capsys: Output) -> None:
    assert await run("task", "run", "reboot", "nxe000000099", "-o", "json") == 3
    assert "adapter_not_found" in capsys.readouterr().out
