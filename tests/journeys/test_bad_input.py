"""Whatever a peer says over a real socket gets a clear, named answer, and nothing is lost by it."""

import asyncio
from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from websockets.frames import Frame, Opcode

from protocol.codes import CloseCode, ErrorCode
from protocol.version import MAX_FRAME_BYTES
from protocol.wire.events import Ended, Refused, Text, TlsEnded
from tests.builders.certificates import SERVER_AUTH, YEAR, Credential, theirs
from tests.journeys.endings import counted, told
from tests.journeys.raw import RawUnit
from tests.journeys.world import World

SETTINGS = ("log.level=info", "adapters_door.greeting_due_s=1")
STRANGER = "0001-0000-0000-000B-02E0-4DFF-FEFF-FFFF"


# -- before there is a session --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("credential", "alert", "text"),
    [
        (lambda world, unit: None, "certificate_required", "no_certificate"),
        (lambda world, unit: theirs().unit(unit), "unknown_ca", "foreign_certificate"),
        (
            lambda world, unit: world.raw.authority.unit(unit, usages=(SERVER_AUTH,)),
            "unsupported_certificate",
            "wrong_key_usage",
        ),
    ],
    ids=["none", "foreign", "not for a client"],
)
async def test_a_certificate_that_proves_nothing_is_answered_with_a_tls_alert(
    world: World, credential: Callable[[World, str], Credential | None], alert: str, text: str
) -> None:
    before = await counted(world, CloseCode.TLS_REFUSED)
    post = await world.new_post()
    unit = await world.raw.dial_with(world.raw.context(credential(world, post.unit)))
    assert isinstance(unit.last, TlsEnded)
    assert unit.last.alert == alert
    await told(world, "attempt_failed", CloseCode.TLS_REFUSED, text, before)
    assert (await world.unit(post))["presence"] == "never"


@pytest.mark.parametrize(
    ("starts", "code"),
    [(-3 * YEAR, CloseCode.CERTIFICATE_EXPIRED), (2 * YEAR, CloseCode.CERTIFICATE_NOT_YET_VALID)],
    ids=["expired", "not yet valid"],
)
async def test_a_certificate_out_of_its_dates_is_refused_by_name_and_the_unit_is_known(
    world: World, starts: Any, code: CloseCode
) -> None:
    before = await counted(world, code)
    post = await world.new_post()
    unit = await world.raw.dial(post.unit, credential=world.raw.authority.unit(post.unit, starts=starts))
    assert isinstance(unit.last, Refused)
    assert (unit.last.status, unit.last.code) == (403, code.name.lower())
    event = await told(world, "attempt_failed", code, code.name.lower(), before)
    assert event["detail"]["distribution_id"] == post.unit
    # Enrolled again, it is let in.
    await (await world.raw.dial(post.unit)).greet()


async def test_a_unit_nobody_registered_is_told_so_and_closed_slowly(world: World) -> None:
    before = await counted(world, CloseCode.UNKNOWN_UNIT)
    unit = await world.raw.dial(STRANGER)
    unit.say_hello()
    answer = await unit.json()
    assert (answer["error"]["code"], answer["error"]["data"]["reason"]) == (ErrorCode.NOT_ADMITTED, "unknown_unit")
    assert (await unit.closed()).code == CloseCode.UNKNOWN_UNIT
    event = await told(world, "attempt_failed", CloseCode.UNKNOWN_UNIT, "unknown_unit", before)
    assert event["detail"]["distribution_id"] == STRANGER


@pytest.mark.parametrize(
    ("head", "status", "code"),
    [
        ("GET /session HTTP/1.1\r\nSec-WebSocket-Protocol: servicehost.v2\r\n", 400, "subprotocol_required"),
        ("GET /session HTTP/1.1\r\n", 400, "subprotocol_required"),
        ("GET /elsewhere HTTP/1.1\r\nSec-WebSocket-Protocol: servicehost.v1\r\n", 404, "no_such_path"),
    ],
    ids=["wrong subprotocol", "no subprotocol", "wrong path"],
)
async def test_an_opening_that_asks_for_something_else_is_refused_by_name(
    world: World, head: str, status: int, code: str
) -> None:
    before = await counted(world, CloseCode.UPGRADE_REFUSED)
    post = await world.new_post()
    reader, writer = await asyncio.open_connection(
        "127.0.0.1",
        world.host.adapters_port,
        ssl=world.raw.context(world.raw.authority.unit(post.unit)),
        server_hostname="127.0.0.1",
    )
    opening = "Host: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
    writer.write(f"{head}{opening}Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n".encode())
    answer = await reader.read()
    writer.close()
    lines, _, body = answer.partition(b"\r\n\r\n")
    assert lines.startswith(f"HTTP/1.1 {status} ".encode())
    assert b"application/problem+json" in lines
    assert msgspec.json.decode(body)["code"] == code
    await told(world, "attempt_failed", CloseCode.UPGRADE_REFUSED, code, before)


async def test_a_unit_that_says_no_hello_is_closed_in_time(world: World) -> None:
    before = await counted(world, CloseCode.GREETING_TIMEOUT)
    post = await world.new_post()
    unit = await world.raw.dial(post.unit)
    assert (await unit.closed()).code == CloseCode.GREETING_TIMEOUT
    await told(world, "attempt_failed", CloseCode.GREETING_TIMEOUT, "no_hello", before)


# -- what ends a session --------------------------------------------------------------------------------------------

DEEP = "[" * 50_000 + "]" * 50_000
OUTSIDE: list[Any] = [
    pytest.param(
        lambda unit: unit.text('{"jsonrpc":"2.0","method":"hello","id":9,"params":{"firmware":"1","boot_id":"b"}}'),
        CloseCode.PROTOCOL_ERROR,
        "out_of_order",
        ErrorCode.OUT_OF_ORDER,
        id="a hello twice",
    ),
    pytest.param(
        lambda unit: unit.frames(Frame(Opcode.TEXT, b" " * (MAX_FRAME_BYTES + 1))),
        CloseCode.TOO_LARGE,
        "frame_too_large",
        None,
        id="a frame too large",
    ),
    pytest.param(
        lambda unit: unit.fragments(b" " * 1000, 1000),
        CloseCode.TOO_LARGE,
        "too_many_fragments",
        None,
        id="a thousand fragments",
    ),
    pytest.param(
        lambda unit: unit.fragments(b" " * (MAX_FRAME_BYTES + 100), 100),
        CloseCode.TOO_LARGE,
        "frame_too_large",
        None,
        id="fragments that are too large together",
    ),
    pytest.param(
        lambda unit: unit.frames(Frame(Opcode.BINARY, b"\x00\x01")),
        CloseCode.NOT_TEXT,
        "not_text",
        None,
        id="a binary message",
    ),
    pytest.param(
        lambda unit: unit.frames(Frame(Opcode.TEXT, b"\xff\xfe")),
        CloseCode.NOT_UTF8,
        "not_utf8",
        None,
        id="text that is not UTF-8",
    ),
    pytest.param(
        lambda unit: unit.text("good morning"),
        CloseCode.PROTOCOL_ERROR,
        "not_json",
        ErrorCode.PARSE_ERROR,
        id="not JSON",
    ),
    pytest.param(
        lambda unit: unit.text(f'{{"jsonrpc":"2.0","method":"report","params":{DEEP}}}'),
        CloseCode.PROTOCOL_ERROR,
        "nested_too_deeply",
        ErrorCode.PARSE_ERROR,
        id="deeply nested params",
    ),
    pytest.param(
        lambda unit: unit.text(f'{{"jsonrpc":"2.0","method":"report","params":{{}},"unknown":{DEEP}}}'),
        CloseCode.PROTOCOL_ERROR,
        "nested_too_deeply",
        ErrorCode.PARSE_ERROR,
        id="a deeply nested field nobody knows",
    ),
    pytest.param(
        lambda unit: unit.text('{"method":"report","params":{}}'),
        CloseCode.PROTOCOL_ERROR,
        "not_json_rpc",
        ErrorCode.INVALID_REQUEST,
        id="not JSON-RPC",
    ),
    pytest.param(
        lambda unit: unit.text('{"jsonrpc":"2.0","id":7,"result":{}}'),
        CloseCode.PROTOCOL_ERROR,
        "unexpected_answer",
        None,
        id="an answer nobody asked for",
    ),
]


@pytest.mark.parametrize(("say", "code", "text", "error"), OUTSIDE)
async def test_what_is_outside_the_protocol_ends_the_session_by_name(
    world: World, say: Callable[[RawUnit], None], code: CloseCode, text: str, error: ErrorCode | None
) -> None:
    before = await counted(world, code)
    post = await world.new_post()
    unit = await world.raw.dial(post.unit)
    await unit.greet()
    say(unit)
    event = await unit.event(Text, Ended)
    if error is not None:
        assert isinstance(event, Text)
        assert msgspec.json.decode(event.payload)["error"]["code"] == error
        event = await unit.closed()
    assert isinstance(event, Ended)
    assert event.code == code
    ended = await told(world, "session_ended", code, text, before)
    assert ended["service_code"] == post.service_code
    assert (await (await world.raw.dial(post.unit)).greet()).session_epoch == 2


# -- what is refused while the session goes on ----------------------------------------------------------------------

GOES_ON: list[Any] = [
    pytest.param(
        '[{"jsonrpc":"2.0","method":"report","params":{"uptime_s":1}}]',
        ErrorCode.INVALID_REQUEST,
        "batch_refused",
        id="a batch",
    ),
    pytest.param("[" * 100_000, ErrorCode.INVALID_REQUEST, "batch_refused", id="a batch of batches without an end"),
    pytest.param(
        '{"jsonrpc":"2.0","id":5,"method":"make.tea","params":{}}',
        ErrorCode.METHOD_NOT_FOUND,
        "unknown_method",
        id="an unknown method",
    ),
    pytest.param(
        '{"jsonrpc":"2.0","id":5,"method":"task.ping","params":{}}',
        ErrorCode.RESERVED,
        "reserved_method",
        id="a reserved method",
    ),
    pytest.param(
        '{"jsonrpc":"2.0","id":5,"method":"config.offer","params":{}}',
        ErrorCode.METHOD_NOT_FOUND,
        "wrong_direction",
        id="the wrong direction",
    ),
    pytest.param(
        '{"jsonrpc":"2.0","id":5,"method":"event","params":{"sequence":"one"}}',
        ErrorCode.INVALID_PARAMS,
        "invalid_params",
        id="params that do not fit",
    ),
]


@pytest.mark.parametrize(("frame", "error", "reason"), GOES_ON)
async def test_what_cannot_be_done_is_answered_with_an_error_and_the_session_goes_on(
    world: World, frame: str, error: ErrorCode, reason: str
) -> None:
    unit = await world.raw.in_session((await world.new_post()).unit)
    unit.text(frame)
    answer = await unit.json()
    assert (answer["error"]["code"], answer["error"]["data"]["reason"]) == (error, reason)
    await unit.still_heard()
