"""A carrier on the other side of HTTP, as its developers would write it from docs/carrier.md, with no code of ours."""

import asyncio
import base64
import hashlib
import hmac
import json
import ssl
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from aiohttp import web

from servicehost.backends.carriers.webhook import WebhookAddress, WebhookCarrier
from servicehost.ports.clock import Clock
from tests.builders.certificates import Authority, ours

__all__ = ["NEXT_SECRET", "SECRET", "THEIR_SECRET", "CarrierHouse", "open_house", "signed_headers"]

SECRET = "whsec_" + base64.b64encode(bytes(range(32))).decode()
NEXT_SECRET = "whsec_" + base64.b64encode(bytes(range(32, 64))).decode()
THEIR_SECRET = "whsec_" + base64.b64encode(bytes(range(64, 96))).decode()


def signed_headers(secret: str, message_id: str, seconds: int, body: bytes) -> dict[str, str]:
    """What a carrier sends beside its body."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    mac = hmac.new(key, f"{message_id}.{seconds}.".encode() + body, hashlib.sha256).digest()
    return {
        "content-type": "application/json",
        "webhook-id": message_id,
        "webhook-timestamp": str(seconds),
        "webhook-signature": "v1," + base64.b64encode(mac).decode(),
    }


class CarrierHouse:
    """It keeps a book of errands and, for each next message, may be in a mood."""

    def __init__(self, clock: Clock, secret: str) -> None:
        self.clock = clock
        self.secret = secret
        self.moods: deque[str] = deque()
        self.book: dict[str, dict[str, Any]] = {}
        self.called_off: set[str] = set()
        self.came: list[dict[str, Any]] = []
        """Every message that was good, repeated ones too."""
        self.unsigned = 0
        self.asked: list[str] = []
        """The path of every request."""
        self.port = 0
        self.release = asyncio.Event()

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(request.path)
        body = await request.read()
        if not self._good(request, body):
            self.unsigned += 1
            return web.Response(status=401)
        mood = self.moods.popleft() if self.moods else ""
        if mood.isdigit():
            return web.Response(status=int(mood), headers={"Location": "/elsewhere"}, text="the secret is out")
        if mood in _BEFORE:
            return await _BEFORE[mood](self, request)
        self._enter(request.headers["webhook-id"], json.loads(body))
        return await _AFTER[mood](self, request) if mood in _AFTER else web.Response(status=204)

    def _good(self, request: web.Request, body: bytes) -> bool:
        seconds = int(request.headers["webhook-timestamp"])
        wanted = signed_headers(self.secret, request.headers["webhook-id"], seconds, body)["webhook-signature"]
        in_time = abs(self.clock.wall() // 1000 - seconds) <= 300
        return in_time and wanted in request.headers["webhook-signature"].split(" ")

    def _enter(self, message_id: str, message: dict[str, Any]) -> None:
        self.came.append({"id": message_id, **message})
        errand = message["data"]["errand"]
        if message["type"] == "errand.called_off":
            self.called_off.add(errand)
        else:
            self.book.setdefault(errand, message["data"])


async def _hang_up(house: CarrierHouse, request: web.Request) -> web.StreamResponse:
    assert request.transport is not None
    request.transport.close()
    return web.Response()


async def _garbage(house: CarrierHouse, request: web.Request) -> web.StreamResponse:
    assert request.transport is not None
    request.transport.write(b"\x00\xffthis is no HTTP at all\r\n\r\n")
    request.transport.close()
    return web.Response()


async def _slow(house: CarrierHouse, request: web.Request) -> web.StreamResponse:
    await house.release.wait()
    return web.Response()


async def _endless(house: CarrierHouse, request: web.Request) -> web.StreamResponse:
    """A good answer with a body that never ends."""
    response = web.StreamResponse()
    await response.prepare(request)
    while not house.release.is_set():
        await response.write(bytes(65_536))
    return response


_Mood = Callable[[CarrierHouse, web.Request], Awaitable[web.StreamResponse]]
_BEFORE: dict[str, _Mood] = {"deaf": _hang_up, "garbage": _garbage, "slow": _slow}
_AFTER: dict[str, _Mood] = {"answer lost": _hang_up, "endless": _endless}


@asynccontextmanager
async def open_house(
    clock: Clock, folder: Path, *, authority: Authority | None = None, due_s: float = 20, trusted: bool = True
) -> AsyncIterator[tuple[CarrierHouse, WebhookCarrier, Path]]:
    """The house with its door on loopback, behind TLS; our side of it; the file of secrets that ours reads."""
    house = CarrierHouse(clock, SECRET)
    certificate, key = ours().host().write(folder, "carrier")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    app = web.Application()
    app.router.add_post("/{anything:.*}", house.answer)
    runner = web.AppRunner(app, shutdown_timeout=0)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context).start()
    house.port = int(runner.addresses[0][1])
    secrets = folder / "secrets"
    secrets.write_text(SECRET)
    try:
        yield house, _our_side(house.port, secrets, clock, authority or ours(), due_s, trusted=trusted), secrets
    finally:
        house.release.set()
        await runner.cleanup()


def _our_side(
    port: int, secrets: Path, clock: Clock, authority: Authority, due_s: float, *, trusted: bool
) -> WebhookCarrier:
    from servicehost.backends.carriers.secrets import Secrets  # noqa: PLC0415 - only here, so that the house has none

    tls = ssl.create_default_context(cadata=authority.root_pem) if trusted else None
    address = WebhookAddress(url=f"https://127.0.0.1:{port}/servicehost", tls=tls, answer_due_s=due_s)
    return WebhookCarrier(address, Secrets(secrets, "", {}), clock)
