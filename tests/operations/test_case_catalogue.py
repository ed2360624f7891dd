"""What the settings say of replacements reaches the use cases that go by it."""

import pytest

from servicehost.backends.carriers.simulated import Conduct, SimulatedCarrier
from servicehost.domain.compatibility import MisfitCode, ModelFacts
from servicehost.domain.errors import Conflict
from servicehost.domain.exchange import ExchangeState
from servicehost.domain.swap import SwapPolicy
from servicehost.operations.case_catalogue import CaseCatalogue, open_case_catalogue
from tests.builders.stories import SENDBACK, tell
from tests.builders.world import CODE, DISPATCHER, MANAGER, MODEL, OTHER_MODEL, PRICED, World, distribution_id

NO_LINE = SwapPolicy(models={MODEL: ModelFacts(mobile=True), "SA-X9": ModelFacts(mobile=False)}, reopen_within_ms=1_000)


def by(world: World, replacing: SwapPolicy) -> CaseCatalogue:
    carrier = SimulatedCarrier(world.clock, Conduct(travel_s=None))
    return open_case_catalogue(
        store=world.store, clock=world.clock, line=world.line, carrier=carrier, policy=PRICED, replacing=replacing
    )


async def test_what_is_known_of_models_decides_what_fits(case_world: World) -> None:
    for policy, named in ((SwapPolicy(), False), (NO_LINE, True)):
        compared = await by(case_world, policy).swaps.compare_unit(DISPATCHER, CODE, distribution_id(OTHER_MODEL))
        assert (MisfitCode.NO_MOBILE_LINE in {one.code for one in compared[2]}) is named


async def test_how_long_an_exchange_may_be_taken_up_again_is_what_was_said(case_world: World) -> None:
    await tell(case_world, SENDBACK)
    await case_world.passes(10)
    with pytest.raises(Conflict) as refused:
        await by(case_world, NO_LINE).swaps.reopen_exchange(MANAGER, 1, "down again")
    assert refused.value.code == "reopen_too_late"
    again = await by(case_world, SwapPolicy()).swaps.reopen_exchange(MANAGER, 1, "down again")
    assert again.state is ExchangeState.REQUESTED
