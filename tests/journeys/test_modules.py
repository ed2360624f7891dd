"""Configs of several modules on their way: small ones in the frame, large ones in ranges, all of them as one."""

import random
from typing import Any

import msgspec
import pytest

from adapter_sim.deeds import CutDownloads, CutPower, DamageDownloads, FillFlash, Mend, RestorePower, RevertAlways
from adapter_sim.modules import BoxModule
from servicehost.demo.api import ApiError
from tests.journeys.configs import CUTS_THE_PATH, good
from tests.journeys.world import Post, World

SETTINGS = ("pushes.look_every_s=1",)
FILTERS, FIRMLET = 1, 2
LARGE = random.Random(6).randbytes(3_000_000)
MIB = 1024 * 1024


MODULES = (BoxModule(module=FILTERS, name="filter list"), BoxModule(module=FIRMLET, name="signatures"))


async def modular(world: World, *, confirmed: bool = True) -> Post:
    """A unit with two modules beside the main one, in session, its first config confirmed."""
    post = msgspec.structs.replace(await world.new_post(), modules=MODULES)
    push = await world.push(post, good("first"))
    await world.power_on(post)
    if confirmed:
        await world.phase(push, "confirmed")
        world.units.passed_over(post.unit)
    return post


async def save(world: World, post: Post, module: int, body: bytes, kind: str = "binary") -> dict[str, Any]:
    path = f"adapters/{post.service_code}/config/modules/{module}?kind={kind}"
    standing = await standing_of(world, post)
    saved: dict[str, Any] = await world.manager.put_raw(path, body, {"If-Match": f'"{standing}"'})
    return saved


async def standing_of(world: World, post: Post) -> int:
    listed = await world.manager.get(f"adapters/{post.service_code}/config/modules")
    return int(listed["revision"] or 0)


async def blanks(world: World, post: Post) -> list[int]:
    headers = {"If-Match": f'"{await standing_of(world, post)}"'}
    path = f"adapters/{post.service_code}/config/blanks"
    made: dict[str, list[int]] = await world.manager.post_seen(path, {"reason": "so that it can go"}, headers)
    return made["modules"]


async def push_working(world: World, post: Post, **more: Any) -> int:
    answer = await world.manager.post("pushes", {"service_codes": [post.service_code], **more})
    return int(answer["results"][0]["push"])


def held(world: World, post: Post, module: int) -> bytes | None:
    startup = world.adapter(post).box.flash.startup
    assert startup is not None
    return next((one.body for one in startup.others if one.module == module), None)


async def test_only_what_differs_goes_out_and_all_of_it_becomes_startup(world: World) -> None:
    post = await modular(world)
    await save(world, post, FILTERS, b"deny all\n", "text")
    await save(world, post, FIRMLET, bytes(range(256)))
    push = await push_working(world, post)
    await world.units.until(post.unit, "offered", push=push, outcome="accepted")
    trial = world.adapter(post).box.flash.trial
    assert trial is not None
    assert trial.modules == (FILTERS, FIRMLET)
    await world.phase(push, "confirmed")
    assert (held(world, post, FILTERS), held(world, post, FIRMLET)) == (b"deny all\n", bytes(range(256)))
    assert world.units.count(post.unit, "download_began") == 0
    # A later push of the main module alone leaves the others where they are.
    later = await world.push(post, good("second"))
    await world.units.until(post.unit, "confirmed", push=later)
    assert held(world, post, FILTERS) == b"deny all\n"
    modules = await world.manager.get(f"adapters/{post.service_code}/config/modules")
    assert [(row["module"], row["running_digest"] == row["saved"]["digest"]) for row in modules["items"]] == [
        (0, True),
        (FILTERS, True),
        (FIRMLET, True),
    ]


async def test_a_large_module_is_fetched_and_a_cut_transfer_goes_on_where_it_was(world: World) -> None:
    post = await modular(world)
    await save(world, post, FIRMLET, LARGE)
    world.units.do(CutDownloads(after_bytes=MIB), post.unit)
    push = await push_working(world, post)
    await world.phase(push, "confirmed")
    assert held(world, post, FIRMLET) == LARGE
    began = [one.fields["first"] for one in world.units.told[post.unit] if one.what == "download_began"]
    assert began == [0, MIB, 2 * MIB]


async def test_what_was_fetched_before_a_power_cut_need_not_be_fetched_again(world: World) -> None:
    post = await modular(world)
    await save(world, post, FIRMLET, LARGE)
    world.units.do(CutDownloads(after_bytes=MIB), post.unit)
    cut = []

    def listener(happening: Any) -> None:
        if happening.unit == post.unit and happening.what == "download_began" and happening.fields["first"] == MIB:
            cut.append(True)
            world.units.listeners.remove(listener)
            world.units.do(CutPower(), post.unit)

    world.units.listeners.append(listener)
    push = await push_working(world, post)
    await world.units.until(post.unit, "powered_off")
    assert cut
    world.units.do(Mend(what="downloads"), post.unit)
    world.units.do(RestorePower(), post.unit)
    await world.phase(push, "confirmed")
    assert held(world, post, FIRMLET) == LARGE
    firsts: list[Any] = [one.fields["first"] for one in world.units.told[post.unit] if one.what == "download_began"]
    assert firsts[0] == 0
    assert min(firsts[1:]) >= MIB


async def test_a_damaged_file_is_refused_by_its_digest_and_nothing_of_it_runs(world: World) -> None:
    post = await modular(world)
    await save(world, post, FIRMLET, LARGE)
    world.units.do(DamageDownloads(), post.unit)
    push = await push_working(world, post)
    assert (await world.phase(push, "refused"))["reason"] == "digest_mismatch"
    assert held(world, post, FIRMLET) is None
    world.units.do(Mend(what="downloads"), post.unit)
    await world.phase(await push_working(world, post), "confirmed")
    assert held(world, post, FIRMLET) == LARGE


async def test_a_flash_without_room_refuses_before_it_fetches(world: World) -> None:
    post = await modular(world)
    await save(world, post, FIRMLET, LARGE)
    world.units.do(FillFlash(room_bytes=MIB), post.unit)
    push = await push_working(world, post)
    assert (await world.phase(push, "refused"))["reason"] == "no_room"
    assert world.units.count(post.unit, "download_began") == 0


async def test_what_fails_takes_all_its_modules_back_with_it(world: World) -> None:
    post = await modular(world)
    await save(world, post, FILTERS, b"before\n", "text")
    await world.phase(await push_working(world, post), "confirmed")
    world.units.do(RevertAlways(), post.unit)
    await save(world, post, FILTERS, b"after\n", "text")
    assert (await world.phase(await push_working(world, post), "reverted"))["reason"] == "apply_failed"
    assert held(world, post, FILTERS) == b"before\n"
    world.units.do(Mend(what="reverts"), post.unit)
    await save(world, post, 0, CUTS_THE_PATH.encode(), "text")
    lost = await push_working(world, post, confirm_timeout_s=30)
    await world.units.until(post.unit, "trial_began", push=lost)
    await world.units.until(post.unit, "dial_failed", reason="path_blocked")
    world.units.timers.skip(31)
    assert (await world.phase(lost, "reverted"))["reason"] == "management_path_lost"
    assert held(world, post, FILTERS) == b"before\n"


async def test_a_unit_with_nothing_in_its_flash_is_given_the_whole_set(world: World) -> None:
    post = await modular(world)
    await save(world, post, FILTERS, b"deny all\n", "text")
    await save(world, post, FIRMLET, LARGE)
    await world.phase(await push_working(world, post), "confirmed")
    # The box is exchanged: another unit, with the same modules, serves the adapter from now on.
    new = await world.new_unit()
    await world.dispatcher.delete(f"adapters/{post.service_code}/unit")
    await world.bind(post.service_code, new.unit)
    other = msgspec.structs.replace(new, service_code=post.service_code, modules=MODULES)
    await world.power_on(other)
    await world.units.until(other.unit, "confirmed")
    assert (held(world, other, FILTERS), held(world, other, FIRMLET)) == (b"deny all\n", LARGE)
    pushes = await world.manager.all("pushes", service_code=post.service_code)
    assert pushes[-1]["kind"] == "startup"


async def test_empty_modules_are_made_blank_together_and_never_the_main_one(world: World) -> None:
    post = await modular(world)
    await save(world, post, FIRMLET, b"x")
    assert await blanks(world, post) == [FILTERS]
    await world.phase(await push_working(world, post), "confirmed")
    assert (held(world, post, FILTERS), held(world, post, FIRMLET)) == (b"", b"x")
    assert await blanks(world, post) == []


async def test_a_module_the_unit_does_not_have_is_refused(world: World) -> None:
    post = await modular(world)
    await save(world, post, 9, b"x")
    assert (await world.phase(await push_working(world, post), "refused"))["reason"] == "unknown_module"


async def test_the_main_module_comes_first(world: World) -> None:
    post = await world.new_post()
    with pytest.raises(ApiError) as refused:
        await save(world, post, FILTERS, b"x")
    assert refused.value.code == "main_module_empty"
