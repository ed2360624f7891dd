"""What becomes of units, on the real store: who is gone has no session, no config and no place in stock."""

import pytest

from protocol.codes import CloseCode
from servicehost.domain.contract import EVERYTHING
from servicehost.domain.errors import Conflict, Forbidden, Invalid, NotFound
from servicehost.domain.exchange import ExchangeState, Failure
from servicehost.domain.life import LifeSaid
from servicehost.domain.people import Actor
from servicehost.domain.unit import Life, Unit
from servicehost.operations.bind_unit import bind_unit
from servicehost.operations.change_unit_life import change_unit_life
from servicehost.operations.phone_home import phone_home
from servicehost.operations.unbind_unit import unbind_unit
from servicehost.operations.work_due import work_due
from servicehost.ports.desk import NotAdmitted, Stale, Welcomed
from tests.builders.stories import SENDBACK, until
from tests.builders.units import US, a_call
from tests.builders.world import CODE, DISPATCHER, MANAGER, NEW, NEW_2, OLD, STRANGER, SUPPORT, World, distribution_id

S = ExchangeState
FRESH = 77
"""A certificate issued since."""


async def say(world: World, unit_id: int, said: LifeSaid, actor: Actor = DISPATCHER, reason: str = "told so") -> Unit:
    ports = {"store": world.store, "clock": world.clock, "line": world.line}
    return await change_unit_life(actor, distribution_id(unit_id), said, reason, **ports)  # type: ignore[arg-type]  # the three ports by name


async def the_life(world: World, unit_id: int) -> Life:
    found = await world.store.batch(EVERYTHING, lambda batch: batch.units_by_id([unit_id]))
    return found[unit_id].life


async def told(world: World, unit_id: int) -> tuple[CloseCode, str]:
    with pytest.raises(NotAdmitted) as refused:
        await world.hello(unit_id)
    return refused.value.code, refused.value.reason


async def in_stock(world: World, unit_id: int) -> str | None:
    spare = await world.store.batch(EVERYTHING, lambda batch: batch.spare(unit_id))
    return None if spare is None else spare.state


@pytest.mark.parametrize("said", [LifeSaid.LOST, LifeSaid.STOLEN])
async def test_from_the_theft_on_a_unit_gets_no_config_even_in_a_session_that_nobody_has_closed(
    case_world: World, said: LifeSaid
) -> None:
    welcomed = await case_world.hello(OLD)
    assert await case_world.store.batch(EVERYTHING, lambda batch: work_due(batch, [welcomed.fence])) == [None]
    case_world.line.ended.clear()

    unit = await say(case_world, OLD, said, MANAGER)

    assert (unit.life, unit.life_reason, unit.life_since) == (Life(said), "told so", case_world.clock.wall())
    # Nobody has heard the line: the fence in the store alone keeps the config.
    (answer,) = await case_world.store.batch(EVERYTHING, lambda batch: work_due(batch, [welcomed.fence]))
    assert isinstance(answer, Stale)
    assert await told(case_world, OLD) == (CloseCode.REVOKED, said.value)
    assert case_world.line.ended == [(OLD, welcomed.fence.epoch + 2)]
    assert case_world.line.codes[-1] is CloseCode.REVOKED
    assert await case_world.bound() == OLD


async def test_what_is_said_twice_changes_nothing_and_closes_nothing(case_world: World) -> None:
    first = await say(case_world, OLD, LifeSaid.STOLEN)
    case_world.line.ended.clear()
    case_world.clock.now_ms += 1
    assert await say(case_world, OLD, LifeSaid.STOLEN, reason="again") == first
    assert case_world.line.ended == []


@pytest.mark.parametrize("said", [LifeSaid.RETURNED, LifeSaid.RETIRED, LifeSaid.REGISTERED])
async def test_a_unit_that_serves_is_not_unbound_silently(case_world: World, said: LifeSaid) -> None:
    with pytest.raises(Conflict, match="unbind it first") as refused:
        await say(case_world, OLD, said)
    assert refused.value.code == "unit_bound"
    assert await case_world.bound() == OLD
    assert (await case_world.hello(OLD)).welcome.standing == "serving"


async def test_a_stolen_unit_can_be_exchanged_and_stays_stolen(case_world: World) -> None:
    await until(case_world, SENDBACK, S.ARRIVED)
    await say(case_world, OLD, LifeSaid.STOLEN, MANAGER)
    await case_world.workers()

    assert await case_world.bound() == NEW
    assert await the_life(case_world, OLD) is Life.STOLEN
    assert await told(case_world, OLD) == (CloseCode.REVOKED, "stolen")
    assert await the_life(case_world, NEW) is Life.BOUND


async def test_a_stolen_unit_that_keeps_dialling_does_not_hold_up_its_replacement(case_world: World) -> None:
    await until(case_world, SENDBACK, S.ARRIVED)
    await say(case_world, OLD, LifeSaid.STOLEN, MANAGER)
    calls = [a_call(distribution_id(unit_id)) for unit_id in (OLD, NEW)]
    now = case_world.clock.wall()
    both = await case_world.store.batch(EVERYTHING, lambda batch: phone_home(batch, calls, US, now))
    assert isinstance(both[0], NotAdmitted)
    assert isinstance(both[1], Welcomed)
    assert both[1].welcome.standing == "serving"


async def test_what_is_found_while_its_adapter_waits_for_it_serves_again(case_world: World) -> None:
    await say(case_world, OLD, LifeSaid.LOST)
    assert (await say(case_world, OLD, LifeSaid.FOUND)).life is Life.BOUND
    assert await told(case_world, OLD) == (CloseCode.REVOKED, "revoked")
    assert (await case_world.hello(OLD, leaf=FRESH)).welcome.standing == "serving"


async def test_the_swap_replaces_the_old_unit_and_both_sessions_end_with_their_reason(case_world: World) -> None:
    await until(case_world, SENDBACK, S.SWAPPED)
    await case_world.workers()

    assert await the_life(case_world, OLD) is Life.REPLACED
    ends = dict(zip((unit for unit, _ in case_world.line.ended), case_world.line.codes, strict=True))
    assert ends == {OLD: CloseCode.REPLACED, NEW: CloseCode.UNBOUND}
    assert await told(case_world, OLD) == (CloseCode.REPLACED, "replaced")


async def test_a_replaced_unit_is_bound_again_when_the_new_one_is_dead_on_arrival(case_world: World) -> None:
    await until(case_world, SENDBACK, S.SWAPPED)
    await case_world.ops.fail_exchange(MANAGER, 1, Failure.DEAD_ON_ARRIVAL)

    assert await the_life(case_world, OLD) is Life.BOUND
    assert await the_life(case_world, NEW) is Life.REGISTERED
    assert (await case_world.hello(OLD)).welcome.standing == "serving"


@pytest.mark.parametrize("said", [LifeSaid.STOLEN, LifeSaid.RETURNED])
async def test_a_replaced_unit_that_has_gone_is_not_bound_again_and_the_failure_is_recorded(
    case_world: World, said: LifeSaid
) -> None:
    await until(case_world, SENDBACK, S.SWAPPED)
    await say(case_world, OLD, said)
    failed = await case_world.ops.fail_exchange(MANAGER, 1, Failure.DEAD_ON_ARRIVAL)

    assert failed.state is S.FAILED
    assert await case_world.bound() is None
    assert await the_life(case_world, OLD) is Life(said)


async def test_from_returned_to_registered_to_stock_is_a_word_each(case_world: World) -> None:
    await case_world.hello(NEW)
    await say(case_world, NEW, LifeSaid.RETURNED)
    with pytest.raises(Conflict) as refused:
        await case_world.ops.stock_unit(DISPATCHER, distribution_id(NEW))
    assert refused.value.code == "unit_returned"
    assert await told(case_world, NEW) == (CloseCode.OUT_OF_SERVICE, "returned")
    await say(case_world, NEW, LifeSaid.REGISTERED)
    await case_world.ops.stock_unit(DISPATCHER, distribution_id(NEW))
    assert await in_stock(case_world, NEW) == "free"
    assert await told(case_world, NEW) == (CloseCode.REVOKED, "revoked")
    assert (await case_world.hello(NEW, leaf=FRESH)).welcome.standing == "standby"


@pytest.mark.parametrize("said", [LifeSaid.RETURNED, LifeSaid.RETIRED, LifeSaid.LOST, LifeSaid.STOLEN])
async def test_whoever_is_gone_leaves_the_stock_and_can_serve_nobody(case_world: World, said: LifeSaid) -> None:
    await case_world.hello(NEW)
    await say(case_world, NEW, said)
    assert await in_stock(case_world, NEW) is None
    code = CloseCode.REVOKED if said in (LifeSaid.LOST, LifeSaid.STOLEN) else CloseCode.OUT_OF_SERVICE
    assert await told(case_world, NEW) == (code, said.value)
    assert case_world.line.codes == [code]

    ports = {"store": case_world.store, "clock": case_world.clock, "line": case_world.line}
    await unbind_unit(DISPATCHER, CODE, "moved", **ports)  # type: ignore[arg-type]  # the three ports by name
    with pytest.raises(Conflict) as refused:
        await bind_unit(DISPATCHER, CODE, distribution_id(NEW), "", **ports)  # type: ignore[arg-type]  # as above
    assert refused.value.code == f"unit_{said}"
    assert await case_world.bound() is None
    assert await the_life(case_world, OLD) is Life.REGISTERED


async def test_a_reserved_unit_goes_home_only_after_its_exchange_but_may_be_lost_on_the_way(case_world: World) -> None:
    await until(case_world, SENDBACK, S.ORDERED)
    with pytest.raises(Conflict) as refused:
        await say(case_world, NEW, LifeSaid.RETIRED)
    assert refused.value.code == "unit_reserved"
    assert await in_stock(case_world, NEW) == "reserved"

    await say(case_world, NEW, LifeSaid.LOST)
    assert await in_stock(case_world, NEW) == "reserved"


async def test_a_lost_replacement_swaps_nothing_by_dialling_and_people_are_told_when_they_try(
    case_world: World,
) -> None:
    await until(case_world, SENDBACK, S.ARRIVED)
    await say(case_world, NEW, LifeSaid.STOLEN)
    await case_world.falls_silent(OLD)
    assert await told(case_world, NEW) == (CloseCode.REVOKED, "stolen")
    await case_world.workers()
    assert await case_world.bound() == OLD
    with pytest.raises(Conflict) as refused:
        await case_world.ops.swap_unit(MANAGER, 1, "")
    assert refused.value.code == "unit_stolen"
    assert (await case_world.ops.fail_exchange(DISPATCHER, 1, Failure.LOST_IN_TRANSIT)).state is S.FAILED


async def test_a_missing_units_silence_raises_no_suspicion(case_world: World) -> None:
    await case_world.hello(OLD)
    await say(case_world, OLD, LifeSaid.LOST)
    await case_world.passes(3_600)
    assert (await case_world.ops.suspect_silence(600_000)).noted == 0
    await say(case_world, OLD, LifeSaid.FOUND)
    assert (await case_world.ops.suspect_silence(600_000)).noted == 1


@pytest.mark.parametrize(("actor", "said"), [(MANAGER, LifeSaid.RETURNED), (MANAGER, LifeSaid.FOUND),
                                             (SUPPORT, LifeSaid.STOLEN), (DISPATCHER, LifeSaid.BOUND)])  # fmt: skip
async def test_a_word_that_is_not_theirs_to_say_is_refused(case_world: World, actor: Actor, said: LifeSaid) -> None:
    with pytest.raises(Forbidden) as refused:
        await say(case_world, OLD, said, actor)
    assert refused.value.code == "no_right"


async def test_bad_words_are_refused_by_name(case_world: World) -> None:
    with pytest.raises(Invalid) as unreasoned:
        await say(case_world, OLD, LifeSaid.LOST, reason=" ")
    assert unreasoned.value.code == "no_reason"
    with pytest.raises(NotFound) as unknown:
        await say(case_world, 99, LifeSaid.LOST)
    with pytest.raises(NotFound) as anothers:
        await say(case_world, OLD, LifeSaid.LOST, STRANGER)
    with pytest.raises(NotFound) as providers:
        await say(case_world, NEW_2, LifeSaid.LOST, MANAGER)
    assert {one.value.code for one in (unknown, anothers, providers)} == {"unit_not_found"}
    with pytest.raises(Conflict) as here:
        await say(case_world, OLD, LifeSaid.FOUND)
    assert here.value.code == "unit_not_missing"


@pytest.mark.parametrize("said", [LifeSaid.LOST, LifeSaid.STOLEN, LifeSaid.RETURNED, LifeSaid.RETIRED])
async def test_certificates_are_revoked_with_the_life_and_the_refusal_names_the_life(
    case_world: World, said: LifeSaid
) -> None:
    reason = "key_compromise" if said is LifeSaid.STOLEN else "cessation_of_operation"
    await case_world.hello(NEW)
    await case_world.hello(NEW, leaf=FRESH)  # nobody has recorded this one
    await say(case_world, NEW, said)
    kept = await case_world.reads.certificates(EVERYTHING, distribution_id(NEW))
    assert [(one.revoked_at, one.revoked_reason) for one in kept] == [(case_world.clock.wall(), reason)] * 2
    for leaf in (NEW, FRESH, 78):
        with pytest.raises(NotAdmitted) as refused:
            await case_world.hello(NEW, leaf=leaf)
        assert refused.value.reason == said.value


async def test_the_manager_who_reports_a_theft_revokes_too(case_world: World) -> None:
    await case_world.hello(OLD)
    await say(case_world, OLD, LifeSaid.STOLEN, MANAGER)
    (kept,) = await case_world.reads.certificates(EVERYTHING, distribution_id(OLD))
    assert kept.revoked_reason == "key_compromise"


async def test_what_was_revoked_when_it_was_lost_keeps_its_reason_when_it_turns_out_stolen(case_world: World) -> None:
    await say(case_world, OLD, LifeSaid.LOST)
    await say(case_world, OLD, LifeSaid.STOLEN)
    (kept,) = await case_world.reads.certificates(EVERYTHING, distribution_id(OLD))
    assert kept.revoked_reason == "cessation_of_operation"
    told_of = [one.sub_type for one in await case_world.reads.events(EVERYTHING, limit=99)]
    assert told_of.count("certificates_revoked") == 1


async def test_a_loss_ends_no_session_that_the_unit_has_opened_since(case_world: World) -> None:
    await say(case_world, OLD, LifeSaid.LOST)
    await say(case_world, OLD, LifeSaid.FOUND)
    later = (await case_world.hello(OLD, leaf=FRESH)).fence.epoch
    assert [below for _, below in case_world.line.ended if below > later] == []
