"""Work for a unit: one offer at a time, and no nudge lost."""

import pytest

from protocol.codec import Refusal
from protocol.codes import CloseCode, ErrorCode
from protocol.messages import ConfigOffer, ConfigProgress, OfferAnswer
from protocol.states import Kind
from servicehost.domain.errors import Busy
from servicehost.ports.desk import Stale
from tests.builders.doors import Door, MemoryUnit

ACCEPTED = OfferAnswer(outcome="accepted")


def offer(push: int, body: str = "interface ge1") -> ConfigOffer:
    return ConfigOffer(push=push, revision=push, digest="sha256:" + "0" * 64, body=body)


def offered(unit: MemoryUnit) -> list[int]:
    return [message.push for message in unit.heard(Kind.OFFER)]


async def test_work_that_waits_at_the_hello_is_offered_after_the_welcome() -> None:
    door = Door()
    door.desk.offers[1].append(offer(1))
    unit = await door.welcomed()
    assert offered(unit) == [1]
    await unit.answer(ACCEPTED)
    assert door.desk.named("take_offer_answer") == [("take_offer_answer", 1, ACCEPTED)]


async def test_a_session_without_waiting_work_is_spared_its_first_look() -> None:
    door = Door()
    await door.welcomed()
    assert door.desk.named("work_due") == []


async def test_a_nudge_makes_the_session_look_and_units_elsewhere_are_passed_over() -> None:
    door = Door()
    unit = await door.welcomed()
    door.desk.offers[1].append(offer(1))
    door.shared.registry.nudge([99, 1])
    await unit.rest()
    assert offered(unit) == [1]


async def test_after_a_refusal_the_next_offer_comes_after_an_acceptance_the_unit_is_left_to_try() -> None:
    door = Door()
    door.desk.offers[1] += [offer(1), offer(2), offer(3)]
    unit = await door.welcomed()
    assert offered(unit) == [1]
    await unit.answer(OfferAnswer(outcome="refused", reason="no_such_module"))
    assert offered(unit) == [1, 2]
    await unit.answer(ACCEPTED)
    assert offered(unit) == [1, 2]
    assert [call[1] for call in door.desk.named("take_offer_answer")] == [1, 2]


async def test_the_end_of_a_trial_brings_the_push_that_waited_for_it() -> None:
    door = Door()
    unit = await door.welcomed()
    door.desk.offers[1].append(offer(2))  # due from now on: the one before it has ended
    await unit.say(ConfigProgress(push=1, revision=1, digest="sha256:" + "0" * 64, phase="confirmed"))
    assert offered(unit) == [2]


async def test_a_nudge_while_the_desk_looks_makes_it_look_again() -> None:
    door = Door()
    unit = await door.welcomed()
    door.desk.hold.add("work_due")
    door.shared.registry.nudge([1])
    door.shared.registry.nudge([1])
    door.shared.registry.nudge([1])
    assert len(door.desk.held) == 1
    door.desk.hold.clear()
    door.desk.offers[1].append(offer(5))
    door.desk.held[0].set_result(None)  # what the desk saw before the push was there
    await unit.rest()
    assert offered(unit) == [5]


async def test_a_lost_nudge_is_made_good_at_the_reconcile_tick() -> None:
    door = Door(reconcile_every_s=20.0)
    unit = await door.welcomed()
    door.desk.offers[1].append(offer(1))
    door.time.run_for(9.0)
    await unit.rest()
    assert offered(unit) == []
    door.time.run_for(2.0)  # half of the interval: where chance put this session's tick
    await unit.rest()
    assert offered(unit) == [1]


async def test_a_push_answered_in_this_session_is_not_offered_in_it_again() -> None:
    door = Door()
    door.desk.offers[1].append(offer(1))
    unit = await door.welcomed()
    await unit.answer(ACCEPTED)
    door.desk.offers[1].append(offer(1))  # the desk still counts it as due
    door.shared.registry.nudge([1])
    await unit.rest()
    assert offered(unit) == [1]


async def test_an_error_answer_goes_to_the_desk_and_the_offer_is_repeated_at_the_next_nudge_only() -> None:
    door = Door()
    door.desk.offers[1].append(offer(1))
    unit = await door.welcomed()
    request = unit.messages[-1]
    assert request.id is not None
    unit.wire.send_text(unit.engine.refuse(request.id, ErrorCode.BUSY, "not now", Refusal(reason="busy")))
    await unit.rest()
    assert door.desk.named("take_offer_answer")[0][2].reason == "busy"
    assert offered(unit) == [1]
    door.shared.registry.nudge([1])
    await unit.rest()
    assert offered(unit) == [1, 1]


async def test_an_answer_the_desk_could_not_take_leads_to_the_same_offer_again() -> None:
    door = Door(reconcile_every_s=20.0)
    door.desk.offers[1].append(offer(1))
    unit = await door.welcomed()
    door.desk.fail["take_offer_answer"].append(Busy("queue_full", "later", 30))
    await unit.answer(ACCEPTED)
    assert offered(unit) == [1]
    door.time.run_for(21.0)
    await unit.rest()
    assert offered(unit) == [1, 1]


@pytest.mark.parametrize("method", ["work_due", "take_offer_answer"])
async def test_a_stale_fence_found_while_offering_ends_the_session(method: str) -> None:
    door = Door()
    door.desk.offers[1].append(offer(1))
    door.desk.fail[method].append(Stale(CloseCode.UNBOUND))
    unit = await door.welcomed()
    if method == "take_offer_answer":
        await unit.answer(ACCEPTED)
    assert unit.closed_with == CloseCode.UNBOUND
    assert door.endings == [(CloseCode.UNBOUND, "unbound")]


async def test_a_fault_while_looking_is_counted_and_the_session_looks_again_later() -> None:
    door = Door(reconcile_every_s=20.0)
    unit = await door.welcomed()
    door.desk.fail["work_due"].append(ValueError("x"))
    door.shared.registry.nudge([1])
    await unit.rest()
    assert door.meter.counts["session_faults_total", ""] == 1
    door.desk.offers[1].append(offer(1))
    door.time.run_for(21.0)
    await unit.rest()
    assert offered(unit) == [1]


async def test_no_offer_is_made_while_the_unit_takes_no_bytes_but_as_soon_as_it_does() -> None:
    door = Door()
    unit = await door.welcomed()
    unit.transport.give_room(0)
    door.shared.registry.nudge([1])  # nothing due: only to have something looked for
    await unit.rest()
    door.desk.offers[1].append(offer(1))
    door.shared.registry.nudge([1])
    await unit.rest()  # written, not taken
    looks = len(door.desk.named("work_due"))
    door.shared.registry.nudge([1])
    assert len(door.desk.named("work_due")) == looks
    unit.transport.give_room(None)
    await unit.rest()
    assert offered(unit) == [1]
    await unit.answer(ACCEPTED)
    assert len(door.desk.named("work_due")) > looks
