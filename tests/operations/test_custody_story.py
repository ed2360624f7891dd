"""What comes back, what does not, and what it costs: on the real store."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from protocol.codes import CloseCode
from servicehost.backends.carriers.simulated import Conduct
from servicehost.domain import unit_return as unit_return_rules
from servicehost.domain.charge_proposal import ChargeProposal, ItemWhy, ProposalState, ReturnPolicy
from servicehost.domain.contract import EVERYTHING
from servicehost.domain.custody import Handover, Holder, Part, Thing
from servicehost.domain.errors import Conflict, Forbidden, Invalid, NotFound
from servicehost.domain.exchange import ExchangeState, Failure
from servicehost.domain.fact_kind import Cause, Inspection, Ownership
from servicehost.domain.unit import Binding, Life
from servicehost.domain.unit_return import RETURN_TABLE, Erasure, Loss, ReturnSaid, ReturnState, UnitReturn
from servicehost.operations import settle_charge as settling
from servicehost.operations.inspect_return import InspectionReport
from servicehost.operations.request_exchange import ExchangeRequest
from servicehost.operations.returning import Receipt, Shipment
from tests.builders.stories import ON_SITE, SENDBACK, tell, until
from tests.builders.world import (
    CODE,
    DISPATCHER,
    MANAGER,
    NEW,
    OLD,
    OTHER_CODE,
    OTHER_TENANT,
    PRICED,
    STRANGER,
    SUPPORT,
    World,
    distribution_id,
)

S, R = ExchangeState, ReturnState
DAY_S = 86_400
WHOLE = 33_500


class Charged(World):
    """A world, and what one wants to know of its returns."""

    def priced(self, policy: ReturnPolicy) -> None:
        self.policy = policy
        self.ops = self._open()

    async def ret(self, number: int = 1) -> UnitReturn:
        found = await self.store.batch(EVERYTHING, lambda batch: batch.unit_return(number))
        assert found is not None
        return found

    async def proposals(self, unit_id: int = OLD, exchange: int = 1) -> list[ChargeProposal]:
        return await self.store.batch(EVERYTHING, lambda batch: batch.proposals_of(exchange, unit_id))

    async def chain(self, unit_id: int, part: Part = Part.UNIT) -> list[Handover]:
        chains = await self.store.batch(EVERYTHING, lambda batch: batch.chains([unit_id]))
        return chains.get(Thing(unit_id=unit_id, part=part), [])

    async def way(self, unit_id: int, part: Part = Part.UNIT) -> list[Holder]:
        return [one.target.holder for one in await self.chain(unit_id, part)]

    async def life(self, unit_id: int) -> Life:
        units = await self.store.batch(EVERYTHING, lambda batch: batch.units_by_id([unit_id]))
        return units[unit_id].life

    async def overdue(self) -> None:
        await self.passes(15 * DAY_S)
        await self.ops.lapse_returns()
        await self.ops.run_reactions()

    async def receives(self, *missing: Part, number: int = 1) -> UnitReturn:
        await self.passes(1)
        taken = await self.ops.receive_return(DISPATCHER, number, Receipt(place="Tokyo", missing=missing))
        await self.ops.run_reactions()
        return taken

    async def inspects(self, result: Inspection, number: int = 1, **found: Any) -> UnitReturn:
        await self.passes(1)
        report = InspectionReport(result=result, by="Tanaka", **found)
        taken = await self.ops.inspect_return(DISPATCHER, number, report)
        await self.ops.run_reactions()
        return taken


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[Charged]:
    made = Charged(tmp_path)
    await made.found()
    yield made
    await made.close()


async def test_a_sendback_that_comes_back_whole_with_its_fault_costs_nothing(world: Charged) -> None:
    await until(world, SENDBACK, S.ARRIVED)
    await world.workers()
    due = await world.ret()
    assert (due.state, due.unit_id, due.due_at - due.opened_at) == (R.DUE, OLD, 14 * DAY_S * 1000)
    await tell(world, SENDBACK[8:])

    await world.ops.note_shipped(DISPATCHER, 1, Shipment(carrier="Yamato", reference="4123"))
    await world.receives()
    last = await world.inspects(Inspection.FAULT_FOUND, erased=True)

    assert (last.state, last.place, last.missing, last.inspected_by) == (R.INSPECTED, "Tokyo", (), "Tanaka")
    assert (last.erased, last.erasure) == (True, Erasure.INSPECTION)
    assert await world.proposals() == []
    assert await world.way(NEW) == [Holder.STOCK, Holder.CARRIER, Holder.SITE]
    assert await world.way(OLD) == [Holder.SITE, Holder.CARRIER, Holder.STOCK, Holder.INSPECTION]
    assert await world.way(OLD, Part.AC_ADAPTER) == await world.way(OLD)
    shipped = (await world.chain(OLD))[1]
    assert (shipped.evidence.reference, shipped.by, shipped.target.name) == ("4123", DISPATCHER.master_id, "Yamato")
    with pytest.raises(Conflict, match="register it again"):
        await world.ops.stock_unit(DISPATCHER, distribution_id(OLD))
    await world.store.batch(EVERYTHING, lambda batch: batch.set_life(OLD, Life.REGISTERED, 1, "mended"))
    assert (await world.ops.stock_unit(DISPATCHER, distribution_id(OLD))).unit_id == OLD
    assert (await world.way(OLD))[-1] is Holder.STOCK
    # What it came home with is revoked: it needs a token, and every host has been told in the counter.
    (kept,) = await world.reads.certificates(EVERYTHING, distribution_id(OLD))
    assert kept.revoked_reason == "cessation_of_operation"
    assert CloseCode.OUT_OF_SERVICE in {one.code for one in await world.reads.fence_changes_after(0, 99)}


async def test_what_is_not_returned_in_time_is_a_loss_proposed_once_and_approved(world: Charged) -> None:
    await tell(world, SENDBACK)
    await world.passes(13 * DAY_S)
    assert await world.ops.lapse_returns() == 0
    await world.overdue()
    await world.overdue()

    (proposal,) = await world.proposals()
    assert (proposal.rule, proposal.total, proposal.state) == ("rental_never_returned", WHOLE, ProposalState.PROPOSED)
    assert {item.why for item in proposal.items} == {ItemWhy.NOT_RETURNED}
    assert proposal.evidence.rule.holds
    assert proposal.evidence.handovers
    assert (await world.exchange()).charge == "at_cost"
    approved = await world.ops.approve_charge(DISPATCHER, 1, "")
    again = await world.ops.approve_charge(DISPATCHER, 1, "")
    assert (approved.state, approved.decided_by) == (ProposalState.APPROVED, DISPATCHER.master_id)
    assert again == approved


async def test_a_unit_found_again_takes_a_proposal_back_before_it_is_approved(world: Charged) -> None:
    await tell(world, SENDBACK)
    await world.overdue()
    await world.receives()

    assert [one.state for one in await world.proposals()] == [ProposalState.WITHDRAWN]
    assert (await world.exchange()).charge == "none"
    with pytest.raises(Conflict, match="facts have changed"):
        await world.ops.approve_charge(DISPATCHER, 1, "")


async def test_a_unit_found_again_after_the_approval_is_given_back_for_without_its_adapter(world: Charged) -> None:
    await tell(world, SENDBACK)
    await world.overdue()
    await world.ops.approve_charge(DISPATCHER, 1, "")
    await world.ops.write_off_return(DISPATCHER, 1, Loss.NEVER_RETURNED, "asked three times")
    await world.ops.run_reactions()
    assert (await world.way(OLD))[-1] is Holder.WRITTEN_OFF
    assert await world.life(OLD) is Life.LOST
    await world.receives(Part.AC_ADAPTER)

    assert await world.life(OLD) is Life.RETURNED
    first, back = await world.proposals()
    assert (first.state, first.total) == (ProposalState.APPROVED, WHOLE)
    assert (back.state, back.total, back.corrects) == (ProposalState.PROPOSED, 3_000 - WHOLE, 1)
    assert {item.part for item in back.items} == {Part.UNIT, Part.LAN_CABLE}
    assert back.rule == "rental_accessories"
    await world.ops.approve_charge(DISPATCHER, 2, "")
    await world.receives()
    *_, last = await world.proposals()
    assert (last.total, last.rule) == (-3_000, "rental_accessories")


async def test_a_waived_charge_is_not_proposed_again_from_the_same_facts(world: Charged) -> None:
    await tell(world, SENDBACK)
    await world.receives(Part.LAN_CABLE)
    await world.ops.waive_charge(DISPATCHER, 1, "goodwill")
    await world.inspects(Inspection.FAULT_FOUND)
    assert [(one.state, one.total) for one in await world.proposals()] == [(ProposalState.WAIVED, 500)]
    await world.inspects(Inspection.DAMAGED)
    assert [(one.state, one.total) for one in await world.proposals()][1:] == [(ProposalState.PROPOSED, 30_500)]


async def test_damage_by_disaster_is_charged_at_cost_however_the_unit_is_exchanged(world: Charged) -> None:
    steps = list(ON_SITE)
    steps[4] = lambda w: w.ops.record_triage(SUPPORT, 1, Cause.DISASTER, "the roof came down", "the street is hit")
    await tell(world, steps)
    await world.passes(60)
    await world.hello(NEW)
    await world.workers()
    await world.ops.swap_unit(MANAGER, 1, "")
    await world.workers()
    await world.passes(1)
    await world.hello(NEW)
    await world.reports(NEW)
    await world.workers()
    await world.ops.confirm_recovery(MANAGER, 1)
    await world.workers()

    (proposal,) = await world.proposals()
    assert (proposal.rule, proposal.total) == ("rental_accident_or_disaster", 30_000)
    await world.receives()
    await world.inspects(Inspection.FAULT_FOUND)
    assert [one.state for one in await world.proposals()] == [ProposalState.PROPOSED]


async def test_an_on_site_swap_leaves_the_old_unit_due_from_the_swap_and_the_driver_takes_it(world: Charged) -> None:
    await until(world, ON_SITE, S.SWAPPED)
    await world.workers()
    assert await world.way(NEW) == [Holder.STOCK, Holder.DRIVER, Holder.ATTENDEE, Holder.SITE]
    assert (await world.ret()).why == "exchange_swapped"
    await world.ops.note_shipped(DISPATCHER, 1, Shipment(by_driver=True))
    assert (await world.way(OLD))[-1] is Holder.DRIVER
    await world.overdue()
    assert (await world.ret()).state is R.SHIPPED


async def test_a_brought_in_unit_is_never_charged_whatever_becomes_of_it(world: Charged) -> None:
    def brought_in(batch: Any) -> None:
        unit = batch.units_by_id([OLD])[OLD]
        batch.set_unit_terms(msgspec.structs.replace(unit, ownership=Ownership.BROUGHT_IN))

    await world.store.batch(EVERYTHING, brought_in)
    await until(world, ON_SITE, S.SWAPPED)
    await tell(world, ON_SITE[12:])
    await world.overdue()
    await world.ops.write_off_return(DISPATCHER, 1, Loss.NEVER_RETURNED, "theirs")
    await world.receives(Part.AC_ADAPTER)
    await world.inspects(Inspection.DAMAGED)
    assert await world.proposals() == []
    assert (await world.exchange()).charge == "none"


async def test_a_replacement_dead_on_arrival_is_what_comes_back_and_the_old_unit_stays(world: Charged) -> None:
    await until(world, SENDBACK, S.SWAPPED)
    await world.ops.fail_exchange(MANAGER, 1, Failure.DEAD_ON_ARRIVAL)
    await world.workers()

    old, new = await world.store.batch(EVERYTHING, lambda batch: batch.returns_of_exchange(1))
    assert (old.unit_id, old.state) == (OLD, R.CALLED_OFF)
    assert (new.unit_id, new.state) == (NEW, R.DUE)
    with pytest.raises(Conflict, match="receive and inspect"):
        await world.ops.stock_unit(DISPATCHER, distribution_id(NEW))
    await world.overdue()
    assert [one.rule for one in await world.proposals(NEW)] == ["rental_never_returned"]
    assert await world.proposals(OLD) == []


async def test_a_cancelled_exchange_calls_the_return_off_and_asks_for_what_was_delivered(world: Charged) -> None:
    await until(world, SENDBACK, S.ARRIVED)
    await world.workers()
    await world.ops.cancel_exchange(MANAGER, 1, "it works again")
    await world.workers()
    states = {one.unit_id: one.state for one in await world.store.batch(EVERYTHING, lambda b: b.returns_of_exchange(1))}
    assert states == {OLD: R.CALLED_OFF, NEW: R.DUE}


async def test_what_is_lost_on_the_way_is_written_off_and_nobody_owes_it(world: Charged) -> None:
    await until(world, SENDBACK, S.ORDERED)
    await world.workers()
    await world.ops.fail_exchange(DISPATCHER, 1, Failure.LOST_IN_TRANSIT)
    await world.workers()
    assert await world.way(NEW) == [Holder.STOCK, Holder.CARRIER, Holder.WRITTEN_OFF]
    assert await world.store.batch(EVERYTHING, lambda batch: batch.returns_of_exchange(1)) == []


async def test_a_lost_unit_is_charged_as_lost_until_it_is_found(world: Charged) -> None:
    await world.ops.request_exchange(MANAGER, ExchangeRequest(service_code=CODE))
    await world.ops.record_triage(SUPPORT, 1, Cause.LOSS, "stolen from the shop")
    await world.workers()
    await world.passes(60)
    await world.hello(NEW)
    await world.workers()
    if (await world.exchange()).state is not S.SWAPPED:
        await world.ops.swap_unit(MANAGER, 1, "")
        await world.workers()
    assert [(one.rule, one.total) for one in await world.proposals()] == [("rental_lost", 30_000)]
    assert (await world.ret()).loss is Loss.LOST_BEFORE
    await world.receives()
    assert [one.state for one in await world.proposals()] == [ProposalState.WITHDRAWN]


async def test_no_fault_found_asks_a_dispatcher_who_says_why(world: Charged) -> None:
    await tell(world, SENDBACK)
    await world.receives()
    await world.inspects(Inspection.NO_FAULT_FOUND)
    (proposal,) = await world.proposals()
    assert (proposal.asks, proposal.rule, proposal.total) == (True, "rental_no_fault_found", 30_000)
    with pytest.raises(Invalid, match="Say why"):
        await world.ops.approve_charge(DISPATCHER, 1, "")
    assert (await world.ops.approve_charge(DISPATCHER, 1, "third time")).reason == "third time"


async def test_a_charge_without_a_price_waits_for_the_list_and_is_then_made_anew(world: Charged) -> None:
    world.priced(ReturnPolicy(accessories=PRICED.accessories))
    await tell(world, SENDBACK)
    await world.overdue()
    with pytest.raises(Conflict) as refused:
        await world.ops.approve_charge(DISPATCHER, 1, "")
    assert refused.value.code == "no_price"
    assert await world.ops.price_charges() == 1
    assert len(await world.proposals()) == 1
    world.priced(PRICED)
    await world.ops.price_charges()
    assert [(one.state, one.total) for one in await world.proposals()] == [
        (ProposalState.WITHDRAWN, None),
        (ProposalState.PROPOSED, WHOLE),
    ]
    assert await world.ops.price_charges() == 0


async def test_who_swaps_late_has_time_from_the_swap_on(world: Charged) -> None:
    await until(world, SENDBACK, S.ARRIVED)
    await world.workers()
    first = (await world.ret()).due_at
    await world.overdue()
    assert ((await world.ret()).state, (await world.ret()).due_at) == (R.DUE, first)
    await world.hello(OLD)
    await tell(world, SENDBACK[8:])
    assert (await world.ret()).state is R.DUE
    assert (await world.ret()).due_at > first + DAY_S * 1000


async def test_a_unit_that_serves_again_after_its_exchange_does_not_lapse(world: Charged) -> None:
    await tell(world, SENDBACK)
    again = Binding(
        number=0, service_code=OTHER_CODE, management_code=OTHER_TENANT, unit_id=OLD, bound_at=1, reason="moved"
    )
    await world.store.batch(EVERYTHING, lambda batch: batch.bind(again))
    await world.overdue()
    assert (await world.ret()).state is R.CALLED_OFF
    assert await world.proposals() == []


async def test_only_dispatchers_write_and_only_what_there_is(world: Charged) -> None:
    await tell(world, SENDBACK)
    report = InspectionReport(result=Inspection.FAULT_FOUND)
    for actor in (MANAGER, SUPPORT, STRANGER):
        for attempt in (
            world.ops.note_shipped(actor, 1, Shipment()),
            world.ops.receive_return(actor, 1, Receipt()),
            world.ops.inspect_return(actor, 1, report),
            world.ops.write_off_return(actor, 1, Loss.NEVER_RETURNED, "x"),
            world.ops.approve_charge(actor, 1, "x"),
            world.ops.waive_charge(actor, 1, "x"),
        ):
            with pytest.raises(Forbidden):
                await attempt
    with pytest.raises(NotFound):
        await world.ops.receive_return(DISPATCHER, 9, Receipt())
    with pytest.raises(NotFound):
        await world.ops.waive_charge(DISPATCHER, 9, "x")
    with pytest.raises(Invalid, match="not an accessory"):
        await world.ops.receive_return(DISPATCHER, 1, Receipt(missing=(Part.SIM_CARD,)))
    with pytest.raises(Conflict, match="not been received"):
        await world.ops.inspect_return(DISPATCHER, 1, report)
    with pytest.raises(Invalid, match="finds one of"):
        await world.ops.inspect_return(DISPATCHER, 1, InspectionReport(result=Inspection.NEVER_RETURNED))
    await world.receives()
    with pytest.raises(Conflict, match="received before"):
        await world.receives(Part.AC_ADAPTER)
    with pytest.raises(Conflict, match="not lost"):
        await world.ops.write_off_return(DISPATCHER, 1, Loss.NEVER_RETURNED, "x")


async def test_a_unit_that_says_it_has_erased_its_config_is_believed_until_somebody_looks(world: Charged) -> None:
    await until(world, SENDBACK, S.SWAPPED)
    await world.ops.fail_exchange(MANAGER, 1, Failure.DEAD_ON_ARRIVAL)
    await world.workers()
    await world.hello(NEW)
    await world.says(NEW, "config_erased", sequence=9)
    said = await world.ret(2)
    assert (said.unit_id, said.erased, said.erasure) == (NEW, True, Erasure.UNIT_SAID_ERASED)
    await world.receives(number=2)
    last = await world.inspects(Inspection.FAULT_FOUND, number=2, erased=False)
    assert (last.erased, last.erasure) == (False, Erasure.INSPECTION)


async def test_a_unit_that_still_serves_is_collected_once_another_has_taken_over(world: Charged) -> None:
    world.carrier.conduct = Conduct(travel_s=None, return_s=0.0)
    await until(world, SENDBACK, S.ARRIVED)
    for _ in range(3):
        await world.workers()
    assert ((await world.ret()).state, await world.bound()) == (R.DUE, OLD)
    await tell(world, SENDBACK[8:])
    for _ in range(3):
        await world.workers()
    assert (await world.ret()).state is R.RECEIVED
    unit = (await world.store.batch(EVERYTHING, lambda batch: batch.units_by_id([OLD])))[OLD]
    assert unit.life is Life.RETURNED


@pytest.mark.parametrize(("conduct", "state", "missing"), [
    (Conduct(travel_s=None, return_s=0.0), R.RECEIVED, ()),
    (Conduct(travel_s=None, return_s=0.0, missing=("ac_adapter",)), R.RECEIVED, (Part.AC_ADAPTER,)),
    (Conduct(travel_s=None, return_s=3_600.0), R.SHIPPED, ()),
    (Conduct(travel_s=None), R.DUE, ()),
])  # fmt: skip
async def test_the_carrier_collects_what_is_due(
    world: Charged, conduct: Conduct, state: ReturnState, missing: tuple[Part, ...]
) -> None:
    world.carrier.conduct = conduct
    await tell(world, SENDBACK)
    await world.workers()
    await world.workers()
    last = await world.ret()
    assert (last.state, last.missing) == (state, missing)
    assert [one.total for one in await world.proposals()] == ([3_000] if missing else [])
    if missing:
        assert (await world.way(OLD, Part.AC_ADAPTER))[-1] is Holder.SITE


async def test_a_host_killed_at_any_step_keeps_one_return_and_one_chain(world: Charged) -> None:
    for step in SENDBACK:
        await step(world)
        await world.killed()
        if NEW in world.sessions:
            await world.reports(NEW)
    await world.workers()
    assert await world.way(NEW) == [Holder.STOCK, Holder.CARRIER, Holder.SITE]
    assert await world.way(OLD) == [Holder.SITE]
    assert len(await world.store.batch(EVERYTHING, lambda batch: batch.returns_of_exchange(1))) == 1


# Each mutant must make the story of a unit that lapses and is found again end otherwise.
async def _lapsed_and_found(world: Charged) -> tuple[object, ...]:
    await tell(world, SENDBACK)
    await world.overdue()
    await world.overdue()
    await settling.settle_charge(1, store=world.store, clock=world.clock, policy=PRICED)
    lapsed = len(await world.proposals())
    await world.receives()
    return lapsed, [one.state for one in await world.proposals()], (await world.way(OLD))[-1]


RIGHT = (1, [ProposalState.WITHDRAWN], Holder.STOCK)


def _cell(patch: pytest.MonkeyPatch, state: ReturnState, said: ReturnSaid, target: ReturnState | None) -> None:
    row: Any = RETURN_TABLE[state]
    patch.setitem(row, said, target)


MUTANTS: dict[str, Any] = {
    "nothing lapses": lambda patch: _cell(patch, R.DUE, ReturnSaid.LAPSE, None),
    "nothing is found again": lambda patch: _cell(patch, R.NOT_RETURNED, ReturnSaid.RECEIVE, None),
    "returns say nothing": lambda patch: patch.setattr(settling, "return_facts", lambda one: ()),
    "proposals are never withdrawn": lambda patch: patch.setattr(settling, "_withdraw", lambda *_: None),
    "the same is proposed again": lambda patch: patch.setattr(settling, "_same", lambda *_: False),
}


async def test_without_a_mutant_the_story_ends_right(world: Charged) -> None:
    assert await _lapsed_and_found(world) == RIGHT
    assert unit_return_rules.RETURN_TABLE is RETURN_TABLE


@pytest.mark.parametrize("name", MUTANTS)
async def test_the_story_notices_when(name: str, world: Charged, monkeypatch: pytest.MonkeyPatch) -> None:
    MUTANTS[name](monkeypatch)
    try:
        ended = await _lapsed_and_found(world)
    except Exception:
        return
    assert ended != RIGHT
