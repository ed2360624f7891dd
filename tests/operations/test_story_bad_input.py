import pytest

from protocol.codes import CloseCode
from servicehost.backends.carriers.simulated import Conduct
from servicehost.domain.contract import EVERYTHING
from servicehost.domain.errors import Conflict, Forbidden, Invalid, NotFound
from servicehost.domain.exchange import ExchangeState, Failure
from servicehost.domain.fact_kind import Cause, FactName, Location, Source, Supplier
from servicehost.domain.fault import FaultEnd
from servicehost.domain.people import Actor
from servicehost.domain.rules import Verdict
from servicehost.operations.request_exchange import ExchangeRequest
from servicehost.operations.reserve_unit import Choice
from servicehost.operations.set_terms import Terms
from servicehost.operations.state_fact import Statement
from servicehost.operations.take_carrier_notice import take_carrier_notice
from servicehost.ports.carrier import CarrierNotice, NoticeKind
from servicehost.ports.desk import NotAdmitted
from tests.builders.stories import ASKED, ON_SITE, SENDBACK, tell, until
from tests.builders.world import (
    CODE,
    DISPATCHER,
    MANAGER,
    NEW,
    NEW_2,
    OLD,
    OTHER_MODEL,
    STRANGER,
    SUPPORT,
    World,
    distribution_id,
)

S = ExchangeState


async def _events(case_world: World, sub_type: str) -> int:
    query = "SELECT count(*) FROM event WHERE sub_type = ?"

    def count(batch: object) -> int:
        return int(batch._on.exec_driver_sql(query, (sub_type,)).scalar_one())  # type: ignore[attr-defined]  # the test looks beneath the port

    return await case_world.store.batch(EVERYTHING, count)


async def test_a_request_by_somebody_of_the_provider_is_declined_as_a_strangers(case_world: World) -> None:
    await case_world.ops.request_exchange(SUPPORT, ExchangeRequest(service_code=CODE, attendee="Sato"))
    await case_world.workers()

    exchange = await case_world.exchange()
    assert (exchange.state, exchange.reason) == (S.DECLINED, "not_operation_manager")
    assert exchange.fault is None


async def test_another_customers_manager_finds_no_such_adapter_and_no_such_exchange(case_world: World) -> None:
    with pytest.raises(NotFound, match="no adapter"):
        await case_world.ops.request_exchange(STRANGER, ExchangeRequest(service_code=CODE))
    await until(case_world, SENDBACK, S.ARRIVED)
    for attempt in (
        case_world.ops.swap_unit(STRANGER, 1, ""),
        case_world.ops.cancel_exchange(STRANGER, 1, "mine"),
        case_world.ops.confirm_recovery(STRANGER, 1),
        case_world.ops.fail_exchange(STRANGER, 1, Failure.DEAD_ON_ARRIVAL),
        case_world.ops.state_fact(STRANGER, 1, Statement(name=FactName.ATTENDEE, value=True)),
    ):
        with pytest.raises(NotFound, match="no exchange 1"):
            await attempt


async def test_two_sources_that_differ_leave_it_undecided_until_a_dispatcher_settles_it(
    case_world: World,
) -> None:
    await tell(case_world, ON_SITE[:6])
    await case_world.ops.state_fact(DISPATCHER, 1, Statement(name=FactName.PROVIDER_DOWNGRADE, value=False))
    elsewhere = Statement(name=FactName.LOCATION, value=Location.ELSEWHERE, source=Source.SITE)
    await case_world.ops.state_fact(SUPPORT, 1, elsewhere)
    await case_world.workers()

    exchange = await case_world.exchange()
    assert exchange.state is S.REQUESTED
    assert exchange.judged is not None
    assert [(ask.fact, ask.ask) for ask in exchange.judged.missing] == [(FactName.LOCATION, Supplier.DISPATCHER)]

    await case_world.passes(1)
    settled = Statement(name=FactName.LOCATION, value=Location.DECLARED, settles=True)
    await case_world.ops.state_fact(DISPATCHER, 1, settled)
    await case_world.workers()
    exchange = await case_world.exchange()
    assert (exchange.state, exchange.method) == (S.ORDERED, Verdict.ONSITE_SWAP)


@pytest.mark.parametrize(
    ("actor", "statement"),
    [
        (MANAGER, Statement(name=FactName.PROVIDER_DOWNGRADE, value=False)),
        (MANAGER, Statement(name=FactName.LOCATION, value=Location.DECLARED, source=Source.DISPATCHER)),
        (SUPPORT, Statement(name=FactName.CAUSE, value=Cause.NATURAL)),
        (DISPATCHER, Statement(name=FactName.REQUESTER, value="operation_manager")),
    ],
)
async def test_nobody_states_what_is_not_theirs(actor: Actor, statement: Statement, case_world: World) -> None:
    await tell(case_world, ON_SITE[:6])
    with pytest.raises(Forbidden, match="may not state"):
        await case_world.ops.state_fact(actor, 1, statement)


async def test_a_value_that_no_fact_has_is_refused_by_name(case_world: World) -> None:
    await tell(case_world, ON_SITE[:6])
    with pytest.raises(Invalid, match="not one of its values"):
        await case_world.ops.state_fact(MANAGER, 1, Statement(name=FactName.SITE, value="closed"))


async def test_a_fact_stated_after_the_order_is_kept_and_changes_nothing(case_world: World) -> None:
    await until(case_world, ON_SITE, S.ORDERED)
    before = await case_world.exchange()
    await case_world.ops.state_fact(
        DISPATCHER, 1, Statement(name=FactName.PROVIDER_DOWNGRADE, value=True, reason="flood")
    )
    await case_world.workers()

    assert await case_world.exchange() == before


async def test_a_finding_before_the_order_turns_the_verdict_and_frees_the_spare(case_world: World) -> None:
    case_world.carrier.conduct = Conduct(reachable=False)
    await tell(case_world, ON_SITE[:2])
    await case_world.ops.request_exchange(MANAGER, ASKED)
    await case_world.ops.record_triage(SUPPORT, 1, Cause.NATURAL, "seen")
    await case_world.ops.state_fact(DISPATCHER, 1, Statement(name=FactName.PROVIDER_DOWNGRADE, value=False))
    await case_world.ops.run_reactions()
    assert (await case_world.exchange()).state is S.RESERVED

    await case_world.passes(1)
    await case_world.ops.record_triage(SUPPORT, 1, Cause.NOT_HARDWARE, "it was the line")
    for _ in range(6):
        await case_world.passes(60)
        await case_world.ops.run_reactions()

    exchange = await case_world.exchange()
    spare = await case_world.store.batch(EVERYTHING, lambda batch: batch.spare(NEW))
    assert (exchange.state, exchange.reason) == (S.DECLINED, "not_hardware")
    assert spare is not None
    assert (spare.state, spare.exchange) == ("free", None)


async def test_the_wrong_model_is_refused_by_name_unless_a_dispatcher_insists(case_world: World) -> None:
    for number in (NEW, NEW_2):
        await case_world.store.batch(EVERYTHING, lambda batch, n=number: batch.drop_spare(n))  # type: ignore[misc]  # mypy cannot infer a lambda with a default
    await tell(case_world, SENDBACK[:5])
    other = distribution_id(OTHER_MODEL)
    assert (await case_world.exchange()).state is S.JUDGED
    with pytest.raises(Conflict) as refused:
        await case_world.ops.reserve_unit(DISPATCHER, 1, Choice(distribution_id=other))
    assert refused.value.code == "wrong_model"

    insisted = await case_world.ops.reserve_unit(
        DISPATCHER, 1, Choice(distribution_id=other, override=True, reason="nothing else is left")
    )
    assert (insisted.new_unit_id, insisted.expected_firmware) == (OTHER_MODEL, None)


async def test_a_dead_replacement_gives_the_old_unit_its_binding_back_and_the_fault_stays_open(
    case_world: World,
) -> None:
    await until(case_world, SENDBACK, S.SWAPPED)
    assert await case_world.bound() == NEW
    await case_world.ops.fail_exchange(MANAGER, 1, Failure.DEAD_ON_ARRIVAL)
    await case_world.workers()

    assert await case_world.bound() == OLD
    assert (await case_world.hello(OLD)).welcome.standing == "serving"
    assert (await case_world.hello(NEW)).welcome.standing == "standby"
    assert {unit for unit, _ in case_world.line.ended} == {OLD, NEW}
    again = await case_world.ops.request_exchange(MANAGER, ExchangeRequest(service_code=CODE))
    assert again.fault == 1
    await case_world.workers()
    assert (await case_world.exchange(2)).new_unit_id == NEW_2


async def test_a_reserved_unit_that_greets_while_the_old_one_serves_is_on_stand_by(case_world: World) -> None:
    await until(case_world, SENDBACK, S.ARRIVED)

    assert (await case_world.hello(NEW)).welcome.standing == "standby"
    assert (await case_world.hello(OLD)).welcome.standing == "serving"


async def test_the_new_unit_serves_as_soon_as_the_old_one_has_fallen_silent(case_world: World) -> None:
    await until(case_world, SENDBACK, S.ARRIVED)
    await case_world.falls_silent(OLD)
    await case_world.workers()

    assert await case_world.bound() == NEW
    assert (NEW, 2) in case_world.line.ended  # its session on stand-by is to end; the one after it serves


async def test_a_spare_that_greets_from_the_shelf_swaps_nothing(case_world: World) -> None:
    case_world.carrier.conduct = Conduct(reachable=False)
    await tell(case_world, SENDBACK[:4])
    await case_world.ops.run_reactions()
    await case_world.falls_silent(OLD)
    assert (await case_world.exchange()).state is S.RESERVED

    assert (await case_world.hello(NEW)).welcome.standing == "standby"
    assert await case_world.bound() == OLD


async def test_an_old_unit_that_comes_back_to_life_after_the_swap_is_told_and_heard(case_world: World) -> None:
    await until(case_world, ON_SITE, S.SWAPPED)

    with pytest.raises(NotAdmitted) as turned_away:
        await case_world.hello(OLD)
    assert (turned_away.value.code, turned_away.value.reason) == (CloseCode.REPLACED, "replaced")
    assert await case_world.bound() == NEW
    assert await _events(case_world, "replaced_unit_heard") == 1
    with pytest.raises(Conflict, match="may still need"):
        await case_world.ops.stock_unit(DISPATCHER, distribution_id(OLD))


async def test_swap_now_on_site_is_the_attendees_word(case_world: World) -> None:
    await until(case_world, ON_SITE, S.ORDERED)
    for name in ("", "Suzuki"):
        with pytest.raises(Forbidden, match="attendee's word"):
            await case_world.ops.swap_unit(MANAGER, 1, name)
    with pytest.raises(Forbidden, match="only under a consent"):
        await case_world.ops.swap_unit(SUPPORT, 1, "Sato")

    said = await case_world.ops.swap_unit(DISPATCHER, 1, "sato")
    assert (said.state, said.swap_now_by) == (S.ORDERED, "Sato through dispatcher")
    await case_world.hello(OLD)
    await case_world.passes(1)
    await case_world.hello(NEW)
    assert await case_world.bound() == NEW


async def test_swap_now_at_a_sendback_is_the_operation_managers_word(case_world: World) -> None:
    await until(case_world, SENDBACK, S.ARRIVED)
    with pytest.raises(Forbidden, match="only under a consent"):
        await case_world.ops.swap_unit(DISPATCHER, 1, "")


async def test_swap_now_before_anything_was_sent_is_refused_by_name(case_world: World) -> None:
    await tell(case_world, SENDBACK[:4])
    with pytest.raises(Conflict) as refused:
        await case_world.ops.swap_unit(MANAGER, 1, "")
    assert refused.value.code == "not_judged"


async def test_a_certificate_of_another_unit_is_never_accepted(case_world: World) -> None:
    await until(case_world, ON_SITE, S.SWAPPED)
    await case_world.passes(1)
    await case_world.hello(NEW, leaf=NEW_2)
    await case_world.reports(NEW)
    await case_world.workers()

    points = await case_world.store.batch(EVERYTHING, lambda batch: batch.acceptance(1))
    assert (await case_world.exchange()).state is S.SWAPPED
    assert {point.point: point.found for point in points if not point.holds} == {
        "own_session": "another unit's certificate"
    }


async def test_firmware_other_than_the_old_units_is_not_accepted(case_world: World) -> None:
    await until(case_world, ON_SITE, S.SWAPPED)
    await case_world.passes(1)
    await case_world.hello(NEW, firmware="0.9")
    await case_world.reports(NEW)
    await case_world.workers()

    assert (await case_world.exchange()).state is S.SWAPPED
    with pytest.raises(Conflict) as refused:
        await case_world.ops.confirm_recovery(MANAGER, 1)
    assert refused.value.code == "not_accepted"


async def test_a_carrier_that_says_everything_twice_changes_nothing_the_second_time(case_world: World) -> None:
    case_world.carrier.conduct = Conduct(travel_s=0, echoes=5)
    await until(case_world, SENDBACK, S.ORDERED)
    for _ in range(4):
        await case_world.workers()

    view = await case_world.exchange()
    assert view.state is S.ARRIVED
    assert await _events(case_world, "exchange_arrived") == 1
    assert await _events(case_world, "carrier_notice_without_effect") == 0


async def test_a_carrier_that_says_so_only_after_the_swap_is_heard_without_effect(case_world: World) -> None:
    case_world.carrier.conduct = Conduct(travel_s=0, notice_delay_s=3_600)
    await until(case_world, SENDBACK, S.SWAPPED)
    before = await case_world.exchange()
    await case_world.passes(3_600)
    await case_world.ops.collect_notices()

    assert await case_world.exchange() == before
    assert await _events(case_world, "carrier_notice_without_effect") == 1


async def test_a_carrier_that_never_speaks_is_chased_and_the_hello_itself_is_the_arrival(case_world: World) -> None:
    case_world.carrier.conduct = Conduct(travel_s=0, speaks=False)
    await until(case_world, SENDBACK, S.ORDERED)
    assert await case_world.ops.chase_orders(3_600_000) == 0
    await case_world.passes(3_601)
    assert await case_world.ops.chase_orders(3_600_000) == 1

    await case_world.hello(NEW)
    assert (await case_world.exchange()).state is S.ARRIVED


async def test_a_carrier_that_refuses_fails_the_exchange_and_keeps_the_old_unit_serving(case_world: World) -> None:
    case_world.carrier.conduct = Conduct(refuses=True)
    await tell(case_world, SENDBACK[:5])
    await case_world.workers()

    exchange = await case_world.exchange()
    assert (exchange.state, exchange.reason) == (S.FAILED, "carrier_refused")
    assert await case_world.bound() == OLD


async def test_a_carrier_that_refuses_what_has_arrived_is_heard_without_effect(case_world: World) -> None:
    await until(case_world, SENDBACK, S.ARRIVED)
    notice = CarrierNotice(message_id="m", order_id="exchange-1", kind=NoticeKind.REFUSED)
    after = await take_carrier_notice(notice, store=case_world.store, clock=case_world.clock)

    assert after.state is S.ARRIVED


@pytest.mark.parametrize("order", ["exchange-99", "exchange-", "exchange-1e3", "parcel-1", "exchange-" + "9" * 30])
async def test_a_notice_about_an_order_nobody_placed_is_refused_by_name(order: str, case_world: World) -> None:
    notice = CarrierNotice(message_id="m", order_id=order, kind=NoticeKind.ARRIVED)
    with pytest.raises(NotFound) as refused:
        await take_carrier_notice(notice, store=case_world.store, clock=case_world.clock)
    assert refused.value.code == "unknown_order"


async def test_an_unreachable_carrier_parks_the_order_which_a_dispatcher_sends_again(case_world: World) -> None:
    case_world.carrier.conduct = Conduct(reachable=False)
    await tell(case_world, SENDBACK[:4])
    for _ in range(6):
        await case_world.ops.run_reactions()
        await case_world.passes(60)
    assert (await case_world.exchange()).state is S.RESERVED
    assert await _events(case_world, "reaction_parked") == 1

    case_world.carrier.conduct = Conduct(travel_s=0)
    parked = await case_world.store.batch(EVERYTHING, lambda batch: [batch.reaction(n) for n in range(1, 20)])
    (number,) = [one.number for one in parked if one is not None]
    with pytest.raises(Forbidden):
        await case_world.ops.resend_reaction(MANAGER, number)
    await case_world.ops.resend_reaction(DISPATCHER, number)
    await case_world.ops.run_reactions()
    assert (await case_world.exchange()).state is S.ORDERED


async def test_a_cancelled_exchange_frees_what_it_held_and_says_who_and_why(case_world: World) -> None:
    await until(case_world, SENDBACK, S.ORDERED)
    with pytest.raises(Invalid, match="why"):
        await case_world.ops.cancel_exchange(MANAGER, 1, " ")
    with pytest.raises(Forbidden):
        await case_world.ops.cancel_exchange(SUPPORT, 1, "no")
    cancelled = await case_world.ops.cancel_exchange(MANAGER, 1, "it works again")
    await case_world.workers()

    spare = await case_world.store.batch(EVERYTHING, lambda batch: batch.spare(NEW))
    assert (cancelled.state, cancelled.reason) == (S.CANCELLED, "it works again")
    assert spare is not None
    assert spare.state == "out"
    assert await case_world.ops.cancel_exchange(MANAGER, 1, "again") == cancelled
    await case_world.ops.close_fault(MANAGER, 1, FaultEnd.WITHDRAWN)


async def test_a_fault_with_an_open_exchange_is_not_closed(case_world: World) -> None:
    await tell(case_world, SENDBACK[:4])
    with pytest.raises(Conflict, match="is open"):
        await case_world.ops.close_fault(MANAGER, 1, FaultEnd.WITHDRAWN)


async def test_a_second_request_while_one_is_open_is_refused_by_name(case_world: World) -> None:
    await tell(case_world, SENDBACK[:4])
    with pytest.raises(Conflict, match="is open"):
        await case_world.ops.request_exchange(MANAGER, ExchangeRequest(service_code=CODE))


async def test_terms_without_a_unit_to_carry_them_are_refused(case_world: World) -> None:
    with pytest.raises(NotFound, match="No unit serves"):
        await case_world.ops.set_terms(DISPATCHER, "nxe000000002", Terms(ownership="rental"))  # type: ignore[arg-type]  # its text will do


async def test_triage_without_evidence_is_refused(case_world: World) -> None:
    await tell(case_world, SENDBACK[:2])
    with pytest.raises(Invalid, match="evidence"):
        await case_world.ops.record_triage(SUPPORT, 1, Cause.NATURAL, "  ")
    with pytest.raises(Forbidden):
        await case_world.ops.record_triage(MANAGER, 1, Cause.NATURAL, "I think so")
