"""Rollouts and tasks on the live page: what moves is seen to move, and what has ended is seen to have."""

from collections.abc import AsyncIterator
from typing import Any

import msgspec
import pytest

from servicehost.domain.contract import EVERYTHING, Scope
from servicehost.domain.rollout import Member, MemberState, Rollout, RolloutState
from servicehost.domain.task import TaskState
from servicehost.ports.rollouts import Move
from servicehost.ports.store import Batch
from servicehost.web.panel.language import Language
from servicehost.web.panel.search import Wish
from servicehost.web.panel.sheet import Sheet
from servicehost.web.panel.watch import Watch
from tests.builders.rollouts import a_member, a_rollout, add_rollout
from tests.builders.tasks import a_task
from tests.builders.world import CODE, OTHER_CODE, OTHER_TENANT, TENANT, World
from tests.web.panel.test_stream import BY_HAND

ROLLOUT = a_rollout(management_code=TENANT, name="時刻サーバー変更", members=1, waves=3, wave=1)


def began(batch: Batch) -> tuple[Rollout, Member]:
    member = a_member(CODE, management_code=TENANT)
    made = add_rollout(batch, ROLLOUT, [member])
    return made, msgspec.structs.replace(member, rollout=made.rollout)


def ended(batch: Batch, rollout: Rollout, member: Member) -> None:
    failed = msgspec.structs.replace(member, state=MemberState.FAILED, reason="session_lost")
    batch.move_members([Move(before=member, after=failed)])
    batch.save_rollout(msgspec.structs.replace(rollout, state=RolloutState.FINISHED))


@pytest.fixture
async def watch(case_world: World) -> AsyncIterator[Watch]:
    opened = Watch(case_world.reads, case_world.clock, wait=BY_HAND)
    yield opened
    await opened.close()


async def seen(watch: Watch, scope: Scope, wish: Wish | None = None) -> Sheet:
    room = await watch.glance(scope)
    return (await room.sheet(wish or Wish(), Language.JA))[1]


async def test_a_rollout_shows_how_far_it_is_and_stays_to_be_seen_when_it_has_ended(
    case_world: World, watch: Watch
) -> None:
    rollout, member = await case_world.store.batch(EVERYTHING, began)
    room = await watch.glance(EVERYTHING)
    line = room_line(await room.sheet(Wish(), Language.JA))
    for said in ("配信中", "時刻サーバー変更", "0／1拠点が完了", "第1波（全3波）", "試行中 1", 'max="1" value="0"'):
        assert said in line, said
    await case_world.store.batch(EVERYTHING, lambda batch: ended(batch, rollout, member))
    await room.catch_up(0, await case_world.reads.leases())
    line = room_line(await room.sheet(Wish(), Language.JA))
    for said in ("✓", "完了", "1／1拠点が完了", "失敗 1", 'value="1"'):
        assert said in line, said


def room_line(sheet: Any) -> str:
    (line,) = sheet[1]["rollouts"].values()
    return str(line)


async def test_pages_below_the_first_hear_of_a_step_that_makes_no_event(case_world: World, watch: Watch) -> None:
    rollout, member = await case_world.store.batch(EVERYTHING, began)
    room = await watch.glance(EVERYTHING)
    (_, before) = await room.sheet(Wish(pulse=True), Language.JA)
    await room.catch_up(0, await case_world.reads.leases())
    (_, same) = await room.sheet(Wish(pulse=True), Language.JA)
    await case_world.store.batch(EVERYTHING, lambda batch: ended(batch, rollout, member))
    await room.catch_up(0, await case_world.reads.leases())
    (_, after) = await room.sheet(Wish(pulse=True), Language.JA)
    assert before == same != after


async def test_tasks_say_what_they_do_where_and_why_they_failed(case_world: World, watch: Watch) -> None:
    tasks = [
        a_task(CODE, TENANT),
        a_task(OTHER_CODE, OTHER_TENANT, state=TaskState.REJECTED, reason="not_supported"),
    ]
    await case_world.store.batch(EVERYTHING, lambda batch: batch.add_tasks(tasks))
    lines = list((await seen(watch, EVERYTHING))["tasks"].values())
    assert "拒否" in lines[0]
    assert "待機" in lines[1]
    assert "疎通確認" in lines[1]
    narrow = await seen(watch, EVERYTHING, Wish(search=CODE))
    assert list(narrow["tasks"].values()) == lines[1:]


async def test_another_customers_are_not_there(case_world: World, watch: Watch) -> None:
    await case_world.store.batch(EVERYTHING, began)
    await case_world.store.batch(EVERYTHING, lambda batch: batch.add_tasks([a_task(CODE, TENANT)]))
    sheet = await seen(watch, Scope(management_code=OTHER_TENANT))
    assert list(sheet["rollouts"]) == list(sheet["tasks"]) == ["empty"]
