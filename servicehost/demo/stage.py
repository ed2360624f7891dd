"""The stage: a throwaway folder, a host process and a simulator process in it."""

import asyncio
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

import msgspec

from servicehost.demo.cast import Cast, Member
from servicehost.demo.process import Child, start_child

__all__ = ["Stage"]

Say = Callable[[str], None]
READY_S: Final = 30


class Stage:
    """Starts what a demonstration needs and ends it again, whatever happened."""

    def __init__(self, folder: Path, say: Say) -> None:
        self.folder = folder
        self.doors: dict[str, Any] = {}
        self._say = say
        self._host: Child | None = None
        self._fleet: Child | None = None
        self._reading: asyncio.Task[None] | None = None
        self.happenings: list[dict[str, Any]] = []

    @property
    def api_base(self) -> str:
        """Address of the operators' door."""
        return str(self.doors["operators"][0])

    @property
    def host(self) -> Child:
        """The host's process."""
        assert self._host is not None  # noqa: S101 - start_host() comes first
        return self._host

    async def start_host(self, settings: Path) -> None:
        """Run `servicehost serve` and wait until it is ready. Raises ChildFailed when it ends instead."""
        run_file = settings.parent / "run" / "doors.json"
        run_file.unlink(missing_ok=True)
        self._host = await start_child("host", "servicehost", ["serve", "--settings", str(settings)], self.folder)
        async with asyncio.timeout(READY_S):
            while not run_file.exists():
                self._host.check()
                await asyncio.sleep(0.05)
        self.doors = msgspec.json.decode(run_file.read_bytes())

    async def start_fleet(self, members: tuple[Member, ...], model: str, anchors: Path, *, spread_s: float) -> None:
        """Run `adapter-sim` with one unit for each member, from its own process, over real sockets."""
        inventory = self.folder / "inventory.json"
        inventory.write_bytes(msgspec.json.encode([self.entry(member, model) for member in members]))
        arguments = ["run", "--json", "--stop-with-stdin", "--inventory", str(inventory), "--spread", str(spread_s)]
        arguments += ["--state", str(self.folder / "units"), "--anchors", str(anchors), "--gauge-every", "0"]
        arguments += [word for address in self.doors["adapters"] for word in ("--host", address)]
        arguments += ["--bootstrap", self.doors["bootstrap"][0]]
        self._fleet = await start_child("fleet", "adapter_sim", arguments, self.folder)
        self._reading = asyncio.create_task(self._read(self._fleet), name="read the fleet")

    @staticmethod
    def entry(member: Member, model: str) -> dict[str, str]:
        """One unit as the simulator's inventory has it."""
        return {
            "distribution_id": member.distribution_id,
            "model": model,
            "serial": member.serial,
            "token": member.token,
        }

    async def _read(self, fleet: Child) -> None:
        while (line := await fleet.next_line()) is not None:
            self.happenings.append(line)
            del self.happenings[:-10_000]

    def act(self, deed: Mapping[str, Any]) -> None:
        """Do something to a unit, as the weather, a thief or a digger would."""
        assert self._fleet is not None  # noqa: S101 - start_fleet() comes first
        self._fleet.say(deed)

    def check(self) -> None:
        """Raises ChildFailed when one of the processes has ended."""
        for child in (self._host, self._fleet):
            if child is not None:
                child.check()

    async def strike(self) -> None:
        """End the fleet, then the host."""
        for child in (self._fleet, self._host):
            if child is not None:
                await child.stop()
        if self._reading is not None:
            self._reading.cancel()

    def told(self, *cast: Cast) -> None:
        """Print where the doors are and who may log in."""
        for name, key in (
            ("adapters' door ", "adapters"),
            ("bootstrap door ", "bootstrap"),
            ("operators' door", "operators"),
        ):
            self._say(f"  {name}  {'  '.join(self.doors[key])}")
        for one in cast:
            self._say(f"  Master ID         {one.master_id}")
            self._say(f"  password          {one.password}")
