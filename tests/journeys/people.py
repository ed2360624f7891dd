"""The people of a host: a dispatcher of the provider and the operation manager of one customer, with their tokens."""

import io
import secrets
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec

from servicehost.demo.api import Api
from servicehost.founding import Wishes, found
from servicehost.runtime.clock import SystemClock
from tests.journeys.host_process import HostProcess, Nursery

__all__ = ["Founding", "Person", "founding", "person"]

LOOPBACK = (
    "adapters_door.addresses=127.0.0.1",
    "adapters_door.port=0",
    "bootstrap_door.addresses=127.0.0.1",
    "bootstrap_door.port=0",
    "operators_door.addresses=127.0.0.1",
    "operators_door.port=0",
    "log.level=warning",
)
QUICK = (
    "units.report_interval_s=5",
    "units.redial_spread_s=0.05",
    "units.redial_cap_s=0.3",
    "units.redial_slow_first_s=0.1",
    "units.redial_slow_cap_s=0.4",
    "adapters_door.drain_over_s=0.5",
    "adapters_door.drain_close_by_s=5",
    "adapters_door.drain_redial_spread_s=0.1",
)
"""So that a journey takes seconds."""


class Person(Api):
    """An API client with a token that was given before."""

    def __init__(self, base: str, token: str | None = None) -> None:
        super().__init__(base)
        self._token = token

    @property
    def token(self) -> str:
        assert self._token is not None
        return self._token

    async def put_raw(self, path: str, body: bytes, headers: dict[str, str]) -> Any:
        """Bytes, as they are. Raises ApiError."""
        return await self._call("PUT", path, data=io.BytesIO(body), headers=headers)

    async def post_seen(self, path: str, order: dict[str, Any], headers: dict[str, str]) -> Any:
        """An order upon what was seen. Raises ApiError."""
        return await self._call("POST", path, json=order, headers=headers)

    async def put_seen(self, path: str, order: dict[str, Any], headers: dict[str, str]) -> Any:
        """As `post_seen`."""
        return await self._call("PUT", path, json=order, headers=headers)

    async def delete(self, path: str) -> None:
        """Raises ApiError."""
        await self._call("DELETE", path)


class Founding(msgspec.Struct, frozen=True, kw_only=True):
    """A host's folder as on its first day, with people who have logged in. Copies of it are hosts of their own."""

    folder: Path
    management_code: str
    dispatcher_token: str
    manager_token: str

    def copy(self, to: Path) -> Path:
        shutil.copytree(self.folder, to)
        return to


@asynccontextmanager
async def person(host: HostProcess, token: str | None = None) -> AsyncIterator[Person]:
    async with Person(host.api_base, token) as one:
        yield one


async def founding(nursery: Nursery, folder: Path) -> Founding:
    """Found a host and let its first people log in, as `servicehost init` and the API have it."""
    made = await found(folder, Wishes(settings=(*LOOPBACK, *QUICK)), clock=SystemClock())
    host = HostProcess(nursery, folder)
    try:
        await host.start()
        async with person(host) as dispatcher, person(host) as manager:
            await dispatcher.log_in(made.master_id, made.one_time_password, secrets.token_urlsafe(12))
            contract = await dispatcher.post("contracts", {"label": "Sample"})
            code = contract["management_code"]
            given = await dispatcher.post(f"contracts/{code}/people", {"name": "Manager"})
            await manager.log_in(given["master_id"], given["one_time_password"], secrets.token_urlsafe(12))
            tokens = dispatcher.token, manager.token
        assert await host.stop() == 0, host.last_words()
    finally:
        host.kill()
    return Founding(folder=folder, management_code=code, dispatcher_token=tokens[0], manager_token=tokens[1])
