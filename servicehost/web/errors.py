"""One place where every request gets its answer, its log line and its headers, and every error becomes a problem."""

import secrets
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

import msgspec
import structlog
from aiohttp import hdrs, web

from servicehost.domain.errors import Busy, Refused
from servicehost.domain.webhook import SIGNATURE_CODES
from servicehost.web.door import DOOR, ROUTE
from servicehost.web.problems import MEDIA_TYPE, listed, problem_for, status_of

__all__ = ["answer_every_request"]

_log: Final[Any] = structlog.get_logger("servicehost.web")

_HEADERS: Final = {
    hdrs.CACHE_CONTROL: "no-store",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    hdrs.SERVER: "servicehost",
}
_OF_HTTP: Final = {
    404: ("not_found", "There is nothing at this address; /api/v1/openapi.json lists what there is"),
    405: ("method_not_allowed", "This address does not take that method; see the Allow header"),
    413: ("body_too_large", "The body is too large; send less at once"),
    417: ("expectation_failed", "The only expectation known here is 100-continue"),
}
_MALFORMED: Final = ("request_malformed", "The request cannot be read")
_ENDS_CONNECTION: Final = frozenset({408, 413})
"""The rest of such a request's body is not worth waiting for."""

_Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@web.middleware
async def answer_every_request(request: web.Request, handler: _Handler) -> web.StreamResponse:
    """The outermost layer."""
    door = request.app[DOOR]
    started = door.clock.monotonic()
    request_id = secrets.token_hex(8)
    response, code = await _answered(request, handler, request_id)
    for name, value in _HEADERS.items():  # a page says for itself what it needs
        response.headers.setdefault(name, value)
    response.headers["X-Request-Id"] = request_id
    seconds = door.clock.monotonic() - started
    path = request.get(ROUTE, "-")
    door.observe(request.method, path, response.status, seconds)
    _log.info(
        "answered",
        method=request.method,
        route=path,
        status=response.status,
        code=code,
        seconds=round(seconds, 4),
        address=request.remote,
        request=request_id,
    )
    return response


async def _answered(request: web.Request, handler: _Handler, request_id: str) -> tuple[web.StreamResponse, str | None]:
    try:
        return await handler(request), None
    except Refused as refused:
        return _refusal(refused, request_id), refused.code
    except web.HTTPException as error:
        code, text = _OF_HTTP.get(error.status, _MALFORMED)
        allow: dict[str, str] = {hdrs.ALLOW: error.headers[hdrs.ALLOW]} if hdrs.ALLOW in error.headers else {}
        return _problem(code, error.status, text, request_id, allow), code
    except (web.RequestPayloadError, ConnectionError):
        code = "body_interrupted"
        return _problem(code, 400, "The body broke off before its end", request_id, {}), code
    except Exception:
        _log.exception("host_fault", request=request_id, method=request.method)
        text = f"A fault of ours. Look whether it was done before you repeat it; the log says more under {request_id}."
        return _problem("host_fault", 500, text, request_id, {}), "host_fault"


def _refusal(refused: Refused, request_id: str) -> web.Response:
    headers: dict[str, str] = {}
    status = status_of(refused)
    if isinstance(refused, Busy):
        headers[hdrs.RETRY_AFTER] = str(refused.retry_after_s)
    if status == 401:  # noqa: PLR2004
        error = ', error="invalid_token"' if refused.code == "token_invalid" else ""
        scheme = "Webhook-Signature" if refused.code in SIGNATURE_CODES else "Bearer"
        headers[hdrs.WWW_AUTHENTICATE] = f'{scheme} realm="servicehost"{error}'
    return _problem(refused.code, status, refused.text, request_id, headers, **listed(refused))


def _problem(
    code: str, status: int, text: str, request_id: str, headers: Mapping[str, str], **more: Any
) -> web.Response:
    problem = problem_for(code, status, text, request_id, **more)
    response = web.Response(
        status=status, body=msgspec.json.encode(problem), headers={**headers, hdrs.CONTENT_TYPE: MEDIA_TYPE}
    )
    if status in _ENDS_CONNECTION:
        response.force_close()
    return response
