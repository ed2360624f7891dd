"""The fleet as a process of its own: commands in, happenings out, a polite end."""

import asyncio
import json
import signal
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from protocol.codes import CloseCode
from protocol.identity import distribution_id_from_int
from protocol.messages import Event, Goodbye
from protocol.states import Kind
from tests.adapter_sim.bootstrap_door import Door, bootstrap_door
from tests.adapter_sim.stage import GOOD, SmallHost, offer, small_host
from tests.builders.certificates import ours

ONE, TWO, THREE = (distribution_id_from_int(number) for number in (1, 2, 3))


def entry(unit: str) -> dict[str, str]:
    return {"distribution_id": unit, "model": "SA-1", "serial": "0001", "token": f"token of {unit}"}


class Process:
    """`adapter-sim run --json`, and what it wrote so far."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self.lines: list[dict[str, Any]] = []

    async def until(self, what: str, **fields: object) -> dict[str, Any]:
        """The next line of this kind with these fields; those before it are passed over."""
        assert self._process.stdout is not None
        while text := await self._process.stdout.readline():
            told = json.loads(text)
            self.lines.append(told)
            if told["what"] == what and fields.items() <= told.items():
                return dict(told)
        raise AssertionError(f"it ended without {what}; it had said {self.lines}")

    def do(self, **command: object) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(command).encode() + b"\n")

    def signal(self, number: signal.Signals) -> None:
        self._process.send_signal(number)

    def close_stdin(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()

    async def code(self) -> int:
        return await self._process.wait()


@pytest.fixture
def door() -> Iterator[Door]:
    with bootstrap_door() as door:
        door.tokens = {unit: f"token of {unit}" for unit in (ONE, TWO, THREE)}
        yield door


@pytest.fixture
async def host() -> AsyncIterator[SmallHost]:
    async with small_host() as host:
        yield host


@asynccontextmanager
async def running(
    host: SmallHost, door: Door, folder: Path, units: list[str], *more: str, scenario: str = ""
) -> AsyncIterator[Process]:
    (folder / "anchors.pem").write_text(ours().root_pem)
    (folder / "inventory.json").write_text(json.dumps([entry(unit) for unit in units]))
    (folder / "scenario.toml").write_text(scenario)
    arguments = {
        "--host": f"wss://127.0.0.1:{host.port}",
        "--bootstrap": door.url,
        "--anchors": str(folder / "anchors.pem"),
        "--inventory": str(folder / "inventory.json"),
        "--scenario": str(folder / "scenario.toml"),
        "--state": str(folder / "state"),
        "--spread": "0",
        "--gauge-every": "0",
    }
    words = [word for pair in arguments.items() for word in pair]
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "adapter_sim", "run", "--json", *words, *more),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        yield Process(process)
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def test_a_fleet_enrols_phones_home_obeys_and_leaves(host: SmallHost, door: Door, tmp_path: Path) -> None:
    async with running(host, door, tmp_path, [ONE]) as fleet:
        session = await host.opened.get()
        await session.greet(report_interval_s=3600)
        await fleet.until("welcomed", unit=ONE)

        fleet.do(do="raise_alarm", unit=ONE, component="fan", severity=3, ref="a")
        await fleet.until("done", ref="a")
        while (received := await session.heard.get()).kind is Kind.REPORT:
            pass
        assert isinstance(received.message, Event)
        assert received.message.component == "fan"

        fleet.do(do="dance", unit=ONE, ref="b")
        assert "dance" in (await fleet.until("refused", ref="b"))["error"]
        fleet.do(do="mend", unit=THREE, ref="c")
        assert "the fleet has no unit" in (await fleet.until("refused", ref="c"))["error"]

        fleet.do(do="add", entry=entry(TWO), ref="d")
        await fleet.until("done", ref="d")
        second = await host.opened.get()
        await second.greet(report_interval_s=3600)
        await fleet.until("welcomed", unit=TWO)
        fleet.do(do="add", entry=entry(TWO), ref="e")
        assert "is in the fleet already" in (await fleet.until("refused", ref="e"))["error"]
        fleet.do(do="gauge")
        assert (await fleet.until("gauge"))["stages"] == {"serving": 2}

        fleet.signal(signal.SIGTERM)
        while (received := await second.heard.get()).kind is Kind.REPORT:
            pass
        assert isinstance(received.message, Goodbye)
        ended = await fleet.until("ended", unit=TWO)
        assert (ended["code"], ended["redial_s"]) == (CloseCode.DONE, None)
        await fleet.until("stopped")
        assert await fleet.code() == 0


async def test_what_was_confirmed_outlives_the_process_and_tokens_are_spent_once(
    host: SmallHost, door: Door, tmp_path: Path
) -> None:
    async with running(host, door, tmp_path, [ONE], "--stop-with-stdin") as fleet:
        session = await host.opened.get()
        await session.greet(report_interval_s=3600)
        session.say(offer(GOOD, push=5))
        await fleet.until("trial_began")
        again = await host.opened.get()
        await again.greet(report_interval_s=3600, confirm=(5,))
        await fleet.until("confirmed", push=5)
        fleet.close_stdin()
        await fleet.until("stopped")
        assert await fleet.code() == 0
    assert ONE not in door.tokens
    async with running(host, door, tmp_path, [ONE]) as fleet:
        session = await host.opened.get()
        state = (await session.greet()).modules[0]
        assert state.running == state.startup == state.confirmed is not None


async def test_a_scenario_is_played(host: SmallHost, door: Door, tmp_path: Path) -> None:
    scenario = """
    [[group]]
    count = 1
    ailment = [{ kind = "dead_on_arrival" }]
    [[group]]
    count = 1
    ailment = [{ kind = "power_cut", at_s = 0 }]
    """
    async with running(host, door, tmp_path, [ONE, TWO], scenario=scenario) as fleet:
        await fleet.until("powered_off", unit=TWO, reason="power_cut")
        fleet.do(do="gauge")
        assert (await fleet.until("gauge"))["stages"] == {"off": 2}
        fleet.do(do="stop")
        await fleet.until("stopped")


async def test_a_unit_that_is_refused_a_certificate_is_left_out(host: SmallHost, door: Door, tmp_path: Path) -> None:
    door.tokens.pop(TWO)
    async with running(host, door, tmp_path, [TWO, ONE]) as fleet:
        await fleet.until("started", units=1)


async def test_a_scenario_with_an_unknown_key_is_named_and_nothing_starts(
    host: SmallHost, door: Door, tmp_path: Path
) -> None:
    async with running(host, door, tmp_path, [ONE], scenario="colour = 1") as fleet:
        assert await fleet.code() == 2
    assert door.asked == []
