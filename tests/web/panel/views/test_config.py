"""The page of one site's config: read, edited, compared, pushed and brought back."""

from servicehost.domain.contract import EVERYTHING
from servicehost.domain.push import Phase, Push, Target
from servicehost.web.panel.views.config import MAX_EDITED
from tests.builders.panel_world import ANNA, BEN, DORA, PanelWorld
from tests.builders.world import CODE

PAGE = f"/panel/adapters/{CODE}/config"


async def working(panel: PanelWorld) -> int:
    view = await panel.world.reads.adapter(EVERYTHING, CODE)
    assert view is not None
    return view.working_revision or 0


async def save(panel: PanelWorld, body: str, who: str = ANNA, **more: str) -> int:
    """The number of the new revision."""
    saved = await panel.send(who, PAGE, deed="config", body=body, seen=str(await working(panel)), **more)
    assert saved.headers["Location"] == f"{PAGE}?done=config_saved#push"
    return await working(panel)


async def newest_push(panel: PanelWorld) -> Push | None:
    return next(iter(await panel.world.reads.pushes(EVERYTHING, service_code=CODE, newest_first=True, limit=1)), None)


async def test_what_is_saved_stands_in_the_field_with_who_saved_it_and_why(panel: PanelWorld) -> None:
    number = await save(panel, "hostname 支店\r\nntp 192.0.2.1\r\n", reason="time server")
    page = await panel.page(ANNA, PAGE)
    assert await panel.world.reads.body(EVERYTHING, CODE, 0, number) == "hostname 支店\nntp 192.0.2.1\n"
    for said in (f"第{number}版", "time server", f"Person {ANNA}", "hostname 支店\nntp 192.0.2.1\n</textarea>"):
        assert said in page.text, said


async def test_who_saves_on_an_older_revision_sees_both_and_loses_nothing(panel: PanelWorld) -> None:
    seen = await save(panel, "one\ntwo\n")
    await save(panel, "one\nof somebody else\n")
    refused = await panel.send(ANNA, PAGE, deed="config", body="one\r\nmine\r\n", seen=str(seen), reason="kept")
    assert refused.status == 412
    assert "ほかの人が新しい版を保存しました" in refused.text
    assert '<li class="removed"><span class="sign" aria-hidden="true">-</span>' in refused.text
    assert "of somebody else" in refused.text
    assert "mine\r\n</textarea>" in refused.text or "mine\n</textarea>" in refused.text
    assert 'value="kept"' in refused.text
    again = await panel.send(ANNA, PAGE, deed="config", body="one\nmine\n", seen=str(await working(panel)))
    assert again.status == 303


async def test_a_push_is_asked_about_and_goes_where_it_shall(panel: PanelWorld) -> None:
    number = await save(panel, "hostname next\n")
    fields = {"deed": "push", "revision": str(number), "target": "running", "reason": "for tonight"}
    asked = await panel.send(ANNA, f"{PAGE}/push", **fields)
    for said in (
        "この内容で配信しますか？",
        "実行中のみ",
        "元のコンフィグに戻ります",
        "1モジュール、14バイト",
    ):
        assert said in asked.text, said
    done = await panel.send(ANNA, f"{PAGE}/push", **fields, sure="yes")
    assert done.headers["Location"] == f"{PAGE}?done=config_pushed#pushes"
    push = await newest_push(panel)
    assert push is not None
    assert (push.revision, push.target, push.phase, push.ordered_by) == (number, Target.RUNNING, Phase.QUEUED, ANNA)
    await panel.send(ANNA, f"{PAGE}/pushes/{push.push}/cancel")
    cancelled = await newest_push(panel)
    assert cancelled is not None
    assert cancelled.phase is Phase.CANCELLED
    assert "取消" in (await panel.page(ANNA, PAGE)).text


async def test_without_a_target_nothing_is_pushed(panel: PanelWorld) -> None:
    number = await save(panel, "hostname next\n")
    refused = await panel.send(ANNA, f"{PAGE}/push", deed="push", revision=str(number), sure="yes")
    assert refused.status == 422
    assert "選択されていない項目があります。" in refused.text
    assert await newest_push(panel) is None


async def test_two_revisions_are_compared_and_one_is_brought_back(panel: PanelWorld) -> None:
    first = await save(panel, "hostname first\n")
    second = await save(panel, "hostname second\n")
    page = await panel.page(ANNA, PAGE, **{"from": str(first), "to": str(second)})
    assert f"第{first}版 → 第{second}版" in page.text
    assert '<span class="hidden">削除 </span>hostname first' in page.text
    assert '<span class="hidden">追加 </span>hostname second' in page.text
    await panel.send(ANNA, f"{PAGE}/revisions/{first}/restore", seen=str(second))
    assert await panel.world.reads.body(EVERYTHING, CODE, 0, await working(panel)) == "hostname first\n"


async def test_a_comparison_with_what_is_not_there_says_so(panel: PanelWorld) -> None:
    await save(panel, "hostname first\n")
    page = await panel.page(ANNA, PAGE, **{"from": "999", "to": "working"})
    assert page.status == 200
    assert "その版はありません。" in page.text


async def test_a_long_config_is_not_cut_into_a_form(panel: PanelWorld) -> None:
    await save(panel, "x" * (MAX_EDITED + 1))
    page = await panel.page(ANNA, PAGE)
    assert "この画面では編集できません" in page.text
    assert "<textarea" not in page.text


async def test_secrets_are_masked_for_the_provider_and_the_customers_alone_push(panel: PanelWorld) -> None:
    number = await save(panel, "hostname a\nusername admin password s3cr3t-of-anna\n")
    assert "s3cr3t-of-anna" in (await panel.page(ANNA, PAGE)).text
    page = await panel.page(DORA, PAGE)
    assert "s3cr3t-of-anna" not in page.text
    assert "秘密の値は伏せて表示しています" in page.text
    refused = await panel.send(DORA, f"{PAGE}/push", revision=str(number), target="both", sure="yes")
    assert refused.status == 403
    assert "お客さまの同意の記録がない" in refused.text


async def test_another_customer_finds_nothing_there(panel: PanelWorld) -> None:
    number = await save(panel, "hostname annas\n")
    page = await panel.page(BEN, PAGE)
    assert page.status == 404
    assert "annas" not in page.text
    assert (await panel.send(BEN, PAGE, body="x\n", seen=str(number))).status == 404
    assert await working(panel) == number
