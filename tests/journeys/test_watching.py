"""Watching: what units report, what becomes of silence, and what must never be blamed on them."""

import asyncio

from adapter_sim.deeds import CutLine, FallSilent, Mend, RaiseAlarm, Reboot, ReportNow
from protocol.messages import Event
from protocol.session import RefusedByPeer
from protocol.states import Kind
from tests.journeys.waiting import until
from tests.journeys.world import Post, World

SETTINGS = ("adapters_door.ping_after_s=1", "adapters_door.pong_due_s=1")
OWN_SETTINGS = SETTINGS
LONGER_THAN_SILENCE_S = 3.0


async def failing(world: World, post: Post) -> list[str]:
    """Components that the unit's status shows as not well, once there is one."""
    status = (await world.unit(post))["status"]
    return [name for name, health in status["health"].items() if health != "ok"] if status else []


async def test_a_report_shows_how_the_unit_is(world: World) -> None:
    [post] = await world.in_service()
    world.units.do(RaiseAlarm(component="temperature", severity=4), post.unit)
    world.units.do(ReportNow(), post.unit)

    async def hot() -> bool:
        return await failing(world, post) == ["temperature"]

    await until(hot, "the status shows the temperature")
    unit = await world.unit(post)
    assert unit["status"]["temperature_c"] == 71.0
    assert unit["status"]["addresses"] == ["127.0.0.1"]
    world.units.do(Mend(what="hardware"), post.unit)
    world.units.do(ReportNow(), post.unit)
    await world.event("status_changed", service_code=post.service_code, detail_failing=[])
    assert await failing(world, post) == []


async def test_a_hardware_alarm_is_an_event_at_once(world: World) -> None:
    [post] = await world.in_service()
    world.units.do(RaiseAlarm(component="flash", severity=2, text="bad blocks"), post.unit)
    alarm = await world.event("hardware_alarm", service_code=post.service_code)
    assert (alarm["reason"], alarm["severity"], alarm["actor"]) == ("flash", 2, "unit")
    assert (alarm["detail"]["text"], alarm["event_class"]) == ("bad blocks", "monitor")
    world.units.do(RaiseAlarm(component="self_test", severity=2), post.unit)
    assert (await world.event("self_test_failed", service_code=post.service_code))["severity"] == 2


async def test_an_alarm_that_is_said_again_is_one_event_and_answered_each_time(world: World) -> None:
    post = await world.new_post()
    alarm = Event(sequence=1, sub_type="hardware_alarm", component="power", severity=1, text="said twice")
    for _ in range(2):  # in two sessions of one boot, as after an answer that was lost
        unit = await world.raw.dial(post.unit)
        await unit.greet(boot_id="one-boot")
        for _ in range(2):
            unit.say(alarm)
            received = await unit.hear()
            assert received.kind is Kind.EVENT_ANSWER
            assert not isinstance(received.message, RefusedByPeer)
        unit.drop()
    unit = await world.raw.dial(post.unit)
    await unit.greet(boot_id="next-boot")
    unit.say(alarm)
    await unit.hear()
    assert len(await world.events("hardware_alarm", detail_text="said twice")) == 2  # one of each boot


async def test_a_silent_unit_is_noticed_and_named_and_returns(world: World) -> None:
    silent, well = await world.in_service(2)
    world.units.do(FallSilent(), silent.unit)
    unit = await world.presence(silent, "disconnected")
    assert unit["session"]["ending"] == "silent"
    ended = await world.event("session_ended", service_code=silent.service_code, reason="silent")
    assert (ended["detail"]["text"], ended["severity"]) == ("ping_unanswered", 4)
    assert await world.endings_counted("silent") >= 1
    assert (await world.unit(well))["presence"] == "connected"
    assert world.units.count(well.unit, "ended") == 1  # to try its first config
    world.units.do(Mend(what="silence"), silent.unit)
    await world.units.until(silent.unit, "welcomed")
    await world.presence(silent, "connected")


async def test_a_cut_line_is_noticed_and_the_unit_returns_when_it_is_mended(world: World) -> None:
    [post] = await world.in_service()
    world.units.do(CutLine(), post.unit)
    assert (await world.presence(post, "disconnected"))["session"]["ending"] == "connection_lost"
    await world.units.until(post.unit, "dial_failed", reason="line_cut")
    world.units.do(Mend(what="line"), post.unit)
    await world.presence(post, "connected")


async def test_a_line_that_flaps_leaves_every_session_told_and_the_last_one_standing(world: World) -> None:
    [post] = await world.in_service()
    before = (await world.unit(post))["session"]["epoch"]
    for _ in range(8):
        world.units.do(CutLine(), post.unit)
        world.units.do(Mend(what="line"), post.unit)
        await world.units.until(post.unit, "welcomed")
    unit = await world.presence(post, "connected")
    assert unit["session"]["epoch"] == before + 8

    async def all_told() -> bool:
        lost = await world.events("session_ended", service_code=post.service_code)
        opened = await world.events("session_opened", service_code=post.service_code)
        epochs = [event["detail"]["epoch"] for event in lost]
        return len(opened) == before + 8 and sorted(epochs) == list(range(1, before + 8))

    await until(all_told, "every session but the last has ended, each once")


async def test_a_reboot_is_told_with_its_cause(world: World) -> None:
    [post] = await world.in_service()
    world.units.do(Reboot(cause="watchdog"), post.unit)
    await world.units.until(post.unit, "welcomed")
    assert (await world.presence(post, "connected"))["boot_cause"] == "watchdog"


async def test_a_host_that_was_stopped_for_longer_than_the_silence_limit_blames_no_unit(own_world: World) -> None:
    world = own_world
    posts = await world.in_service(5)
    epochs = {post.unit: (await world.unit(post))["session"]["epoch"] for post in posts}
    clock = asyncio.get_running_loop().time
    world.host.hold()
    due = clock() + LONGER_THAN_SILENCE_S

    async def long_enough() -> bool:
        return clock() >= due

    await until(long_enough, "the silence limit is over")
    world.host.go_on()
    await every_unit_was_heard(world, posts)
    for post in posts:
        session = (await world.unit(post))["session"]
        assert (session["epoch"], session["ended_at"]) == (epochs[post.unit], None)
    assert await world.events("session_ended", reason="silent") == []
    assert await world.events("session_ended", reason="host_unheard") == []


async def every_unit_was_heard(world: World, posts: list[Post]) -> None:
    """Each of them has got through to the store since this was called."""
    for post in posts:
        world.units.do(RaiseAlarm(component="fan", severity=5), post.unit)
    for post in posts:

        async def nothing_waits(post: Post = post) -> bool:
            return world.adapter(post).box.events.head is None

        await until(nothing_waits, f"the event of {post.unit} was answered")


async def test_a_restart_of_the_host_never_shows_the_fleet_as_disconnected(own_world: World) -> None:
    world = own_world
    posts = await world.in_service(5)
    seen: set[str] = set()

    async def presences() -> set[str]:
        found = {(await world.unit(post))["presence"] for post in posts}
        seen.update(found)
        return found

    async def all_back() -> bool:
        return await presences() == {"connected"} and all(world.adapter(post).stage == "serving" for post in posts)

    world.host.kill()
    for post in posts:  # the road to the host is closed just now
        world.units.do(CutLine(), post.unit)
    await world.host.start()
    assert await presences() == {"unknown"}
    for post in posts:
        world.units.do(Mend(what="line"), post.unit)
    await until(all_back, "the fleet is back after a kill")
    world.host.ask_to_leave()
    assert await world.host.over() == 0
    await world.host.start()
    await until(all_back, "the fleet is back after a polite restart")
    assert seen == {"connected", "unknown"}
    fleet = await world.manager.get("fleet")
    assert fleet["presence"]["connected"] == len(posts)
