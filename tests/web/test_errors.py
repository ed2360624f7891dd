"""What is refused, by name, before any use case is asked."""

import asyncio
import json
from io import BytesIO
from typing import Any

import pytest

from servicehost.settings.operators_door import OperatorsDoor
from tests.builders.api import Api, open_api
from tests.builders.office import PASSWORD, open_office

ONE = "nxe000000001"
JSON = {"Content-Type": "application/json"}


async def test_an_address_and_a_method_that_are_not_there(api: Api) -> None:
    missing = await api.call("GET", "/api/v2/tokens")
    assert (missing.status, missing.code) == (404, "not_found")
    refused = await api.call("PATCH", "tokens")
    assert (refused.status, refused.code, refused.headers["Allow"]) == (405, "method_not_allowed", "POST")


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ({}, "no_token"),
        ({"Authorization": "Basic YTpi"}, "no_token"),
        ({"Authorization": "Bearer "}, "no_token"),
        ({"Authorization": "Bearer shat_guess"}, "token_invalid"),
    ],
)
async def test_nobody_comes_in_without_a_token(api: Api, header: dict[str, str], code: str) -> None:
    refused = await api.call("GET", "fleet", headers=header)
    assert (refused.status, refused.code) == (401, code)
    assert refused.headers["WWW-Authenticate"].startswith('Bearer realm="servicehost"')


async def test_a_token_ends_with_its_time(api: Api) -> None:
    assert (await api.call("GET", "fleet", api.office.anna)).status == 200
    api.office.clock.go_on(12 * 3600)
    assert (await api.call("GET", "fleet", api.office.anna)).code == "token_invalid"


async def test_a_right_that_is_lacking_is_named(api: Api) -> None:
    refused = await api.call("POST", "contracts", api.office.anna, json={"label": "Mine"})
    assert (refused.status, refused.code) == (403, "no_right")
    assert "register" in refused.json["detail"]


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"", 400, "body_not_json"),
        (b"{", 400, "body_not_json"),
        (b'{"label": NaN}', 400, "body_not_json"),
        (b'"\xff"', 400, "body_not_json"),
        (b"[" * 100_000, 400, "body_not_json"),
        (b"[]", 422, "body_invalid"),
        (b'{"label": "x", "colour": "red"}', 422, "body_invalid"),
        (b'{"label": 5}', 422, "body_invalid"),
        (b'{"label": "a\\u0000b"}', 422, "body_invalid"),
        (b'{"label": "a\\n"}', 422, "body_invalid"),
        (b'{"label": "x", "management_code": null}', 422, "body_invalid"),
    ],
)
async def test_a_body_that_does_not_fit_is_named(api: Api, body: bytes, status: int, code: str) -> None:
    refused = await api.call("POST", "contracts", api.office.dispatcher, data=body, headers=JSON)
    assert (refused.status, refused.code) == (status, code)


async def test_the_field_that_is_wrong_is_named(api: Api) -> None:
    await api.office.adapter(ONE)
    order: dict[str, Any] = {"service_codes": [ONE], "confirm_timeout_s": 4}
    refused = await api.call("POST", "pushes", api.office.anna, json=order)
    assert "$.confirm_timeout_s" in refused.json["detail"]
    unknown = await api.call("POST", "pushes", api.office.anna, json={"service_codes": [ONE], "colour": 1})
    assert "`colour`" in unknown.json["detail"]


async def test_an_integer_may_be_written_with_a_point(api: Api) -> None:
    await api.office.adapter(ONE)
    raw = json.dumps({"service_codes": [ONE], "body": "a", "confirm_timeout_s": 120.0})
    ordered = await api.call("POST", "pushes", api.office.anna, data=raw, headers=JSON)
    assert ordered.status == 202
    raw = raw.replace("120.0", "120.5")
    assert (await api.call("POST", "pushes", api.office.anna, data=raw, headers=JSON)).code == "body_invalid"


@pytest.mark.parametrize("headers", [{"Content-Type": "text/plain"}, JSON | {"Content-Encoding": "gzip"}])
async def test_a_body_of_another_type_is_refused(api: Api, headers: dict[str, str]) -> None:
    refused = await api.call("POST", "contracts", api.office.dispatcher, data=b'{"label": "x"}', headers=headers)
    assert (refused.status, refused.code) == (415, "media_type_unsupported")


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=501", "limit=x", "limit=1&limit=2", "colour=red", "after=-1", "newest_first=perhaps"]
)
async def test_a_query_that_does_not_fit_is_named(api: Api, query: str) -> None:
    refused = await api.call("GET", f"events?{query}", api.office.anna)
    assert (refused.status, refused.code) == (422, "query_invalid")


async def test_a_query_where_none_is_taken_is_named(api: Api) -> None:
    assert (await api.call("GET", "fleet?colour=red", api.office.anna)).code == "query_invalid"


async def test_a_body_too_large_is_refused_before_it_is_read_whole(api: Api) -> None:
    refused = await api.call("POST", "contracts", api.office.dispatcher, data=BytesIO(b" " * 1_048_577), headers=JSON)
    assert (refused.status, refused.code) == (413, "body_too_large")


async def test_a_body_that_comes_too_slowly_is_cut() -> None:
    async with open_api(settings=OperatorsDoor(body_deadline_s=0.01)) as api:
        token = await api.token_of(api.office.dispatcher)
        reader, writer = await asyncio.open_connection("127.0.0.1", api.port)
        head = f"POST /api/v1/contracts HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n"
        writer.write(f"{head}Content-Type: application/json\r\nContent-Length: 20\r\n\r\n{{".encode())
        answer = await reader.read()
        writer.close()
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert b'"code":"body_too_slow"' in answer


async def test_headers_that_dawdle_are_cut() -> None:
    async with open_api(settings=OperatorsDoor(keepalive_timeout_s=0.01)) as api:
        reader, writer = await asyncio.open_connection("127.0.0.1", api.port)
        writer.write(b"GET /healthz HTTP/1.1\r\nHost: x\r\nX-Slow: ")
        assert await reader.read() == b""
        writer.close()


@pytest.mark.parametrize("lines", [[b"X-Long: " + b"x" * 9_000], [b"X-%d: x" % number for number in range(70)]])
async def test_too_much_header_is_refused(api: Api, lines: list[bytes]) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", api.port)
    writer.write(b"GET /healthz HTTP/1.1\r\nHost: x\r\n" + b"\r\n".join(lines) + b"\r\n\r\n")
    answer = await reader.read()
    writer.close()
    assert answer.split(b" ", 2)[1] == b"400"


async def test_an_expectation_that_is_not_known_is_refused(api: Api) -> None:
    refused = await api.call("GET", "/healthz", headers={"Expect": "miracles"})
    assert (refused.status, refused.code) == (417, "expectation_failed")


async def test_a_body_may_wait_to_be_asked_for(api: Api) -> None:
    order = {"master_id": api.office.anna.master_id, "password": PASSWORD}
    assert (await api.call("POST", "tokens", json=order, expect100=True)).status == 201


async def test_a_full_store_is_507(api: Api) -> None:
    await api.token_of(api.office.dispatcher)
    api.office.store.full = True
    refused = await api.call("POST", "contracts", api.office.dispatcher, json={"label": "Third"})
    assert (refused.status, refused.code) == (507, "store_full")


async def test_a_fault_of_ours_is_500_and_tells_nothing_of_itself() -> None:
    office = await open_office()

    async def broken(*_: object) -> list[Any]:
        raise RuntimeError("secret of the house")

    office.reads.contracts = broken  # type: ignore[method-assign, assignment]  # a fault on purpose
    async with open_api(office) as api:
        refused = await api.call("GET", "contracts", office.anna)
    assert (refused.status, refused.code) == (500, "host_fault")
    assert "secret" not in refused.text


async def test_every_answer_bears_the_headers_that_keep_it_safe(api: Api) -> None:
    answers = [
        await api.call("GET", "people/me", api.office.anna),
        await api.call("GET", "/nowhere"),
        await api.call("DELETE", "tokens/current", api.office.anna),
    ]
    for answer in answers:
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
        assert answer.headers["Server"] == "servicehost"
        assert "Access-Control-Allow-Origin" not in answer.headers
