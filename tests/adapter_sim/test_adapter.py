"""A unit before a small host, over loopback and real TLS."""

from collections.abc import AsyncIterator

import pytest

from adapter_sim.deeds import AnyDeed
from protocol.codes import CloseCode, ErrorCode
from protocol.messages import (
    ConfigProgress,
    Event,
    Goodbye,
    OfferAnswer,
    Redial,
    Report,
    ReportRequest,
    Taken,
)
from protocol.states import Kind
from tests.adapter_sim.stage import BETTER, CUTS_THE_PATH, GOOD, HostSession, OneUnit, SmallHost, offer, one_unit, small_host


@pytest.fixture
async def host() -> AsyncIterator[SmallHost]:
    async with small_host() as host:
        yield host


@pytest.fixture
async def unit(host: SmallHost) -> AsyncIterator[OneUnit]:
    async with one_unit(("127.0.0.1", host.port)) as unit:
        yield unit


async def in_session(host: SmallHost, unit: OneUnit, **welcome: object) -> HostSession:
    unit.power_on()
    session = await host.opened.get()
    await session.greet(**welcome)
    await unit.told.until("welcomed")
    return session


async def test_it_greets_and_reports(host: SmallHost, unit: OneUnit) -> None:
    unit.power_on()
    session = await host.opened.get()
    hello = await session.greet(report_interval_s=20)
    assert (hello.boot_id, hello.boot_cause, hello.modules[0].running) == ("boot-1", "power_on", None)
    assert (await unit.told.until("welcomed"))["service_code"] == "SC1"
    unit.timers.advance()
    _, report = await session.hear(Kind.REPORT, Report)
    assert report.addresses == ("127.0.0.1",)
    unit.timers.advance(20)
    _, report = await session.hear(Kind.REPORT, Report)
    assert report.uptime_s == 20
    assert unit.adapter.stage == "serving"


async def test_a_config_is_confirmed_on_a_new_connection(host: SmallHost, unit: OneUnit) -> None:
    session = await in_session(host, unit)
    session.say(offer(GOOD, push=7))
    _, answer = await session.hear(Kind.OFFER_ANSWER, OfferAnswer)
    assert answer.outcome == "accepted"
    _, goodbye = await session.hear(Kind.UNIT_GOODBYE, Goodbye)
    assert (goodbye.code, goodbye.reason) == (CloseCode.DONE, "applying_config")
    await unit.ended()
    assert unit.box.flash.startup is None
    unit.timers.advance()
    session = await host.opened.get()
    hello = await session.greet(confirm=(7,))
    state = hello.modules[0]
    assert (state.trial, state.running, state.startup) == (7, offer_mark(7), None)
    received, progress = await session.hear(Kind.PROGRESS, ConfigProgress)
    assert (progress.push, progress.phase) == (7, "confirmed")
    session.answer(received, Taken())
    assert unit.box.slot.state().startup == unit.box.slot.state().confirmed == state.running
    assert unit.box.slot.trial is None


def offer_mark(push: int) -> object:
    from protocol.messages import Mark

    made = offer(GOOD, push=push)
    return Mark(revision=made.revision, digest=made.digest)
