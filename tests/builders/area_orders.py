"""An on-site order that has been granted and cannot go out, for there is no spare: in 千代田区 of 東京都."""

from servicehost.domain.address import WrittenAddress
from servicehost.domain.contract import EVERYTHING
from servicehost.domain.fact_kind import Area, Cause, FactName
from servicehost.operations.declare_location import Declaration
from servicehost.operations.state_fact import Statement
from tests.builders.stories import ASKED
from tests.builders.world import CODE, DISPATCHER, MANAGER, NEW, NEW_2, SUPPORT, Field

__all__ = ["CHIYODA", "on_site_order", "settle"]

_TRIES, _WAIT_S = 6, 60
CHIYODA = WrittenAddress(postal_code="102-0071", prefecture="東京都", municipality="千代田区")


async def on_site_order(world: Field) -> None:
    """Exchange 1, judged."""
    for unit_id in (NEW, NEW_2):
        await world.store.batch(EVERYTHING, lambda batch, one=unit_id: batch.drop_spare(one))  # type: ignore[misc]  # mypy cannot infer a lambda with a default
    await world.ops.declare_location(
        MANAGER, Declaration(service_code=CODE, location="東京都千代田区富士見 1-1", written=CHIYODA)
    )
    await world.ops.attach_option(MANAGER, CODE, "")
    await world.ops.request_exchange(MANAGER, ASKED)
    await world.ops.record_triage(SUPPORT, 1, Cause.NATURAL, "flash alarm, then silence")
    await world.ops.state_fact(DISPATCHER, 1, Statement(name=FactName.AREA, value=Area.OPEN))
    await settle(world)


async def settle(world: Field) -> None:
    """Until nothing follows any more: what should reserve a spare finds none, is parked, and stands before nothing."""
    for _ in range(_TRIES):
        await world.ops.run_reactions()
        await world.passes(_WAIT_S)
