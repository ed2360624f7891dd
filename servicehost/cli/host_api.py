"""A command's way to the HTTP API of a host. Every refusal becomes words for people and an exit code for programs."""

import asyncio
import os
import ssl
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

import aiohttp
import msgspec

from servicehost.cli.credentials import CA_VARIABLE, the_host, the_token
from servicehost.cli.errors import BAD_INPUT, REFUSED, UNREACHABLE, CommandError

__all__ = ["BAD_INPUT", "REFUSED", "UNREACHABLE", "ApiRefused", "HostApi", "host_api"]

DEADLINE_S: Final = 60
_OF_INPUT: Final = frozenset({400, 413, 415, 422})
"""Statuses that say that what was sent is wrong, whoever sends it."""
_TO_LOG_IN: Final = frozenset({"no_token", "token_invalid"})


class ApiRefused(CommandError):
    """The host refused: `api_code` is its stable word. Nothing was done, unless that is `host_fault`."""

    def __init__(self, api_code: str, *problems: str, code: int) -> None:
        super().__init__(*problems, code=code)
        self.api_code = api_code


class HostApi:
    """One host, spoken to as whoever holds `token` (None: nobody).

    Over HTTPS it is trusted by `ca_file` alone, else by what the system trusts and `root` beside it.
    """

    def __init__(self, url: str, token: str | None, *, ca_file: str | None = None, root: Path | None = None) -> None:
        self.url = url
        self._headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        self._ca_file, self._root = ca_file, root

    def call(self, method: str, path: str, *, source: str = "", due_s: float = DEADLINE_S, **more: Any) -> Any:
        """The body of the answer, None if it has none, bytes if it is no JSON.

        `more` goes to the request: params, json, data, headers.
        `source` is the file that was sent, which is named before each of its bad lines. Raises ApiRefused; CommandError
        with UNREACHABLE when nothing answers, and with BAD_INPUT for what is no address of a host.
        """
        return asyncio.run(self._call(method, path, source, due_s, more))

    def copy(
        self,
        path: str,
        take: Callable[[bytes], object],
        query: Mapping[str, str],
        *,
        seen: int | None,
        order: Mapping[str, Any] | None = None,
    ) -> None:
        """Give `take` the body of the answer as it comes, however long it goes on. Raises as `call`.

        `seen` is the number of the event after which a stream is to begin; `order` is what is posted, if anything.
        """
        headers = {} if seen is None else {"Last-Event-ID": str(seen)}
        asking = {"headers": headers, "params": query} | ({} if order is None else {"json": order})
        asyncio.run(self._copy("GET" if order is None else "POST", path, take, asking))

    def all(self, path: str, **query: str) -> list[Any]:
        """Every item of a list that fits the query, part by part. Raises as `call`."""
        items: list[Any] = []
        following: dict[str, str] = {}
        while True:
            answer = self.call("GET", path, params={"limit": "500", **query, **following})
            items += answer["items"]
            if answer["next"] is None:
                return items
            following = {"after": str(answer["next"])}

    async def _call(self, method: str, path: str, source: str, due_s: float, more: dict[str, Any]) -> Any:
        timeout = aiohttp.ClientTimeout(total=due_s)
        async with self._answer(method, path, timeout, more) as answer:
            return _body(answer.status, await answer.read(), self.url, source)

    async def _copy(self, method: str, path: str, take: Callable[[bytes], object], asking: dict[str, Any]) -> None:
        timeout = aiohttp.ClientTimeout(total=None, sock_connect=DEADLINE_S, sock_read=DEADLINE_S)
        async with self._answer(method, path, timeout, asking) as answer:
            if answer.status >= 300:  # noqa: PLR2004 - where HTTP's successes end
                _body(answer.status, await answer.read(), self.url, "")
            async for part in answer.content.iter_any():
                take(part)

    @asynccontextmanager
    async def _answer(
        self, method: str, path: str, due: aiohttp.ClientTimeout, more: dict[str, Any]
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        headers = self._headers | more.pop("headers", {})
        try:
            async with (
                aiohttp.ClientSession(timeout=due, connector=aiohttp.TCPConnector(ssl=self._tls())) as http,
                http.request(
                    method, f"{self.url}/api/v1/{path}", headers=headers, allow_redirects=False, **more
                ) as answer,
            ):
                yield answer
        except (aiohttp.InvalidURL, aiohttp.NonHttpUrlClientError) as error:
            raise CommandError(f"{self.url} is no address of a host; give one like http://127.0.0.1:8080") from error
        except (aiohttp.ClientError, TimeoutError) as error:
            why = str(error) or "too slow"
            text = f"{self.url} does not answer ({why}); is the host running, and is this its address?"
            raise CommandError(text, code=UNREACHABLE) from error

    def _tls(self) -> ssl.SSLContext | bool:
        if self._ca_file is None and self._root is None:
            return True
        try:
            context = ssl.create_default_context(cafile=self._ca_file)
            if self._ca_file is None:
                context.load_verify_locations(self._root)
        except OSError as error:
            named = self._ca_file or self._root
            raise CommandError(f"{named}: no certificates to trust can be read from it ({error})") from error
        return context


def host_api(
    url: str | None = None, environment: Mapping[str, str] | None = None, *, anonymous: bool = False
) -> HostApi:
    """The host that the command means, and the caller's token unless it is `anonymous`. Raises CommandError."""
    known = os.environ if environment is None else environment
    found = the_host(url, known)
    token = None if anonymous else the_token(found.url, known)
    return HostApi(found.url, token, ca_file=known.get(CA_VARIABLE), root=found.root)


def _body(status: int, raw: bytes, url: str, source: str) -> Any:
    try:
        body = msgspec.json.decode(raw) if raw else None
    except msgspec.DecodeError:
        body = raw
    if status < 300:  # noqa: PLR2004 - where HTTP's successes end
        return body
    if not isinstance(body, dict) or "code" not in body:
        raise CommandError(f"{url} answered {status}, and not as a service host does: is this its address?", code=3)
    raise ApiRefused(str(body["code"]), *_words(body, source), code=BAD_INPUT if status in _OF_INPUT else REFUSED)


def _words(problem: dict[str, Any], source: str) -> list[str]:
    """The problem in sentences, the bad lines of a file first, as compilers name them."""
    lines = [_line(error, source) for error in problem.get("errors", ())]
    if unlisted := problem.get("unlisted"):
        lines.append(f"{source}: {unlisted} more that are not listed")
    remedy = "; run servicehost login" if problem["code"] in _TO_LOG_IN else ""
    return [*lines, f"{problem.get('detail', '')}{remedy} ({problem['code']})"]


def _line(error: dict[str, Any], source: str) -> str:
    column = f"{error['column']}: " if error.get("column") else ""
    return f"{source}:{error['line']}: {column}{error['detail']} ({error['code']})"
