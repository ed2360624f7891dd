"""Tasks on their way: given once, ended once, whatever befalls the unit and the line in between."""

import random
from typing import Any

import msgspec

from adapter_sim.box import TaskTrouble
from adapter_sim.deeds import CutLine, CutPower, Mend, RestorePower, TakeTime, TroubleTasks
from protocol.digest import digest_of
from tests.journeys.waiting import until
from tests.journeys.world import Post, World

SETTINGS = ("pushes.look_every_s=1", "tasks.grace_s=1", "tasks.max_upload_bytes=1000000")
OPEN = ("queued", "in_progress")
PING = {"kind": "ping", "address": "192.0.2.9", "count": 3}


async def order(world: World, post: Post, work: dict[str, Any], **more: Any) -> int:
    answer = await world.manager.post("tasks", {"service_codes": [post.service_code], "work": work, **more})
    return int(answer["results"][0]["task"])


async def ended(world: World, number: int) -> dict[str, Any]:
    """Wait for its end; the task."""

    async def look() -> dict[str, Any] | None:
        report: dict[str, Any] = await world.manager.get(f"tasks/{number}")
        return report if report["task"]["state"] not in OPEN else None

    return await until(look, f"task {number} has ended")


async def end_of(world: World, number: int) -> tuple[str, str]:
    task = (await ended(world, number))["task"]
    return task["state"], task["reason"]


def runs(world: World, post: Post, number: int) -> int:
    """How often the unit has begun it, by its own log."""
    told = world.units.told[post.unit]
    return sum(one.what == "task_ran" and one.fields["task"] == number for one in told)


async def in_session(world: World) -> Post:
    post = await world.new_post()
    await world.power_on(post)
    return post


async def test_every_kind_is_carried_out_and_brings_its_result(world: World) -> None:
    post = await in_session(world)
    status = {"kind": "read_status"}
    numbers = [
        await order(world, post, work)
        for work in (
            PING,
            {"kind": "traceroute", "address": "192.0.2.9"},
            {"kind": "read_config"},
            status,
            {"kind": "clear_status"},
            {"kind": "command", "lines": ["show version", "echo a b"]},
            {"kind": "dump_debug"},
            {"kind": "command", "lines": ["launch"]},
            {**status, "modules": [0, 7]},
        )
    ]
    ends = [await end_of(world, number) for number in numbers]
    assert ends == [("succeeded", "done")] * 7 + [("failed", "unknown_command"), ("failed", "unknown_module")]
    pinged = await world.manager.get(f"tasks/{numbers[0]}/results/0")
    assert (pinged["sent"], pinged["received"]) == (3, 3)
    assert [runs(world, post, number) for number in numbers] == [1] * 9
    listed = await world.manager.get("tasks", service_code=post.service_code)
    assert [one["task"] for one in listed["items"]] == numbers  # in the order of their numbers, as they ran
    assert (await world.event("task_failed", service_code=post.service_code))["reason"] == "unknown_command"


async def test_what_is_too_large_for_a_frame_fails_by_name(world: World) -> None:
    post = await in_session(world)
    box = world.adapter(post).box
    box.habits = msgspec.structs.replace(box.habits, dump_bytes=1_000_001)
    number = await order(world, post, {"kind": "dump_debug"})
    assert await end_of(world, number) == ("failed", "result_too_large")


async def dumped(world: World, how: TaskTrouble | None) -> tuple[Post, int, bytes]:
    """A unit that was asked for a large dump, and what that is."""
    post = await in_session(world)
    box = world.adapter(post).box
    box.habits = msgspec.structs.replace(box.habits, dump_bytes=1_000_000, task_trouble=how)
    return post, await order(world, post, {"kind": "dump_debug"}), random.Random(0).randbytes(1_000_000)


async def test_a_large_result_is_uploaded_and_fetched_whole_or_in_part(world: World) -> None:
    _, number, wanted = await dumped(world, None)
    assert await end_of(world, number) == ("succeeded", "done")
    (listed,) = (await world.manager.get(f"tasks/{number}"))["results"]
    assert (listed["size_bytes"], listed["digest"]) == (len(wanted), digest_of(wanted))
    assert await world.manager.get_bytes(f"tasks/{number}/results/0") == wanted
    assert await world.manager.get_bytes(f"tasks/{number}/results/0", first=999_990) == wanted[999_990:]


async def test_an_upload_that_is_cut_goes_on_where_it_was(world: World) -> None:
    post, number, wanted = await dumped(world, "cuts_upload")
    assert await end_of(world, number) == ("succeeded", "done")
    cuts = [one.fields["held"] for one in world.units.told[post.unit] if one.what == "upload_cut"]
    assert cuts == [262_144, 524_288, 786_432]
    assert await world.manager.get_bytes(f"tasks/{number}/results/0") == wanted


async def test_a_unit_that_lies_about_a_digest_has_failed(world: World) -> None:
    _, number, _ = await dumped(world, "lies_about_digest")
    assert await end_of(world, number) == ("failed", "digest_mismatch")
    assert (await world.manager.get(f"tasks/{number}"))["results"] == []


async def test_a_reboot_has_succeeded_when_the_unit_is_back(world: World) -> None:
    post = await in_session(world)
    number = await order(world, post, {"kind": "reboot"})
    assert await end_of(world, number) == ("succeeded", "done")
    unit = await world.unit(post)
    assert unit["boot_cause"] == "reboot"
    back = await world.manager.get(f"tasks/{number}/results/0")
    assert back["boot_id"] == world.adapter(post).box.boot_id
    assert runs(world, post, number) == 1


async def test_a_task_outlives_the_session_it_was_given_in(world: World) -> None:
    post = await in_session(world)
    world.units.do(TakeTime(seconds=0.5), post.unit)
    number = await order(world, post, PING)
    await world.units.until(post.unit, "task_ran", task=number)
    world.units.do(CutLine(), post.unit)
    await world.units.until(post.unit, "task_ended", task=number)
    world.units.do(Mend(what="line"), post.unit)
    assert await end_of(world, number) == ("succeeded", "done")
    assert runs(world, post, number) == 1


async def test_power_lost_in_the_middle_is_interrupted_and_never_run_again(world: World) -> None:
    post = await in_session(world)
    world.units.do(TakeTime(seconds=600), post.unit)
    number, following = await order(world, post, PING), await order(world, post, {"kind": "read_status"})
    await world.units.until(post.unit, "task_ran", task=number)
    world.units.do(CutPower(), post.unit)
    world.units.do(Mend(what="tasks"), post.unit)
    world.units.do(RestorePower(), post.unit)
    assert await end_of(world, number) == ("interrupted", "power_lost")
    assert await end_of(world, following) == ("succeeded", "done")
    assert runs(world, post, number) == 1


async def test_a_unit_that_refuses_says_so(world: World) -> None:
    post = await in_session(world)
    world.units.do(TroubleTasks(how="refuses"), post.unit)
    number = await order(world, post, PING)
    assert await end_of(world, number) == ("rejected", "refused")
    assert runs(world, post, number) == 0


async def test_an_end_that_is_said_twice_is_taken_once(world: World) -> None:
    post = await in_session(world)
    world.units.do(TroubleTasks(how="answers_twice"), post.unit)
    numbers = [await order(world, post, PING) for _ in range(3)]
    assert {await end_of(world, number) for number in numbers} == {("succeeded", "done")}
    assert len(await world.events("task_succeeded", service_code=post.service_code)) == 3
    assert [runs(world, post, number) for number in numbers] == [1, 1, 1]


async def test_a_task_that_never_ends_is_given_up_and_the_next_one_waits_for_its_unit(world: World) -> None:
    post = await in_session(world)
    world.units.do(TroubleTasks(how="hangs"), post.unit)
    number = await order(world, post, PING, time_out_s=1)
    assert await end_of(world, number) == ("timed_out", "no_answer")


async def test_a_task_for_an_absent_adapter_waits_for_it_and_can_be_taken_back(world: World) -> None:
    post = await world.new_post()
    first, second = await order(world, post, PING), await order(world, post, PING)
    taken = await world.manager.post(f"tasks/{second}/cancel", {})
    assert (taken["state"], taken["reason"]) == ("cancelled", "cancelled_by_operator")
    await world.power_on(post)
    assert await end_of(world, first) == ("succeeded", "done")
    assert runs(world, post, second) == 0


async def test_a_unit_that_restarts_in_the_middle_says_so(world: World) -> None:
    post = await in_session(world)
    world.units.do(TroubleTasks(how="reboots"), post.unit)
    number = await order(world, post, PING)
    assert await end_of(world, number) == ("interrupted", "power_lost")
    assert runs(world, post, number) == 1
