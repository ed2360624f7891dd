"""The pages of schedules: when each is due and in which zone, what it does to whom, and what became of its times."""

from datetime import date, time
from typing import Any

import pytest

from servicehost.domain.contract import EVERYTHING
from servicehost.domain.push import Target
from servicehost.domain.schedule import Every, Recurrence, Schedule, Weekday
from servicehost.domain.scheduled_order import (
    Late,
    Occurrence,
    OccurrenceEnd,
    Plan,
    PushPlan,
    ScheduledOrder,
    ScheduleState,
    TaskPlan,
)
from servicehost.domain.selection import Selection
from tests.builders.panel_world import ANNA, BEN, DORA, PanelWorld
from tests.builders.tasks import PING
from tests.builders.world import CODE, TENANT

LIST = "/panel/schedules"
DAY = 86_400_000
PUSH = PushPlan(service_codes=(CODE,), revisions={CODE: 3}, target=Target.RUNNING)
TASK = TaskPlan(adapters=Selection(query="presence:connected"), work=PING, name="夜の確認")
WEEKLY = Recurrence(
    every=Every.WEEK, at_time=time(2, 30), starts_on=date(2027, 1, 1), days=(Weekday.MON, Weekday.THU), until=None
)


async def planned(panel: PanelWorld, plan: Plan = PUSH, **fields: Any) -> ScheduledOrder:
    now = panel.world.clock.wall()
    plain: dict[str, Any] = {
        "schedule": Schedule(time_zone="Asia/Tokyo", at=now + DAY),
        "late": Late.SKIP,
        "note": "夜間に適用",
        "state": ScheduleState.WAITING,
        "due_at": now + DAY,
    }
    order = ScheduledOrder(
        number=0,
        management_code=TENANT,
        plan=plan,
        master_id=ANNA,
        ordered_by=ANNA,
        ordered_at=now,
        changed_at=now,
        **(plain | fields),
    )
    async with panel.world.store.transaction(EVERYTHING) as tx:
        return await tx.add_scheduled_order(order)


async def stands(panel: PanelWorld, one: ScheduledOrder) -> ScheduledOrder:
    found = await panel.world.reads.scheduled_order_numbered(EVERYTHING, one.number)
    assert found is not None
    return found


async def test_the_list_has_what_waits_the_next_one_first_and_all_on_request(panel: PanelWorld) -> None:
    now = panel.world.clock.wall()
    await planned(panel, due_at=now + 2 * DAY)
    await planned(panel, TASK, due_at=now + DAY, note="")
    await planned(panel, note="昔の予約", state=ScheduleState.DONE, due_at=None)
    page = await panel.page(ANNA, LIST)
    assert page.text.index("タスク「疎通確認」") < page.text.index("夜間に適用")
    assert "昔の予約" not in page.text
    assert "条件式「presence:connected」" in page.text
    assert f'href="/panel/adapters/{CODE}"' in page.text
    assert "昔の予約" in (await panel.page(ANNA, LIST, state="all")).text


async def test_one_says_when_it_is_due_by_the_clock_of_its_place_and_how_its_times_ended(panel: PanelWorld) -> None:
    weekly = Schedule(time_zone="America/New_York", recurrence=WEEKLY)
    one = await planned(panel, schedule=weekly, due_at=1_803_281_400_000)  # 2027-02-22 02:30 there
    missed = Occurrence(
        management_code=TENANT,
        schedule=one.number,
        due_at=1_802_935_800_000,
        at=1_802_939_400_000,
        outcome=OccurrenceEnd.MISSED,
        reason="host_was_down",
    )
    async with panel.world.store.transaction(EVERYTHING) as tx:
        await tx.add_occurrences([missed])
    page = await panel.page(ANNA, f"{LIST}/{one.number}")
    for said in (
        "2027-02-22 02:30 <span",
        "毎週 月・木曜日 02:30（America/New_York）",
        "予約した時点の版（第3版）、実行中のみ",
        "実行されず",
        "ホストが停止していたため",
        "逃した回は実行しない",
    ):
        assert said in page.text, said


async def test_it_is_cancelled_after_a_question(panel: PanelWorld) -> None:
    one = await planned(panel)
    path = f"{LIST}/{one.number}/cancel"
    assert "これからの回は実行されません" in (await panel.send(ANNA, path, deed="cancel")).text
    assert (await stands(panel, one)).state is ScheduleState.WAITING
    done = await panel.send(ANNA, path, deed="cancel", sure="yes")
    assert done.headers["Location"] == f"{LIST}/{one.number}?done=schedule_cancelled"
    assert (await stands(panel, one)).state is ScheduleState.CANCELLED
    assert "予約を取り消す" not in (await panel.page(ANNA, f"{LIST}/{one.number}")).text


async def test_one_that_happens_once_gets_another_instant_and_one_that_recurs_another_hour(panel: PanelWorld) -> None:
    once = await planned(panel)
    await panel.send(ANNA, f"{LIST}/{once.number}/when", deed="retime", at="2027-03-01T02:30")
    assert (await stands(panel, once)).due_at == 1_803_835_800_000
    recurring = await planned(panel, schedule=Schedule(time_zone="Asia/Tokyo", recurrence=WEEKLY))
    await panel.send(ANNA, f"{LIST}/{recurring.number}/when", deed="retime", at_time="04:15")
    changed = (await stands(panel, recurring)).schedule.recurrence
    assert changed is not None
    assert (changed.at_time, changed.days) == (time(4, 15), WEEKLY.days)


@pytest.mark.parametrize(
    ("at", "status", "said"),
    [
        ("2020-01-01T00:00", 409, "これからの日時を指定してください"),
        ("soon", 422, "日時の形式が正しくありません"),
        ("", 422, "日時の形式が正しくありません"),
    ],
)
async def test_a_time_that_cannot_be_is_refused(panel: PanelWorld, at: str, status: int, said: str) -> None:
    one = await planned(panel)
    refused = await panel.send(ANNA, f"{LIST}/{one.number}/when", deed="retime", at=at)
    assert (refused.status, said in refused.text) == (status, True)
    assert (await stands(panel, one)).due_at == one.due_at


async def test_another_customer_finds_no_schedule_and_the_provider_needs_a_consent(panel: PanelWorld) -> None:
    one = await planned(panel)
    assert "夜間に適用" not in (await panel.page(BEN, LIST, state="all")).text
    assert (await panel.page(BEN, f"{LIST}/{one.number}")).status == 404
    for word in ("cancel", "when"):
        path = f"{LIST}/{one.number}/{word}"
        assert (await panel.send(BEN, path, at="2027-03-01T02:30", sure="yes")).status == 404
        assert (await panel.send(DORA, path, at="2027-03-01T02:30", sure="yes")).status == 403
    assert (await stands(panel, one)).due_at == one.due_at
