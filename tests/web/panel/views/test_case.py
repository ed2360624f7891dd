"""A case, whole, and what people say of it on its page."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from servicehost.domain.appointment import Agreement, Attendee, Window
from servicehost.domain.contract import EVERYTHING
from servicehost.domain.errand import Driver, Milestone
from servicehost.domain.exchange import ExchangeState
from servicehost.domain.fact_kind import Cause
from servicehost.domain.triage_question import Answer, Question, Reply
from servicehost.operations.errands import ErrandReport, TimeWord
from servicehost.web.panel.views.case import timeline_of
from tests.builders.panel_world import ANNA, BEN, DORA, SAKI, PanelWorld, open_panel
from tests.builders.stories import ON_SITE, SENDBACK, tell, until
from tests.builders.world import CODE, DISPATCHER, MANAGER, NEW, OLD, SUPPORT, distribution_id

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


TRIAGE = "/panel/faults/1/triage"


async def silent(panel: PanelWorld) -> None:
    world = panel.world
    await world.hello(OLD)
    await world.reports(OLD)
    await world.falls_silent(OLD)
    await world.passes(700)
    await world.workers()


async def answers(panel: PanelWorld) -> list[Answer]:
    record = await panel.world.reads.triage_record(EVERYTHING, 1)
    assert record is not None
    return list(record.answers)


async def test_a_question_of_the_triage_is_answered_on_the_page_by_whom_it_is_asked_of(empty: PanelWorld) -> None:
    await silent(empty)
    page = await empty.page(ANNA, "/panel/cases/fault-1")
    assert "次の質問への回答をご確認ください" in page.text
    assert "運用管理担当者の回答として記録されます。" in page.text
    assert 'value="site_power:yes"' in page.text
    assert "電話で確認した内容として記録されます。" in (await empty.page(SAKI, "/panel/cases/fault-1")).text
    done = await empty.send(ANNA, TRIAGE, deed="triage", answer="site_power:yes", note="<b>照明</b>は点いています")
    assert done.headers["Location"] == "/panel/cases/fault-1?done=triage_answered#triage"
    await empty.send(SAKI, TRIAGE, deed="triage_other", answer="power_lamp:dark")
    first, second = await answers(empty)
    assert (first.question, first.reply, first.author) == (Question.SITE_POWER, Reply.YES, ANNA)
    assert (second.reply, second.source, second.author) == (Reply.DARK, "support_by_phone", SAKI)
    page = await empty.page(DORA, "/panel/cases/fault-1")
    for said in (
        "自然故障と考えられます。",
        "機器の電源ランプが消灯しています。",
        "&lt;b&gt;照明&lt;/b&gt;は点いています",
        "電話で確認",
        SAKI,
    ):
        assert said in page.text, said


async def test_an_answer_that_cannot_be_is_said_on_the_page_and_nothing_is_lost_of_it(empty: PanelWorld) -> None:
    await silent(empty)
    for wrong, said in (
        ("", "選択されていない項目があります。"),
        ("nonsense:yes", "選択されていない項目があります。"),
        ("site_power:lit", "その質問にはない回答です。"),
    ):
        sent = await empty.send(ANNA, TRIAGE, deed="triage", answer=wrong, note="暗いです")
        assert sent.status == 422, wrong
        assert said in sent.text
        assert 'value="暗いです"' in sent.text
    assert (await empty.send(BEN, TRIAGE, deed="triage", answer="site_power:yes")).status == 404
    assert (await empty.send(ANNA, "/panel/faults/1x/triage", answer="site_power:yes")).status == 404
    assert await answers(empty) == []


async def test_once_it_is_decided_the_page_says_by_whom_and_asks_nothing(empty: PanelWorld) -> None:
    await silent(empty)
    await empty.send(ANNA, TRIAGE, deed="triage", answer="site_power:yes")
    await empty.send(ANNA, TRIAGE, deed="triage", answer="power_lamp:dark")
    await empty.world.ops.record_triage(SUPPORT, 1, Cause.ACCIDENT, "it fell", "お客さまが落下を確認")
    page = await empty.page(ANNA, "/panel/cases/fault-1")
    assert "判断された原因" in page.text
    assert "お客さまが落下を確認" in page.text
    assert "点灯・点滅している" not in page.text
    assert TRIAGE not in page.text


async def test_who_comes_and_when_stands_on_the_page_of_the_case(empty: PanelWorld) -> None:
    world = empty.world
    await until(world, ON_SITE, ExchangeState.ORDERED)
    assert "訪問日時はまだ決まっていません。" in (await empty.page(ANNA, PAGE)).text
    start = world.clock.wall() + 2 * 3_600_000
    window = Window(from_at=start, until_at=start + 7_200_000)
    errands = world.ops.errands
    await errands.propose_appointment(DISPATCHER, 1, [window], "")
    assert "候補日時をご提示中" in (await empty.page(ANNA, PAGE)).text
    attendee = Attendee(name="鈴木 一郎", telephone="03-1234-5678")
    await errands.agree_appointment(MANAGER, 1, Agreement(window=window, attendee=attendee, cabling="WANは1番"))
    late = TimeWord(milestone=Milestone.ARRIVED, at=window.until_at + 600_000, estimated=True)
    driver = Driver(name="田中", telephone="090-1", company="運輸")
    await errands.report_errand(DISPATCHER, 1, ErrandReport(times=(late,), driver=driver, tracking="4123"))
    page = await empty.page(ANNA, PAGE)
    for said in (
        "ご訪問日時確定",
        "鈴木 一郎 · 03-1234-5678",
        "WANは1番",
        "遅延見込み",
        "田中 · 090-1",
        "運輸",
        "4123",
    ):
        assert said in page.text, said
    assert page.text.index("現地到着") < page.text.index("見込み <span", page.text.index("現地到着"))


async def test_the_way_to_the_work_sheet_stands_there_only_for_whom_there_is_one(empty: PanelWorld) -> None:
    await until(empty.world, ON_SITE, ExchangeState.ORDERED)
    sheet = f"{OF}/worksheet"
    for who in (ANNA, DORA):
        assert f'href="{sheet}"' in (await empty.page(who, PAGE)).text
        assert (await empty.page(who, sheet)).status == 200
    assert sheet not in (await empty.page(SAKI, PAGE)).text
    refused = await empty.page(SAKI, sheet)
    assert (refused.status, "この操作を行う権限がありません。" in refused.text) == (403, True)
    await empty.send(ANNA, f"{OF}/cancellation", reason="復旧した", sure="yes")
    assert sheet not in (await empty.page(ANNA, PAGE)).text
    over = await empty.page(ANNA, sheet)
    assert (over.status, "作業票は、代替機が確保されてから" in over.text) == (409, True)
