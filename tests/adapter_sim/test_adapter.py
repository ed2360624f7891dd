"""A unit before a small host, over loopback and real TLS."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from adapter_sim import deeds
from adapter_sim.link import OPENING_DUE_S
from adapter_sim.perform import perform
from adapter_sim.talk import HOST_SILENCE_S
from protocol.codes import CloseCode, ErrorCode
from protocol.messages import (
    ConfigProgress,
    Event,
    Goodbye,
    Mark,
    OfferAnswer,
    Redial,
    Report,
    ReportRequest,
    Taken,
)
from protocol.session import RefusedByPeer
from protocol.states import Kind
from protocol.wire.events import Ended
from tests.adapter_sim.stage import (
    BETTER,
    CUTS_THE_PATH,
    GOOD,
    UNIT,
    HostSession,
    OneUnit,
    SmallHost,
    offer,
    one_unit,
    small_host,
)
from tests.builders.certificates import ours, theirs
from tests.builders.wires import unit_context


@pytest.fixture
async def host() -> AsyncIterator[SmallHost]:
    async with small_host() as host:
        yield host


@pytest.fixture
async def unit(host: SmallHost) -> AsyncIterator[OneUnit]:
    async with one_unit(("127.0.0.1", host.port)) as unit:
        yield unit


async def in_session(host: SmallHost, unit: OneUnit, **welcome: Any) -> HostSession:
    unit.power_on()
    return await next_session(host, unit, **welcome)


async def next_session(host: SmallHost, unit: OneUnit, **welcome: Any) -> HostSession:
    session = await host.opened.get()
    await session.greet(**welcome)
    await unit.told.until("welcomed")
    return session


async def on_trial(host: SmallHost, unit: OneUnit, body: str, push: int, **more: Any) -> None:
    """Offer a config and hear the unit leave to try it; the next dial is due at once."""
    session = await in_session(host, unit)
    session.say(offer(body, push=push, **more))
    await session.hear(Kind.OFFER_ANSWER, OfferAnswer)
    await unit.ended()


def mark_of(body: str, revision: int) -> Mark:
    return Mark(revision=revision, digest=offer(body, push=revision).digest)


# -- greeting and reporting -----------------------------------------------------------------------------------------


async def test_it_greets_and_reports_at_random_within_the_first_interval_and_then_at_every_one(
    host: SmallHost, unit: OneUnit
) -> None:
    unit.chance = 0.25
    unit.power_on()
    session = await host.opened.get()
    hello = await session.greet(report_interval_s=20)
    assert (hello.boot_id, hello.boot_cause, hello.modules[0].running) == ("boot-1", "power_on", None)
    assert (await unit.told.until("welcomed"))["service_code"] == "SC1"
    unit.timers.advance(5)
    _, report = await session.hear(Kind.REPORT, Report)
    assert (report.uptime_s, report.addresses) == (5, ("127.0.0.1",))
    unit.timers.advance(20)
    _, report = await session.hear(Kind.REPORT, Report)
    assert report.uptime_s == 25
    assert unit.adapter.stage == "serving"


async def test_it_reports_when_asked(host: SmallHost, unit: OneUnit) -> None:
    session = await in_session(host, unit)
    session.say(ReportRequest())
    _, report = await session.hear(Kind.REPORT, Report)
    assert report.health["flash"] == "ok"


async def test_it_answers_pings(host: SmallHost, unit: OneUnit) -> None:
    session = await in_session(host, unit)
    session.wire.ping(b"there?")
    session.flush()
    assert await session.pongs.get() == b"there?"


async def test_a_unit_that_serves_no_adapter_stands_by(host: SmallHost, unit: OneUnit) -> None:
    await in_session(host, unit, standing="standby", service_code=None)
    assert unit.adapter.stage == "standby"


async def test_it_reaches_a_host_over_ipv6() -> None:
    async with small_host("::1") as host, one_unit(("::1", host.port)) as unit:
        session = await in_session(host, unit)
        session.say(ReportRequest())
        _, report = await session.hear(Kind.REPORT, Report)
        assert report.addresses == ("::1",)


async def test_a_host_that_says_nothing_after_the_dial_is_given_up(host: SmallHost, unit: OneUnit) -> None:
    unit.power_on()
    await host.opened.get()  # The hello is never answered.
    unit.timers.advance(OPENING_DUE_S)
    ended = await unit.ended()
    assert ended["reason"] == "opening_overdue"


async def test_a_host_that_falls_silent_is_pinged_and_then_given_up(host: SmallHost, unit: OneUnit) -> None:
    session = await in_session(host, unit, report_interval_s=HOST_SILENCE_S + 1)
    session.transport.pause_reading()  # so that the ping stays unanswered
    unit.timers.advance(HOST_SILENCE_S + 1)
    unit.timers.advance(HOST_SILENCE_S + 1)
    ended = await unit.ended()
    assert (ended["code"], ended["reason"]) == (CloseCode.SILENT, "silent")


# -- configs --------------------------------------------------------------------------------------------------------


async def test_a_config_is_confirmed_on_a_new_connection_and_only_then_startup(host: SmallHost, unit: OneUnit) -> None:
    session = await in_session(host, unit)
    session.say(offer(GOOD, push=7))
    _, answer = await session.hear(Kind.OFFER_ANSWER, OfferAnswer)
    assert answer.outcome == "accepted"
    _, goodbye = await session.hear(Kind.UNIT_GOODBYE, Goodbye)
    assert (goodbye.code, goodbye.reason) == (CloseCode.DONE, "applying_config")
    assert (await unit.ended())["redial_s"] == 0.0
    assert unit.box.flash.startup is None
    unit.timers.advance()
    session = await host.opened.get()
    hello = await session.greet(confirm=(7,))
    state = hello.modules[0]
    assert (state.trial, state.running, state.startup) == (7, mark_of(GOOD, 7), None)
    received, progress = await session.hear(Kind.PROGRESS, ConfigProgress)
    assert (progress.push, progress.phase) == (7, "confirmed")
    session.answer(received, Taken())
    state = unit.box.slot.state()
    assert state.startup == state.confirmed == state.running == mark_of(GOOD, 7)
    unit.timers.advance(3600)
    assert host.accepted == 2


async def test_a_config_that_cuts_the_path_is_reverted_without_anybody_touching_it(
    host: SmallHost, unit: OneUnit
) -> None:
    await on_trial(host, unit, CUTS_THE_PATH, 8, confirm_timeout_s=120)
    unit.timers.advance()
    failed = await unit.told.until("dial_failed")
    assert (failed["reason"], failed["detail"]) == ("path_blocked", "no default route")
    assert host.accepted == 1
    unit.timers.advance(120)
    reverted = await unit.told.until("reverted")
    assert (reverted["push"], reverted["reason"]) == (8, "management_path_lost")
    unit.timers.advance()
    session = await host.opened.get()
    hello = await session.greet()
    state = hello.modules[0]
    assert (state.running, state.trial) == (None, None)
    assert state.last_failed is not None
    assert (state.last_failed.push, state.last_failed.reason) == (8, "management_path_lost")


async def test_a_filter_on_the_hosts_port_cuts_the_live_session(host: SmallHost, unit: OneUnit) -> None:
    session = await in_session(host, unit)
    block = f"filter no-host direction out protocol tcp port {host.port} action block\n"
    session.say(offer(GOOD + block, push=9))
    await session.hear(Kind.OFFER_ANSWER, OfferAnswer)
    ended = await unit.ended()
    assert (ended["reason"], ended["detail"]) == ("path_blocked", "filter no-host blocks out")
    assert session.heard.empty()  # No goodbye could get through.


async def test_a_host_that_never_says_yes_gets_the_old_config_back(host: SmallHost, unit: OneUnit) -> None:
    await on_trial(host, unit, GOOD, 10, confirm_timeout_s=60)
    unit.timers.advance()
    session = await next_session(host, unit)
    unit.timers.advance(59)
    assert unit.box.slot.trial is not None
    unit.timers.advance(1)
    while (received := await session.heard.get()).kind is Kind.REPORT:
        pass
    assert isinstance(received.message, ConfigProgress)
    assert (received.message.phase, received.message.reason) == ("reverted", "not_confirmed")
    assert host.accepted == 2  # It says so on the session it has.


async def test_a_host_that_says_no_gets_the_old_config_back_at_once(host: SmallHost, unit: OneUnit) -> None:
    await on_trial(host, unit, GOOD, 7)
    unit.timers.advance()
    confirming = await next_session(host, unit, confirm=(7,))
    await confirming.hear(Kind.PROGRESS, ConfigProgress)
    confirming.say(offer(BETTER, push=8))
    await unit.ended()
    unit.timers.advance()
    denying = await next_session(host, unit, revert=(8,))
    _, progress = await denying.hear(Kind.PROGRESS, ConfigProgress)
    assert (progress.push, progress.phase, progress.reason) == (8, "reverted", "denied")
    state = unit.box.slot.state()
    assert (state.running, state.startup, state.trial) == (mark_of(GOOD, 7), mark_of(GOOD, 7), None)
    assert unit.adapter.stage == "serving"


async def test_a_config_that_cannot_be_applied_is_reverted_in_the_same_session(host: SmallHost, unit: OneUnit) -> None:
    session = await in_session(host, unit)
    perform(deeds.RevertAlways(), unit.adapter, unit.timers)
    session.say(offer(GOOD, push=11))
    await session.hear(Kind.OFFER_ANSWER, OfferAnswer)
    _, progress = await session.hear(Kind.PROGRESS, ConfigProgress)
    assert (progress.phase, progress.reason) == ("reverted", "apply_failed")
    assert unit.box.slot.state().running is None


async def test_a_config_that_makes_no_sense_is_refused_and_nothing_is_tried(host: SmallHost, unit: OneUnit) -> None:
    session = await in_session(host, unit)
    session.say(offer("hostname ok\nroute to hell\n", push=12))
    _, answer = await session.hear(Kind.OFFER_ANSWER, OfferAnswer)
    assert (answer.outcome, answer.reason) == ("refused", "not_understood")
    assert [one.parameter for one in answer.rejected] == ["line 2"]
    session.say(offer(GOOD, push=13))
    await session.hear(Kind.OFFER_ANSWER, OfferAnswer)


async def test_the_same_push_offered_again_on_the_trial_session_changes_nothing(host: SmallHost, unit: OneUnit) -> None:
    await on_trial(host, unit, GOOD, 14)
    unit.timers.advance()
    session = await next_session(host, unit)
    session.say(offer(GOOD, push=14))
    _, answer = await session.hear(Kind.OFFER_ANSWER, OfferAnswer)
    assert answer.outcome == "accepted"
    session.say(offer(BETTER, push=15))
    _, refused = await session.hear(Kind.OFFER_ANSWER, RefusedByPeer)
    assert (refused.code, refused.reason) == (ErrorCode.BUSY, "on_trial")
    assert unit.box.slot.state().trial == 14


async def test_power_lost_in_a_trial_brings_the_startup_config_back(host: SmallHost, unit: OneUnit) -> None:
    await on_trial(host, unit, GOOD, 16)
    unit.adapter.power_off()
    unit.power_on()
    session = await host.opened.get()
    hello = await session.greet()
    state = hello.modules[0]
    assert (hello.boot_id, state.running, state.trial) == ("boot-2", None, None)
    assert state.last_failed is not None
    assert state.last_failed.reason == "power_lost"


# -- events ---------------------------------------------------------------------------------------------------------


def raise_alarm(unit: OneUnit, component: deeds.Component = "flash") -> None:
    assert perform(deeds.RaiseAlarm(component=component, text="bad blocks"), unit.adapter, unit.timers)


async def test_an_alarm_is_said_at_once_and_again_until_it_is_answered(host: SmallHost, unit: OneUnit) -> None:
    session = await in_session(host, unit)
    raise_alarm(unit)
    _, event = await session.hear(Kind.EVENT, Event)
    assert (event.sequence, event.sub_type, event.component, event.severity) == (1, "hardware_alarm", "flash", 2)
    session.transport.abort()
    await unit.ended()
    unit.timers.advance()
    session = await next_session(host, unit)
    received, again = await session.hear(Kind.EVENT, Event)
    assert again == event
    raise_alarm(unit, "fan")
    session.answer(received, Taken())
    _, event = await session.hear(Kind.EVENT, Event)
    assert (event.sequence, event.component) == (2, "fan")


async def test_a_host_that_cannot_write_now_is_told_again_later(host: SmallHost, unit: OneUnit) -> None:
    session = await in_session(host, unit, report_interval_s=3600)
    unit.timers.advance()
    await session.hear(Kind.REPORT, Report)
    raise_alarm(unit)
    received, event = await session.hear(Kind.EVENT, Event)
    session.refuse(received, ErrorCode.STORE_FULL, reason="store_full", retry_after_s=40)
    assert (await unit.told.until("request_postponed"))["again_s"] == 40
    unit.timers.advance(40)
    _, again = await session.hear(Kind.EVENT, Event)
    assert again == event


async def test_a_request_that_can_never_be_taken_is_dropped_by_name(host: SmallHost, unit: OneUnit) -> None:
    session = await in_session(host, unit)
    raise_alarm(unit)
    received, _ = await session.hear(Kind.EVENT, Event)
    session.refuse(received, ErrorCode.INVALID_PARAMS, reason="invalid_params")
    dropped = await unit.told.until("request_dropped")
    assert (dropped["request"], dropped["reason"]) == ("event", "invalid_params")
    assert unit.box.next_request() is None


# -- endings --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "redial_s"),
    [(code, 10.0 if code >= 4500 else 5.0) for code in CloseCode if code not in range(4007, 4011)],
)
async def test_every_close_code_says_how_soon_to_dial(
    host: SmallHost, unit: OneUnit, code: CloseCode, redial_s: float
) -> None:
    session = await in_session(host, unit)
    unit.chance = 1.0
    session.close(code, "because")
    ended = await unit.ended()
    assert (ended["code"], ended["reason"], ended["redial_s"]) == (code, "because", redial_s)
    unit.timers.advance(redial_s)
    session = await host.opened.get()
    assert (await session.greet()).last_close == code


async def test_the_seconds_of_a_goodbye_go_before_the_rule(host: SmallHost, unit: OneUnit) -> None:
    session = await in_session(host, unit)
    session.part(CloseCode.BUSY, "full", redial_after_s=45)
    ended = await unit.ended()
    assert (ended["code"], ended["reason"], ended["redial_s"]) == (CloseCode.BUSY, "full", 45.0)


async def test_a_refused_opening_is_dialled_again_when_the_host_says(host: SmallHost, unit: OneUnit) -> None:
    host.refusals = [{"status": 503, "code": "busy", "retry_after": 30}, {"status": 403, "code": "unknown_unit"}]
    unit.power_on()
    ended = await unit.ended()
    assert (ended["code"], ended["status"], ended["reason"]) == (CloseCode.UPGRADE_REFUSED, 503, "busy")
    assert ended["redial_s"] == 30.0
    unit.timers.advance(30)
    ended = await unit.ended()
    assert (ended["reason"], ended["redial_s"]) == ("unknown_unit", 5.0)  # the slow table's first wait is 5 to 10 s
    unit.timers.advance(5)
    await next_session(host, unit)


async def test_a_refused_hello_is_dialled_again_slowly_when_the_host_names_a_slow_reason(
    host: SmallHost, unit: OneUnit
) -> None:
    unit.power_on()
    session = await host.opened.get()
    received = await session.heard.get()
    session.refuse(received, ErrorCode.NOT_ADMITTED, reason="revoked")
    ended = await unit.ended()
    assert (ended["code"], ended["reason"], ended["redial_s"]) == (CloseCode.REVOKED, "revoked", 5.0)


@pytest.mark.parametrize(("code", "redial_s"), [(4099, 0.0), (4999, 5.0)])
async def test_a_hello_refused_in_a_word_unheard_of_is_dialled_again_as_the_close_code_says(
    host: SmallHost, unit: OneUnit, code: int, redial_s: float
) -> None:
    unit.power_on()
    session = await host.opened.get()
    received = await session.heard.get()
    session.refuse(received, ErrorCode.NOT_ADMITTED, reason="something_new", because="no_idea")
    session.part(code, "something_new")
    ended = await unit.ended()
    assert (ended["layer"], ended["code"], ended["redial_s"]) == ("session", code, redial_s)
    assert (ended["reason"], ended["because"]) == ("something_new", "no_idea")


async def test_a_host_of_another_authority_is_not_believed(host: SmallHost) -> None:
    async with one_unit(("127.0.0.1", host.port), context=unit_context(ours().unit(UNIT), authority=theirs())) as unit:
        unit.power_on()
        ended = await unit.ended()
        assert (ended["layer"], ended["code"]) == ("tls", CloseCode.TLS_REFUSED)
        assert ended["reason"] == "foreign_certificate"


async def test_a_unit_without_a_certificate_hears_the_hosts_alert(host: SmallHost) -> None:
    async with one_unit(("127.0.0.1", host.port), context=unit_context(None)) as unit:
        unit.power_on()
        ended = await unit.ended()
        assert (ended["layer"], ended["code"]) == ("tls", CloseCode.TLS_REFUSED)
        assert ended["reason"] == "certificate_required"


async def test_hosts_are_walked_in_order_and_one_that_took_it_in_is_kept(host: SmallHost) -> None:
    async with small_host() as dead:
        gone = dead.port
    async with one_unit(("127.0.0.1", gone), ("127.0.0.1", host.port)) as unit:
        unit.power_on()
        assert (await unit.told.until("dial_failed"))["reason"] == "connect_failed"
        unit.timers.advance()
        session = await next_session(host, unit)
        session.close(CloseCode.DRAINING)
        await unit.ended()
        unit.timers.advance()
        await next_session(host, unit)
        assert [one.what for one in unit.told.all].count("dial_failed") == 1


async def test_an_unlawful_frame_ends_the_session_by_name(host: SmallHost, unit: OneUnit) -> None:
    session = await in_session(host, unit)
    session.send(b"not json")
    ended = await unit.ended()
    assert (ended["code"], ended["reason"]) == (CloseCode.PROTOCOL_ERROR, "not_json")
    assert isinstance(told := await session.ended, Ended)
    assert (told.code, told.reason) == (CloseCode.PROTOCOL_ERROR, "not_json")
    assert session.broken == ["peer_could_not_read"]


# -- ailments and power ---------------------------------------------------------------------------------------------


async def test_it_says_goodbye_when_it_is_stopped_and_stays_away(host: SmallHost, unit: OneUnit) -> None:
    session = await in_session(host, unit)
    unit.adapter.leave()
    _, goodbye = await session.hear(Kind.UNIT_GOODBYE, Goodbye)
    assert (goodbye.code, goodbye.reason) == (CloseCode.DONE, "power_off")
    await unit.adapter.quiet()
    assert (await unit.ended())["redial_s"] is None
    unit.timers.advance(7200)
    assert (unit.adapter.stage, host.accepted, unit.timers.set) == ("off", 1, 0)


async def test_a_cut_line_is_dialled_in_vain_until_it_is_mended(host: SmallHost, unit: OneUnit) -> None:
    session = await in_session(host, unit)
    perform(deeds.CutLine(), unit.adapter, unit.timers)
    assert (await unit.ended())["reason"] == "line_cut"
    assert isinstance(await session.ended, Ended)
    unit.timers.advance()
    assert (await unit.told.until("dial_failed"))["reason"] == "line_cut"
    perform(deeds.Mend(what="line"), unit.adapter, unit.timers)
    unit.timers.advance()
    await next_session(host, unit)


async def test_a_silent_unit_holds_its_socket_and_says_nothing(host: SmallHost, unit: OneUnit) -> None:
    session = await in_session(host, unit, report_interval_s=30)
    unit.timers.advance()
    await session.hear(Kind.REPORT, Report)
    perform(deeds.FallSilent(), unit.adapter, unit.timers)
    raise_alarm(unit)
    session.say(ReportRequest())
    session.close(CloseCode.SILENT, "silent")
    unit.timers.advance(300)
    assert (session.heard.empty(), session.ended.done()) == (True, False)
    assert unit.adapter.stage == "serving"
    perform(deeds.Mend(what="silence"), unit.adapter, unit.timers)
    # What it had to say comes at last; what it hears is that nobody waited for it.
    assert (await unit.ended())["code"] == CloseCode.SILENT


async def test_a_slow_reader_rests_after_each_read_for_as_long_as_that_takes(host: SmallHost, unit: OneUnit) -> None:
    session = await in_session(host, unit)
    perform(deeds.ReadSlowly(bytes_per_s=1), unit.adapter, unit.timers)
    session.say(ReportRequest())
    await session.hear(Kind.REPORT, Report)
    assert unit.adapter.talk is not None
    assert unit.adapter.talk.link is not None
    transport = unit.adapter.talk.link._transport
    assert transport is not None
    assert not transport.is_reading()
    unit.timers.advance(10)  # The frame alone has more than ten bytes.
    assert not transport.is_reading()
    perform(deeds.Mend(what="reading"), unit.adapter, unit.timers)
    session.say(offer(GOOD, push=20))
    while (received := await session.heard.get()).kind is Kind.REPORT:
        pass
    assert received.kind is Kind.OFFER_ANSWER


async def test_a_reboot_comes_back_with_its_cause_and_a_new_boot_id(host: SmallHost, unit: OneUnit) -> None:
    await in_session(host, unit)
    perform(deeds.Reboot(cause="watchdog"), unit.adapter, unit.timers)
    await unit.ended()
    unit.timers.advance()
    session = await host.opened.get()
    hello = await session.greet()
    assert (hello.boot_id, hello.boot_cause) == ("boot-2", "watchdog")


async def test_a_goodbye_of_the_hosts_policy_is_kept_for_the_next_dials(host: SmallHost, unit: OneUnit) -> None:
    unit.chance = 1.0
    unit.power_on()
    session = await host.opened.get()
    await session.greet(redial=Redial(spread_s=1.5))
    await unit.told.until("welcomed")
    session.transport.abort()
    assert (await unit.ended())["redial_s"] == 1.5


async def test_a_clock_at_1970_is_told_as_it_is(host: SmallHost, unit: OneUnit) -> None:
    perform(deeds.SkewClock(since_1970=True), unit.adapter, unit.timers)
    unit.power_on()
    session = await host.opened.get()
    assert (await session.greet()).time == "1970-01-01T00:00:00Z"
