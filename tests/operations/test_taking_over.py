"""A unit at hand takes an adapter's place: a standby unit, or one that a dispatcher names."""

from typing import Any

import msgspec
import pytest

from servicehost.domain.contract import EVERYTHING
from servicehost.domain.custody import Holder, Place, Thing, whereabouts
from servicehost.domain.errors import Conflict, Forbidden, NotFound, Refused
from servicehost.domain.exchange import ExchangeState, Failure
from servicehost.domain.fact_kind import Item, Ownership
from servicehost.domain.fault import FaultEnd, FaultPhase
from servicehost.domain.unit import Adapter, Binding, Life
from servicehost.domain.unit_return import ReturnState
from servicehost.operations.request_exchange import ExchangeRequest
from servicehost.operations.taking_over import AfterAction, Discard, Takeover
from servicehost.ports.desk import NotAdmitted
from tests.builders.stories import SENDBACK, until
from tests.builders.world import (
    CODE,
    DISPATCHER,
    MANAGER,
    NEW,
    NEW_2,
    OLD,
    OTHER_CODE,
    OTHER_MODEL,
    STRANGER,
    SUPPORT,
    TENANT,
    World,
    distribution_id,
)

S = ExchangeState
STANDBY = "nxe000000007"
HOW = Takeover(reason="the head office is down")


async def _standby(world: World, unit_id: int = NEW, *, heard: bool = True) -> None:
    """An adapter of the standby item with a unit that is connected and has no config; the other one has failed."""
    async with world.store.transaction(EVERYTHING) as tx:
        standby = Adapter(service_code=STANDBY, management_code=TENANT, memo="", created_at=0, item=Item.STANDBY)
        await tx.add_adapter(standby)
        await tx.bind(
            Binding(number=0, service_code=STANDBY, management_code=TENANT, unit_id=unit_id, bound_at=0, reason="spare")
        )
    await world.store.batch(EVERYTHING, lambda batch: batch.set_adapter_terms(standby))
    await world.store.batch(EVERYTHING, lambda batch: batch.drop_spare(unit_id))
    await world.hello(OLD)
    if heard:
        await world.hello(unit_id)


async def test_one_call_lets_the_standby_unit_take_a_failed_adapters_code_and_config(case_world: World) -> None:
    await _standby(case_world)
    taken = await case_world.ops.swaps.swap_in_standby(MANAGER, STANDBY, CODE, HOW)
    assert (taken.exchange.state, taken.exchange.standby_code, taken.overridden) == (S.SWAPPED, STANDBY, False)
    assert await case_world.bound(CODE) == NEW
    assert await case_world.bound(STANDBY) is None
    await case_world.workers()
    with pytest.raises(NotAdmitted):
        await case_world.hello(OLD)
    assert {unit for unit, _ in case_world.line.ended} == {OLD, NEW}

    await case_world.passes(1)
    welcome = await case_world.hello(NEW)
    assert welcome.welcome.service_code == CODE
    assert next(one.startup for one in welcome.welcome.desired) is not None
    await case_world.reports(NEW)
    await case_world.workers()
    await case_world.ops.confirm_recovery(MANAGER, 1)
    await case_world.workers()
    fault = await case_world.store.batch(EVERYTHING, lambda batch: batch.fault(1))
    assert (await case_world.exchange()).state is S.CLOSED
    assert fault is not None
    assert (fault.phase, fault.reason) == (FaultPhase.CLOSED, FaultEnd.EXCHANGED)


async def test_the_old_rented_unit_is_owed_and_no_carrier_is_said_to_have_brought_the_new_one(
    case_world: World,
) -> None:
    await _standby(case_world)
    await case_world.ops.swaps.swap_in_standby(MANAGER, STANDBY, CODE, HOW)
    await case_world.workers()
    owed = await case_world.store.batch(EVERYTHING, lambda batch: batch.returns_of_exchange(1))
    chains = await case_world.store.batch(EVERYTHING, lambda batch: batch.chains([OLD]))
    assert [one.unit_id for one in owed] == [OLD]
    assert whereabouts(chains[Thing(unit_id=OLD)]) == Place(holder=Holder.SITE, name=CODE)


@pytest.mark.parametrize("after", [AfterAction.KEEP, None])
async def test_what_is_the_customers_own_or_is_to_stay_is_not_owed(
    case_world: World, after: AfterAction | None
) -> None:
    await _standby(case_world)
    if after is None:
        unit = (await case_world.store.batch(EVERYTHING, lambda batch: batch.units_by_id([OLD])))[OLD]
        own = msgspec.structs.replace(unit, ownership=Ownership.BROUGHT_IN)
        await case_world.store.batch(EVERYTHING, lambda batch: batch.set_unit_terms(own))
    how = msgspec.structs.replace(HOW, after_action=after)
    await case_world.ops.swaps.swap_in_standby(MANAGER, STANDBY, CODE, how)
    await case_world.workers()
    assert await case_world.store.batch(EVERYTHING, lambda batch: batch.returns_of_exchange(1)) == []


async def test_a_standby_unit_that_is_dead_after_all_goes_back_to_its_slot(case_world: World) -> None:
    await _standby(case_world)
    await case_world.ops.swaps.swap_in_standby(MANAGER, STANDBY, CODE, HOW)
    await case_world.ops.fail_exchange(MANAGER, 1, Failure.DEAD_ON_ARRIVAL)
    await case_world.workers()
    assert (await case_world.bound(CODE), await case_world.bound(STANDBY)) == (OLD, NEW)
    owed = await case_world.store.batch(EVERYTHING, lambda batch: batch.returns_of_exchange(1))
    assert [(one.unit_id, one.state) for one in owed] == [(OLD, ReturnState.CALLED_OFF)]


@pytest.mark.parametrize(
    ("standby", "entry", "kind", "code"),
    [
        (CODE, STANDBY, Conflict, "not_standby"),
        (STANDBY, STANDBY, Conflict, "not_entry_item"),
        (STANDBY, OTHER_CODE, Conflict, "other_contract"),
        ("nxe000000099", CODE, NotFound, "adapter_not_found"),
    ],
)
async def test_a_pair_that_does_not_belong_together_is_refused_by_name(
    case_world: World, standby: str, entry: str, kind: type[Refused], code: str
) -> None:
    await _standby(case_world)
    with pytest.raises(kind) as refused:
        await case_world.ops.swaps.swap_in_standby(DISPATCHER, standby, entry, HOW)
    assert refused.value.code == code


async def test_a_silent_standby_unit_takes_nothing_over(case_world: World) -> None:
    await _standby(case_world, heard=False)
    with pytest.raises(Conflict) as refused:
        await case_world.ops.swaps.swap_in_standby(MANAGER, STANDBY, CODE, HOW)
    assert refused.value.code == "standby_silent"
    assert await case_world.bound(STANDBY) == NEW


async def test_another_model_takes_over_only_with_a_reason_and_nothing_moves_before(case_world: World) -> None:
    await _standby(case_world, OTHER_MODEL)
    with pytest.raises(Conflict) as refused:
        await case_world.ops.swaps.swap_in_standby(MANAGER, STANDBY, CODE, HOW)
    assert refused.value.code == "wrong_model"
    assert (await case_world.bound(CODE), await case_world.bound(STANDBY)) == (OLD, OTHER_MODEL)
    how = msgspec.structs.replace(HOW, override=True)
    taken = await case_world.ops.swaps.swap_in_standby(MANAGER, STANDBY, CODE, how)
    assert (taken.overridden, await case_world.bound(CODE)) == (True, OTHER_MODEL)


async def test_a_replacement_on_its_way_is_cancelled_first(case_world: World) -> None:
    await _standby(case_world, NEW_2)
    await until(case_world, SENDBACK[1:], S.ORDERED)
    with pytest.raises(Conflict) as refused:
        await case_world.ops.swaps.swap_in_standby(MANAGER, STANDBY, CODE, HOW)
    assert refused.value.code == "ordered_already"


async def test_a_request_that_is_not_ordered_is_fulfilled_by_the_unit_at_hand(case_world: World) -> None:
    await _standby(case_world)
    asked = await case_world.ops.request_exchange(MANAGER, ExchangeRequest(service_code=CODE))
    taken = await case_world.ops.swaps.swap_in_standby(MANAGER, STANDBY, CODE, HOW)
    assert taken.exchange.exchange == asked.exchange
    await case_world.workers()
    assert (await case_world.exchange()).state is S.SWAPPED


async def test_a_standby_adapter_that_waits_for_an_exchange_itself_takes_nothing_over(case_world: World) -> None:
    await _standby(case_world)
    await case_world.ops.request_exchange(MANAGER, ExchangeRequest(service_code=STANDBY))
    with pytest.raises(Conflict) as refused:
        await case_world.ops.swaps.swap_in_standby(MANAGER, STANDBY, CODE, HOW)
    assert refused.value.code == "standby_has_exchange"


@pytest.mark.parametrize(("actor", "kind"), [(SUPPORT, Forbidden), (STRANGER, NotFound)])
async def test_who_has_no_right_or_no_part_in_it_moves_nothing(
    case_world: World, actor: Any, kind: type[Refused]
) -> None:
    await _standby(case_world)
    with pytest.raises(kind):
        await case_world.ops.swaps.swap_in_standby(actor, STANDBY, CODE, HOW)


async def test_promotion_changes_the_item_and_nothing_else(case_world: World) -> None:
    await _standby(case_world)
    promoted = await case_world.ops.swaps.promote_adapter(DISPATCHER, STANDBY, "a new branch")
    assert (promoted.item, await case_world.bound(STANDBY)) == (Item.ENTRY, NEW)
    assert await case_world.ops.swaps.promote_adapter(DISPATCHER, STANDBY, "again") == promoted
    with pytest.raises(Forbidden):
        await case_world.ops.swaps.promote_adapter(MANAGER, STANDBY, "")


async def test_a_free_spare_replaces_a_unit_at_once_and_leaves_the_stock(case_world: World) -> None:
    await case_world.hello(OLD)
    taken = await case_world.ops.swaps.replace_unit(DISPATCHER, CODE, distribution_id(NEW), HOW)
    assert (taken.exchange.state, await case_world.bound()) == (S.SWAPPED, NEW)
    assert await case_world.store.batch(EVERYTHING, lambda batch: batch.spare(NEW)) is None
    old = (await case_world.store.batch(EVERYTHING, lambda batch: batch.units_by_id([OLD])))[OLD]
    assert old.life is Life.REPLACED
    with pytest.raises(Conflict) as refused:
        await case_world.ops.swaps.replace_unit(DISPATCHER, CODE, distribution_id(NEW), HOW)
    assert refused.value.code == "serves_already"


async def test_what_is_discarded_does_not_reach_the_new_unit_and_is_named(case_world: World) -> None:
    everything = msgspec.structs.replace(HOW, discard=tuple(Discard))
    taken = await case_world.ops.swaps.replace_unit(DISPATCHER, CODE, distribution_id(NEW), everything)
    (adapter,) = await case_world.store.batch(EVERYTHING, lambda batch: batch.adapters([CODE]))
    assert taken.discarded == (Discard.STARTUP_CONFIG,)
    assert (adapter.startup_revision, adapter.startup_digest) == (None, None)
    await case_world.passes(1)
    welcome = await case_world.hello(NEW)
    assert not welcome.work_waits


async def test_a_replacement_is_compared_before_anything_is_done(case_world: World) -> None:
    old, new, found = await case_world.ops.swaps.compare_unit(DISPATCHER, CODE, distribution_id(OTHER_MODEL))
    assert old is not None
    assert (old.unit_id, new.unit_id) == (OLD, OTHER_MODEL)
    named = ["other_model", "firmware_unknown", "accessories_differ", "model_facts_unknown"]
    assert [one.code for one in found] == named
    assert await case_world.bound() == OLD


@pytest.mark.parametrize(
    ("unit_id", "kind", "code"),
    [(99, NotFound, "unit_not_found"), (OTHER_MODEL, Conflict, "wrong_model")],
)
async def test_a_replacement_that_cannot_be_is_refused_by_name(
    case_world: World, unit_id: int, kind: type[Refused], code: str
) -> None:
    with pytest.raises(kind) as refused:
        await case_world.ops.swaps.replace_unit(DISPATCHER, CODE, distribution_id(unit_id), HOW)
    assert refused.value.code == code
    assert await case_world.bound() == OLD
