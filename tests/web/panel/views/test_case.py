"""A case, whole, and what people say of it on its page."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from servicehost.domain.contract import EVERYTHING
from servicehost.domain.exchange import ExchangeState
from servicehost.web.panel.views.case import timeline_of
from tests.builders.panel_world import ANNA, BEN, DORA, SAKI, PanelWorld, open_panel
from tests.builders.stories import ON_SITE, SENDBACK, tell, until
from tests.builders.world import CODE, NEW, OLD, distribution_id

PAGE = "/panel/cases/exchange-1"
OF = "/panel/exchanges/1"


@pytest.fixture
async def empty(tmp_path: Path) -> AsyncIterator[PanelWorld]:
    async with open_panel(tmp_path) as opened:
        yield opened


async def state(panel: PanelWorld) -> ExchangeState:
    return (await panel.world.exchange()).state


async def test_a_case_is_told_whole_in_words(empty: PanelWorld) -> None:
    await tell(empty.world, ON_SITE)
    page = await empty.page(ANNA, "/panel/cases/fault-1")
    assert page.status == 200
    for said in (
        "駆けつけ交換を妨げる規則がひとつも当てはまらないため、駆けつけ交換と判定されました。",
        "対応は完了しました。",
        "ハードウェア異常",
        "flash alarm, then silence",
        "ウルトラセンドバックオプションの有無",
        "契約の記録",
        "ファームウェアが想定どおり",
        "返却待ち",
        "お客さま確認済み",
        "/panel/exchanges/1/worksheet",
        distribution_id(OLD),
        distribution_id(NEW),
    ):
        assert said in page.text, said
    assert "/confirmation" not in page.text
    assert (await empty.page(ANNA, PAGE)).status == 200


async def test_the_story_is_in_the_order_of_time(empty: PanelWorld) -> None:
    await tell(empty.world, ON_SITE)
    fault = await empty.world.reads.fault(EVERYTHING, 1)
    exchange = await empty.world.reads.exchange(EVERYTHING, 1)
    moments = timeline_of(fault, exchange)
    assert [one.at for one in moments] == sorted(one.at for one in moments)
    assert [one.code for one in moments if one.kind == "state"][-1] == "closed"
    assert {one.kind for one in moments} == {"event", "symptom", "state"}


async def test_a_sendback_says_why_in_one_sentence_and_is_swapped_after_a_question(empty: PanelWorld) -> None:
    world = empty.world
    await until(world, SENDBACK, ExchangeState.ORDERED)
    assert "次の理由により、センドバック交換と判定されました。" in (await empty.page(ANNA, PAGE)).text
    await world.passes(60)
    await world.hello(NEW)
    await world.workers()
    asked = await empty.send(ANNA, f"{OF}/swap", deed="swap")
    assert "機器を入れ替えますか？" in asked.text
    assert "この操作は取り消せません。" in asked.text
    assert await state(empty) is ExchangeState.ARRIVED
    done = await empty.send(ANNA, f"{OF}/swap", deed="swap", sure="yes")
    assert done.headers["Location"] == f"{PAGE}?done=swap_said"
    assert await state(empty) is ExchangeState.SWAPPED
    early = await empty.send(ANNA, f"{OF}/confirmation", sure="yes")
    assert early.status == 409
    assert "サービスホストによる動作確認がまだ終わっていません。" in early.text
    await world.passes(1)
    await world.hello(NEW)
    await world.reports(NEW)
    await world.workers()
    page = await empty.page(ANNA, PAGE)
    assert "あなたの対応待ち" in page.text
    assert "復旧を確認しましたか？" in (await empty.send(ANNA, f"{OF}/confirmation")).text
    await empty.send(ANNA, f"{OF}/confirmation", sure="yes")
    assert await state(empty) is ExchangeState.CONFIRMED


async def test_on_site_the_word_is_the_attendees(empty: PanelWorld) -> None:
    await until(empty.world, ON_SITE, ExchangeState.ORDERED)
    nameless = await empty.send(ANNA, f"{OF}/swap", deed="swap")
    assert nameless.status == 422
    assert "立会者のお名前を入力してください。" in nameless.text
    other = await empty.send(DORA, f"{OF}/swap", deed="swap", attendee="Suzuki", sure="yes")
    assert other.status == 403
    assert "届け出た立会者のお名前" in other.text
    assert 'value="Suzuki"' in other.text
    await empty.send(DORA, f"{OF}/swap", attendee="sato", sure="yes")
    assert (await empty.world.exchange()).swap_now_by == f"Sato through {DORA}"
    assert "入れ替えの合図を受け付けました。" in (await empty.page(ANNA, PAGE)).text


async def ask(panel: PanelWorld, **fields: str) -> None:
    await panel.world.hello(OLD)
    await panel.world.says(OLD, "self_test_failed", "self_test")
    sent = await panel.send(ANNA, f"/panel/adapters/{CODE}/exchanges", sure="yes", **fields)
    assert sent.headers["Location"] == f"{PAGE}?done=exchange_asked"
    await panel.world.workers()


async def test_who_attends_is_named_later_and_a_contradiction_is_said(empty: PanelWorld) -> None:
    await ask(empty)
    waiting = await empty.page(ANNA, PAGE)
    assert "次の確認を待っています" in waiting.text
    assert 'id="triage"' in waiting.text
    both = await empty.send(ANNA, f"{OF}/attendee", deed="attendee", attended="no", attendee="Sato")
    assert "同時に指定できません" in both.text
    none = await empty.send(ANNA, f"{OF}/attendee", deed="attendee", attended="yes")
    assert "立会者のお名前を入力してください。" in none.text
    await empty.send(ANNA, f"{OF}/attendee", attended="yes", attendee="佐藤 花子")
    assert (await empty.world.exchange()).attendee == "佐藤 花子"
    await empty.send(DORA, f"{OF}/downgrade", withheld="no")
    page = await empty.page(ANNA, PAGE)
    assert "駆けつけ交換の見合わせの判断" in page.text
    assert f"Person {ANNA}" in page.text
    assert f"Person {DORA}" not in page.text
    assert "サービス提供者" in page.text


async def test_an_exchange_is_called_off_with_a_reason_after_a_question(empty: PanelWorld) -> None:
    await ask(empty)
    blank = await empty.send(ANNA, f"{OF}/cancellation", deed="cancellation", reason="")
    assert blank.status == 422
    asked = await empty.send(ANNA, f"{OF}/cancellation", deed="cancellation", reason="it works again")
    assert "交換を取り消しますか？" in asked.text
    await empty.send(ANNA, f"{OF}/cancellation", reason="it works again", sure="yes")
    assert await state(empty) is ExchangeState.CANCELLED
    page = await empty.page(ANNA, PAGE)
    assert "交換は取り消されました。" in page.text
    assert "/cancellation" not in page.text


async def test_another_customer_sees_and_says_nothing_of_it_and_support_only_reads(empty: PanelWorld) -> None:
    await ask(empty)
    for path in (PAGE, "/panel/cases/fault-1", "/panel/cases/nonsense", "/panel/cases/fault-x"):
        assert (await empty.page(BEN, path)).status == 404
    assert CODE not in (await empty.page(BEN, "/panel/cases")).text
    assert CODE in (await empty.page(ANNA, "/panel/cases", only="open")).text
    fields = {"attended": "yes", "attendee": "x", "withheld": "yes", "reason": "x", "sure": "yes"}
    for deed in ("attendee", "downgrade", "swap", "confirmation", "cancellation"):
        assert (await empty.send(BEN, f"{OF}/{deed}", **fields)).status in (403, 404), deed
        assert (await empty.send(SAKI, f"{OF}/{deed}", **fields)).status == (303 if deed == "attendee" else 403), deed
    assert await state(empty) is ExchangeState.REQUESTED
    assert "/cancellation" not in (await empty.page(SAKI, PAGE)).text
