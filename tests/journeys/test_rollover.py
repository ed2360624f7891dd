"""The authority is rolled over under a running host: nobody is stranded, and who stayed behind is known by name."""

import asyncio
import shutil
import ssl
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509

from adapter_sim.deeds import CutLine, Mend
from protocol.renewal import ASKED_WITHIN_S
from servicehost.demo.api import ApiError
from tests.journeys.waiting import until
from tests.journeys.world import Post, World

OWN_SETTINGS = ("units.redial_spread_s=0.05",)
ROLLOVER = "authority/rollover"


def folder_of(world: World, post: Post) -> Path:
    return world.host.folder.parent / "units" / post.unit


def issuer_of(world: World, post: Post) -> x509.Name:
    papers = folder_of(world, post) / "current.pem"
    return x509.load_pem_x509_certificates(papers.read_bytes())[0].issuer


async def follow(world: World, *posts: Post) -> None:
    """They were asked to renew, and do so by themselves, without losing their session for a moment."""
    waits = [await asked(world, post) for post in posts]
    world.units.timers.skip(max(waits))
    for post in posts:
        await world.units.until(post.unit, "renewed")
        await settled(world, post)
        assert world.adapter(post).stage in ("serving", "standby")


async def asked(world: World, post: Post) -> float:
    """In how many seconds the unit renews, now that it was asked to: its own time would come in months."""

    async def look() -> float | None:
        renewer = world.adapter(post).renewer
        at = None if renewer is None else renewer.planned_at
        left_s = None if at is None else at - world.units.timers.now()
        return left_s if left_s is not None and left_s <= ASKED_WITHIN_S else None

    return await until(look, f"{post.unit} was asked to renew")


async def settled(world: World, post: Post) -> None:
    """The session that was taken over is closed, too."""

    async def look() -> bool:
        return not world.adapter(post).renewing

    await until(look, f"{post.unit} is done with its renewal")


async def stranded(world: World) -> dict[str, str]:
    report = await world.dispatcher.get(ROLLOVER)
    assert report["stranded"] == len(report["items"]) == sum(report["counts"].values())
    return {unit["distribution_id"]: unit["why"] for unit in report["items"]}


async def nobody_is_stranded_but(world: World, wanted: dict[str, str]) -> None:
    async def look() -> bool:
        return await stranded(world) == wanted

    await until(look, f"stranded are {wanted}")


async def refusal(world: World, path: str, order: dict[str, Any]) -> ApiError:
    with pytest.raises(ApiError) as caught:
        await world.dispatcher.post(path, order)
    return caught.value


async def begun(world: World, posts: list[Post]) -> None:
    """A rollover whose next anchor all of these have picked up in the session they were in."""
    world.units.late = True
    for post in posts:
        world.units.passed_over(post.unit)
    answer = await world.dispatcher.post(ROLLOVER, {})
    assert (answer["under_way"], answer["towards"], answer["cross_signed"]) == (True, "next", True)
    for post in posts:
        told = await world.units.until(post.unit, "anchors_named")
        assert {answer["stays"], answer["leaves"]} <= set(told["held"])
        assert world.units.count(post.unit, "ended") == 0


async def test_three_units_renew_under_the_next_anchor_and_the_one_left_behind_is_refused_by_tls(
    own_world: World, tmp_path: Path
) -> None:
    world, posts = own_world, await own_world.new_posts(3)
    one, two, three = posts
    await world.power_on(*posts)
    old_root = Path(shutil.copy(world.host.folder / "authority" / "root.pem", tmp_path / "old-root.pem"))
    shutil.copytree(folder_of(world, three), tmp_path / "old-papers")
    await begun(world, posts)
    await nobody_is_stranded_but(world, dict.fromkeys((post.unit for post in posts), "old_certificate"))

    old_issuer = issuer_of(world, one)
    await world.units.put_away(three.unit)
    await follow(world, one, two)
    assert old_issuer not in (issuer_of(world, one), issuer_of(world, two))
    await nobody_is_stranded_but(world, {three.unit: "old_certificate"})
    refused = await refusal(world, f"{ROLLOVER}/end", {})
    assert (refused.status, refused.code) == (409, "units_would_be_stranded")
    assert f"1 units could not phone home any more: {three.unit} (old_certificate)" in str(refused)

    await world.power_on(three)
    await follow(world, three)
    await nobody_is_stranded_but(world, {})
    for post in posts:
        world.units.passed_over(post.unit)
    ends = {post.unit: world.units.count(post.unit, "ended") for post in posts}
    answer = await world.dispatcher.post(f"{ROLLOVER}/end", {})
    assert answer["under_way"] is False
    for post in posts:
        # Told in session; what is named no longer goes only once the host is known without it.
        told = await world.units.until(post.unit, "anchors_named")
        assert (told["named"], len(told["held"])) == (1, 2)
        assert world.units.count(post.unit, "ended") == ends[post.unit]
        world.units.do(CutLine(), post.unit)
        world.units.do(Mend(), post.unit)
        dropped = await world.units.until(post.unit, "anchors_dropped")
        assert len(dropped["held"]) == 1
        assert world.adapter(post).stage in ("serving", "standby")

    await the_old_certificate_is_refused(world, tmp_path / "old-papers", old_root)
    (ended,) = await world.events("authority_rollover_ended")
    assert (ended["reason"], ended["detail"]["stranded"]) == ("next", 0)


async def the_old_certificate_is_refused(world: World, papers: Path, old_root: Path) -> None:
    """By the adapters' door, with its alert, while the host is still known to whoever has the old root alone."""

    reader, writer = await asyncio.open_connection(
        "127.0.0.1", world.host.adapters_port, ssl=_old_context(papers, old_root), server_hostname="127.0.0.1"
    )
    with pytest.raises(ssl.SSLError, match=r"UNKNOWN_CA|unknown ca"):
        await reader.read(1)
    writer.close()


def _old_context(papers: Path, old_root: Path) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=old_root)
    context.load_cert_chain(papers / "current.pem")
    return context


async def test_a_rollover_that_is_turned_back_waits_for_who_already_followed(own_world: World) -> None:
    world, (one, two) = own_world, await own_world.new_posts(2)
    await world.power_on(one, two)
    assert (await refusal(world, f"{ROLLOVER}/abort", {})).code == "no_rollover"
    await begun(world, [one, two])
    assert (await world.dispatcher.post(f"{ROLLOVER}/abort", {"reason": "too soon"}))["under_way"] is False
    await begun(world, [one, two])
    await world.units.put_away(two.unit)
    await follow(world, one)
    answer = await world.dispatcher.post(f"{ROLLOVER}/abort", {"reason": "not today"})
    assert (answer["towards"], [unit["distribution_id"] for unit in answer["items"]]) == ("present", [one.unit])
    assert (await refusal(world, f"{ROLLOVER}/end", {})).code == "units_would_be_stranded"
    await follow(world, one)
    await world.power_on(two)
    await nobody_is_stranded_but(world, {})
    assert (await world.dispatcher.post(f"{ROLLOVER}/end", {}))["under_way"] is False
    assert issuer_of(world, one) == issuer_of(world, two)


async def test_a_host_killed_in_a_rollover_goes_on_with_it_and_force_strands_by_name(own_world: World) -> None:
    world, (post,) = own_world, await own_world.new_posts(1)
    await world.power_on(post)
    await begun(world, [post])
    world.host.kill()
    await world.host.start()
    await world.units.until(post.unit, "welcomed")
    await nobody_is_stranded_but(world, {post.unit: "old_certificate"})
    assert (await refusal(world, f"{ROLLOVER}/end", {"force": True})).code == "force_needs_reason"
    await world.dispatcher.post(f"{ROLLOVER}/end", {"force": True, "reason": "the key was stolen"})
    (ended,) = await world.events("authority_rollover_ended", reason="forced")
    assert (ended["detail"]["stranded"], ended["detail"]["note"]) == (1, "the key was stolen")
    world.units.passed_over(post.unit)
    world.units.do(CutLine(), post.unit)
    world.units.do(Mend(), post.unit)
    await world.units.until(post.unit, "ended", layer="tls", reason="unknown_ca")
