"""Units that say what is not so: of pushes, of digests, of a session that is theirs no more. Nothing comes of it."""

import msgspec

from protocol.codes import CloseCode, ErrorCode
from protocol.digest import digest_of
from protocol.messages import ConfigOffer, ConfigProgress, Event, Goodbye, Mark, ModuleState, OfferAnswer
from protocol.states import Kind
from protocol.wire.events import Ended, Text
from tests.journeys.configs import good
from tests.journeys.endings import counted, told
from tests.journeys.raw import RawUnit
from tests.journeys.world import Post, World

SETTINGS = ("log.level=info",)


async def test_progress_for_a_push_nobody_made_is_unknown_and_changes_nothing(world: World) -> None:
    unit = await world.raw.in_session((await world.new_post()).unit)
    digest = digest_of(b"nobody's")
    unit.say(ConfigProgress(push=2**40, revision=1, digest=digest, phase="confirmed"))
    assert (await unit.refusal()).code == ErrorCode.UNKNOWN_PUSH
    await unit.still_heard()


async def test_progress_for_another_adapters_push_looks_the_same_as_for_none(world: World) -> None:
    theirs_post = await world.new_post()
    push = await world.push(theirs_post, good("theirs"))
    unit = await world.raw.in_session((await world.new_post()).unit)
    unit.say(ConfigProgress(push=push, revision=1, digest=digest_of(good("theirs").encode()), phase="confirmed"))
    assert (await unit.refusal()).code == ErrorCode.UNKNOWN_PUSH
    assert (await world.phase(push, "queued"))["reason"] is None


async def offered(world: World, body: str) -> tuple[Post, RawUnit, ConfigOffer]:
    """A unit that has heard an offer and not answered it."""
    post = await world.new_post()
    await world.push(post, body)
    unit = await world.raw.in_session(post.unit)
    offer = (await unit.hear_request()).message
    assert isinstance(offer, ConfigOffer)
    assert digest_of(offer.body.encode()) == offer.digest
    return post, unit, offer


async def test_an_offer_whose_digest_the_unit_cannot_confirm_is_refused_with_that_reason(world: World) -> None:
    _, unit, offer = await offered(world, good("damaged-on-the-way"))
    unit.answer(OfferAnswer(outcome="refused", reason="digest_mismatch"))
    assert (await world.phase(offer.push, "refused"))["reason"] == "digest_mismatch"
    await unit.still_heard()


async def test_progress_with_another_digest_than_was_offered_is_not_believed(world: World) -> None:
    _, unit, offer = await offered(world, good("one-digest"))
    unit.answer(OfferAnswer(outcome="accepted"))
    await world.phase(offer.push, "stored")
    other = digest_of(b"another config")
    unit.say(ConfigProgress(push=offer.push, revision=offer.revision, digest=other, phase="confirmed"))
    assert (await unit.refusal()).code == ErrorCode.UNKNOWN_PUSH
    assert (await world.phase(offer.push, "stored"))["revision"] == offer.revision


async def test_a_unit_that_confirms_on_its_own_word_has_proved_nothing(world: World) -> None:
    _, unit, offer = await offered(world, good("never-proved"))
    unit.answer(OfferAnswer(outcome="accepted"))
    unit.say(ConfigProgress(push=offer.push, revision=offer.revision, digest=offer.digest, phase="confirmed"))
    await unit.hear()
    assert (await world.phase(offer.push, "stored"))["revision"] == offer.revision


async def test_a_unit_that_tries_another_digest_than_was_offered_is_told_to_go_back(world: World) -> None:
    post, unit, offer = await offered(world, good("offered-this"))
    unit.answer(OfferAnswer(outcome="accepted"))
    await world.phase(offer.push, "stored")
    unit.say(Goodbye(code=CloseCode.DONE, reason="applying"))
    await unit.closed()
    other = Mark(revision=offer.revision, digest=digest_of(b"runs that"))
    again = await world.raw.dial(post.unit)
    welcome = await again.greet(modules=(ModuleState(running=other, trial=offer.push),))
    assert (welcome.confirm, welcome.revert) == ((), (offer.push,))


# -- two of one unit ------------------------------------------------------------------------------------------------


async def test_the_newest_session_of_a_unit_wins_and_the_end_of_the_old_one_harms_nothing(world: World) -> None:
    before = await counted(world, CloseCode.TAKEN_OVER)
    post = await world.new_post()
    old = await world.raw.in_session(post.unit)
    new = await world.raw.dial(post.unit)
    assert (await new.greet()).session_epoch == 2
    goodbye = await old.hear()
    assert isinstance(goodbye.message, Goodbye)
    assert goodbye.message.code == CloseCode.TAKEN_OVER
    assert (await old.closed()).code == CloseCode.TAKEN_OVER
    old.drop()
    event = await told(world, "session_ended", CloseCode.TAKEN_OVER, "taken_over", before)
    assert event["detail"]["epoch"] == 1
    unit = await world.presence(post, "connected")
    assert (unit["session"]["epoch"], unit["session"]["ended_at"]) == (2, None)
    # The nudge finds the new one.
    push = await world.push(post, good("to-the-newest"))
    offer = (await new.hear_request()).message
    assert isinstance(offer, ConfigOffer)
    assert offer.push == push


async def test_what_a_session_says_after_it_lost_its_place_changes_nothing(world: World) -> None:
    """Old and new speak in the same moment, many times: what was taken is there, once; what was refused is not."""
    post = await world.new_post()
    outcomes: dict[str, str] = {}
    current = await world.raw.in_session(post.unit)
    for number in range(25):
        text = f"late-{number}"
        newer = await world.raw.dial(post.unit)
        for one in (current, newer) if number % 2 else (newer, current):
            if one is current:
                one.say(Event(sequence=number + 1, sub_type="link_down", text=text))
            else:
                one.say_hello()
        outcomes[text] = await fate(current)
        assert (await newer.hear()).kind is Kind.WELCOME
        current = newer
    assert set(outcomes.values()) <= {"taken", "taken_over", "unanswered"}
    assert {"taken_over", "unanswered"} & set(outcomes.values()), outcomes
    written = [event["detail"]["text"] for event in await world.events("link_down")]
    for text, outcome in outcomes.items():
        assert written.count(text) == {"taken": 1, "taken_over": 0}.get(outcome, written.count(text)), outcomes
        assert written.count(text) <= 1
    assert (await world.unit(post))["session"]["epoch"] == 26


async def fate(unit: RawUnit) -> str:
    """What became of the event it said: answered, refused, or not answered before the end."""
    while isinstance(event := await unit.event(Text, Ended), Text):
        message = msgspec.json.decode(event.payload)
        if "method" not in message:
            return str(message["error"]["data"]["reason"]) if "error" in message else "taken"
    return "unanswered"
