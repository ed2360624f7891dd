"""How a host goes."""

import asyncio
import gc
from types import SimpleNamespace
from typing import Any, cast

import structlog

from servicehost import leave
from servicehost.runtime.shutdown import Leaving
from servicehost.wiring import Host


class Steps:
    """A host whose parts note when they are asked to end; parts named in `stuck` never do."""

    def __init__(self, *stuck: str, broken: str = "") -> None:
        self.done: list[str] = []
        self.cut: list[str] = []
        self._stuck = stuck
        self._broken = broken

    async def step(self, name: str) -> None:
        if name == self._broken:
            raise OSError("broken")
        if name in self._stuck:
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                self.cut.append(name)
                raise
        self.done.append(name)

    def host(self) -> Host:
        async def close_bootstrap(*, patience: float = 10.0) -> None:
            await self.step("bootstrap_cut" if patience == 0 else "bootstrap_close")

        parts: Any = SimpleNamespace(
            adapters_door=SimpleNamespace(
                sessions=1, drain=lambda: self.step("drain"), close=lambda: self.step("adapters_close")
            ),
            bootstrap_door=SimpleNamespace(close=close_bootstrap),
            intake=SimpleNamespace(flush=lambda: self.step("flush")),
            operators_door=SimpleNamespace(cleanup=lambda: self.step("operators_close")),
        )
        return cast("Host", parts)


async def test_sessions_go_first_then_what_they_said_is_written_then_the_last_door_closes() -> None:
    steps = Steps()
    await leave.leave_politely(steps.host(), Leaving())
    await leave.close_doors(steps.host())
    assert steps.done == [
        "drain",
        "bootstrap_close",
        "adapters_close",
        "bootstrap_cut",
        "flush",
        "operators_close",
    ]


async def test_a_second_signal_cuts_the_drain_and_still_writes_what_was_said() -> None:
    steps, leaving = Steps("drain"), Leaving()
    unasked: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: unasked.append(context))
    leaving.hurried.set()
    with structlog.testing.capture_logs() as lines:
        await leave.leave_politely(steps.host(), leaving)
        await leave.close_doors(steps.host())
    gc.collect()
    assert unasked == []
    assert steps.cut == ["drain"]
    assert "flush" in steps.done
    assert {"event": "drain_cut_short", "hurried": True, "log_level": "warning"} in lines


async def test_a_drain_that_stands_still_is_cut_by_time(monkeypatch: Any) -> None:
    monkeypatch.setattr(leave, "_DRAIN_CUT_S", 0.0)
    steps = Steps("drain")
    with structlog.testing.capture_logs() as lines:
        await leave.leave_politely(steps.host(), Leaving())
    assert steps.cut == ["drain"]
    assert {"event": "drain_cut_short", "hurried": False, "log_level": "warning"} in lines


async def test_a_step_that_stands_still_or_fails_keeps_no_other_from_its_turn(monkeypatch: Any) -> None:
    monkeypatch.setattr(leave, "_CLOSE_CUT_S", 0.0)
    steps = Steps("flush", broken="adapters_close")
    with structlog.testing.capture_logs() as lines:
        await leave.close_doors(steps.host())
    assert steps.done == ["bootstrap_cut", "operators_close"]
    assert [(line["event"], line["what"]) for line in lines] == [
        ("not_closed", "adapters_door"),
        ("not_closed_in_time", "intake"),
    ]


async def test_a_drain_that_fails_is_said(monkeypatch: Any) -> None:
    with structlog.testing.capture_logs() as lines:
        await leave.leave_politely(Steps(broken="drain").host(), Leaving())
    assert [line["event"] for line in lines] == ["leaving", "drain_failed"]
