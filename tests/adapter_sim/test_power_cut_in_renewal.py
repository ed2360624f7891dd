"""Wherever in a renewal the power goes, the unit still gets a session, and in the end its new certificate."""

import asyncio
import contextlib
import itertools
from pathlib import Path
from typing import Any

from adapter_sim.identity import Credential, Identity
from adapter_sim.shelf import Shelf
from protocol.codes import CloseCode
from protocol.messages import Welcome
from tests.adapter_sim.renewing import CutShelf, EstStub, PowerCut, Steps, enrolled, eve
from tests.adapter_sim.stage import HostSession, OneUnit, SmallHost, one_unit, small_host

NEVER = 1_000_000


class Keeper:
    """A host that welcomes whoever comes and closes the session before, as hosts do; every word of it is a step."""

    def __init__(self, host: SmallHost, steps: Steps, time: str) -> None:
        self.sessions: list[HostSession] = []
        self._host, self._steps, self._time = host, steps, time

    async def keep(self, unit: OneUnit) -> None:
        with contextlib.suppress(PowerCut):
            while True:
                session = await self._host.opened.get()
                self._steps.step()
                received = await session.heard.get()
                self._steps.step()
                epoch = len(self.sessions) + 1
                welcome = Welcome(standing="serving", service_code="SC1", session_epoch=epoch, time=self._time)
                session.answer(received, welcome)
                self._steps.step()
                self.sessions.append(session)
                for old in self.sessions[:-1]:
                    if not old.ended.done() and old.wire.open:
                        old.part(CloseCode.TAKEN_OVER, "taken_over")
                self._steps.step()
        unit.adapter.power_off()


async def renews(unit: OneUnit, keeper: Keeper, due_s: float) -> None:
    """From the first boot to the session that proves the new certificate for good."""
    unit.power_on()
    await unit.told.until("welcomed")
    unit.timers.advance(due_s)
    await unit.told.until("renewed")
    keeper.sessions[-1].part(CloseCode.DRAINING, "draining")
    while (await unit.ended())["reason"] != "draining":
        pass
    unit.timers.advance(5)
    await unit.told.until("welcomed")


async def first_life(folder: Path, left: int) -> bool:
    """A renewal whose power goes at a step; False when there were not so many."""
    time, due_s = eve(enrolled(folder))
    steps, est = Steps(left), EstStub()

    async def ask(request: bytes, held: Credential) -> bytes:
        steps.step()
        answer = await est(request, held)
        steps.step()
        return answer

    identity = Identity(CutShelf(folder, steps))
    async with small_host() as host, one_unit(("127.0.0.1", host.port), identity=identity, ask=ask) as unit:
        keeper = Keeper(host, steps, time)
        keeping = asyncio.create_task(keeper.keep(unit))
        story = asyncio.create_task(renews(unit, keeper, due_s))
        gone = asyncio.create_task(steps.gone.wait())
        await asyncio.wait({story, gone}, return_when=asyncio.FIRST_COMPLETED)
        unit.adapter.power_off()
        for task in (keeping, story, gone):
            task.cancel()
        await asyncio.wait({keeping, story, gone})
        if not steps.gone.is_set():
            story.result()
        return steps.gone.is_set()


async def second_life(folder: Path) -> None:
    """The power is back: the unit gets a session at its first dial, and goes on to its new certificate."""
    identity = Identity(Shelf(folder))
    time, due_s = eve(enrolled(folder))
    async with small_host() as host, one_unit(("127.0.0.1", host.port), identity=identity, ask=EstStub()) as unit:
        keeper = Keeper(host, Steps(NEVER), time)
        keeping = asyncio.create_task(keeper.keep(unit))
        unit.power_on()
        await unit.told.until("welcomed")
        assert [happening.what for happening in unit.told.all if happening.what in ("ended", "dial_failed")] == []
        if len(list(folder.glob("*.pem"))) > 2 or not is_new(identity):
            unit.timers.advance(0 if identity.has("candidate") else due_s)
        if not is_new(identity):
            await unit.told.until("renewed")
        assert is_new(identity)
        assert not identity.has("candidate")
        keeping.cancel()
        await asyncio.wait({keeping})


def is_new(identity: Identity) -> bool:
    held = identity.credential("current")
    assert held is not None
    return held.leaf.not_valid_before_utc == EstStub().begins


async def test_wherever_the_power_goes_the_unit_still_gets_a_session(tmp_path: Path) -> None:
    def quietly(loop: asyncio.AbstractEventLoop, told: dict[str, Any]) -> None:
        if not isinstance(told.get("exception"), PowerCut):
            loop.default_exception_handler(told)

    asyncio.get_running_loop().set_exception_handler(quietly)
    for left in itertools.count():
        folder = tmp_path / str(left)
        if not await first_life(folder, left):
            break
        await second_life(folder)
    assert left > 20
