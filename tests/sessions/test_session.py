"""Dialogues of one session, over real TLS and WebSocket layers joined in memory."""

import pytest

from protocol.codes import CloseCode, ErrorCode
from protocol.messages import ConfigProgress, Event, Goodbye, Report, Welcome
from protocol.states import Kind
from servicehost.domain.errors import Busy, NotFound, StoreFull
from servicehost.ports.desk import Fence, NotAdmitted, Stale, Welcomed
from tests.builders.doors import HELLO, Door, MemoryUnit

DIGEST = "sha256:" + "0" * 64
EVENT = Event(sequence=1, sub_type="link_up")
WELCOMED = Welcomed(
    fence=Fence(unit_id=1, epoch=1), welcome=Welcome(standing="standby", session_epoch=1), work_waits=True
)
PROGRESS = ConfigProgress(push=7, revision=3, digest=DIGEST, phase="confirmed")


async def test_a_unit_that_says_hello_is_welcomed_under_its_epoch() -> None:
    door = Door()
    unit = await door.welcomed()
    assert unit.heard(Kind.WELCOME)[0].session_epoch == 1
    assert len(door.shared.registry) == 1
    caller = door.desk.named("phone_home")[0][1]
    assert (caller.remote_address, caller.tls_version) == ("192.0.2.1:50000", "TLSv1.3")


async def test_reports_go_to_the_desk_and_are_not_answered() -> None:
    door = Door()
    unit = await door.welcomed()
    writes = unit.transport.writes
    await unit.say(Report(uptime_s=5))
    assert door.desk.reports == 1
    assert unit.transport.writes == writes


@pytest.mark.parametrize(
    ("message", "method", "kind"),
    [(EVENT, "take_event", Kind.EVENT_ANSWER), (PROGRESS, "take_progress", Kind.PROGRESS_ANSWER)],
)
async def test_a_request_is_answered_only_when_the_desk_has_it(
    message: Event | ConfigProgress, method: str, kind: Kind
) -> None:
    door = Door()
    unit = await door.welcomed()
    door.desk.hold.add(method)
    await unit.say(message)
    assert unit.heard(kind) == []
    door.desk.held[0].set_result(None)
    await unit.rest()
    assert len(unit.heard(kind)) == 1


async def test_an_event_carries_the_boot_of_the_hello() -> None:
    door = Door()
    unit = await door.welcomed()
    await unit.say(EVENT)
    assert door.desk.named("take_event") == [("take_event", HELLO.boot_id, EVENT)]


@pytest.mark.parametrize(
    ("error", "code", "reason", "retry_after_s"),
    [
        (Busy("queue_full", "later", 40), ErrorCode.BUSY, "queue_full", 40),
        (StoreFull(), ErrorCode.STORE_FULL, "store_full", 60),
        (NotFound("push_unknown", "no such push"), ErrorCode.UNKNOWN_PUSH, "unknown_push", None),
        (ZeroDivisionError("secret"), ErrorCode.HOST_FAULT, "host_fault", None),
    ],
)
async def test_a_request_that_is_not_taken_is_refused_by_name_and_the_session_goes_on(
    error: Exception, code: ErrorCode, reason: str, retry_after_s: int | None
) -> None:
    door = Door()
    unit = await door.welcomed()
    door.desk.fail["take_progress"].append(error)
    await unit.say(PROGRESS)
    refusal = unit.frames[-1]["error"]
    assert (refusal["code"], refusal["data"]["reason"]) == (code, reason)
    assert refusal["data"].get("retry_after_s") == retry_after_s
    assert "secret" not in str(refusal)
    await unit.say(PROGRESS)
    assert len(unit.heard(Kind.PROGRESS_ANSWER)) == 2
    assert door.endings == []


@pytest.mark.parametrize("code", [CloseCode.TAKEN_OVER, CloseCode.UNBOUND])
async def test_a_write_with_a_stale_fence_is_refused_and_ends_the_session(code: CloseCode) -> None:
    door = Door()
    unit = await door.welcomed()
    door.desk.fail["take_event"].append(Stale(code))
    await unit.say(EVENT)
    assert unit.frames[-2]["error"]["code"] == ErrorCode.STALE_SESSION
    assert [goodbye.code for goodbye in unit.goodbyes] == [code]
    assert unit.closed_with == code
    assert door.endings == [(code, code.name.lower())]
    assert len(door.shared.registry) == 0


@pytest.mark.parametrize("code", [CloseCode.UNKNOWN_UNIT, CloseCode.REVOKED, CloseCode.OUT_OF_SERVICE])
async def test_a_unit_that_is_not_admitted_is_told_why_before_it_is_closed(code: CloseCode) -> None:
    door = Door()
    door.desk.fail["phone_home"].append(NotAdmitted(code, "not here"))
    unit = door.dial()
    await unit.hello()
    assert unit.frames[0]["error"]["code"] == ErrorCode.NOT_ADMITTED
    assert unit.refusals == [code.name.lower()]
    assert [goodbye.code for goodbye in unit.goodbyes] == [code]
    assert unit.closed_with == code
    [(address, failed, _, distribution_id)] = door.desk.failed
    assert (address, failed) == ("192.0.2.1:50000", code)
    assert distribution_id is not None
    assert distribution_id.endswith("-0001")


async def test_a_refused_hello_says_what_else_the_desk_has_said_and_is_logged_once() -> None:
    door = Door()
    hosts = ("wss://a.example",)
    door.desk.fail["phone_home"].append(
        NotAdmitted(CloseCode.MOVED, "not here", reason="moved", because="rebalanced", hosts=hosts)
    )
    unit = door.dial()
    await unit.hello()
    assert unit.frames[0]["error"]["data"] == {"reason": "moved", "because": "rebalanced", "hosts": list(hosts)}
    assert unit.closed_with == CloseCode.MOVED
    [(certificate, tls_version, logged)] = door.desk.shown
    assert (len(certificate or ""), tls_version, logged) == (64, "TLSv1.3", True)


@pytest.mark.parametrize("error", [Busy("queue_full", "later", 40), StoreFull()])
async def test_a_hello_the_host_cannot_take_now_is_sent_away_for_a_while(error: Exception) -> None:
    door = Door()
    door.desk.fail["phone_home"].append(error)
    unit = door.dial()
    await unit.hello()
    assert unit.frames[0]["error"]["data"]["redial_after_s"] >= 30
    assert unit.goodbyes[0].redial_after_s == unit.frames[0]["error"]["data"]["redial_after_s"]
    assert unit.closed_with == CloseCode.BUSY


async def test_a_hello_that_fails_for_our_own_fault_ends_by_that_name() -> None:
    door = Door()
    door.desk.fail["phone_home"].append(KeyError("x"))
    unit = door.dial()
    await unit.hello()
    assert unit.refusals == ["host_fault"]
    assert unit.closed_with == CloseCode.HOST_FAULT
    assert door.meter.counts["session_faults_total", ""] == 1


@pytest.mark.parametrize(
    ("frame", "reason", "code"),
    [
        (b"{not json", "not_json", CloseCode.PROTOCOL_ERROR),
        (b'{"method": "report"}', "not_json_rpc", CloseCode.PROTOCOL_ERROR),
        (b'{"jsonrpc":"2.0","method":"x","params":' + b"[" * 50_000, "nested_too_deeply", CloseCode.PROTOCOL_ERROR),
        (b'{"jsonrpc":"2.0","id":9,"method":"hello","params":{"firmware":"1","boot_id":"b"}}', "out_of_order", None),
    ],
)
async def test_a_frame_that_breaks_the_protocol_is_answered_and_ends_the_session(
    frame: bytes, reason: str, code: CloseCode | None
) -> None:
    door = Door()
    unit = await door.welcomed()
    await unit.say_raw(frame)
    assert unit.refusals == [reason]
    assert unit.closed_with == CloseCode.PROTOCOL_ERROR
    assert door.endings == [(CloseCode.PROTOCOL_ERROR, reason)]
    assert door.meter.counts["refused_frames_total", reason] == 1


@pytest.mark.parametrize(
    ("frame", "reason"),
    [
        (b'[{"jsonrpc":"2.0","id":1,"method":"event"}]', "batch_refused"),
        (b'{"jsonrpc":"2.0","id":1,"method":"reboot"}', "unknown_method"),
        (b'{"jsonrpc":"2.0","id":1,"method":"task.start"}', "reserved_method"),
        (b'{"jsonrpc":"2.0","id":1,"method":"config.offer","params":{}}', "wrong_direction"),
        (b'{"jsonrpc":"2.0","id":1,"method":"event","params":{"sequence":-1,"sub_type":"x"}}', "invalid_params"),
    ],
)
async def test_a_frame_that_cannot_be_taken_is_refused_by_name_and_the_session_goes_on(
    frame: bytes, reason: str
) -> None:
    door = Door()
    unit = await door.welcomed()
    await unit.say_raw(frame)
    assert unit.refusals == [reason]
    await unit.say(EVENT)
    assert len(unit.heard(Kind.EVENT_ANSWER)) == 1


async def test_a_report_before_the_hello_ends_the_attempt() -> None:
    door = Door()
    unit = door.dial()
    await unit.say_raw(b'{"jsonrpc":"2.0","method":"report","params":{"uptime_s":1}}')
    assert door.desk.reports == 0
    assert unit.closed_with == CloseCode.PROTOCOL_ERROR
    assert door.endings == [(CloseCode.PROTOCOL_ERROR, "out_of_order")]


async def test_an_answer_nobody_asked_for_ends_the_session() -> None:
    door = Door()
    unit = await door.welcomed()
    await unit.say_raw(b'{"jsonrpc":"2.0","id":1,"result":{"outcome":"accepted"}}')
    assert door.endings == [(CloseCode.PROTOCOL_ERROR, "unexpected_answer")]


async def test_a_flood_of_refused_frames_ends_the_session_by_name() -> None:
    door = Door(max_refused_frames=3)
    unit = await door.welcomed()
    for _ in range(3):
        await unit.say_raw(b'{"jsonrpc":"2.0","method":"reboot"}')
    assert door.endings == []
    await unit.say_raw(b'{"jsonrpc":"2.0","method":"reboot"}')
    assert door.endings == [(CloseCode.PROTOCOL_ERROR, "too_many_refused_frames")]
    assert unit.closed_with == CloseCode.PROTOCOL_ERROR


async def test_a_newer_session_of_a_unit_takes_over_and_the_end_of_the_old_one_harms_it_not() -> None:
    door = Door()
    old = await door.welcomed(1)
    new = await door.welcomed(1)
    await old.rest()
    assert [goodbye.code for goodbye in old.goodbyes] == [CloseCode.TAKEN_OVER]
    assert old.closed_with == CloseCode.TAKEN_OVER
    assert [(fence.epoch, code) for fence, code, _ in door.desk.ended] == [(1, CloseCode.TAKEN_OVER)]
    old.transport.reset()
    await new.say(EVENT)
    assert len(new.heard(Kind.EVENT_ANSWER)) == 1
    assert len(door.shared.registry) == 1


async def test_a_hello_whose_answer_was_overtaken_by_a_newer_session_is_not_welcomed() -> None:
    door = Door()
    door.desk.hold.add("phone_home")
    first = door.dial(1)
    await first.hello()
    door.desk.hold.clear()
    # The second hello is answered first; its epoch is the higher one.
    second = await door.welcomed(1)
    future = door.desk.held[0]
    future.set_result(WELCOMED)
    await first.rest()
    assert first.refusals == ["taken_over"]
    assert first.closed_with == CloseCode.TAKEN_OVER
    assert door.desk.ended == [(WELCOMED.fence, CloseCode.TAKEN_OVER, "taken_over")]
    await second.say(EVENT)
    assert len(second.heard(Kind.EVENT_ANSWER)) == 1


async def test_a_unit_lost_while_its_hello_is_at_the_desk_has_its_epoch_ended_there() -> None:
    door = Door()
    door.desk.hold.add("phone_home")
    unit = door.dial()
    await unit.hello()
    unit.transport.reset()
    assert door.endings == []
    door.desk.held[0].set_result(WELCOMED)
    await unit.rest()
    assert door.desk.ended == [(WELCOMED.fence, CloseCode.CONNECTION_LOST, "connection_reset")]
    assert len(door.shared.registry) == 0


async def test_a_more_exact_reason_reaches_the_unit_in_answer_goodbye_and_close() -> None:
    door = Door()
    door.desk.fail["phone_home"].append(NotAdmitted(CloseCode.REVOKED, "reported stolen", reason="stolen"))
    unit = door.dial()
    await unit.hello()
    assert unit.refusals == ["stolen"]
    assert [(goodbye.code, goodbye.reason) for goodbye in unit.goodbyes] == [(CloseCode.REVOKED, "stolen")]
    assert unit.closed_with == CloseCode.REVOKED
    assert [(code, reason) for _, code, reason, _ in door.desk.failed] == [(CloseCode.REVOKED, "stolen")]


async def test_a_unit_lost_while_its_hello_is_refused_is_told_of_once() -> None:
    door = Door()
    door.desk.hold.add("phone_home")
    unit = door.dial()
    await unit.hello()
    unit.transport.reset()
    door.desk.held[0].set_exception(NotAdmitted(CloseCode.REVOKED, "revoked"))
    await unit.rest()
    assert door.endings == [(CloseCode.CONNECTION_LOST, "connection_reset")]


async def test_a_goodbye_ends_the_session_as_done_with_the_units_own_reason() -> None:
    door = Door()
    unit = await door.welcomed()
    await unit.say(Goodbye(code=1000, reason="power_off"))
    assert unit.closed_with == CloseCode.DONE
    assert door.endings == [(CloseCode.DONE, "power_off")]


async def test_a_goodbye_waits_for_the_answer_that_is_owed() -> None:
    door = Door()
    unit = await door.welcomed()
    door.desk.hold.add("take_event")
    await unit.say(EVENT)
    await unit.say(Goodbye(code=1000, reason="power_off"))
    assert door.endings == []
    door.desk.held[0].set_result(None)
    await unit.rest()
    assert len(unit.heard(Kind.EVENT_ANSWER)) == 1
    assert door.endings == [(CloseCode.DONE, "power_off")]


async def test_a_unit_that_says_goodbye_and_just_goes_is_done_too() -> None:
    door = Door()
    unit = await door.welcomed()
    door.desk.hold.add("take_event")
    await unit.say(EVENT)
    await unit.say(Goodbye(code=1000, reason="applying_config"))
    unit.transport.reset()
    assert door.endings == [(CloseCode.DONE, "applying_config")]


async def test_a_fault_in_the_desk_itself_ends_only_this_session() -> None:
    door = Door()
    unit, other = await door.welcomed(1), await door.welcomed(2)

    def broken(*_: object) -> None:
        raise RuntimeError("desk")

    door.desk.__dict__["take_report"] = broken
    await unit.say(Report(uptime_s=5))
    assert door.endings == [(CloseCode.HOST_FAULT, "host_fault")]
    await other.say(EVENT)
    assert len(other.heard(Kind.EVENT_ANSWER)) == 1


async def test_a_line_ends_sessions_below_an_epoch_only() -> None:
    door = Door()
    unit: MemoryUnit = await door.welcomed()
    door.shared.registry.end(1, 1, CloseCode.UNBOUND)
    await unit.rest()
    assert door.endings == []
    door.shared.registry.end(1, 2, CloseCode.UNBOUND)
    await unit.rest()
    assert unit.closed_with == CloseCode.UNBOUND
    assert door.endings == [(CloseCode.UNBOUND, "unbound")]
