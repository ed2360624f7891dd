"""Tasks on a selection, and their batches, at the door and on the command line."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from servicehost.domain.contract import EVERYTHING
from servicehost.domain.task import Change, TaskState, changed
from servicehost.ports.store import Batch
from tests.builders.case_api import CaseApi
from tests.builders.command_line import Output, open_command_line, run, said
from tests.builders.world import CODE, TENANT

PING = ("task", "run", "ping", "--address", "192.0.2.1", "--query", "code:nxe", "--name", "works", "-o", "json")


@pytest.fixture
async def cases(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[CaseApi]:
    async with open_command_line(tmp_path, monkeypatch, who="anna") as opened:
        yield opened


async def all_end(cases: CaseApi, state: TaskState) -> None:
    def work(batch: Batch) -> None:
        tasks = batch.tasks_of_batch(1)
        batch.save_tasks([changed(task, Change(state=state, reason="done"), 2_000, 0) for task in tasks])

    await cases.world.store.batch(EVERYTHING, work)


async def test_a_task_is_ordered_on_a_group_and_its_batch_is_counted_and_taken_back(
    cases: CaseApi, capsys: Output
) -> None:
    await cases.post(cases.anna, "groups", management_code=TENANT, name="g")
    await cases.post(cases.anna, "groups/1/members", add={"service_codes": [CODE]})
    order: dict[str, Any] = {"work": {"kind": "ping", "address": "192.0.2.1"}, "name": "works", "reason": "why"}
    ordered = await cases.post(cases.anna, "tasks", adapters={"group": 1}, **order)
    assert ([one["service_code"] for one in ordered["results"]], ordered["batches"]) == ([CODE], [1])
    (listed,) = (await said(capsys, "task", "batch", "list"))["items"]
    assert listed == await said(capsys, "task", "batch", "show", "1")
    assert (listed["name"], listed["note"], listed["states"]["queued"], listed["ended"]) == ("works", "why", 1, 0)
    (task,) = (await cases.get(cases.anna, "tasks?batch=1"))["items"]
    assert task["batch"] == 1
    assert await said(capsys, "task", "batch", "cancel", "1") == {"batch": 1, "cancelled": 1, "running": 0}
    assert (await said(capsys, "task", "batch", "show", "1"))["states"]["cancelled"] == 1
    assert await cases.refused(cases.anna, "task-batches/9/cancel") == (404, "batch_not_found")
    for adapters, refusal in (
        ({"group": 9}, (404, "group_not_found")),
        ({"query": "memo:nowhere"}, (409, "selection_empty")),
    ):
        assert await cases.refused(cases.anna, "tasks", adapters=adapters, **order) == refusal
    both: dict[str, Any] = {"adapters": {"group": 1}, "service_codes": [CODE]}
    assert await cases.refused(cases.anna, "tasks", **both, **order) == (409, "selection_unclear")
    assert await cases.refused(cases.anna, "tasks", **order) == (409, "selection_unclear")


@pytest.mark.parametrize(("state", "code"), [(TaskState.SUCCEEDED, 0), (TaskState.FAILED, 3)])
async def test_whoever_waits_for_a_batch_sees_how_all_of_it_ended(
    cases: CaseApi, capsys: Output, monkeypatch: pytest.MonkeyPatch, state: TaskState, code: int
) -> None:
    loop = asyncio.get_running_loop()

    def sleep(seconds: float) -> None:
        asyncio.run_coroutine_threadsafe(all_end(cases, state), loop).result()

    monkeypatch.setattr("servicehost.cli.task_progress.time.sleep", sleep)
    assert await run(*PING, "--wait") == code
    assert (f'"{state.value}"' in capsys.readouterr().out) is (code != 0)


async def test_whoever_names_no_adapters_or_two_ways_is_told_before_anything_is_asked(
    cases: CaseApi, capsys: Output
) -> None:
    assert await run(*PING, "--group", "1") == 2
    assert await run("task", "run", "reboot") == 2
    assert "--group" in capsys.readouterr().err
