"""The anchors in force, and how units in session are told of them."""

from pathlib import Path

import msgspec
import pytest

from protocol.codec import Refusal
from protocol.codes import CloseCode, ErrorCode
from protocol.messages import AnchorsHeld, ConfigOffer, OfferAnswer
from protocol.states import Kind
from servicehost.backends.authority import succession
from servicehost.backends.authority.files import create_authority
from servicehost.backends.authority.rolling import FilesAuthority
from servicehost.ports.desk import Stale
from servicehost.sessions.identity import read_identity
from servicehost.sessions.trust import Trust, trust_of
from tests.builders.authority import NOW
from tests.builders.doors import HELLO, Door, MemoryUnit, credential

OLD, NEW = "a" * 64, "b" * 64
BEFORE = Trust({OLD: "OLD"}, {}, None)
BOTH = Trust({OLD: "OLD", NEW: "NEW"}, {}, OLD)
AFTER = Trust({NEW: "NEW"}, {}, None)


async def greeted(door: Door, *held: str) -> MemoryUnit:
    unit = door.dial(1)
    await unit.say(msgspec.structs.replace(HELLO, anchors=held))
    assert unit.heard(Kind.WELCOME)
    return unit


def told(unit: MemoryUnit) -> list[tuple[str, ...]]:
    return [message.anchors for message in unit.heard(Kind.ANCHORS)]


async def change(door: Door, unit: MemoryUnit, trust: Trust) -> None:
    door.shared.trust = trust
    assert unit.connection.session is not None
    unit.connection.session.tell_anchors()
    unit.connection.flush()
    await unit.rest()


async def test_a_unit_that_holds_what_is_in_force_is_told_nothing() -> None:
    door = Door()
    door.shared.trust = BOTH
    unit = await greeted(door, NEW, OLD)
    assert told(unit) == []


async def test_a_unit_that_holds_others_is_told_all_at_its_hello_and_what_it_answers_is_kept() -> None:
    door = Door()
    door.shared.trust = BOTH
    unit = await greeted(door, OLD)
    assert told(unit) == [("OLD", "NEW")]
    await unit.answer(AnchorsHeld(anchors=(OLD, NEW)))
    assert door.desk.named("take_anchors") == [("take_anchors", 1, (OLD, NEW))]


async def test_a_unit_in_session_is_told_when_it_changes_and_once_each_time() -> None:
    door = Door()
    door.shared.trust = BEFORE
    unit = await greeted(door, OLD)
    await change(door, unit, BOTH)
    await change(door, unit, BOTH)
    assert told(unit) == [("OLD", "NEW")]
    await unit.answer(AnchorsHeld(anchors=(OLD, NEW)))
    await change(door, unit, AFTER)
    assert told(unit) == [("OLD", "NEW"), ("NEW",)]
    # It may keep the old one for as long as it needs it: nobody insists.
    await unit.answer(AnchorsHeld(anchors=(OLD, NEW)))
    assert len(told(unit)) == 2


async def test_a_unit_that_never_speaks_of_anchors_is_never_told() -> None:
    door = Door()
    unit = await door.welcomed()
    await change(door, unit, BOTH)
    assert told(unit) == []


async def test_a_refusal_is_counted_and_not_repeated_in_this_session() -> None:
    door = Door()
    door.shared.trust = BOTH
    unit = await greeted(door, OLD)
    request = unit.messages[-1]
    assert request.id is not None
    refusal = Refusal(reason="no_room")
    unit.wire.send_text(unit.engine.refuse(request.id, ErrorCode.INVALID_PARAMS, "full", refusal))
    await unit.rest()
    assert door.desk.named("take_anchors") == []
    assert len(told(unit)) == 1
    assert unit.connection.session is not None


def offer(push: int) -> ConfigOffer:
    return ConfigOffer(push=push, revision=push, digest="sha256:" + "0" * 64, body="x")


async def test_an_offer_waits_for_the_answer_and_is_not_lost() -> None:
    door = Door()
    door.shared.trust = BOTH
    door.desk.offers[1].append(offer(1))
    unit = await greeted(door, OLD)
    assert (len(told(unit)), unit.heard(Kind.OFFER)) == (1, [])
    await unit.answer(AnchorsHeld(anchors=(OLD, NEW)))
    assert [one.push for one in unit.heard(Kind.OFFER)] == [1]


async def test_news_of_anchors_waits_for_the_answer_to_an_offer() -> None:
    door = Door()
    door.shared.trust = BEFORE
    door.desk.offers[1].append(offer(1))
    unit = await greeted(door, OLD)
    await change(door, unit, BOTH)
    assert told(unit) == []
    await unit.answer(OfferAnswer(outcome="refused", reason="no_room"))
    assert told(unit) == [("OLD", "NEW")]


async def test_a_session_that_has_lost_its_place_ends_with_its_answer() -> None:
    door = Door()
    door.shared.trust = BOTH
    unit = await greeted(door, OLD)
    door.desk.fail["take_anchors"].append(Stale(CloseCode.TAKEN_OVER))
    await unit.answer(AnchorsHeld(anchors=(OLD, NEW)))
    assert [goodbye.code for goodbye in unit.goodbyes] == [CloseCode.TAKEN_OVER]


# -- what is in force ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("anchor", "held", "due"),
    [
        (OLD, frozenset({OLD, NEW}), True),
        (OLD, frozenset({NEW}), True),
        (OLD, frozenset({OLD}), False),
        (OLD, None, False),
        (NEW, frozenset({OLD, NEW}), False),
        ("", frozenset({OLD, NEW}), False),
    ],
)
def test_a_new_certificate_is_due_when_the_old_ones_anchor_leaves_and_the_unit_could_check_it(
    anchor: str, held: frozenset[str] | None, due: bool
) -> None:
    assert BOTH.renewal_due(anchor, held) is due
    assert BEFORE.renewal_due(anchor, held) is False


async def test_certificates_are_led_back_to_their_anchor_by_the_key_that_signed_them(tmp_path: Path) -> None:
    create_authority(tmp_path / "authority", now=NOW)
    succession.begin(tmp_path / "authority", now=NOW, by="dora", passphrase=None)
    authority = FilesAuthority(tmp_path / "authority")
    rollover = authority.rollover()
    assert rollover is not None
    trust = trust_of(await authority.anchors_pem(), await authority.chain_pem(), leaves=rollover.leaves)
    assert trust.fingerprints == {rollover.present, rollover.next}
    assert sorted(trust._anchor_of.values()) == sorted([rollover.present, rollover.next] * 2)
    assert trust.anchor_of("00") == ""
    again = trust_of(await authority.anchors_pem(), await authority.chain_pem(), leaves=rollover.leaves)
    assert (trust == again, trust == trust_of(await authority.anchors_pem(), "")) == (True, False)
    assert trust.known([rollover.next, rollover.present]) is trust.fingerprints


# -- renewal in a rollover ------------------------------------------------------------------------------------------


def rollover(leaves: str = OLD) -> Trust:
    """Both anchors in force; the certificate of `greeted` units leads to the old one."""
    authority_key = read_identity(credential(1).der).authority_key
    return Trust({OLD: "OLD", NEW: "NEW"}, {authority_key: OLD}, leaves)


async def greeted_and_able(door: Door, *held: str) -> MemoryUnit:
    unit = door.dial(1)
    await unit.say(msgspec.structs.replace(HELLO, anchors=held, capabilities=("renew",)))
    return unit


def asked(unit: MemoryUnit) -> list[str]:
    return [message.reason for message in unit.heard(Kind.RENEW)]


async def test_a_unit_is_asked_to_renew_once_it_holds_the_anchor_to_come() -> None:
    door = Door()
    door.shared.trust = rollover()
    unit = await greeted_and_able(door, OLD)
    assert asked(unit) == []
    await unit.answer(AnchorsHeld(anchors=(OLD, NEW)))
    await unit.rest()
    assert asked(unit) == ["anchor_change"]


async def test_a_unit_that_holds_everything_is_asked_at_its_hello_and_once_a_session() -> None:
    door = Door()
    door.shared.trust = trust = rollover()
    unit = await greeted_and_able(door, OLD, NEW)
    await change(door, unit, trust)
    assert asked(unit) == ["anchor_change"]


async def test_a_unit_that_holds_everything_is_asked_when_the_rollover_is_told_to_its_session() -> None:
    door = Door()
    door.shared.trust = rollover(leaves=NEW)
    unit = await greeted_and_able(door, OLD, NEW)
    assert asked(unit) == []
    await change(door, unit, rollover(leaves=OLD))
    assert asked(unit) == ["anchor_change"]


async def test_a_unit_that_does_not_know_what_renew_means_is_not_asked() -> None:
    door = Door()
    door.shared.trust = rollover()
    unit = await greeted(door, OLD, NEW)
    assert asked(unit) == []
