"""The OpenAPI 3.1 document, built from the route table that also registers the handlers."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any, Final

import msgspec

from servicehost.web.case_orders import CASE_RULES
from servicehost.web.consent_orders import CONSENT_RULES
from servicehost.web.errand_orders import ERRAND_RULES
from servicehost.web.example_words import RAW_BODIES
from servicehost.web.examples import NoExampleError, answer_example, order_example
from servicehost.web.group_orders import GROUP_RULES
from servicehost.web.orders import RULES
from servicehost.web.problem_codes import STATUS
from servicehost.web.problems import MEDIA_TYPE, Problem
from servicehost.web.right_orders import RIGHT_RULES
from servicehost.web.route import PATH_PARAMETERS, Route
from servicehost.web.scheduled_orders import SCHEDULED_RULES
from servicehost.web.stock_orders import STOCK_RULES
from servicehost.web.task_orders import TASK_RULES
from servicehost.web.triage_orders import TRIAGE_RULES

__all__ = ["openapi"]

_REF: Final = "#/components/schemas/{name}"
_RETRIED: Final = (429, 503)
_REQUEST_ID: Final = {"X-Request-Id": {"description": "The log has it too", "schema": {"type": "string"}}}
_SIGNATURE: Final = tuple(
    {"name": name, "in": "header", "required": True, "description": says, "schema": {"type": "string", "pattern": fits}}
    for name, says, fits in (
        ("webhook-id", "The message's name, the same however often it is sent", "^[A-Za-z0-9_:/-]{1,128}$"),
        ("webhook-timestamp", "Seconds since the Unix epoch", "^[0-9]{1,12}$"),
        ("webhook-signature", "v1, and base64 of HMAC-SHA256(secret, id.timestamp.body)", "^v1,[A-Za-z0-9+/]{43}=$"),
    )
)
_ETAG: Final = {"ETag": {"description": "The revision's number", "schema": {"type": "string"}}}


def openapi(routes: Iterable[Route], version: str) -> dict[str, Any]:
    """The whole document."""
    table = list(routes)
    kinds = {kind for route in table for kind in (route.body, route.answer) if kind is not None} | {Problem}
    ordered = sorted(kinds, key=lambda kind: kind.__name__)
    _, components = msgspec.json.schema_components(ordered, ref_template=_REF)
    bodies = RULES | GROUP_RULES | TASK_RULES | SCHEDULED_RULES | CASE_RULES | RIGHT_RULES | CONSENT_RULES
    bodies |= TRIAGE_RULES | STOCK_RULES | ERRAND_RULES
    for name, rules in bodies.items():
        if name in components:
            components[name] |= rules
    paths: dict[str, dict[str, Any]] = defaultdict(dict)
    for route in table:
        paths[route.path][route.method.lower()] = _operation(route)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Service host",
            "version": version,
            "description": "Adapters, configs, pushes, faults, exchanges. Errors are RFC 9457 problems, with codes.",
        },
        "paths": dict(paths),
        "components": {
            "schemas": components,
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer", "bearerFormat": "shat_…"}},
        },
    }


def _operation(route: Route) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": route.name,
        "summary": route.summary,
        "tags": [route.tag],
        "security": [{"token": []}] if route.token else [],
        "responses": _responses(route),
    }
    if route.right is not None:
        operation["x-right"] = route.right.value
    if parameters := _parameters(route):
        operation["parameters"] = parameters
    if route.body is not None:
        body = {"schema": _ref(route.body)} | _example(order_example, route.body, route.example)
        operation["requestBody"] = {"required": True, "content": {"application/json": body}}
    if route.raw is not None:
        text = {"schema": {"type": "string"}, "example": RAW_BODIES.get(route.name, "")}
        operation["requestBody"] = {"required": True, "content": {route.raw: text}}
    return operation


def _parameters(route: Route) -> list[dict[str, Any]]:
    of_path = [
        {
            "name": name,
            "in": "path",
            "required": True,
            "description": PATH_PARAMETERS[name].says,
            "schema": PATH_PARAMETERS[name].schema,
        }
        for name in route.path_parameters
    ]
    of_query = [
        {"name": name, "in": "query", "required": name in _required(route.query), "schema": schema}
        for name, schema in _properties(route.query).items()
    ]
    if_match = {
        "name": "If-Match",
        "in": "header",
        "required": True,
        "description": 'The ETag last read; "0" for no config yet.',
        "schema": {"type": "string", "pattern": '^("[0-9]{1,15}"|[0-9]{1,15})$'},
    }
    return of_path + of_query + [if_match] * route.if_match + list(_SIGNATURE) * route.signed


def _properties(query: type[msgspec.Struct] | None) -> dict[str, Any]:
    if query is None:
        return {}
    _, components = msgspec.json.schema_components([query], ref_template=_REF)
    properties: dict[str, Any] = components[query.__name__]["properties"]
    return properties


def _required(query: type[msgspec.Struct] | None) -> set[str]:
    return set() if query is None else {one.encode_name for one in msgspec.structs.fields(query) if one.required}


def _responses(route: Route) -> dict[str, Any]:
    by_status: dict[int, list[str]] = defaultdict(list)
    for code in route.codes:
        by_status[STATUS[code]].append(code)
    answers = {str(route.status): _answer(route)}
    return answers | {str(status): _problem(status, codes) for status, codes in sorted(by_status.items())}


def _answer(route: Route) -> dict[str, Any]:
    answer: dict[str, Any] = {
        "description": route.summary,
        "headers": _REQUEST_ID | (_ETAG if route.etag else {}),
    }
    if route.answer is not None:
        shown = {"schema": _ref(route.answer)} | _example(answer_example, route.answer)
        answer["content"] = {"application/json": shown}
    elif route.media_type == "application/json":
        answer["content"] = {route.media_type: {"schema": {"type": "object"}}}
    elif route.media_type is not None:
        text = {"schema": {"type": "string"}, "example": RAW_BODIES.get(route.name, "")}
        answer["content"] = {route.media_type: text}
    return answer


def _example(
    make: Callable[[type[msgspec.Struct]], dict[str, Any]],
    kind: type[msgspec.Struct],
    own: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """A document that lacks an example is still a document: that each is there is for the tests to see."""
    if own is not None:
        return {"example": own}
    try:
        return {"example": make(kind)}
    except NoExampleError:
        return {}


def _problem(status: int, codes: list[str]) -> dict[str, Any]:
    retry = {"Retry-After": {"description": "Seconds", "schema": {"type": "integer"}}}
    return {
        "description": ", ".join(codes),
        "headers": _REQUEST_ID | (retry if status in _RETRIED else {}),
        "content": {MEDIA_TYPE: {"schema": _ref(Problem)}},
        "x-codes": codes,
    }


def _ref(kind: type[msgspec.Struct]) -> dict[str, str]:
    return {"$ref": _REF.format(name=kind.__name__)}
