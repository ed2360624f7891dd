"""A triage on the page: what is proposed, why, what was answered, what to ask next."""

from servicehost.domain.fact_kind import Cause
from servicehost.domain.triage_question import Question, Reply, TriageReply
from servicehost.web.panel.cases import CaseView
from servicehost.web.panel.language import Language
from tests.builders.world import MANAGER, OLD, SUPPORT, World
from tests.web.panel.test_cases import painted, stored


async def silent(world: World) -> CaseView:
    await world.hello(OLD)
    await world.reports(OLD)
    await world.falls_silent(OLD)
    await world.passes(700)
    await world.workers()
    (case,) = await stored(world)
    return case


async def test_a_suspected_fault_shows_what_is_known_and_what_to_ask_japanese_first(case_world: World) -> None:
    html = painted(await silent(case_world))
    for words in (
        "切り分け",
        "次の質問への回答をご確認ください",
        "設置場所には電気が来ていますか",
        "はい / いいえ / わからない",
        "現在、機器と通信できていません（前回の切断: silent）",
        "各部正常",
        "担当者が判断します",
    ):
        assert words in html
    assert html.index("設置場所には電気が来ていますか") < html.index("Is there power at the site")


async def test_answers_change_what_is_proposed_and_stand_with_who_said_so(case_world: World) -> None:
    await silent(case_world)
    await case_world.ops.triage.answer(MANAGER, 1, TriageReply(question=Question.SITE_POWER, reply=Reply.YES))
    dark = TriageReply(question=Question.POWER_LAMP, reply=Reply.DARK, note="<b>twice</b>")
    await case_world.ops.triage.answer(SUPPORT, 1, dark)
    (case,) = await stored(case_world)
    html = painted(case)
    assert "自然故障と考えられます。" in html
    assert "機器の電源ランプが消灯しています。" in html
    assert "電話で確認" in html
    assert "&lt;b&gt;twice&lt;/b&gt;" in html
    english = painted(case, Language.EN)
    assert "The unit seems to have failed of itself." in english
    assert "自然故障" not in english


async def test_a_fault_that_was_triaged_asks_nothing_any_more(case_world: World) -> None:
    await silent(case_world)
    await case_world.ops.record_triage(SUPPORT, 1, Cause.NATURAL, "it is dark")
    (case,) = await stored(case_world)
    assert case.triage is None
    assert "次に確認すること" not in painted(case)
