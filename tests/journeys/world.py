"""One running host, the people who use it, the units that dial it: what a journey acts with and looks at."""

import itertools
import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import msgspec

from adapter_sim.adapter import Adapter
from adapter_sim.inventory import UnitEntry
from adapter_sim.modules import BoxModule
from servicehost.demo.cast import MODEL, distribution_id
from tests.journeys.fleet import Units
from tests.journeys.host_process import HostProcess
from tests.journeys.people import Founding, Person
from tests.journeys.raw import RawUnits
from tests.journeys.waiting import LIMIT_S, until

__all__ = ["ENDED", "Post", "World", "open_world"]

ENDED = ("confirmed", "reverted", "refused", "superseded", "cancelled", "expired")
_numbers = itertools.count(1)


class Post(msgspec.Struct, frozen=True, kw_only=True):
    """A registered unit and, when it is bound, the adapter it serves."""

    unit: str
    serial: str
    token: str
    service_code: str = ""
    model: str = MODEL
    modules: tuple[BoxModule, ...] = ()
    """Of the unit, beside the main one."""

    @property
    def entry(self) -> UnitEntry:
        return UnitEntry(
            distribution_id=self.unit, model=self.model, serial=self.serial, token=self.token, module=self.modules
        )


class World:
    """`host`, `dispatcher` and `manager` (API clients), `units` (the simulator), `raw` (hand-made connections)."""

    def __init__(
        self, host: HostProcess, founding: Founding, dispatcher: Person, manager: Person, folder: Path
    ) -> None:
        self.host = host
        self.dispatcher = dispatcher
        self.manager = manager
        self.units = Units(host, folder / "units")
        self.raw = RawUnits(host)
        self.management_code = founding.management_code
        self.began_after = 0
        """Number of the last event before this world."""

    # -- what people enter --------------------------------------------------------------------------------------

    async def new_adapter(self) -> str:
        """Its service code."""
        adapter = await self.dispatcher.post("adapters", {"management_code": self.management_code})
        return str(adapter["service_code"])

    async def new_unit(self, *, model: str = MODEL) -> Post:
        """A unit on stand-by."""
        number = next(_numbers)
        order = {"distribution_id": distribution_id(number), "model": model, "serial": f"J{number:05}"}
        unit = await self.dispatcher.post("units", order)
        token = await self.dispatcher.post(f"units/{unit['distribution_id']}/enrolment-tokens", {})
        return Post(unit=unit["distribution_id"], serial=order["serial"], token=token["token"], model=model)

    async def bind(self, service_code: str, unit: str) -> None:
        await self.dispatcher.put(f"adapters/{service_code}/unit", {"distribution_id": unit})

    async def new_post(self) -> Post:
        """An adapter and the unit that serves it, which has not dialled yet."""
        service_code, post = await self.new_adapter(), await self.new_unit()
        await self.bind(service_code, post.unit)
        return msgspec.structs.replace(post, service_code=service_code)

    async def new_posts(self, count: int) -> list[Post]:
        return [await self.new_post() for _ in range(count)]

    async def push(self, post: Post | str, body: str, **more: Any) -> int:
        """Order it as the operation manager; the number of the push."""
        return int((await self.order(post, body, **more))["push"])

    async def order(self, post: Post | str, body: str, **more: Any) -> dict[str, Any]:
        """As `push`; the whole answer for this adapter."""
        service_code = post if isinstance(post, str) else post.service_code
        answer = await self.manager.post("pushes", {"service_codes": [service_code], "body": body, **more})
        result: dict[str, Any] = answer["results"][0]
        return result

    # -- units --------------------------------------------------------------------------------------------------

    async def power_on(self, *posts: Post) -> None:
        """Enrol and phone home; returns when each has been welcomed."""
        await self.units.power_on(*(post.entry for post in posts))
        for post in posts:
            await self.units.until(post.unit, "welcomed")

    async def in_service(self, count: int = 1, name: str = "first") -> list[Post]:
        """Posts in session whose first config is confirmed."""
        posts = await self.new_posts(count)
        pushes = [await self.push(post, good_name(name, post)) for post in posts]
        await self.power_on(*posts)
        for push in pushes:
            await self.phase(push, "confirmed")
        for post in posts:
            self.units.passed_over(post.unit)
        return posts

    def adapter(self, post: Post) -> Adapter:
        """The simulated unit."""
        return self.units[post.unit]

    # -- what the API says --------------------------------------------------------------------------------------

    async def unit(self, post: Post) -> dict[str, Any]:
        answer: dict[str, Any] = await self.dispatcher.get(f"units/{post.unit}")
        return answer

    async def adapter_answer(self, post: Post) -> dict[str, Any]:
        answer: dict[str, Any] = await self.manager.get(f"adapters/{post.service_code}")
        return answer

    async def presence(self, post: Post, wanted: str, *, limit_s: float = LIMIT_S) -> dict[str, Any]:
        """Wait until the unit's presence is that; the unit."""

        async def look() -> dict[str, Any] | None:
            unit = await self.unit(post)
            return unit if unit["presence"] == wanted else None

        return await until(look, f"{post.unit} is {wanted}", limit_s=limit_s)

    async def phase(self, push: int, *wanted: str, limit_s: float = LIMIT_S) -> dict[str, Any]:
        """Wait until the push is in one of these phases; the push. Fails at once when it ends otherwise."""

        async def look() -> dict[str, Any] | None:
            answer: dict[str, Any] = await self.manager.get(f"pushes/{push}")
            assert answer["phase"] in wanted or answer["phase"] not in ENDED, answer
            return answer if answer["phase"] in wanted else None

        return await until(look, f"push {push} is {wanted}", limit_s=limit_s)

    async def events(self, sub_type: str, **wanted: object) -> list[dict[str, Any]]:
        """Events of this world with these fields, oldest first; a key `detail_x` looks at `detail["x"]`."""
        return [
            event
            for event in await self.dispatcher.all("events", after=self.began_after)
            if event["sub_type"] == sub_type and all(_field(event, key) == value for key, value in wanted.items())
        ]

    async def event(self, sub_type: str, **wanted: object) -> dict[str, Any]:
        """Wait for the first such event."""

        async def look() -> dict[str, Any] | None:
            return next(iter(await self.events(sub_type, **wanted)), None)

        return await until(look, f"an event {sub_type} {wanted}")

    async def endings_counted(self, code: str) -> float:
        """What /metrics says of endings with this code."""
        async with aiohttp.ClientSession() as http, http.get(f"{self.host.api_base}/metrics") as answer:
            text = await answer.text()
        found = re.search(rf'^servicehost_endings_total{{code="{code}"}} (\S+)$', text, re.MULTILINE)
        return float(found[1]) if found else 0.0

    async def readiness(self) -> int:
        """The HTTP status of /readyz."""
        async with aiohttp.ClientSession() as http, http.get(f"{self.host.api_base}/readyz") as answer:
            return answer.status


def good_name(name: str, post: Post) -> str:
    """A config of this post's own."""
    return f"hostname {name}-{post.serial}\ninterface ge0 address dhcp\nroute default ge0\n"


def _field(event: dict[str, Any], key: str) -> object:
    return event["detail"].get(key.removeprefix("detail_")) if key.startswith("detail_") else event[key]


@asynccontextmanager
async def open_world(host: HostProcess, founding: Founding, folder: Path) -> AsyncIterator[World]:
    """A world around a host that runs. In the end its units have gone; the host is left as it is."""
    async with AsyncExitStack() as stack:
        dispatcher = await stack.enter_async_context(Person(host.api_base, founding.dispatcher_token))
        manager = await stack.enter_async_context(Person(host.api_base, founding.manager_token))
        world = World(host, founding, dispatcher, manager, folder)
        newest = await dispatcher.get("events", newest_first="true", limit=1)
        world.began_after = newest["items"][0]["event"] if newest["items"] else 0
        try:
            yield world
        finally:
            await world.raw.hang_up()
            await world.units.stop()
