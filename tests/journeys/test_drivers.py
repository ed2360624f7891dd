"""Drivers that come late, or find nobody there: from the failure to the end, with a real host on loopback."""

import time
from typing import Any

import pytest

from tests.journeys.errands import ATTENDEE, ERRANDS, begun, in_stock
from tests.journeys.waiting import until
from tests.journeys.world import World

HOUR_MS = 3_600_000
OWN_SETTINGS = (*ERRANDS, "simulated_carrier.deliveries=nobody_there,late", "simulated_carrier.late_by_s=12")
pytestmark = pytest.mark.slow


def now() -> int:
    return time.time_ns() // 1_000_000


async def test_a_driver_who_finds_nobody_comes_again_and_one_who_is_late_says_why(own_world: World) -> None:
    """One host, two errands: its carrier's first goes wrong in one way, its second in the other."""
    world = own_world
    first = await begun(world, on_site=True)
    spare = await in_stock(world)
    await first.found("natural", "flash alarm")
    await first.asked_on_site()

    async def missed() -> dict[str, Any] | None:
        errand = await first.errand()
        return errand if errand["missed_visits"] else None

    errand = await until(missed, "nobody was there")
    (visit,) = errand["missed_visits"]
    assert (visit["visit"], visit["reason"], errand["visit"]) == (1, "attendee_absent", 2)
    assert (await first.view())["state"] == "ordered"
    await first.appointed(now(), now() + HOUR_MS)
    assert await first.delivered() == spare.unit
    await first.swapped_in(spare, attendee=ATTENDEE)
    assert await first.serves() == spare.unit
    assert (await first.errand())["lateness"]["punctuality"] == "on_time"

    second = await begun(world, on_site=True)
    other = await in_stock(world)
    await second.found("natural", "flash alarm")
    await second.asked_on_site()
    await second.is_("ordered")
    await second.appointed(now(), now() + 6_000)
    assert await second.delivered() == other.unit
    late = (await second.errand())["lateness"]
    assert (late["punctuality"], late["reason"]) == ("late", "traffic")
    await second.swapped_in(other, attendee=ATTENDEE)
    assert await second.serves() == other.unit
    assert (await second.view())["verdict"] == "onsite_swap"
