"""Whatever a peer says over a real socket gets a clear, named answer, and nothing is lost by it."""

import asyncio
from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from websockets.frames import Frame, Opcode

from protocol.codes import CloseCode, ErrorCode
from protocol.digest import digest_of
from protocol.messages import (
    ConfigOffer,
    ConfigProgress,
    Event,
    Goodbye,
    Mark,
    ModuleState,
    OfferAnswer,
)
from protocol.session import RefusedByPeer
from protocol.states import Kind
from protocol.version import MAX_FRAME_BYTES
from protocol.wire.events import Ended, Refused, Text, TlsEnded
from tests.builders.certificates import SERVER_AUTH, YEAR, Credential, theirs
from tests.journeys.configs import good
from tests.journeys.raw import RawUnit
from tests.journeys.waiting import until
from tests.journeys.world import Post, World

SETTINGS = ("log.level=info", "adapters_door.greeting_due_s=1")
STRANGER = "0001-0000-0000-000B-02E0-4DFF-FEFF-FFFF"


async def told(world: World, what: str, code: CloseCode, text: str, before: float) -> dict[str, Any]:
    """The event of an ending, which must have its code in /metrics and in the log as well."""
    name = code.name.lower()
    event = await world.event(what, reason=name, detail_text=text)

    async def counted() -> bool:
        return await world.endings_counted(name) > before

    await until(counted, f"/metrics counts {name}")
    lines = [msgspec.json.decode(line) for line in world.host.log.read_bytes().splitlines() if b'"ended"' in line]
    assert any(line["code"] == name and line["reason"] == text for line in lines if line["event"] == "ended"), lines
    return event


async def counted(world: World, code: CloseCode) -> float:
    return await world.endings_counted(code.name.lower())


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
    unit = await in_session(world)
    unit.text(frame)
    answer = await unit.json()
    assert (answer["error"]["code"], answer["error"]["data"]["reason"]) == (error, reason)
    await still_heard(unit)


async def in_session(world: World, post: Post | None = None) -> RawUnit:
    unit = await world.raw.dial((post or await world.new_post()).unit)
    await unit.greet()
    return unit


async def still_heard(unit: RawUnit) -> None:
    unit.say(Event(sequence=4711, sub_type="link_up"))
    received = await unit.hear()
    assert received.kind is Kind.EVENT_ANSWER
    assert not isinstance(received.message, RefusedByPeer)


async def refused(unit: RawUnit) -> RefusedByPeer:
    message = (await unit.hear()).message
    assert isinstance(message, RefusedByPeer), message
    return message


async def test_progress_for_a_push_nobody_made_is_unknown_and_changes_nothing(world: World) -> None:
    unit = await in_session(world)
    digest = digest_of(b"nobody's")
    unit.say(ConfigProgress(push=2**40, revision=1, digest=digest, phase="confirmed"))
    assert (await refused(unit)).code == ErrorCode.UNKNOWN_PUSH
    await still_heard(unit)


async def test_progress_for_another_adapters_push_looks_the_same_as_for_none(world: World) -> None:
    theirs_post = await world.new_post()
    push = await world.push(theirs_post, good("theirs"))
    unit = await in_session(world)
    unit.say(ConfigProgress(push=push, revision=1, digest=digest_of(good("theirs").encode()), phase="confirmed"))
    assert (await refused(unit)).code == ErrorCode.UNKNOWN_PUSH
    assert (await world.phase(push, "queued"))["reason"] is None


async def offered(world: World, body: str) -> tuple[Post, RawUnit, ConfigOffer]:
    """A unit that has heard an offer and not answered it."""
    post = await world.new_post()
    await world.push(post, body)
    unit = await in_session(world, post)
    offer = (await unit.hear_request()).message
    assert isinstance(offer, ConfigOffer)
    assert digest_of(offer.body.encode()) == offer.digest
    return post, unit, offer


async def test_an_offer_whose_digest_the_unit_cannot_confirm_is_refused_with_that_reason(world: World) -> None:
    _, unit, offer = await offered(world, good("damaged-on-the-way"))
    unit.answer(OfferAnswer(outcome="refused", reason="digest_mismatch"))
    assert (await world.phase(offer.push, "refused"))["reason"] == "digest_mismatch"
    await still_heard(unit)


async def test_progress_with_another_digest_than_was_offered_is_not_believed(world: World) -> None:
    _, unit, offer = await offered(world, good("one-digest"))
    unit.answer(OfferAnswer(outcome="accepted"))
    await world.phase(offer.push, "stored")
    other = digest_of(b"another config")
    unit.say(ConfigProgress(push=offer.push, revision=offer.revision, digest=other, phase="confirmed"))
    assert (await refused(unit)).code == ErrorCode.UNKNOWN_PUSH
    assert (await world.phase(offer.push, "stored"))["revision"] == offer.revision


async def test_a_unit_that_confirms_on_its_own_word_has_proved_nothing(world: World) -> None:
    _, unit, offer = await offered(world, good("never-proved"))
    unit.answer(OfferAnswer(outcome="accepted"))
    unit.say(ConfigProgress(push=offer.push, revision=offer.revision, digest=offer.digest, phase="confirmed"))
    await unit.hear()
    assert (await world.phase(offer.push, "stored"))["revision"] == offer.revision


async def test_a_unit_that_tries_another_digest_than_was_offered_is_told_to_go_back(world: World) -> None:
    post, unit, offer = await offered(world, good("offered-this"))
    unit.answer(OfferAnswer(outcome="accepted"))
    await world.phase(offer.push, "stored")
    unit.say(Goodbye(code=CloseCode.DONE, reason="applying"))
    await unit.closed()
    other = Mark(revision=offer.revision, digest=digest_of(b"runs that"))
    again = await world.raw.dial(post.unit)
    welcome = await again.greet(modules=(ModuleState(running=other, trial=offer.push),))
    assert (welcome.confirm, welcome.revert) == ((), (offer.push,))


# -- two of one unit ------------------------------------------------------------------------------------------------


async def test_the_newest_session_of_a_unit_wins_and_the_end_of_the_old_one_harms_nothing(world: World) -> None:
    before = await counted(world, CloseCode.TAKEN_OVER)
    post = await world.new_post()
    old = await in_session(world, post)
    new = await world.raw.dial(post.unit)
    assert (await new.greet()).session_epoch == 2
    goodbye = await old.hear()
    assert isinstance(goodbye.message, Goodbye)
    assert goodbye.message.code == CloseCode.TAKEN_OVER
    assert (await old.closed()).code == CloseCode.TAKEN_OVER
    old.drop()
    event = await told(world, "session_ended", CloseCode.TAKEN_OVER, "taken_over", before)
    assert event["detail"]["epoch"] == 1
    unit = await world.presence(post, "connected")
    assert (unit["session"]["epoch"], unit["session"]["ended_at"]) == (2, None)
    # The nudge finds the new one.
    push = await world.push(post, good("to-the-newest"))
    offer = (await new.hear_request()).message
    assert isinstance(offer, ConfigOffer)
    assert offer.push == push


async def test_what_a_session_says_after_it_lost_its_place_changes_nothing(world: World) -> None:
    """Old and new speak in the same moment, many times: what was taken is there, once; what was refused is not."""
    post = await world.new_post()
    outcomes: dict[str, str] = {}
    current = await in_session(world, post)
    for number in range(25):
        text = f"late-{number}"
        newer = await world.raw.dial(post.unit)
        for one in (current, newer) if number % 2 else (newer, current):
            if one is current:
                one.say(Event(sequence=number + 1, sub_type="link_down", text=text))
            else:
                one.say_hello()
        outcomes[text] = await fate(current)
        assert (await newer.hear()).kind is Kind.WELCOME
        current = newer
    assert set(outcomes.values()) <= {"taken", "taken_over", "unanswered"}
    assert {"taken_over", "unanswered"} & set(outcomes.values()), outcomes
    written = [event["detail"]["text"] for event in await world.events("link_down")]
    for text, outcome in outcomes.items():
        assert written.count(text) == {"taken": 1, "taken_over": 0}.get(outcome, written.count(text)), outcomes
        assert written.count(text) <= 1
    assert (await world.unit(post))["session"]["epoch"] == 26


async def fate(unit: RawUnit) -> str:
    """What became of the event it said: answered, refused, or not answered before the end."""
    while isinstance(event := await unit.event(Text, Ended), Text):
        message = msgspec.json.decode(event.payload)
        if "method" not in message:
            return str(message["error"]["data"]["reason"]) if "error" in message else "taken"
    return "unanswered"
