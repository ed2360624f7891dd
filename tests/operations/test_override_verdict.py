"""A dispatcher decides otherwise than the rules: never silently, and only until the exchange is ordered."""

import pytest

from servicehost.backends.sql.reads import open_reads
from servicehost.domain.contract import EVERYTHING
from servicehost.domain.errors import Conflict, Forbidden, Invalid, NotFound, Refused
from servicehost.domain.exchange import ExchangeState
from servicehost.domain.fact_kind import Cause
from servicehost.domain.people import Actor
from servicehost.domain.rules import Verdict
from servicehost.operations.request_exchange import ExchangeRequest
from tests.builders.stories import SENDBACK, tell, until
from tests.builders.world import CODE, DISPATCHER, MANAGER, NEW, NEW_2, OLD, STRANGER, SUPPORT, World

S, V = ExchangeState, Verdict
WHY = "the customer's only line, and a driver is near"


async def _judged(world: World) -> None:
    """A sendback that waits for a unit to be taken into stock."""
    for unit_id in (NEW, NEW_2):
        await world.store.batch(EVERYTHING, lambda batch, one=unit_id: batch.drop_spare(one))  # type: ignore[misc]  # mypy cannot infer a lambda with a default
    await tell(world, SENDBACK[:5])
    assert (await world.exchange()).state is S.JUDGED


async def _settled(world: World) -> None:
    """Steps that wait for a spare are parked, and what is behind them is done."""
    for _ in range(6):
        await world.passes(60)
        await world.ops.run_reactions()


async def test_an_override_decides_the_method_and_the_rules_stay_readable_beside_it(case_world: World) -> None:
    await _judged(case_world)
    await case_world.ops.swaps.override_verdict(DISPATCHER, 1, V.ONSITE_SWAP, WHY)
    await _settled(case_world)

    exchange = await case_world.exchange()
    assert (exchange.state, exchange.method) == (S.JUDGED, V.ONSITE_SWAP)
    assert exchange.judged is not None
    assert (exchange.judged.method, exchange.judged.decided_by) == (V.SENDBACK, "rental_without_option")
    assert exchange.judged.override is not None
    assert (exchange.judged.override.reason, exchange.judged.override.by) == (WHY, DISPATCHER.master_id)
    assert len(exchange.judged.trace) == 12


async def test_an_override_taken_back_leaves_the_rules_verdict_and_both_words_on_record(case_world: World) -> None:
    await _judged(case_world)
    await case_world.ops.swaps.override_verdict(DISPATCHER, 1, V.ONSITE_SWAP, WHY)
    await _settled(case_world)
    await case_world.ops.swaps.withdraw_override(DISPATCHER, 1, "the driver is ill")
    await _settled(case_world)

    exchange = await case_world.exchange()
    reads = open_reads(case_world.database)
    view = await reads.exchange(EVERYTHING, 1)
    await reads.close()
    assert exchange.method is V.SENDBACK
    assert exchange.judged is not None
    assert exchange.judged.override is None
    assert view is not None
    (record,) = view.overrides
    assert (record.ruled, record.verdict, record.withdrawn_reason) == (V.SENDBACK, V.ONSITE_SWAP, "the driver is ill")


async def test_a_declined_request_is_taken_up_again_by_it_and_declined_again_without_it(case_world: World) -> None:
    await case_world.hello(OLD)
    await case_world.ops.request_exchange(MANAGER, ExchangeRequest(service_code=CODE))
    await case_world.ops.record_triage(SUPPORT, 1, Cause.NOT_HARDWARE, "it is the line")
    await _settled(case_world)
    assert (await case_world.exchange()).state is S.DECLINED
    for unit_id in (NEW, NEW_2):
        await case_world.store.batch(EVERYTHING, lambda batch, one=unit_id: batch.drop_spare(one))  # type: ignore[misc]  # mypy cannot infer a lambda with a default

    await case_world.ops.swaps.override_verdict(DISPATCHER, 1, V.SENDBACK, "goodwill")
    assert (await case_world.exchange()).state is S.REQUESTED
    await _settled(case_world)
    granted = await case_world.exchange()
    await case_world.ops.swaps.withdraw_override(DISPATCHER, 1, "no goodwill")
    await _settled(case_world)
    declined = await case_world.exchange()
    assert (granted.state, granted.method) == (S.JUDGED, V.SENDBACK)
    assert (declined.state, declined.reason) == (S.DECLINED, "not_hardware")


async def test_a_grant_can_be_overridden_to_a_decline_and_back(case_world: World) -> None:
    await _judged(case_world)
    await case_world.ops.swaps.override_verdict(DISPATCHER, 1, V.DECLINED, "asked for twice")
    await _settled(case_world)
    declined = await case_world.exchange()
    await case_world.ops.swaps.withdraw_override(DISPATCHER, 1, "it was not")
    await _settled(case_world)
    assert (declined.state, declined.reason) == (S.DECLINED, "overridden")
    assert (await case_world.exchange()).state is S.JUDGED


async def test_a_strangers_request_is_granted_by_nobody(case_world: World) -> None:
    await case_world.hello(OLD)
    await case_world.ops.request_exchange(SUPPORT, ExchangeRequest(service_code=CODE))
    await _settled(case_world)
    with pytest.raises(Conflict) as refused:
        await case_world.ops.swaps.override_verdict(DISPATCHER, 1, V.SENDBACK, WHY)
    assert refused.value.code == "stranger_asks"


async def test_what_is_on_its_way_is_overridden_no_more(case_world: World) -> None:
    await until(case_world, SENDBACK, S.ORDERED)
    for step in (
        case_world.ops.swaps.override_verdict(DISPATCHER, 1, V.ONSITE_SWAP, WHY),
        case_world.ops.swaps.withdraw_override(DISPATCHER, 1, WHY),
    ):
        with pytest.raises(Conflict) as refused:
            await step
        assert refused.value.code == "ordered_already"


@pytest.mark.parametrize(
    ("actor", "verdict", "reason", "kind", "code"),
    [
        (MANAGER, V.ONSITE_SWAP, WHY, Forbidden, "no_right"),
        (STRANGER, V.ONSITE_SWAP, WHY, Forbidden, "no_right"),
        (SUPPORT, V.ONSITE_SWAP, WHY, Forbidden, "no_right"),
        (DISPATCHER, V.ONSITE_SWAP, " ", Invalid, "no_reason"),
        (DISPATCHER, V.UNDECIDED, WHY, Invalid, "bad_verdict"),
        (DISPATCHER, V.ONSITE_SWAP, WHY, NotFound, "exchange_not_found"),
    ],
)
async def test_an_override_that_cannot_be_is_refused_by_name(  # noqa: PLR0917 - one column each
    case_world: World, actor: Actor, verdict: Verdict, reason: str, kind: type[Refused], code: str
) -> None:
    with pytest.raises(kind) as refused:
        await case_world.ops.swaps.override_verdict(actor, 1, verdict, reason)
    assert refused.value.code == code


async def test_nothing_is_overridden_before_the_rules_have_spoken(case_world: World) -> None:
    await case_world.ops.request_exchange(MANAGER, ExchangeRequest(service_code=CODE))
    with pytest.raises(Conflict) as refused:
        await case_world.ops.swaps.override_verdict(DISPATCHER, 1, V.SENDBACK, WHY)
    assert refused.value.code == "not_judged"
    with pytest.raises(Conflict) as refused:
        await case_world.ops.swaps.withdraw_override(DISPATCHER, 1, WHY)
    assert refused.value.code == "no_override"
