"""`servicehost stock`, `adapter` and the steps of `exchange` against a host's own door."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import get_args

import pytest

from servicehost.cli.adapter import After, Discarded
from servicehost.cli.exchange_steps import VerdictWord
from servicehost.cli.stock import State
from servicehost.domain.exchange import ExchangeState
from servicehost.domain.override import MAY_BE_SAID
from servicehost.domain.spare import SpareState
from servicehost.operations.taking_over import AfterAction, Discard
from tests.builders.case_api import CaseApi
from tests.builders.command_line import Output, open_command_line, run, said
from tests.builders.stories import SENDBACK, tell
from tests.builders.world import CODE, MODEL, NEW, NEW_2, OLD, OTHER_MODEL, distribution_id


@pytest.fixture
async def cases(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[CaseApi]:
    async with open_command_line(tmp_path, monkeypatch) as opened:
        yield opened


async def test_stock_is_placed_moved_counted_and_listed_by_depot(cases: CaseApi, capsys: Output) -> None:
    opened = await said(capsys, "stock", "depot", "east", "--label", "東倉庫", "--area", "東京都")
    assert (opened["depot"], opened["label"]) == ("east", "東倉庫")
    assert [one["depot"] for one in (await said(capsys, "stock", "depots"))["items"]] == ["east"]
    moved = await said(capsys, "stock", "move", distribution_id(NEW), "east", "--reason", "nearer")
    assert moved["depot"] == "east"
    assert (await said(capsys, "stock", "threshold", "east", MODEL, "2"))["least"] == 2
    low = [one for one in (await said(capsys, "stock", "count"))["items"] if one["low"]]
    assert [(one["depot"], one["model"], one["free"], one["least"]) for one in low] == [("east", MODEL, 1, 2)]
    listed = (await said(capsys, "stock", "list", "--depot", "east", "--state", "free"))["items"]
    assert [one["distribution_id"] for one in listed] == [distribution_id(NEW)]
    assert (await said(capsys, "stock", "list", "--model", "SA-X9"))["items"][0]["depot"] == "main"
    await cases.world.store.batch(cases.dispatcher.scope, lambda batch: batch.drop_spare(NEW_2))
    placed = await said(capsys, "stock", "place", distribution_id(NEW_2), "--depot", "east", "--firmware", "2.0")
    assert (placed["depot"], placed["firmware"]) == ("east", "2.0")
    assert await run("stock", "move", distribution_id(NEW), "nowhere") == 3
    assert "depot_not_found" in capsys.readouterr().err


async def test_a_unit_is_compared_and_replaced_and_the_answer_names_the_job(cases: CaseApi, capsys: Output) -> None:
    await cases.world.hello(OLD)
    compared = await said(capsys, "adapter", "compare", CODE, distribution_id(OTHER_MODEL))
    assert (compared["fits"], compared["misfits"][0]["code"]) == (False, "other_model")
    assert await run("adapter", "replace", CODE, distribution_id(OTHER_MODEL)) == 3
    assert "wrong_model" in capsys.readouterr().err
    words = ("--discard", "startup_config", "--after", "keep", "--reason", "it was at hand")
    job = await said(capsys, "adapter", "replace", CODE, distribution_id(NEW), *words)
    assert (job["exchange"], job["status"], job["after_action"]) == (1, "swapped", "keep")
    assert job["discarded"] == ["startup_config"]
    assert (await said(capsys, "adapter", "promote", CODE, "--reason", "x"))["item"] == "entry"


async def test_an_exchange_is_reopened_and_overridden(cases: CaseApi, capsys: Output) -> None:
    await tell(cases.world, SENDBACK)
    for unit_id in (NEW, NEW_2):
        await cases.world.store.batch(cases.dispatcher.scope, lambda batch, one=unit_id: batch.drop_spare(one))  # type: ignore[misc]  # mypy cannot infer a lambda with a default
    assert (await said(capsys, "exchange", "reopen", "1", "--saw", "it restarts"))["round"] == 2
    await cases.world.ops.run_reactions()
    said_so = await said(capsys, "exchange", "override", "1", "onsite_swap", "--reason", "their only line")
    assert said_so["ruled"] == "sendback"
    for _ in range(6):
        await cases.world.passes(60)
        await cases.world.ops.run_reactions()
    exchange = await cases.world.exchange()
    assert (exchange.state, exchange.method) == (ExchangeState.JUDGED, "onsite_swap")
    taken_back = await said(capsys, "exchange", "override", "1", "--withdraw", "--reason", "no driver")
    assert taken_back["exchange"] == 1
    assert await run("exchange", "override", "1", "--reason", "x") == 2
    assert "either a verdict or --withdraw" in capsys.readouterr().err


def test_the_words_of_the_commands_are_the_domains() -> None:
    assert set(get_args(State)) == {one.value for one in SpareState}
    assert set(get_args(Discarded)) == {one.value for one in Discard}
    assert set(get_args(After)) == {one.value for one in AfterAction}
    assert set(get_args(VerdictWord)) == {one.value for one in MAY_BE_SAID}
