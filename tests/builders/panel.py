"""The page as a browser of one person has it, over the operators' door; and the door over the world of the story."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from aiohttp import web

from servicehost.backends.sql.reads import open_reads
from servicehost.domain.contract import EVERYTHING
from servicehost.domain.people import Person, Role
from servicehost.operations.catalogue import open_catalogue
from servicehost.operations.task_catalogue import open_task_catalogue
from servicehost.settings.operators_door import OperatorsDoor
from servicehost.settings.people import People
from servicehost.settings.pushes import Pushes
from servicehost.web.app import make_app
from servicehost.web.door import make_runner
from tests.builders.config_room import config_room
from tests.builders.office import PASSWORD
from tests.fakes.hasher import PlainHasher
from tests.fakes.line import RecordingLine
from tests.fakes.no_results import NO_RESULTS
from tests.fakes.rollover import no_rollover

__all__ = ["Page", "Visit", "add_people", "serve", "serve_world"]


@dataclass(kw_only=True)
class Page:
    """A whole answer."""

    status: int
    headers: Any
    text: str

    @property
    def proof(self) -> str:
        """What the page's form carries."""
        found = re.search(r'name="form" value="([0-9a-f]{64})"', self.text)
        assert found, self.text
        return found.group(1)

    def lines(self, name: str) -> list[str]:
        """The keys of one of the page's lists."""
        _, found, rest = self.text.partition(f'data-list="{name}"')
        assert found, name
        return re.findall(r'data-key="([^"]*)"', rest.partition('data-list="')[0])


@dataclass(kw_only=True)
class Visit:
    """One browser: it keeps cookies, names the origin of its forms and follows no redirection by itself."""

    base: str
    cookies: dict[str, str] = field(default_factory=dict)
    set_cookies: list[str] = field(default_factory=list)

    @property
    def headers(self) -> dict[str, str]:
        return {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())} if self.cookies else {}

    async def get(self, path: str = "/panel/", **query: str) -> Page:
        return await self._call("GET", path, params=query)

    async def post(self, path: str, origin: str | None = "", **fields: str) -> Page:
        """`origin` empty: the door's own; None: none."""
        headers = {} if origin is None else {"Origin": origin or self.base}
        return await self._call("POST", path, data=fields, headers=headers)

    async def log_in(self, master_id: str, password: str = PASSWORD, **more: str) -> Page:
        form = await self.get("/panel/login")
        return await self.post("/panel/login", form=form.proof, master_id=master_id, password=password, **more)

    async def _call(self, method: str, path: str, *, headers: dict[str, str] | None = None, **options: Any) -> Page:
        jar = aiohttp.DummyCookieJar()
        async with (
            aiohttp.ClientSession(cookie_jar=jar) as client,
            client.request(
                method, self.base + path, headers=self.headers | (headers or {}), allow_redirects=False, **options
            ) as answer,
        ):
            self.set_cookies = answer.headers.getall("Set-Cookie", [])
            for name, morsel in answer.cookies.items():
                if morsel["max-age"] == "0" or (not morsel.value and morsel["expires"]):
                    self.cookies.pop(name, None)
                else:
                    self.cookies[name] = morsel.value
            return Page(status=answer.status, headers=answer.headers, text=await answer.text())


@asynccontextmanager
async def serve(app: web.Application) -> AsyncIterator[str]:
    """The application on loopback; its address."""
    runner = make_runner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


async def add_people(store: Any, people: dict[str, tuple[Role, str | None]]) -> None:
    """People by Master ID, all with the same password."""
    hashed = await PlainHasher().hash(PASSWORD)
    async with store.transaction(EVERYTHING) as tx:
        for master_id, (role, management_code) in people.items():
            await tx.add_person(
                Person(
                    person_id=0,
                    master_id=master_id,
                    name=f"Person {master_id}",
                    role=role,
                    management_code=management_code,
                    password_hash=hashed,
                    password_one_time=False,
                )
            )


@asynccontextmanager
async def serve_world(world: Any) -> AsyncIterator[str]:
    """The door over a `tests.builders.world.World`, whose clock is the door's clock."""
    reads = open_reads(world.database)
    catalogue = open_catalogue(
        store=world.store,
        clock=world.clock,
        line=RecordingLine(),
        hasher=PlainHasher(),
        authority=None,  # type: ignore[arg-type]  # nobody enrols here
        people=People(),
        pushes=Pushes(),
        rollover=no_rollover(),
        configs=config_room(world.store, world.clock, reads),
        tasks=open_task_catalogue(
            store=world.store, reads=reads, clock=world.clock, line=RecordingLine(), files=NO_RESULTS
        ),
    )
    app = make_app(catalogue, world.ops, reads, world.clock, OperatorsDoor(), ready=lambda: True, metrics=lambda: b"")
    try:
        async with serve(app) as base:
            yield base
    finally:
        await reads.close()
