"""The service host as a subject: `servicehost serve` as anybody runs it, on a database with the whole fleet in it."""

import asyncio
import shutil
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import aiohttp

from servicehost.doors import Doors, read_doors
from tests.bench import held
from tests.bench.host_folder import DISPATCHER, MANAGER, PASSWORD, make_host_folder, service_code
from tests.bench.identities import Identities, distribution_id
from tests.bench.subject import LoadError
from tests.bench.tally import GRACE_S
from tests.bench.unit_fleet import REDIALS_A_SECOND, UnitFleet

NAME: Final = "servicehost"
_START_S: Final = 30.0
_ORDERS_A_SECOND: Final = 20
_DONE_S: Final = 60.0
BODY_BYTES: Final = 4_096
_TRIED_AT_ONCE: Final = 5_000  # the most a plan may say


class ServiceHost:
    """`Subject`: pushes are ordered in bulk through the HTTP API, as an operator does it."""

    name = NAME
    push_rate = 9_000.0
    """A window pushes once to every session, and from the last order to the last answer takes two commits: what is
    offered must be above the bound so that keeping the bound can be seen."""

    def __init__(self, identities: Identities) -> None:
        self._identities = identities
        self._folder = identities.folder / "host"
        self._process: asyncio.subprocess.Process | None = None
        self._fleet: UnitFleet | None = None
        self._http: aiohttp.ClientSession | None = None
        self._orders = 0
        self._dispatcher = ""
        self._held: held.Buckets = {}

    @property
    def version(self) -> str:
        """Python's and the program's."""
        return f"python {sys.version.split()[0]}"

    @property
    def pid(self) -> int:
        """The host's process."""
        assert self._process is not None, "not started"
        return self._process.pid

    @property
    def fleet(self) -> UnitFleet:
        """The load client."""
        assert self._fleet is not None, "not started"
        return self._fleet

    @property
    def http(self) -> aiohttp.ClientSession:
        """The operation manager's way in."""
        assert self._http is not None, "not started"
        return self._http

    async def start(self) -> None:
        """Make the folder and the database, start the host, log in."""
        shutil.rmtree(self._folder, ignore_errors=True)
        settings = await make_host_folder(self._folder, self._identities)
        log = (self._folder / "host.log").open("wb")
        arguments = ["-m", "servicehost", "serve", "--settings", str(settings)]
        self._process = await asyncio.create_subprocess_exec(sys.executable, *arguments, stdout=log, stderr=log)
        log.close()
        doors = await self._ready(settings.parent / "run")
        self._fleet = UnitFleet(doors.adapters_door[0][1], self._identities)
        self._http = aiohttp.ClientSession(base_url=f"http://127.0.0.1:{doors.operators_door[0][1]}/")
        token = await self._post("api/v1/tokens", {"master_id": MANAGER, "password": PASSWORD})
        self._http.headers["Authorization"] = f"Bearer {token['token']}"
        token = await self._post("api/v1/tokens", {"master_id": DISPATCHER, "password": PASSWORD})
        self._dispatcher = token["token"]

    async def _ready(self, folder: Path) -> Doors:
        deadline = time.monotonic() + _START_S
        while (doors := read_doors(folder)) is None:
            if self._process is None or self._process.returncode is not None or time.monotonic() > deadline:
                raise LoadError(f"the host did not start: {(self._folder / 'host.log').read_text()[-2000:]}")
            await asyncio.sleep(0.05)
        return doors

    async def connect(self, sessions: int) -> None:
        """Each up to its welcome."""
        await self.fleet.connect(sessions)

    async def handshakes(self, count: int, rate: float) -> int:
        """From accept to welcome, the store's work included."""
        return await self.fleet.handshakes(count, rate)

    async def push(self, count: int, rate: float) -> int:
        """`count` new revisions of 4 KiB, one an adapter, ordered ten times a second; done when all are *stored*."""
        if count > self.fleet.held:
            raise LoadError("an adapter tries one push at a time: no more pushes than sessions")
        stored = await self._figure("servicehost_offer_answers_total")
        self.fleet.expect_answers(count)
        step = max(1, int(rate / _ORDERS_A_SECOND))
        begun = time.monotonic()
        for first in range(0, count, step):
            await asyncio.sleep(max(0.0, begun + first / rate - time.monotonic()))
            await self._order(range(first, min(first + step, count)))
        answered = await self.fleet.answered()
        await self._until("servicehost_offer_answers_total", lambda now: now >= stored + count)
        return answered

    async def _order(self, numbers: range) -> None:
        await self._post(
            "api/v1/pushes", {"service_codes": [service_code(n) for n in numbers], "body": self._new_body()}
        )

    def _new_body(self) -> str:
        self._orders += 1
        return f"hostname bench-{self._orders}\n".ljust(BODY_BYTES, "#")

    async def rollout(self, count: int) -> int:
        """One wave, all at once, watched no longer than until they confirm; stops as any other when a tenth fails."""
        plan = {
            "name": "bench",
            "targets": {"service_codes": [service_code(n) for n in range(count)]},
            "content": {"module": 0, "body": self._new_body()},
            "pace": {"concurrency": _TRIED_AT_ONCE},
            "gate": {"soak_s": 0},
        }
        made = await self._post("api/v1/rollouts", plan)
        path = f"api/v1/rollouts/{made['rollout']}"
        self.fleet.expect_confirmations(count)
        await self._post(f"{path}/start", {}, {"If-Match": f'"{made["version"]}"'})
        await self.fleet.all_confirmed(count / REDIALS_A_SECOND + GRACE_S)
        await self._until_finished(path, count)
        return count

    async def _until_finished(self, path: str, count: int) -> None:
        deadline = time.monotonic() + _DONE_S
        while (rollout := await self._get(path))["state"] != "finished":
            if time.monotonic() > deadline:
                raise LoadError(f"{path} does not finish: {rollout['state']}, {rollout['reason']}")
            await asyncio.sleep(0.05)
        confirmed = sum(wave["confirmed"] for wave in rollout["tallies"])
        if confirmed != count:
            raise LoadError(f"{path}: {confirmed:,} of {count:,} confirmed")

    async def longest_hold_ms(self) -> float:
        """Out of the histogram at /metrics: nothing is reset, so others may look at it meanwhile."""
        before, self._held = self._held, held.buckets(await self._metrics())
        return held.longest_ms(before, self._held)

    async def tasks(self, count: int) -> int:
        """One order for all, as an operator makes it; each unit answers with the end of its task."""
        ended = await self._figure("servicehost_task_ends_total")
        self.fleet.expect_runs(count)
        work = {"kind": "ping", "address": "192.0.2.1"}
        await self._post("api/v1/tasks", {"service_codes": [service_code(n) for n in range(count)], "work": work})
        await self.fleet.all_ran()  # asking the host meanwhile would cost it a sixth of the whole load
        await self._until("servicehost_task_ends_total", lambda now: now >= ended + count)
        return count

    async def reports(self, count: int, rate: float) -> int:
        """Unchanged reports; done when the host has read them all."""
        before = await self._figure("servicehost_frames_in_total")
        await self.fleet.report_each(count, rate)
        await self._until("servicehost_frames_in_total", lambda now: now >= before + count)
        return count

    async def idle(self, seconds: float) -> int:
        """Every session's report each 30 s, for so long."""
        rate = self.fleet.held / 30.0
        return await self.reports(max(1, round(rate * seconds)), rate)

    async def revoke(self, count: int) -> float:
        """The last of the held units, each through the dispatcher's API."""
        headers = {"Authorization": f"Bearer {self._dispatcher}"}
        worst_s = 0.0
        for number in range(self.fleet.held - count, self.fleet.held):
            closed = self.fleet.closed_by_host(number)
            begun = time.monotonic()
            path = f"api/v1/units/{distribution_id(number)}/revocation"
            async with self.http.post(path, json={"reason": "key_compromise"}, headers=headers) as answer:
                if not answer.ok:
                    raise LoadError(f"{path}: {answer.status} {await answer.text()}")
            worst_s = max(worst_s, await closed - begun)
        self.fleet.forget_last(count)
        return worst_s * 1000

    async def rest(self) -> None:
        """End the pushes that stand as stored, and the sessions that handshakes left."""
        self.fleet.close_extra()
        await self.fleet.give_up_all()

    async def stop(self) -> None:
        """Close the sessions and end the host by its pid."""
        if self._fleet is not None:
            self._fleet.close()
            self._fleet = None
        if self._http is not None:
            await self._http.close()
            self._http = None
        if self._process is not None:
            if self._process.returncode is None:
                self._process.terminate()
            await self._process.wait()
            self._process = None

    async def _post(self, path: str, order: dict[str, Any], headers: dict[str, str] | None = None) -> Any:
        async with self.http.post(path, json=order, headers=headers) as answer:
            body = await answer.json(content_type=None)
            if not answer.ok:
                raise LoadError(f"{path}: {answer.status} {body}")
            return body

    async def _get(self, path: str) -> Any:
        async with self.http.get(path) as answer:
            if not answer.ok:
                raise LoadError(f"{path}: {answer.status} {await answer.text()}")
            return await answer.json()

    async def _metrics(self) -> str:
        async with self.http.get("metrics") as answer:
            return await answer.text()

    async def _figure(self, name: str) -> float:
        text = await self._metrics()
        values = [float(line.split()[-1]) for line in text.splitlines() if line.split("{")[0].split(" ")[0] == name]
        if not values:
            raise LoadError(f"the host tells no {name}")
        return sum(values)

    async def _until(self, name: str, reached: Callable[[float], bool]) -> None:
        deadline = time.monotonic() + _DONE_S
        while not reached(await self._figure(name)):
            if time.monotonic() > deadline:
                raise LoadError(f"{name} does not get there")
            await asyncio.sleep(0.02)
