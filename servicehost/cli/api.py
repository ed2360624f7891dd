"""The way of commands to the API of a running host: SERVICEHOST_URL says where, SERVICEHOST_TOKEN as whom."""

import asyncio
import os
from typing import Any, Final

import aiohttp

from servicehost.cli.errors import CommandError

__all__ = ["call"]

URL: Final = "SERVICEHOST_URL"
TOKEN: Final = "SERVICEHOST_TOKEN"  # noqa: S105  (the name of a variable)
DEADLINE_S: Final = 60


def call(method: str, path: str, order: dict[str, Any] | None = None, **query: str | int) -> Any:
    """The body of the answer, JSON. Raises CommandError with the API's code for a refusal, and exit code 1 for a host
    that cannot be reached."""
    base, token = os.environ.get(URL, ""), os.environ.get(TOKEN, "")
    if not base or not token:
        raise CommandError(
            f"set {URL} to the address of the operators' door, and {TOKEN} to a token of POST /api/v1/tokens (no_login)"
        )
    try:
        params = {name: str(value) for name, value in query.items()}
        return asyncio.run(_call(method, f"{base.rstrip('/')}/api/v1/{path}", token, json=order, params=params))
    except (aiohttp.ClientError, TimeoutError, ValueError) as error:
        raise CommandError(f"{base}: {str(error) or 'no answer in time'} (host_unreachable)", code=1) from error


async def _call(method: str, url: str, token: str, **what: Any) -> Any:
    headers = {"Authorization": f"Bearer {token}"}
    limit = aiohttp.ClientTimeout(total=DEADLINE_S)
    async with (
        aiohttp.ClientSession(timeout=limit, headers=headers) as http,
        http.request(method, url, **what) as answer,
    ):
        body = await answer.json(content_type=None)
        if answer.ok:
            return body
        problem = body if isinstance(body, dict) else {}
        raise CommandError(f"{problem.get('detail', answer.reason)} ({problem.get('code', answer.status)})")
