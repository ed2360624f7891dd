"""Reports: no news costs no write, news is told, and a session without a place tells nothing."""

from typing import Any

import msgspec
import pytest

from protocol.messages import Report
from servicehost.domain.contract import EVERYTHING
from servicehost.operations.take_reports import FIRST, STALE_AFTER_MS, Hearsay, write_reports
from servicehost.ports.desk import Fence
from tests.builders.units import a_mark
from tests.operations.conftest import World

FENCE = Fence(unit_id=1, epoch=3, binding=1)
NEXT = msgspec.structs.replace(FENCE, epoch=4)
BROKEN: dict[str, Any] = {"health": {"flash": "failed", "fan": "ok"}}


def report(**fields: Any) -> Report:
    plain: dict[str, Any] = {"uptime_s": 1, "health": {"flash": "ok", "fan": "ok"}}
    return Report(**(plain | fields))


def heard(*said: tuple[Fence, Report, int]) -> list[tuple[int, bool]]:
    """When what is due was heard, and whether it is news, asked after each.

    The first report stands for the first few of a session, which are all written: acceptance counts them.
    """
    hearsay, due = Hearsay(), []
    fence, one, at = said[0]
    hearsay.take(fence, one, at)
    due += [(pending.at, pending.news) for pending in hearsay.due(10)]
    for _ in range(FIRST - 1):
        hearsay.take(fence, one, at)
        assert len(hearsay.due(10)) == 1
    said = said[1:]
    for fence, one, at in said:
        hearsay.take(fence, one, at)
        due += [(pending.at, pending.news) for pending in hearsay.due(10)]
    return due


def test_the_first_report_is_written_and_the_same_again_is_not() -> None:
    assert heard((FENCE, report(), 0), (FENCE, report(cpu_percent=50.0, uptime_s=9), 5)) == [(0, False)]


def test_the_time_of_the_last_report_lags_ten_seconds_at_most() -> None:
    assert heard((FENCE, report(), 0), (FENCE, report(), STALE_AFTER_MS - 1)) == [(0, False)]
    assert heard((FENCE, report(), 0), (FENCE, report(), STALE_AFTER_MS)) == [(0, False), (STALE_AFTER_MS, False)]


@pytest.mark.parametrize("change", [BROKEN, {"running": (a_mark(),)}, {"addresses": ("192.0.2.9",)}])
def test_what_people_act_on_is_news_at_once(change: dict[str, Any]) -> None:
    assert heard((FENCE, report(), 0), (FENCE, report(**change), 1)) == [(0, False), (1, True)]


def test_the_order_in_which_health_is_listed_is_no_news() -> None:
    turned = report(health={"fan": "ok", "flash": "ok"})
    assert heard((FENCE, report(), 0), (FENCE, turned, 1)) == [(0, False)]


def test_the_first_ever_heard_of_a_unit_is_news_when_something_fails() -> None:
    assert heard((FENCE, report(**BROKEN), 0)) == [(0, True)]


def test_what_changed_while_the_unit_was_away_is_news_and_what_did_not_is_none() -> None:
    assert heard((FENCE, report(), 0), (NEXT, report(), 1)) == [(0, False), (1, False)]
    assert heard((FENCE, report(), 0), (NEXT, report(**BROKEN), 1)) == [(0, False), (1, True)]
    assert heard((FENCE, report(**BROKEN), 0), (NEXT, report(**BROKEN), 1)) == [(0, True), (1, False)]


def test_a_session_that_was_taken_over_says_nothing_more() -> None:
    assert heard((NEXT, report(), 0), (FENCE, report(**BROKEN), 1)) == [(0, False)]


def test_a_wall_clock_that_jumps_back_silences_nobody() -> None:
    assert heard((FENCE, report(), 3_600_000), (FENCE, report(), 0)) == [(3_600_000, False), (0, False)]


def test_news_that_waits_stays_news_when_more_is_heard() -> None:
    hearsay = Hearsay()
    for one, at in ((report(), 0), (report(**BROKEN), 1), (report(**BROKEN), STALE_AFTER_MS + 1)):
        hearsay.take(FENCE, one, at)
    assert [(pending.at, pending.news) for pending in hearsay.due(10)] == [(STALE_AFTER_MS + 1, True)]


def test_what_is_due_is_handed_over_in_portions_and_put_back_without_loss() -> None:
    hearsay = Hearsay()
    for unit_id in range(5):
        hearsay.take(Fence(unit_id=unit_id, epoch=1), report(**BROKEN), 0)
    portion = hearsay.due(3)
    hearsay.take(portion[0].fence, report(health={"flash": "degraded"}), 1)
    hearsay.put_back(portion)
    after = {pending.fence.unit_id: pending for pending in hearsay.due(10)}
    assert sorted(after) == [0, 1, 2, 3, 4]
    assert all(pending.news for pending in after.values())
    assert after[0].report.health == {"flash": "degraded"}  # the newer stands
    assert hearsay.due(10) == []


async def test_reports_are_written_and_news_is_told(world: World) -> None:
    fence = (await world.hello(world.one)).fence
    hearsay = Hearsay()
    hearsay.take(fence, report(**BROKEN, cpu_percent=12.5), 77)
    await world.batch(lambda batch: write_reports(batch, hearsay.due(10)))
    view = await world.reads.unit(EVERYTHING, world.one.unit.distribution_id)
    assert view is not None
    assert view.status is not None
    assert (view.session.heard_at, view.status.reported_at, view.status.cpu_percent) == (77, 77, 12.5)
    assert view.status.health == BROKEN["health"]
    (event,) = await world.reads.events(world.one.scope, newest_first=True, limit=1)
    assert (event.sub_type, event.detail, event.severity) == ("status_changed", {"failing": ["flash"]}, 4)


@pytest.mark.parametrize("lost", ["taken over", "unbound"])
async def test_a_report_of_a_session_without_a_place_changes_nothing_and_tells_nothing(world: World, lost: str) -> None:
    fence = (await world.hello(world.one)).fence
    hearsay = Hearsay()
    hearsay.take(fence, report(**BROKEN), 77)
    if lost == "taken over":
        await world.hello(world.one)
    else:
        async with world.store.transaction(EVERYTHING) as tx:
            await tx.unbind(world.one.binding.number, 5)
    before = world.dump()
    await world.batch(lambda batch: write_reports(batch, hearsay.due(10)))
    assert world.dump() == before
