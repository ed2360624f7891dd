"""A config on its way: ordered, offered, stored, tried on a new connection, confirmed, or ended with its reason."""

import pytest

from adapter_sim.deeds import CutPower, FallSilent, Mend, Reboot, RestorePower, RevertAlways
from adapter_sim.happenings import Happening
from protocol.codec import Refusal
from protocol.codes import CloseCode, ErrorCode
from protocol.messages import ConfigOffer, OfferAnswer
from servicehost.demo.api import ApiError
from tests.journeys.configs import CUTS_THE_PATH, IS_NOT_UNDERSTOOD, WANTS_TOO_MUCH, good
from tests.journeys.raw import RawUnit
from tests.journeys.waiting import until
from tests.journeys.world import Post, World

SETTINGS = ("pushes.look_every_s=1",)
TRIAL_S = 30


async def startup_of(world: World, post: Post) -> int:
    """The revision that is the adapter's startup config; what the unit starts with must be the same."""
    startup = (await world.adapter_answer(post))["startup"]
    flash = world.adapter(post).box.flash
    assert flash.startup is not None
    assert (flash.startup.mark.revision, flash.startup.mark.digest) == (startup["revision"], startup["digest"])
    return int(startup["revision"])


async def on_trial_without_a_way(world: World, post: Post) -> int:
    """A push that has cut its unit off: the unit tries it and cannot dial."""
    push = await world.push(post, CUTS_THE_PATH, confirm_timeout_s=TRIAL_S)
    await world.units.until(post.unit, "trial_began", push=push)
    await world.units.until(post.unit, "dial_failed", reason="path_blocked")
    return push


async def taken_unheard(world: World, post: Post, body: str) -> int:
    """A push that was offered to a unit whose line is slow just now: it reads the offer when it is mended."""
    world.units.do(FallSilent(), post.unit)
    push = await world.push(post, body)
    await world.phase(push, "offered")
    return push


async def test_a_present_adapter_confirms_a_push_on_a_new_connection(world: World) -> None:
    [post] = await world.in_service()
    epoch = (await world.unit(post))["session"]["epoch"]
    push = await world.push(post, good("second"))
    await world.units.until(post.unit, "offered", push=push, outcome="accepted")
    await world.units.until(post.unit, "trial_began", push=push)
    ended = await world.units.until(post.unit, "ended")
    assert (ended["code"], ended["reason"]) == (CloseCode.DONE, "applying_config")
    assert (await world.units.until(post.unit, "welcomed"))["epoch"] == epoch + 1
    await world.units.until(post.unit, "confirmed", push=push)
    answer = await world.phase(push, "confirmed")
    assert (answer["outcome"], answer["rejected"], answer["kind"]) == ("accepted", [], "operator")
    assert await startup_of(world, post) == answer["revision"] == 2
    [event] = await world.events("push_confirmed", detail_push=push)
    assert (event["service_code"], event["event_class"]) == (post.service_code, "configuration")


async def test_an_absent_adapter_gets_its_push_when_it_comes(world: World) -> None:
    post = await world.new_post()
    push = await world.push(post, good("early"))
    assert (await world.phase(push, "queued"))["reason"] is None
    await world.power_on(post)
    await world.phase(push, "confirmed")
    assert await startup_of(world, post) == 1
    # Gone for good, in the middle of its life, it is no special case either.
    world.units.do(CutPower(), post.unit)
    await world.presence(post, "disconnected")
    later = await world.push(post, good("while-away"))
    assert await startup_of(world, post) == 1
    world.units.do(RestorePower(), post.unit)
    await world.phase(later, "confirmed")
    assert await startup_of(world, post) == 2


async def test_an_offer_that_found_its_unit_busy_is_made_again_without_a_nudge(world: World) -> None:
    post = await world.new_post()
    push = await world.push(post, good("patience"))
    unit = await world.raw.dial(post.unit)
    await unit.greet()
    assert await heard_offer(unit) == push
    unit.refuse(ErrorCode.BUSY, Refusal(reason="on_trial", retry_after_s=1))
    assert await heard_offer(unit) == push
    unit.answer(OfferAnswer(outcome="accepted"))
    await world.phase(push, "stored")


async def heard_offer(unit: RawUnit) -> int:
    offer = (await unit.hear_request()).message
    assert isinstance(offer, ConfigOffer)
    return offer.push


async def test_one_order_reaches_many_adapters(world: World) -> None:
    posts = await world.in_service(6)
    codes = [post.service_code for post in posts]
    ordered = await world.manager.post("pushes", {"service_codes": codes, "body": good("all-alike")})
    assert (ordered["accepted"], ordered["refused"]) == (6, 0)
    for result in ordered["results"]:
        await world.phase(result["push"], "confirmed")
    assert {await startup_of(world, post) for post in posts} == {2}


async def test_a_config_the_unit_runs_otherwise_than_written_says_what_it_changed(world: World) -> None:
    [post] = await world.in_service()
    push = await world.push(post, WANTS_TOO_MUCH)
    answer = await world.phase(push, "confirmed")
    assert answer["outcome"] == "substituted"
    [rejected] = answer["rejected"]
    assert (rejected["parameter"], rejected["substitution"]) == ("interface ge0 mtu", "1500")
    assert await startup_of(world, post) == 2


async def test_a_config_the_unit_does_not_understand_is_refused_line_by_line(world: World) -> None:
    [post] = await world.in_service()
    push = await world.push(post, IS_NOT_UNDERSTOOD)
    answer = await world.phase(push, "refused")
    assert (answer["outcome"], answer["reason"]) == ("refused", "not_understood")
    [rejected] = answer["rejected"]
    assert rejected["parameter"] == "line 2"
    assert "launch" in rejected["reason"]
    assert await startup_of(world, post) == 1
    assert world.units.count(post.unit, "trial_began", push=push) == 0
    assert (await world.event("push_refused", detail_push=push))["reason"] == "not_understood"


async def test_a_config_that_cuts_the_unit_off_comes_back_reverted_and_nobody_touches_it(world: World) -> None:
    [post] = await world.in_service()
    push = await on_trial_without_a_way(world, post)
    await world.presence(post, "disconnected")
    assert (await world.phase(push, "stored"))["revision"] == 2
    assert await startup_of(world, post) == 1
    world.units.timers.skip(TRIAL_S)
    await world.units.until(post.unit, "reverted", push=push, reason="management_path_lost")
    answer = await world.phase(push, "reverted")
    assert answer["reason"] == "management_path_lost"
    unit = await world.presence(post, "connected")
    assert unit["modules"][0]["running"]["revision"] == 1
    assert (unit["modules"][0]["last_failed"]["revision"], unit["modules"][0]["last_failed_reason"]) == (
        2,
        "management_path_lost",
    )
    assert await startup_of(world, post) == 1
    assert (await world.event("push_reverted", detail_push=push))["reason"] == "management_path_lost"
    # The very same revision is not tried again by itself, and another one goes its way.
    after = await world.push(post, good("better"))
    await world.phase(after, "confirmed")
    assert world.units.count(post.unit, "trial_began", push=push) == 1


async def test_a_config_that_was_not_made_permanent_does_not_become_the_startup_config(world: World) -> None:
    [post] = await world.in_service()
    world.units.do(RevertAlways(how="not_confirmed"), post.unit)
    push = await world.push(post, good("unheeded"), confirm_timeout_s=TRIAL_S)
    await world.phase(push, "running")
    assert await startup_of(world, post) == 1
    world.units.timers.skip(TRIAL_S)
    assert (await world.phase(push, "reverted"))["reason"] == "not_confirmed"
    assert await startup_of(world, post) == 1


async def test_a_config_that_cannot_be_applied_is_reverted_in_the_same_session(world: World) -> None:
    [post] = await world.in_service()
    world.units.do(RevertAlways(how="apply_failed"), post.unit)
    push = await world.push(post, good("unfit"))
    assert (await world.phase(push, "reverted"))["reason"] == "apply_failed"
    assert world.units.count(post.unit, "ended") == 1  # for its first config
    assert await startup_of(world, post) == 1


async def test_power_lost_in_a_trial_brings_the_startup_config_back_and_says_so(world: World) -> None:
    [post] = await world.in_service()
    push = await on_trial_without_a_way(world, post)
    world.units.do(CutPower(), post.unit)
    world.units.do(RestorePower(), post.unit)
    assert (await world.phase(push, "reverted"))["reason"] == "power_lost"
    assert await startup_of(world, post) == 1


async def test_a_push_that_waits_gives_way_to_the_next_one(world: World) -> None:
    post = await world.new_post()
    first = await world.order(post, good("first"))
    second = await world.order(post, good("second"))
    assert (second["superseded"], second["waits_for"]) == (first["push"], None)
    assert (await world.phase(first["push"], "superseded"))["outcome"] is None
    await world.power_on(post)
    await world.phase(second["push"], "confirmed")
    assert world.units.count(post.unit, "offered", push=first["push"]) == 0


async def test_a_push_that_waits_can_be_taken_back(world: World) -> None:
    post = await world.new_post()
    push = await world.push(post, good("recalled"))
    assert (await world.manager.post(f"pushes/{push}/cancel", {}))["phase"] == "cancelled"
    await world.power_on(post)
    assert (await world.phase(push, "cancelled"))["reason"] == "cancelled_by_operator"
    assert world.adapter(post).box.flash.last_offered is None


@pytest.mark.parametrize("recall", ["cancelled", "superseded"])
async def test_a_unit_that_took_what_was_recalled_meanwhile_is_told_no_at_once(world: World, recall: str) -> None:
    [post] = await world.in_service()
    push = await taken_unheard(world, post, good("recalled"))
    if recall == "cancelled":
        await world.manager.post(f"pushes/{push}/cancel", {})
    else:
        after = await world.push(post, good("instead"))
    world.units.do(Mend(what="silence"), post.unit)
    await world.units.until(post.unit, "trial_began", push=push)
    await world.units.until(post.unit, "reverted", push=push, reason="denied")
    if recall == "superseded":
        await world.phase(after, "confirmed")
    await world.phase(push, recall)
    assert await startup_of(world, post) == (1 if recall == "cancelled" else 3)


async def test_a_push_that_meets_another_on_trial_waits_for_its_end(world: World) -> None:
    [post] = await world.in_service()
    order: list[tuple[str, object]] = []

    def note(one: Happening) -> None:
        if one.what in ("trial_began", "reverted", "confirmed"):
            order.append((one.what, one.fields["push"]))

    world.units.listeners.append(note)
    push = await on_trial_without_a_way(world, post)
    await world.phase(push, "stored")
    waiting = await world.order(post, good("waiting"))
    assert (waiting["waits_for"], waiting["superseded"]) == (push, None)
    with pytest.raises(ApiError) as refused:
        await world.manager.post(f"pushes/{push}/cancel", {})
    assert (refused.value.status, refused.value.code) == (409, "push_on_trial")
    third = await world.order(post, good("third"))
    assert (third["waits_for"], third["superseded"]) == (push, waiting["push"])

    world.units.timers.skip(TRIAL_S)
    await world.phase(push, "reverted")
    await world.phase(third["push"], "confirmed")
    await world.phase(waiting["push"], "superseded")
    number = third["push"]
    assert order == [("trial_began", push), ("reverted", push), ("trial_began", number), ("confirmed", number)]


async def test_a_unit_that_cannot_store_refuses_and_runs_on(world: World) -> None:
    [post] = await world.in_service()
    world.adapter(post).box.health["flash"] = "failed"
    push = await world.push(post, good("nowhere-to-put"))
    assert (await world.phase(push, "refused"))["reason"] == "flash_failed"

    async def still_there() -> bool:
        return bool((await world.unit(post))["presence"] == "connected")

    assert await until(still_there, "the unit is still in session")
    assert await startup_of(world, post) == 1


async def test_a_startup_config_that_fails_at_boot_gives_way_to_the_last_good_one(world: World) -> None:
    [post] = await world.in_service()
    good_one = await startup_of(world, post)
    push = await world.push(post, good("next-boot"), target="startup")
    await world.phase(push, "confirmed")
    answer = await world.adapter_answer(post)
    assert (answer["startup"]["revision"], answer["startup_proved"]) == (good_one + 1, False)
    world.units.do(RevertAlways(how="apply_failed"), post.unit)
    world.units.do(Reboot(), post.unit)
    await world.units.until(post.unit, "reverted", push=push)

    async def given_up() -> list[dict[str, object]] | None:
        return await world.events("startup_given_up", service_code=post.service_code) or None

    [event] = await until(given_up, "the startup config is given up")
    assert event["reason"] == "last_good_served"
    world.units.do(Mend(what="reverts"), post.unit)
    answer = await world.adapter_answer(post)
    assert answer["startup"]["revision"] == good_one
    assert answer["startup_failed"]["revision"] == good_one + 1
