"""The stage: a throwaway folder, a host process and a simulator process in it."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import msgspec

from servicehost.demo.cast import Cast, Member
from servicehost.demo.process import Child, start_child
from servicehost.doors import Doors, read_doors

__all__ = ["Stage"]

Say = Callable[[str], None]
READY_S: Final = 30


class Stage:
    """Starts what a demonstration needs and ends it again, whatever happened."""

    def __init__(self, folder: Path, say: Say) -> None:
        self.folder = folder
        self._doors: Doors | None = None
        self._say = say
        self._host: Child | None = None
        self._fleet: Child | None = None
        self._reading: asyncio.Task[None] | None = None
        self.happenings: list[dict[str, Any]] = []

    @property
    def api_base(self) -> str:
        """Address of the operators' door."""
        return _urls(self.doors.operators_scheme, self.doors.operators_door)[0]

    @property
    def doors(self) -> Doors:
        """Where the host listens."""
        assert self._doors is not None  # noqa: S101 - start_host() comes first
        return self._doors

    @property
    def host(self) -> Child:
        """The host's process."""
        assert self._host is not None  # noqa: S101 - start_host() comes first
        return self._host

    async def start_host(self, settings: Path) -> None:
        """Run `servicehost serve` and wait until it is ready. Raises ChildFailed when it ends instead."""
        self._host = await start_child("host", "servicehost", ["serve", "--settings", str(settings)], self.folder)
        async with asyncio.timeout(READY_S):
            while (doors := read_doors(settings.parent / "run")) is None:
                self._host.check()
                await asyncio.sleep(0.05)
        self._doors = doors

    async def start_fleet(self, members: tuple[Member, ...], model: str, anchors: Path, *, spread_s: float) -> None:
        """Run `adapter-sim` with one unit for each member, from its own process, over real sockets."""
        inventory = self.folder / "inventory.json"
        inventory.write_bytes(msgspec.json.encode([self.entry(member, model) for member in members]))
        arguments = ["run", "--json", "--stop-with-stdin", "--inventory", str(inventory), "--spread", str(spread_s)]
        arguments += [
            "--state",
            str(self.folder / "units"),
            "--anchors",
            str(anchors),
            "--gauge-every",
            "0",
            "--own-sources",
        ]
        arguments += [word for url in _urls("wss", self.doors.adapters_door) for word in ("--host", url)]
        arguments += ["--bootstrap", _urls("https", self.doors.bootstrap_door)[0]]
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
        self._say(f"  adapters' door    {'  '.join(_urls('wss', self.doors.adapters_door))}")
        self._say(f"  bootstrap door    {'  '.join(_urls('https', self.doors.bootstrap_door))}")
        self._say(f"  operators' door   {'  '.join(_urls(self.doors.operators_scheme, self.doors.operators_door))}")
        for one in cast:
            self._say(f"  Master ID         {one.master_id}")
            self._say(f"  password          {one.password}")


def _urls(scheme: str, door: Sequence[tuple[str, int]]) -> list[str]:
    return [f"{scheme}://[{host}]:{port}" if ":" in host else f"{scheme}://{host}:{port}" for host, port in door]
