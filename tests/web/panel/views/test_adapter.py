"""The page of one site, and what its operation manager does there."""

import pytest

from servicehost.domain.contract import EVERYTHING
from servicehost.domain.declared_location import DeclaredLocation
from servicehost.domain.option import OptionState
from servicehost.operations.set_terms import Terms
from tests.builders.panel_world import ANNA, BEN, DORA, SAKI, PanelWorld
from tests.builders.world import CODE, DISPATCHER

PAGE = f"/panel/adapters/{CODE}"


async def locations(panel: PanelWorld) -> list[DeclaredLocation]:
    return await panel.world.reads.declared_locations(EVERYTHING, CODE)


async def test_the_site_says_whether_it_has_its_right_and_where_its_unit_is_declared(panel: PanelWorld) -> None:
    page = await panel.page(ANNA, PAGE)
    for said in ("いま機器が故障すると", "東京都千代田区 1-1", "お申し込み済み（決定待ち）", "適用中", "完了"):
        assert said in page.text, said
    await panel.send(DORA, f"{PAGE}/option/decision", accept="yes", reason="sales agreed")
    after = await panel.page(ANNA, PAGE)
    assert "駆けつけ交換を受けられます。" in after.text
    assert "付加済み" in after.text


async def test_a_location_is_declared_now_or_later_and_never_for_the_past(panel: PanelWorld) -> None:
    empty = await panel.send(ANNA, f"{PAGE}/locations", deed="location", location=" ")
    assert empty.status == 409
    assert "機器設置場所を入力してください。" in empty.text
    past = await panel.send(
        ANNA, f"{PAGE}/locations", deed="location", location="大阪市北区 3-3", effective_at="2020-01-01T00:00"
    )
    assert past.status == 409
    assert "現在以降" in past.text
    assert 'value="大阪市北区 3-3"' in past.text
    broken = await panel.send(ANNA, f"{PAGE}/locations", deed="location", location="x", effective_at="soon")
    assert broken.status == 422
    done = await panel.send(ANNA, f"{PAGE}/locations", location="大阪市北区 3-3", effective_at="2099-04-01T09:00")
    assert done.headers["Location"] == f"{PAGE}?done=location_declared#location"
    newest = (await locations(panel))[-1]
    assert (newest.location, newest.declared_by) == ("大阪市北区 3-3", ANNA)
    page = await panel.page(ANNA, PAGE)
    assert "2099-04-01 09:00" in page.text
    assert "適用予定" in page.text
    assert f"Person {ANNA}" in page.text


async def test_the_state_of_a_site_is_stated_and_shown(panel: PanelWorld) -> None:
    nothing = await panel.send(ANNA, f"{PAGE}/site", deed="site")
    assert "変更する項目を選択してください。" in nothing.text
    await panel.send(ANNA, f"{PAGE}/site", site="unmanned", attended="no")
    page = await panel.page(ANNA, PAGE)
    assert "無人" in page.text
    assert "設置場所が無人、または立ち入り制限ありとされています。" in page.text


async def test_an_exchange_is_asked_for_after_a_question(panel: PanelWorld) -> None:
    path = f"{PAGE}/exchanges"
    contradiction = await panel.send(ANNA, path, deed="exchange", attended="no", attendee="Sato")
    assert "同時に指定できません" in contradiction.text
    asked = await panel.send(ANNA, path, deed="exchange", attended="yes", attendee="佐藤", reason="ランプが消灯")
    assert "この内容で交換を依頼しますか？" in asked.text
    assert "ランプが消灯" in asked.text
    assert (await panel.send(ANNA, path, attended="yes", attendee="佐藤", sure="yes")).status == 303
    page = await panel.page(ANNA, PAGE)
    assert "この拠点の交換が進行中です。" in page.text
    twice = await panel.send(ANNA, path, sure="yes")
    assert twice.status == 409
    assert "この拠点の交換はすでに進行中です。" in twice.text


async def test_an_option_is_asked_for_on_the_page(panel: PanelWorld) -> None:
    await panel.world.ops.set_terms(DISPATCHER, CODE, Terms(option=False))
    await panel.send(ANNA, f"{PAGE}/option", reason="needed")
    records = await panel.world.reads.right_records(EVERYTHING, [CODE])
    request = records[CODE].request
    assert request is not None
    assert request.state is OptionState.WAITING
    refused = await panel.send(DORA, f"{PAGE}/option/decision", deed="decision", accept="no", reason="")
    assert refused.status == 422


@pytest.mark.parametrize("deed", ["locations", "site", "option", "option/decision", "exchanges"])
async def test_another_customer_reaches_nothing_of_it(panel: PanelWorld, deed: str) -> None:
    fields = {"location": "x", "site": "staffed", "accept": "yes", "reason": "x"}
    before = await locations(panel)
    for sure in ("", "yes"):
        assert (await panel.send(BEN, f"{PAGE}/{deed}", sure=sure, **fields)).status in (403, 404)
    assert (await panel.page(BEN, PAGE)).status == 404
    assert await locations(panel) == before


async def test_support_reads_and_is_offered_nothing(panel: PanelWorld) -> None:
    page = await panel.page(SAKI, PAGE)
    assert page.status == 200
    assert 'action="/panel/adapters' not in page.text
    assert (await panel.send(SAKI, f"{PAGE}/locations", location="x")).status == 403


async def test_somebody_is_named_to_attend_and_can_be_chosen_and_ended(panel: PanelWorld) -> None:
    nameless = await panel.send(ANNA, f"{PAGE}/delegates", deed="delegate", name="", telephone="03-1234-5678")
    assert nameless.status == 409
    assert "お名前と電話番号を入力してください。" in nameless.text
    assert 'value="03-1234-5678"' in nameless.text
    done = await panel.send(ANNA, f"{PAGE}/delegates", name="佐藤 花子", telephone="03-1234-5678")
    assert done.headers["Location"] == f"{PAGE}?done=delegate_named#delegates"
    page = await panel.page(ANNA, PAGE)
    assert "03-1234-5678" in page.text
    assert '<option value="佐藤 花子">' in page.text
    assert (await panel.send(BEN, f"{PAGE}/delegates", name="x", telephone="1")).status == 404
    assert (await panel.send(BEN, f"{PAGE}/delegates/1/end", reason="x")).status == 404
    assert (await panel.send(SAKI, f"{PAGE}/delegates/1/end", reason="x")).status == 403
    assert (await panel.send(ANNA, f"{PAGE}/delegates/1/end", deed="end-1", reason="")).status == 422
    await panel.send(ANNA, f"{PAGE}/delegates/1/end", reason="left the company")
    assert "指定された担当者はいません。" in (await panel.page(ANNA, PAGE)).text
