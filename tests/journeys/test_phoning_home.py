"""A unit phones home: from its first certificate to being served."""

import time

import pytest

from adapter_sim.deeds import RaiseAlarm, Reboot, ReportNow, SkewClock
from protocol.codes import CloseCode
from tests.journeys.configs import good
from tests.journeys.waiting import until
from tests.journeys.world import World

SETTINGS = ("adapters_door.addresses=127.0.0.1,::1",)


async def test_a_unit_enrols_with_its_token_and_is_welcomed_into_service(world: World) -> None:
    post = await world.new_post()
    assert (await world.unit(post))["presence"] == "never"
    await world.units.power_on(post.entry)
    welcomed = await world.units.until(post.unit, "welcomed")
    assert welcomed == {"standing": "serving", "service_code": post.service_code, "epoch": 1}
    unit = await world.presence(post, "connected")
    assert unit["service_code"] == post.service_code
    assert unit["certificate"]
    enrolled = await world.event("unit_enrolled", actor=post.unit)
    assert enrolled["detail"]["fingerprint"] == unit["certificate"]
    opened = await world.event("session_opened", service_code=post.service_code)
    assert opened["reason"] == "serving"


@pytest.mark.parametrize("address", ["127.0.0.1", "::1"])
async def test_a_unit_is_let_in_over_ipv4_and_ipv6(world: World, address: str) -> None:
    if address not in dict(world.host.doors.adapters_door):
        pytest.skip("this machine has no IPv6")
    post = await world.new_post()
    unit = await world.raw.dial(post.unit, address)
    assert (await unit.greet()).standing == "serving"
    assert address in (await world.presence(post, "connected"))["remote_address"]


async def test_a_unit_that_comes_again_needs_no_token_and_gets_the_next_epoch(world: World) -> None:
    post = await world.new_post()
    await world.power_on(post)
    world.units.do(Reboot(), post.unit)
    assert (await world.units.until(post.unit, "welcomed"))["epoch"] == 2
    assert len(await world.events("unit_enrolled", actor=post.unit)) == 1
    unit = await world.presence(post, "connected")
    assert (unit["session"]["epoch"], unit["boot_cause"]) == (2, "reboot")


async def test_a_unit_without_an_adapter_is_kept_and_watched_and_dials_again_when_it_is_bound(world: World) -> None:
    post = await world.new_unit()
    await world.units.power_on(post.entry)
    welcomed = await world.units.until(post.unit, "welcomed")
    assert welcomed == {"standing": "standby", "service_code": None, "epoch": 1}

    world.units.do(ReportNow(), post.unit)
    world.units.do(RaiseAlarm(component="fan", severity=4, text="stand-by fan"), post.unit)
    alarm = await world.event("hardware_alarm", detail_text="stand-by fan")
    assert (alarm["service_code"], alarm["management_code"]) == (None, None)

    async def watched() -> bool:
        unit = await world.unit(post)
        return unit["presence"] == "connected" and unit["status"] is not None

    await until(watched, "the status of the unit on stand-by is known")
    service_code = await world.new_adapter()
    push = await world.push(service_code, good("waits-for-its-unit"))
    assert world.adapter(post).stage == "standby"
    assert world.units.count(post.unit, "offered") == 0

    await world.bind(service_code, post.unit)
    ended = await world.units.until(post.unit, "ended")
    assert (ended["code"], ended["reason"]) == (CloseCode.UNBOUND, "unbound")
    welcomed = await world.units.until(post.unit, "welcomed")
    assert welcomed == {"standing": "serving", "service_code": service_code, "epoch": 2}
    await world.phase(push, "confirmed")


async def test_a_unit_that_is_unbound_stands_by_and_another_takes_over_config_and_all(world: World) -> None:
    [first] = await world.in_service()
    startup = (await world.adapter_answer(first))["startup"]
    await world.dispatcher.delete(f"adapters/{first.service_code}/unit")
    assert (await world.units.until(first.unit, "ended"))["code"] == CloseCode.UNBOUND
    assert (await world.units.until(first.unit, "welcomed"))["standing"] == "standby"

    second = await world.new_unit()
    await world.bind(first.service_code, second.unit)
    await world.power_on(second)
    await world.units.until(second.unit, "confirmed")
    flash = world.adapter(second).box.flash
    assert flash.startup is not None
    assert flash.startup.mark.digest == startup["digest"]
    kinds = [push["kind"] for push in await world.manager.all("pushes", service_code=first.service_code)]
    assert kinds == ["operator", "startup"]


@pytest.mark.parametrize(
    ("skew", "off_s"),
    [
        (SkewClock(seconds=3600), 3600),
        (SkewClock(seconds=-3600), -3600),
        (SkewClock(since_1970=True), None),
    ],
    ids=["an hour ahead", "an hour behind", "1970"],
)
async def test_a_unit_whose_clock_is_wrong_is_admitted_and_its_clock_shown(
    world: World, skew: SkewClock, off_s: int | None
) -> None:
    post = await world.new_post()
    await world.power_on(post)
    world.units.do(skew, post.unit)
    world.units.do(Reboot(), post.unit)
    assert (await world.units.until(post.unit, "welcomed"))["standing"] == "serving"
    shown = (await world.presence(post, "connected"))["clock_skew_ms"]
    assert abs(shown / 1000 - (-time.time() if off_s is None else off_s)) < 600
    push = await world.push(post, good("skewed"))
    await world.phase(push, "confirmed")
