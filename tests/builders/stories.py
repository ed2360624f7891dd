"""The story's ways from a symptom to a closed case, each as a list of single steps."""

from collections.abc import Awaitable, Callable

from servicehost.domain.contract import EVERYTHING
from servicehost.domain.exchange import ExchangeState
from servicehost.domain.fact_kind import Cause, Coverage, FactName, Location, SiteState
from servicehost.operations.request_exchange import ExchangeRequest
from servicehost.operations.set_terms import Terms
from servicehost.operations.state_fact import Statement
from tests.builders.world import CODE, DISPATCHER, MANAGER, NEW, OLD, SUPPORT, Field

Step = Callable[[Field], Awaitable[object]]

ASKED = ExchangeRequest(
    service_code=CODE, attendee="Sato", site=SiteState.STAFFED, location=Location.DECLARED, reason="it is dead"
)
ENTITLING = Terms(option=True, declared_location="Tokyo 1-1", coverage=Coverage.COVERED)
ON_SITE: list[Step] = [
    lambda w: w.ops.set_terms(DISPATCHER, CODE, ENTITLING),
    lambda w: w.hello(OLD),
    lambda w: w.says(OLD, "hardware_alarm", "flash"),
    lambda w: w.falls_silent(OLD),
    lambda w: w.ops.record_triage(SUPPORT, 1, Cause.NATURAL, "flash alarm, then silence"),
    lambda w: w.ops.request_exchange(MANAGER, ASKED),
    lambda w: w.workers(),
    lambda w: w.ops.state_fact(DISPATCHER, 1, Statement(name=FactName.PROVIDER_DOWNGRADE, value=False)),
    lambda w: w.workers(),
    lambda w: w.passes(60),
    lambda w: w.hello(NEW),
    lambda w: w.workers(),
    lambda w: w.reports(NEW),
    lambda w: w.workers(),
    lambda w: w.ops.confirm_recovery(MANAGER, 1),
    lambda w: w.workers(),
]
SENDBACK: list[Step] = [
    lambda w: w.hello(OLD),
    lambda w: w.says(OLD, "self_test_failed", "self_test"),
    lambda w: w.ops.record_triage(SUPPORT, 1, Cause.NATURAL, "self-test failed twice"),
    lambda w: w.ops.request_exchange(MANAGER, ExchangeRequest(service_code=CODE)),
    lambda w: w.workers(),
    lambda w: w.passes(60),
    lambda w: w.hello(NEW),
    lambda w: w.workers(),
    lambda w: w.ops.swap_unit(MANAGER, 1, ""),
    lambda w: w.workers(),
    lambda w: w.passes(1),
    lambda w: w.hello(NEW),
    lambda w: w.reports(NEW),
    lambda w: w.workers(),
    lambda w: w.ops.confirm_recovery(MANAGER, 1),
    lambda w: w.workers(),
]


async def tell(case_world: Field, steps: list[Step]) -> None:
    for step in steps:
        await step(case_world)


async def until(case_world: Field, steps: list[Step], state: ExchangeState) -> None:
    """Take steps until the exchange has come as far as `state`; fails if it never does."""
    for step in steps:
        await step(case_world)
        if await _state(case_world) is state:
            return
    raise AssertionError(f"the exchange never became {state}")


async def _state(case_world: Field) -> ExchangeState | None:
    found = await case_world.store.batch(EVERYTHING, lambda batch: batch.exchange(1))
    return None if found is None else found.state
