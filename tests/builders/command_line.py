"""The commands of the operators' noun against a real door: where it is, who is logged in, and what was printed."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from structlog.testing import capture_logs

from servicehost.cli import main
from servicehost.domain.people import Actor
from tests.builders.case_api import CaseApi, open_case_api

__all__ = ["Output", "log_in_as", "open_command_line", "point_at", "run", "said"]

Output: TypeAlias = pytest.CaptureFixture[str]


def point_at(url: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every command from here on asks the door at `url`, keeps its state in `folder`, and nobody is logged in."""
    monkeypatch.setenv("SERVICEHOST_URL", url)
    monkeypatch.setenv("XDG_STATE_HOME", str(folder / "state"))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    for name in ("SERVICEHOST_TOKEN", "SERVICEHOST_TOKEN_FILE"):
        monkeypatch.delenv(name, raising=False)


async def log_in_as(who: Actor, cases: CaseApi, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every command from here on is `who`'s."""
    monkeypatch.setenv("SERVICEHOST_TOKEN", await cases.token_of(who))


@asynccontextmanager
async def open_command_line(
    folder: Path, monkeypatch: pytest.MonkeyPatch, *, who: str | None = "dispatcher"
) -> AsyncIterator[CaseApi]:
    """A world and its door, with `who` logged in: anna, ben, dispatcher, support, or None for nobody.

    The host's log is kept back: it would stand among what the command prints.
    """
    async with open_case_api(folder) as opened:
        point_at(f"http://127.0.0.1:{opened.port}", folder, monkeypatch)
        if who is not None:
            await log_in_as(getattr(opened, who), opened, monkeypatch)
        with capture_logs():
            yield opened


async def run(*arguments: str) -> int:
    """The exit code of `servicehost ARGUMENTS`, run in a thread as its HTTP client waits for the door of this loop."""
    return await asyncio.to_thread(main, list(arguments))


async def said(capsys: Output, *arguments: str) -> Any:
    """What `servicehost ARGUMENTS` printed as JSON; it must have ended with 0."""
    assert await run(*arguments) == 0, capsys.readouterr().err
    return json.loads(capsys.readouterr().out)
