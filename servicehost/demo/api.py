"""One person's way to the HTTP API."""

from collections.abc import Mapping
from types import TracebackType
from typing import Any, Final, Self

import aiohttp

__all__ = ["Api", "ApiError"]

DEADLINE_S: Final = 60


class ApiError(Exception):
    """The API refused: `code` is its stable word."""

    def __init__(self, status: int, code: str, detail: str) -> None:
        super().__init__(f"{status} {code}: {detail}")
        self.status = status
        self.code = code


class Api:
    """A client with one person's token. Use as `async with`."""

    def __init__(self, base: str) -> None:
        self._base = base
        self._http = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=DEADLINE_S))
        self._token: str | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._http.close()

    async def log_in(self, master_id: str, password: str, new_password: str | None = None) -> None:
        """Log in; a one-time password is changed to `new_password` on the way."""
        order = {"master_id": master_id, "password": password}
        if new_password is not None:
            order["new_password"] = new_password
        self._token = (await self.post("tokens", order))["token"]

    async def get(self, path: str, **query: str | int) -> Any:
        """The answer's body. Raises ApiError."""
        return await self._call("GET", path, params={name: str(value) for name, value in query.items()})

    async def post(self, path: str, order: dict[str, Any], *, if_match: int | None = None) -> Any:
        """As `get`. `if_match` is the version that the caller has seen."""
        headers = {} if if_match is None else {"If-Match": f'"{if_match}"'}
        return await self._call("POST", path, headers, json=order)

    async def put(self, path: str, order: dict[str, Any]) -> Any:
        """As `get`."""
        return await self._call("PUT", path, json=order)

    async def text(self, path: str) -> str:
        """The body of an answer that is no JSON. Raises ApiError."""
        return str(await self._call("GET", path))

    async def get_bytes(self, path: str, *, first: int = 0) -> bytes:
        """The exact bytes of an answer, from `first` on. Raises ApiError."""
        answer: bytes = await self._call("GET", path, {"Range": f"bytes={first}-"} if first else None, raw=True)
        return answer

    async def all(self, path: str, **query: str | int) -> list[Any]:
        """Every item of a list, part by part."""
        items: list[Any] = []
        answer = await self.get(path, limit=500, **query)
        items.extend(answer["items"])
        while answer["next"] is not None:
            query["after"] = answer["next"]
            answer = await self.get(path, limit=500, **query)
            items.extend(answer["items"])
        return items

    async def _call(
        self, method: str, path: str, headers: Mapping[str, str] | None = None, *, raw: bool = False, **more: Any
    ) -> Any:
        token = {} if self._token is None else {"Authorization": f"Bearer {self._token}"}
        url = f"{self._base}/api/v1/{path}"
        async with self._http.request(method, url, headers={**token, **(headers or {})}, **more) as answer:
            body = await (answer.read() if raw and answer.ok else _body(answer))
            if answer.status >= 400:  # noqa: PLR2004 - where HTTP's errors begin
                body = body if isinstance(body, dict) else {}
                raise ApiError(answer.status, str(body.get("code")), str(body.get("detail")))
            return body


async def _body(answer: aiohttp.ClientResponse) -> Any:
    if answer.content_length == 0:
        return None
    return await (answer.text() if answer.content_type == "text/csv" else answer.json(content_type=None))
