"""The operators' door of an office, open on loopback."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, cast

import aiohttp
from aiohttp import web
from multidict import CIMultiDictProxy

from servicehost.domain.people import Actor
from servicehost.operations.catalogue import Catalogue
from servicehost.ports.reads import Reads
from servicehost.settings.operators_door import OperatorsDoor
from servicehost.web.app import make_app
from servicehost.web.door import make_runner
from tests.builders.office import PASSWORD, Office, open_office
from tests.fakes.no_cases import no_cases

__all__ = ["Answer", "Api", "Caller", "open_api", "opened_door"]


@dataclass(kw_only=True)
class Answer:
    """A whole answer."""

    status: int
    headers: CIMultiDictProxy[str]
    text: str
    json: Any
    body: bytes = b""

    @property
    def code(self) -> str:
        """Of a problem, whose form is checked on the way."""
        assert self.headers["Content-Type"] == "application/problem+json"
        assert self.json["status"] == self.status
        assert self.json["type"] == f"urn:servicehost:problem:{self.json['code']}"
        assert self.json["instance"].endswith(self.headers["X-Request-Id"])
        return str(self.json["code"])


@dataclass(kw_only=True)
class Caller:
    """Calls as somebody."""

    catalogue: Catalogue
    client: aiohttp.ClientSession
    port: int
    tokens: dict[str, str] = field(default_factory=dict)

    async def token_of(self, actor: Actor) -> str:
        if actor.master_id not in self.tokens:
            logged_in = await self.catalogue.log_in(actor.master_id, PASSWORD, None, "127.0.0.1")
            self.tokens[actor.master_id] = logged_in.token
        return self.tokens[actor.master_id]

    async def call(
        self,
        method: str,
        path: str,
        actor: Actor | None = None,
        *,
        headers: dict[str, str] | None = None,
        **options: Any,
    ) -> Answer:
        """`path` without a slash at its head is below /api/v1."""
        sent = dict(headers or {})
        if actor is not None:
            sent["Authorization"] = f"Bearer {await self.token_of(actor)}"
        url = path if path.startswith("/") else f"/api/v1/{path}"
        async with self.client.request(method, url, headers=sent, **options) as response:
            body = await response.read()
            text = body.decode(errors="replace")
            is_json = response.content_type in ("application/json", "application/problem+json")
            return Answer(
                status=response.status,
                headers=response.headers,
                text=text,
                json=await response.json(content_type=None) if is_json else None,
                body=body,
            )


@dataclass(kw_only=True)
class Api(Caller):
    """Calls at an office on a shelf."""

    office: Office
    ready: bool = True
    observed: list[tuple[str, str, int]] = field(default_factory=list)


@asynccontextmanager
async def opened_door(app: web.Application) -> AsyncIterator[tuple[aiohttp.ClientSession, int]]:
    """A client of the door, and its port."""
    runner = make_runner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = int(runner.addresses[0][1])
    try:
        async with aiohttp.ClientSession(f"http://127.0.0.1:{port}") as client:
            yield client, port
    finally:
        await runner.cleanup()


@asynccontextmanager
async def open_api(office: Office | None = None, settings: OperatorsDoor | None = None) -> AsyncIterator[Api]:
    """The door, closed again at the end. A shelf holds no cases: see `case_api` for those."""
    office = office or await open_office()
    opened: list[Api] = []
    app = make_app(
        office.catalogue,
        no_cases(),
        cast("Reads", office.reads),
        office.clock,
        settings or OperatorsDoor(),
        ready=lambda: opened[0].ready,
        metrics=lambda: b"# TYPE sessions gauge\nsessions 0\n",
        observe=lambda method, path, status, seconds: opened[0].observed.append((method, path, status)),
    )
    async with opened_door(app) as (client, port):
        opened.append(Api(office=office, catalogue=office.catalogue, client=client, port=port))
        yield opened[0]
