"""The pages of rollouts: how far each is, why it stands still, who failed, and what is done about it."""

from typing import Any

import msgspec

from servicehost.domain.contract import EVERYTHING
from servicehost.domain.rollout import MemberState, Rollout, RolloutPlan, RolloutState, Stop
from servicehost.domain.selection import Selection
from tests.builders.panel_world import ANNA, BEN, DORA, SAKI, PanelWorld
from tests.builders.rollouts import a_member, a_rollout, add_rollout
from tests.builders.world import CODE, TENANT

M = MemberState
LIST = "/panel/rollouts"
PLAN = RolloutPlan(targets=Selection(service_codes=(CODE,)), stop=Stop(failed=1))


async def written(panel: PanelWorld, state: RolloutState, member: MemberState | None = None, **fields: Any) -> Rollout:
    """A rollout of Anna's, with her adapter as its one member if it has begun."""
    begun = {} if member is None else {"members": 1, "waves": 1, "wave": 1, "started_at": 1, "starter": ANNA}
    plain = {"name": "時刻サーバー変更", "plan": PLAN, "author": ANNA, "state_by": ANNA}
    reason = fields.pop("member_reason", None)
    rollout = a_rollout(0, state, management_code=TENANT, **(plain | begun | fields))
    members = [] if member is None else [a_member(CODE, member, management_code=TENANT, reason=reason, revision=2)]
    return await panel.world.store.batch(EVERYTHING, lambda batch: add_rollout(batch, rollout, members))


async def stands(panel: PanelWorld, rollout: Rollout) -> Rollout:
    view = await panel.world.reads.rollout_view(EVERYTHING, rollout.rollout)
    assert view is not None
    return view.rollout


async def test_the_list_shows_each_with_its_progress_and_is_filtered_by_where_they_stand(panel: PanelWorld) -> None:
    await written(panel, RolloutState.FINISHED, M.CONFIRMED, name="終わった変更")
    await written(panel, RolloutState.PAUSED, M.FAILED, reason="too_many_failed", state_by="host")
    every = await panel.page(ANNA, LIST)
    assert every.text.index("時刻サーバー変更") < every.text.index("終わった変更")
    assert "失敗が上限の数に達した" in every.text
    paused = await panel.page(ANNA, LIST, state="paused")
    assert ("時刻サーバー変更" in paused.text, "終わった変更" in paused.text) == (True, False)
    assert "該当するロールアウトはありません" in (await panel.page(ANNA, LIST, state="drafts")).text


async def test_a_paused_one_says_why_names_who_failed_and_where_the_criteria_stand(panel: PanelWorld) -> None:
    one = await written(
        panel, RolloutState.PAUSED, M.FAILED, reason="too_many_failed", state_by="host", member_reason="session_lost"
    )
    page = await panel.page(ANNA, f"{LIST}/{one.rollout}")
    for said in (
        "失敗が上限の数に達した",
        "接続が切れたまま戻らない",
        f'href="/panel/adapters/{CODE}"',
        f"/panel/adapters/{CODE}/config?from=startup&amp;to=2#history",
        "失敗した拠点の数",
        "▲</span> 達した",
        f"Person {ANNA}",
    ):
        assert said in page.text, said
    assert "session_lost" not in page.text


async def test_a_part_of_the_members_is_chosen_in_the_address(panel: PanelWorld) -> None:
    one = await written(panel, RolloutState.PAUSED, M.FAILED)
    page = await panel.page(ANNA, f"{LIST}/{one.rollout}", members="confirmed")
    assert "該当する拠点はありません。" in page.text


async def test_a_start_says_whom_it_reaches_before_it_starts(panel: PanelWorld) -> None:
    view = await panel.world.reads.adapter(EVERYTHING, CODE)
    assert view is not None
    config = f"/panel/adapters/{CODE}/config"
    await panel.send(ANNA, config, deed="config", body="hostname next\n", seen=str(view.working_revision or 0))
    one = await written(panel, RolloutState.DRAFT)
    path = f"{LIST}/{one.rollout}/start"
    asked = await panel.send(ANNA, path, deed="start", seen=str(one.version))
    assert "1拠点" in asked.text
    assert "第1波から配信が始まります" in asked.text
    assert (await stands(panel, one)).state is RolloutState.DRAFT
    stale = await panel.send(ANNA, path, deed="start", seen="9", sure="yes")
    assert (stale.status, "ロールアウトの状態が変わりました" in stale.text) == (412, True)
    done = await panel.send(ANNA, path, deed="start", seen=str(one.version), sure="yes")
    assert done.headers["Location"] == f"{LIST}/{one.rollout}?done=rollout_start"
    assert (await stands(panel, one)).state is RolloutState.RUNNING


async def test_it_is_paused_resumed_and_halted_each_after_a_question(panel: PanelWorld) -> None:
    one = await written(panel, RolloutState.RUNNING, M.WAITING)
    for word, said, state in (
        ("pause", "新しい拠点への配信を止めます", RolloutState.PAUSED),
        ("resume", "停止条件はここから数え直します", RolloutState.RUNNING),
        ("halt", "再開できません", RolloutState.HALTED),
    ):
        path = f"{LIST}/{one.rollout}/{word}"
        assert said in (await panel.send(ANNA, path, deed=word, note="点検のため")).text
        await panel.send(ANNA, path, deed=word, note="点検のため", sure="yes")
        assert (await stands(panel, one)).state is state
    again = await panel.send(ANNA, f"{LIST}/{one.rollout}/pause", deed="pause", sure="yes")
    assert (again.status, "いまの状態ではこの操作を行えません" in again.text) == (409, True)


async def test_what_was_sent_is_rolled_back(panel: PanelWorld) -> None:
    one = await written(panel, RolloutState.FINISHED, M.CONFIRMED)
    page = await panel.page(ANNA, f"{LIST}/{one.rollout}")
    assert "切り戻す" in page.text
    assert "再開する" not in page.text
    await panel.send(ANNA, f"{LIST}/{one.rollout}/roll_back", deed="roll_back", sure="yes")
    assert (await stands(panel, one)).state is RolloutState.ROLLING_BACK


async def test_its_own_author_does_not_approve_it_and_support_needs_a_consent(panel: PanelWorld) -> None:
    plan = msgspec.structs.replace(PLAN, approval=True)
    one = await written(panel, RolloutState.WAITING_APPROVAL, M.WAITING, plan=plan)
    path = f"{LIST}/{one.rollout}/approve"
    own = await panel.send(ANNA, path, deed="approve", seen=str(one.version), sure="yes")
    assert (own.status, "作成または開始した方は承認できません" in own.text) == (409, True)
    for who in (DORA, SAKI):
        assert (await panel.send(who, path, deed="approve", seen=str(one.version), sure="yes")).status == 403


async def test_another_customer_finds_no_rollout_and_does_nothing_to_it(panel: PanelWorld) -> None:
    one = await written(panel, RolloutState.RUNNING, M.FAILED)
    for path in (f"{LIST}/{one.rollout}", f"{LIST}/999"):
        page = await panel.page(BEN, path)
        assert (page.status, "時刻サーバー変更" in page.text, CODE in page.text) == (404, False, False)
    assert "時刻サーバー変更" not in (await panel.page(BEN, LIST)).text
    for word in ("start", "approve", "pause", "resume", "halt", "roll_back"):
        assert (await panel.send(BEN, f"{LIST}/{one.rollout}/{word}", deed=word, seen="1", sure="yes")).status == 404
    assert (await stands(panel, one)).state is RolloutState.RUNNING
