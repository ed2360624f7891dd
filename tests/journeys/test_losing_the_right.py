"""A unit loses its right to be here: within a moment, with the reason, and people can see what happened."""

import shutil

import msgspec

from adapter_sim.deeds import CutPower
from protocol.codes import CloseCode
from protocol.wire.events import TlsEnded
from tests.journeys.fleet import Units
from tests.journeys.waiting import until
from tests.journeys.world import Post, World


async def attempts(world: World, post: Post) -> list[tuple[str, str, str | None]]:
    answer = await world.dispatcher.get(f"units/{post.unit}/attempts", newest_first="false")
    return [(row["outcome"], row["reason"], row["detail"]) for row in answer["items"]]


async def test_a_revoked_unit_is_hung_up_on_and_told_why_when_it_dials_again(world: World) -> None:
    (post,) = await world.in_service()
    order = {"reason": "key_compromise", "note": "found on a market"}
    revoked = await world.dispatcher.post(f"units/{post.unit}/revocation", order)
    assert [one["revoked_reason"] for one in revoked["items"]] == ["key_compromise"]
    await world.units.until(post.unit, "ended", code=int(CloseCode.REVOKED), reason="revoked")
    await world.units.until(post.unit, "ended", reason="revoked", because="key_compromise")
    rows = await attempts(world, post)
    assert ("refused", "revoked", "key_compromise") in rows
    unit = await world.presence(post, "disconnected")
    state = unit["config_state"]
    assert (state["stage"], state["stuck_in"], state["cause"]) == ("initial", "admission", "revoked")
    assert "enrol" in state["triage"]["en"]


async def test_two_boxes_with_one_identity_are_both_held_and_people_see_it(world: World) -> None:
    (post,) = await world.in_service()
    folder = world.units.folder / post.unit
    clones = Units(world.host, world.units.folder.with_name("clones"))
    shutil.copytree(folder, clones.folder / post.unit)
    try:
        await clones.power_on(msgspec.structs.replace(post.entry, token=None))
        held = await world.event("unit_held", reason="duplicate", service_code=post.service_code)
        assert (held["severity"], len(held["detail"]["boots"])) == (3, 2)
        for fleet in (world.units, clones):
            await fleet.until(post.unit, "ended", code=int(CloseCode.DUPLICATE), reason="duplicate")
        unit = await world.presence(post, "disconnected")
        assert unit["held_at"] is not None
        assert unit["config_state"]["cause"] == "duplicate"
    finally:
        clones.do(CutPower(), post.unit)
        await clones.stop()
    world.units.passed_over(post.unit)
    await world.dispatcher.delete(f"units/{post.unit}/hold")
    await world.units.until(post.unit, "welcomed", service_code=post.service_code)
    assert (await world.unit(post))["held_at"] is None


async def test_a_moved_unit_dials_the_hosts_it_is_told_and_comes_back_when_it_may(world: World) -> None:
    (post,) = await world.in_service()
    elsewhere = "wss://127.0.0.1:9/session"  # nobody listens there
    await world.dispatcher.put(f"units/{post.unit}/hosts", {"hosts": [elsewhere]})
    moved = await world.units.until(post.unit, "moved")
    assert moved == {"hosts": [elsewhere]}
    assert world.adapter(post).box.flash.hosts == (elsewhere,)
    await world.units.until(post.unit, "dial_failed", reason="connect_failed")
    assert (await world.unit(post))["moved_to"] == [elsewhere]
    await world.dispatcher.delete(f"units/{post.unit}/hosts")
    await world.units.until(post.unit, "welcomed", service_code=post.service_code)
    assert world.adapter(post).box.flash.hosts == ()


async def test_who_knocks_and_is_nobody_is_written_down_for_the_providers_people(world: World) -> None:
    unit = await world.raw.dial_with(world.raw.context(None))
    assert isinstance(unit.last, TlsEnded)

    async def seen() -> bool:
        answer = await world.dispatcher.get("attempts", reason="tls_refused", outcome="refused", limit=1)
        return any(row["distribution_id"] is None and row["detail"] == "no_certificate" for row in answer["items"])

    await until(seen, "the attempt in the log")
